from knowledge.ingestion.document import Heading, Reading
from knowledge.ingestion.split import split
from tests.knowledge.ingestion.split.readings import REPORT, prose, reading, sentence, texts


def test_a_piece_stands_below_its_headings_and_not_across_them():
    text = f"# Home\n\n{prose(6)}\n\n## Water\n\n{prose(7)}\n\n### Tank\n\n{prose(8)}\n\n## Air\n\n{prose(9)}"

    pieces = split(reading(text, title="Guide"))

    assert [(piece.heading_path, piece.text) for piece in pieces] == [
        (("Guide", "# Home"), prose(6)),
        (("Guide", "# Home", "## Water"), prose(7)),
        (("Guide", "# Home", "## Water", "### Tank"), prose(8)),
        (("Guide", "# Home", "## Air"), prose(9)),
    ]


def test_the_title_is_not_repeated_in_the_path():
    text = f"# My  guide\n\n{prose(12)}\n\n## Water\n\n{prose(12)}"

    pieces = split(reading(text, title="# my guide"))

    assert [piece.heading_path for piece in pieces] == [("# my guide",), ("# my guide", "## Water")]


def test_a_document_without_a_title_has_its_headings_as_path():
    assert split(reading(f"# Home\n\n{prose(3)}"))[0].heading_path == ("# Home",)


def test_tiny_sections_are_joined_under_what_they_have_in_common():
    tiny = "\n\n".join(f"## Tip {number}\n\n{sentence(12, f't{number}')}" for number in range(4))
    text = f"# Home\n\n{prose(20)}\n\n# Tips\n\n{tiny}\n\n# Air\n\n{prose(20)}"

    pieces = split(reading(text, title="Guide"))

    assert [piece.heading_path for piece in pieces] == [
        ("Guide", "# Home"),
        ("Guide", "# Tips"),
        ("Guide", "# Air"),
    ]
    assert pieces[1].text == tiny


def test_a_tiny_section_joins_its_sibling_and_not_the_next_chapter():
    home = f"# Home\n\n{prose(20)}\n\n## Water\n\n{prose(15)}\n\n## See also\n\nThe index."
    text = f"{home}\n\n# Air\n\n{prose(15)}"

    pieces = split(reading(text))

    assert pieces[1].text.endswith("## See also\n\nThe index.")
    assert pieces[1].text.startswith("## Water")
    assert pieces[1].heading_path == ("# Home",)
    assert pieces[2].text == prose(15)


def test_a_tiny_section_behind_a_long_one_joins_its_last_piece():
    text = f"# Home\n\n{prose(60)}\n\n# End\n\nThat is all."

    pieces = split(reading(text))

    assert pieces[-1].text.endswith("# End\n\nThat is all.")
    assert pieces[-1].heading_path == ("# Home",)


def test_a_long_heading_counts_when_sections_are_joined():
    text = f"# Home\n\n{prose(20)}\n\n# {prose(20)}\n\nThat is all."

    assert [piece.text for piece in split(reading(text))] == [prose(20), "That is all."]


def test_a_section_that_is_large_enough_stays_alone():
    answers = [sentence(45, f"a{number}") for number in range(6)]
    text = "\n\n".join(f"# Question {number}?\n\n{answer}" for number, answer in enumerate(answers))

    assert texts(split(reading(text))) == answers


def test_a_heading_without_text_stands_in_the_path_of_what_follows():
    text = f"# Home\n\n## Water\n\n{prose(12)}\n\n## Air\n\n{prose(12)}"

    pieces = split(reading(text))

    assert [piece.heading_path for piece in pieces] == [("# Home", "## Water"), ("# Home", "## Air")]


def test_a_heading_that_would_be_lost_stands_in_a_text():
    text = f"# Home\n\n{prose(20)}\n\n## Left to the reader\n\n# Air\n\n{prose(20)}"

    assert "## Left to the reader" in split(reading(text))[0].text


def test_a_document_of_headings_alone_is_still_a_piece():
    assert texts(split(reading("# One\n\n# Two"))) == ["# One\n\n# Two"]


def test_a_heading_whose_text_was_tidied_takes_its_whole_line():
    text = "1.  Water  heater\n\n" + prose(30)
    tidied = Reading(text, REPORT, headings=(Heading(0, 1, "Water heater"),))

    pieces = split(tidied)

    assert pieces[0].heading_path == ("Water heater",)
    assert pieces[0].text.startswith("The s0")


def test_a_piece_may_span_pages():
    text = f"{prose(5)}\f{prose(5)}"

    piece = split(reading(text, paged=True))[0]

    assert (piece.first_page, piece.last_page) == (1, 2)
    assert piece.text == f"{prose(5)}\n{prose(5)}"


def test_a_document_without_pages_has_none():
    piece = split(reading(prose(5)))[0]

    assert (piece.first_page, piece.last_page) == (None, None)
