"""Where chunks begin and end in what is shown."""

from knowledge.boundaries import Segment, Span, segments

TEXT = "Heading. First words. Shared words. Last words."


def place(words):
    start = TEXT.index(words)
    return start, start + len(words)


def test_a_text_without_chunks_is_one_segment():
    assert segments(TEXT, (0, len(TEXT)), []) == [Segment(TEXT, (), ())]


def test_what_no_chunk_holds_stands_apart():
    first, *_ = segments(TEXT, (0, len(TEXT)), [Span(1, *place("First words. Shared words."))])

    assert first == Segment("Heading. ", (), ())


def test_where_neighbours_overlap_both_are_named():
    spans = [
        Span(1, *place("First words. Shared words.")),
        Span(2, *place("Shared words. Last words.")),
    ]

    found = segments(TEXT, (0, len(TEXT)), spans)

    assert [(segment.text, segment.keys) for segment in found[1:]] == [
        ("First words. ", (1,)),
        ("Shared words.", (1, 2)),
        (" Last words.", (2,)),
    ]


def test_a_chunk_opens_where_it_is_seen_first():
    spans = [Span(1, *place("First words. Shared words.")), Span(2, *place("Shared words. Last words."))]

    found = segments(TEXT, (0, len(TEXT)), spans)

    assert [segment.opening for segment in found] == [(), (1,), (2,), ()]


def test_a_chunk_that_began_before_the_window_opens_with_it():
    window = (TEXT.index("words."), len(TEXT))

    first, *_ = segments(TEXT, window, [Span(7, 0, TEXT.index("Shared"))])

    assert first == Segment("words. ", (7,), (7,))


def test_the_segments_of_a_window_are_its_text():
    window = (4, 30)

    found = segments(TEXT, window, [Span(1, 0, 12), Span(2, 8, 26), Span(3, 26, 40)])

    assert "".join(segment.text for segment in found) == TEXT[4:30]


def test_an_empty_window_has_no_segment():
    assert segments(TEXT, (5, 5), [Span(1, 0, 10)]) == []
