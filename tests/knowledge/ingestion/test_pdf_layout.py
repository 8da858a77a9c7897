"""Paragraphs, headings and reading order, from made pages to the text."""

from knowledge.ingestion.document import Heading, Reading
from knowledge.ingestion.pdf import read_pdf
from tests.knowledge.ingestion.pdf_files import lines, pdf, text

BODY = "A sentence of the text that is long|enough to fill more than one line."


def read(*pages: bytes) -> Reading:
    return read_pdf(pdf(pages), lambda done, total: None)


def paragraphs(*pages: bytes) -> list[str]:
    return read(*pages).text.split("\n\n")


class TestParagraphs:
    def test_a_gap_parts_paragraphs(self) -> None:
        page = lines("First line|and second.", y=700) + lines("New paragraph|of two lines.", y=640)

        assert paragraphs(page) == ["First line and second.", "New paragraph of two lines."]

    def test_an_indent_after_a_full_stop_parts_paragraphs(self) -> None:
        page = lines("The first one ends here.") + lines("Indented is the next|which goes on.", x=62, y=688)

        assert paragraphs(page) == ["The first one ends here.", "Indented is the next which goes on."]

    def test_a_paragraph_goes_on_in_the_next_column(self) -> None:
        page = lines("Words at the foot of|the first column", y=100) + lines(
            "and at the head|of the second.", x=320, y=700
        )

        assert paragraphs(page) == ["Words at the foot of the first column and at the head of the second."]

    def test_list_items_stand_alone(self) -> None:
        page = lines("Tips:|• Seal the leaks|around windows.|• Clean the filters.")

        assert paragraphs(page) == ["Tips:", "• Seal the leaks around windows.", "• Clean the filters."]

    def test_a_bullet_printed_apart_belongs_to_its_item(self) -> None:
        page = text(50, 700, "•") + text(80, 700, "Seal the leaks.")

        assert paragraphs(page) == ["• Seal the leaks."]

    def test_a_large_initial_belongs_to_its_word(self) -> None:
        page = text(50, 690, "I", size=32) + lines("mproving insulation|saves energy.", x=65)

        assert paragraphs(page) == ["Improving insulation saves energy."]


class TestHyphens:
    def test_a_broken_word_is_mended(self) -> None:
        assert paragraphs(lines("The recom-|mended value.")) == ["The recommended value."]

    def test_a_compound_keeps_its_hyphen_if_its_parts_are_words(self) -> None:
        page = lines("Windows that save energy and are efficient are energy-|efficient windows.")

        assert paragraphs(page)[0].endswith("are energy-efficient windows.")

    def test_a_compound_keeps_its_hyphen_if_it_stands_elsewhere_with_it(self) -> None:
        page = lines("A low-e coating and a low-|emissivity coating.")

        assert paragraphs(page) == ["A low-e coating and a low-emissivity coating."]


class TestHeadings:
    def test_larger_lines_are_headings_and_larger_is_higher(self) -> None:
        page = (
            text(50, 750, "Water Heating", size=22)
            + text(50, 720, "Tips", size=14)
            + lines(BODY)
        )  # fmt: skip

        reading = read(page)

        assert reading.headings == (Heading(0, 1, "Water Heating"), Heading(15, 2, "Tips"))
        assert reading.text.startswith("Water Heating\n\nTips\n\nA sentence")

    def test_headings_are_found_at_their_offset_on_later_pages(self) -> None:
        reading = read(lines(BODY), b"", text(50, 750, "Windows", size=22) + lines(BODY))

        (heading,) = reading.headings
        assert reading.text[heading.start :].startswith("Windows\n\n")

    def test_a_bold_line_above_a_text_is_a_heading(self) -> None:
        page = lines(BODY, y=750) + text(50, 712, "Renters", bold=True) + lines(BODY)

        assert [heading.text for heading in read(page).headings] == ["Renters"]

    def test_bold_labels_of_a_chart_are_no_headings(self) -> None:
        page = lines(BODY, y=750) + text(50, 600, "Heating", bold=True) + text(200, 500, "45%", bold=True)

        assert read(page).headings == ()

    def test_bold_words_that_begin_a_sentence_are_no_heading(self) -> None:
        page = (
            lines(BODY, y=750)
            + text(50, 700, "Rolls and batts are", bold=True)
            + lines("flexible products.", y=688)
        )

        reading = read(page)

        assert reading.headings == ()
        assert reading.text.endswith("Rolls and batts are flexible products.")

    def test_two_lines_of_a_heading_are_one(self) -> None:
        page = (
            text(50, 750, "Smart Meters and", size=14)
            + text(50, 733, "a Smarter Grid", size=14)
            + lines(BODY)
        )

        assert [heading.text for heading in read(page).headings] == ["Smart Meters and a Smarter Grid"]

    def test_the_title_of_a_page_comes_first_wherever_the_file_has_it(self) -> None:
        page = lines(BODY) + text(50, 750, "Lighting", size=22)

        assert read(page).text.startswith("Lighting\n\nA sentence")
