"""The stretches in which long texts are shown."""

from knowledge.windows import around, page_windows, part_windows, pieces, window_with


def shown(text, windows):
    return [text[start:end] for start, end in windows]


def test_pages_are_parted_by_form_feeds():
    text = "one\ftwo\f\ffour"

    assert shown(text, page_windows(text)) == ["one", "two", "", "four"]


def test_parts_make_up_the_text_and_end_at_paragraphs():
    text = "a" * 70 + "\n\n" + "b" * 70 + "\n\n" + "c" * 20

    parts = shown(text, part_windows(text, 100))

    assert parts == ["a" * 70 + "\n\n", "b" * 70 + "\n\n" + "c" * 20]


def test_a_paragraph_that_is_too_long_is_parted_between_words():
    text = "word " * 50

    parts = shown(text, part_windows(text, 101))

    assert "".join(parts) == text
    assert {len(part) for part in parts} == {100, 50}


def test_a_word_that_is_too_long_is_cut():
    assert [len(part) for part in shown("x" * 250, part_windows("x" * 250, 100))] == [100, 100, 50]


def test_an_empty_text_is_one_empty_window():
    assert page_windows("") == part_windows("", 10) == [(0, 0)]


def test_the_window_that_holds_a_character_is_found():
    windows = [(0, 10), (11, 20), (21, 30)]

    assert [window_with(windows, offset) for offset in (0, 9, 10, 11, 29, 99)] == [0, 0, 1, 1, 2, 2]


def test_a_span_inside_a_window_parts_it_in_three():
    assert around("before marked after", (0, 19), (7, 13)) == ("before ", "marked", " after")


def test_of_a_span_that_runs_on_only_what_is_in_the_window_is_marked():
    text = "one two\fthree four"

    assert around(text, (0, 7), (4, 13)) == ("one ", "two", "")
    assert around(text, (8, 18), (4, 13)) == ("", "three", " four")


def test_without_the_span_a_window_is_unmarked():
    assert around("one two", (0, 7), (0, 0)) == ("", "", "one two")


def test_a_span_over_two_pages_has_a_piece_on_each():
    text = "One. It begins\fand ends. Two.\fThree."
    start, end = text.index("It begins"), text.index(" Two")

    assert pieces(text, page_windows(text), (start, end)) == [(1, "It begins"), (2, "and ends.")]


def test_without_a_span_there_is_no_piece():
    assert pieces("One.\fTwo.", page_windows("One.\fTwo."), (0, 0)) == []
