import pytest

from knowledge.errors import NoTextError, UnsupportedDocumentError
from knowledge.ingestion.document import Document, Heading, Reading
from knowledge.ingestion.extract import extract
from tests.knowledge.ingestion.pdf_files import scanned_pdf, text, text_pdf

SENTENCE = "Insulation saves energy at home."


def read(content: bytes, media_type: str = "text/plain", name: str = "", charset: str = "") -> Reading:
    return extract(Document(content, media_type, name, charset), lambda done, total: None)


class TestTheReaderFitsTheMediaType:
    def test_a_pdf_has_pages(self) -> None:
        reading = read(text_pdf(SENTENCE, SENTENCE), "application/pdf")

        assert reading.paged
        assert reading.report.reader == "pdfium"

    def test_a_web_page_has_its_main_text(self) -> None:
        reading = read(f"<p>{SENTENCE}</p>".encode(), "text/html")

        assert reading.text == SENTENCE
        assert not reading.paged

    def test_a_text_is_a_text(self) -> None:
        assert read(f"<p>{SENTENCE}</p>".encode()).text == f"<p>{SENTENCE}</p>"

    def test_anything_else_is_refused(self) -> None:
        with pytest.raises(UnsupportedDocumentError, match="image/png cannot be read"):
            read(b"x", "image/png")


class TestMarkdown:
    def test_headings_are_found(self) -> None:
        reading = read(b"# Insulation\n\nSaves energy\nat home.\n\n## Attics ##\nWarm air rises.")

        assert reading.text == "Insulation\n\nSaves energy\nat home.\n\nAttics\n\nWarm air rises."
        assert reading.headings == (Heading(0, 1, "Insulation"), Heading(35, 2, "Attics"))
        assert reading.title == "Insulation"

    def test_a_comment_in_a_listing_is_no_heading(self) -> None:
        reading = read(b"Install it like this:\n\n```\n# as root\napt install it\n```\n")

        assert reading.headings == ()

    def test_a_number_sign_without_a_space_is_no_heading(self) -> None:
        assert read(b"#1 among the ways to save energy").headings == ()


class TestNoText:
    def test_a_scan_names_its_pages(self) -> None:
        with pytest.raises(NoTextError, match=r"^Pages 1 to 3 are pictures without text: run OCR"):
            read(scanned_pdf(b"", b"", b""), "application/pdf")

    def test_a_stamp_on_each_page_of_a_scan_is_no_text(self) -> None:
        stamp = text(50, 20, "Scanned with the scanner app of the office")

        with pytest.raises(NoTextError, match="Pages 1 to 3 are pictures"):
            read(scanned_pdf(stamp, stamp, stamp), "application/pdf")

    def test_a_file_of_one_picture_is_told_in_the_singular(self) -> None:
        with pytest.raises(NoTextError, match=r"^Page 1 is a picture without text"):
            read(scanned_pdf(b""), "application/pdf")

    def test_a_file_of_empty_pages_is_refused(self) -> None:
        with pytest.raises(NoTextError, match="The 2 pages hold hardly any text"):
            read(text_pdf("", ""), "application/pdf")

    def test_nineteen_characters_a_page_are_too_few(self) -> None:
        with pytest.raises(NoTextError, match="The only page holds"):
            read(text_pdf("x" * 19), "application/pdf")

    def test_twenty_characters_a_page_are_enough(self) -> None:
        assert read(text_pdf("x" * 20), "application/pdf").text == "x" * 20

    def test_a_web_page_filled_by_scripts_is_refused(self) -> None:
        with pytest.raises(NoTextError, match="filled by scripts"):
            read(b"<html><body><div id=root></div><script>start()</script></body></html>", "text/html")

    @pytest.mark.parametrize("content", [b"", b" \n ", "\u200b".encode() * 100])
    def test_a_text_without_a_visible_character_is_refused(self, content: bytes) -> None:
        with pytest.raises(NoTextError, match="no text"):
            read(content)

    def test_a_short_note_is_a_text(self) -> None:
        assert read(b"Wifi: guest").text == "Wifi: guest"


class TestTitle:
    @pytest.mark.parametrize(
        ("name", "title"),
        [
            ("energy_savers-2011.pdf", "energy savers 2011"),
            ("https://example.org/docs/home%20heating.html?page=2", "home heating"),
            ("https://example.org/", "https://example.org/"),
            ("Version 2.5 notes", "Version 2.5 notes"),
            ("", ""),
        ],
    )
    def test_without_a_title_the_name_is_one(self, name: str, title: str) -> None:
        assert read(SENTENCE.encode(), name=name).title == title


def test_the_header_says_how_characters_are_written() -> None:
    words = "Größere Häuser brauchen mehr Wärme."

    assert read(words.encode("cp1252"), charset="iso-8859-1").text == words
