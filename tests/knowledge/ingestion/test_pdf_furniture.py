"""Running heads, running feet and page numbers: what is left out of the text, what stays, what the curator hears."""

from collections.abc import Iterable

import pytest

from knowledge.ingestion.document import Reading
from knowledge.ingestion.pdf import read_pdf
from knowledge.ingestion.pdf.furniture import find_furniture
from knowledge.ingestion.pdf.lines import Line
from tests.knowledge.ingestion.pdf_files import WIDTH, lines, pdf, text

NAMES = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")
HEAD, FOOT = 750, 45
BODIES = [f"The text of page {name} goes on for a while, and ends with {name}." for name in NAMES]


def body(name: str, *, y: float = 700) -> bytes:
    return lines(f"The text of page {name}|goes on for a while, and|ends with {name}.", y=y)


def read(pages: Iterable[bytes], entries: bytes = b"") -> Reading:
    return read_pdf(pdf([*pages], entries=entries), lambda done, total: None)


def texts(pages: Iterable[bytes], entries: bytes = b"") -> list[str]:
    return read(pages, entries).text.split("\f")


def with_lines(words: Iterable[str], y: float, *, size: float = 10) -> list[bytes]:
    """Six pages of text, each with one of these lines at a height."""
    return [body(name) + text(50, y, line, size=size) for name, line in zip(NAMES, words, strict=True)]


class TestWhatIsLeftOut:
    @pytest.mark.parametrize("y", [HEAD, FOOT])
    @pytest.mark.parametrize(
        "words",
        [
            pytest.param(["The Handbook"] * 6, id="the same words"),
            pytest.param(["Windows"] * 3 + ["Doors"] * 3, id="titles of chapters that change"),
            pytest.param(["Saving Energy", "Windows"] * 3, id="left and right"),
            pytest.param([f"{n} Energy" if n % 2 else f"Windows {n}" for n in range(6)], id="numbered sides"),
            pytest.param([str(number) for number in range(7, 13)], id="page numbers"),
            pytest.param([f"Page {number} of 20" for number in range(3, 9)], id="page n of m"),
            pytest.param(["ix", "x", "xi", "xii", "xiii", "xiv"], id="roman page numbers"),
            pytest.param(
                [f"Preface {n}" for n in ("I", "II", "III", "IV", "V", "VI")], id="roman after words"
            ),
            pytest.param([f"Chapter 2: Heating {number}" for number in range(98, 104)], id="after a chapter"),
            pytest.param([f"Report 2026 | {number} | draft 4" for number in range(1, 7)], id="in between"),
        ],
    )
    def test_lines_at_the_edge_that_repeat_or_count_the_pages(self, words: list[str], y: int) -> None:
        assert texts(with_lines(words, y)) == BODIES

    def test_page_numbers_that_stand_on_few_pages(self) -> None:
        pages = [body(str(number)) + text(300, FOOT, f"{number}") * (number % 4 == 0) for number in range(16)]

        assert all(page.endswith(".") for page in texts(pages))

    def test_heads_of_several_lines(self) -> None:
        letterhead = lines("Riverton Heating Ltd|12 Mill Lane, Riverton|Tel. 0123 456 789", y=770)

        assert texts(letterhead + body(name) for name in NAMES) == BODIES

    def test_the_foot_of_slides(self) -> None:
        slides = [
            text(50, 520, f"All about {name}", size=30)
            + lines(f"• Seal {name}|• Insulate {name}", y=400, size=20)
            + text(50, 20, f"Annual meeting 2026 - {number}", size=9)
            for number, name in enumerate(NAMES, 1)
        ]

        found = texts(slides, b"/CropBox[0 0 600 600]")

        assert found[0] == "All about alpha\n\n• Seal alpha\n\n• Insulate alpha"
        assert not any("meeting" in page for page in found)

    def test_heads_on_a_short_last_page(self) -> None:
        pages = with_lines(["The Handbook"] * 6, HEAD)
        pages[-1] = text(50, HEAD, "The Handbook") + text(50, 725, "The end of it")

        assert texts(pages)[-1] == "The end of it"

    def test_the_head_of_landscape_pages(self) -> None:
        content = pdf(
            [text(50, 570, "The Handbook") + body(name, y=500) for name in NAMES]
        ).replace(b"/MediaBox[0 0 600 800]", b"/MediaBox[0 0 800 600]")  # fmt: skip

        assert read_pdf(content, lambda done, total: None).text.split("\f") == BODIES

    def test_the_head_of_pages_that_are_turned_to_be_read(self) -> None:
        turn = b"q 0 1 -1 0 %d 0 cm " % WIDTH
        pages = [turn + text(50, 570, "The Handbook") + body(name, y=500) + b"Q" for name in NAMES]

        assert texts(pages, b"/Rotate 90") == BODIES

    def test_the_edge_is_that_of_the_part_of_the_page_that_is_seen(self) -> None:
        pages = [text(50, 370, "The Handbook") + body(name, y=300) for name in NAMES]

        assert texts(pages, b"/CropBox[0 100 600 400]") == BODIES


class TestWhatStays:
    def test_a_line_that_ends_short_pages(self) -> None:
        pages = [body(name) + text(50, 400, "Ask your adviser about it") for name in NAMES]

        assert all(page.endswith("Ask your adviser about it") for page in texts(pages))

    def test_a_line_that_ends_pages_at_different_heights(self) -> None:
        pages = [body(name) + text(50, 40 + 15 * n, "Ask your adviser") for n, name in enumerate(NAMES)]

        assert all(page.endswith("Ask your adviser") for page in texts(pages))

    def test_a_line_that_stands_on_few_pages(self) -> None:
        pages = [body(str(n)) + text(50, FOOT, "Ask your adviser") * (n % 4 == 0) for n in range(16)]

        assert read(pages).text.count("Ask your adviser") == 4

    def test_a_line_that_ends_pages_so_short_that_it_stands_at_their_head(self) -> None:
        pages = [text(50, 780, f"All about {name}") + text(50, 755, "Ask your adviser") for name in NAMES]

        assert all(page.endswith("Ask your adviser") for page in texts(pages))

    def test_a_question_in_the_middle_of_forms(self) -> None:
        pages = [body(name) + text(50, 400, "Do you heat with gas") + body(name, y=200) for name in NAMES]

        assert all("Do you heat with gas" in page for page in texts(pages))

    @pytest.mark.parametrize("y", [HEAD, FOOT])
    @pytest.mark.parametrize(
        "words",
        [
            pytest.param(["Switch off the power before you open it."] * 6, id="a sentence"),
            pytest.param(["Is the boiler switched off?"] * 6, id="a question"),
            pytest.param([f"{price} EUR" for price in (120, 90, 310, 75, 80, 200)], id="other figures"),
            pytest.param([f"Room {n}: {3 * n} kW" for n in range(1, 7)], id="figures beside a page number"),
            pytest.param(["Windows", "Windows", "Doors", "Doors", "Roofs", "Roofs"], id="on two pages each"),
            pytest.param(["The Handbook " * 13] * 6, id="a long line"),
        ],
    )
    def test_a_line_at_the_edge_that_may_be_content(self, words: list[str], y: int) -> None:
        found = texts(with_lines(words, y))

        assert [line for line, page in zip(words, found, strict=True) if line.strip() not in page] == []

    def test_a_sentence_of_two_lines_at_the_edge(self) -> None:
        sentence = lines("Switch off the power|before you open it.", y=60)

        assert all("Switch off the power" in page for page in texts(sentence + body(name) for name in NAMES))

    @pytest.mark.parametrize("words", ["打开锅炉前请关闭电源。", "أغلق الكهرباء قبل فتح الغلاية؟"])
    def test_a_sentence_of_another_script_at_the_edge(self, words: str) -> None:
        pages = [[Line(words, 0, 999, 7500, 100, height=937), Line(name, 0, 99, 4000, 100)] for name in NAMES]

        assert find_furniture(pages) == set()

    @pytest.mark.parametrize("above", [b"", text(50, 790, "Price list 2026", size=8)])
    @pytest.mark.parametrize("pitch", [12, 24])
    def test_the_header_row_of_a_table_that_goes_on(self, above: bytes, pitch: int) -> None:
        header = text(50, 760, "Model", bold=True) + text(300, 760, "Price", bold=True)
        pages = []
        for name in NAMES:
            places = [(row, 760 - pitch * row) for row in range(1, 30)]
            rows = (text(50, y, f"{name} {row}") + text(300, y, f"{37 * row} EUR") for row, y in places)
            pages.append(above + header + b"".join(rows))

        assert all(page.startswith("Model") and "Price" in page for page in texts(pages))

    def test_the_titles_of_slides(self) -> None:
        slides = [text(50, 730, "Results", size=30) + lines(f"• {name}|• and", y=500) for name in NAMES]

        assert all(page.startswith("Results") for page in texts(slides))

    def test_what_repeats_in_a_document_of_two_pages(self) -> None:
        pages = with_lines(["The Handbook"] * 6, HEAD)[:2]

        assert all("The Handbook" in page for page in texts(pages))

    def test_the_first_rows_of_text_that_fills_the_paper(self) -> None:
        rows = range(790, 10, -12)
        pages = [
            text(50, 790, "Model Price") + lines("|".join(f"{name} {y}" for y in rows[1:]), y=778)
            for name in NAMES
        ]

        assert all(page.startswith("Model Price") for page in texts(pages))

    def test_everything_if_the_reader_does_not_tell_where_it_stands(self) -> None:
        content = pdf(with_lines(["The Handbook"] * 6, HEAD)).replace(b"/Root 1 0 R", b"")

        reading = read_pdf(content, lambda done, total: None)

        assert reading.report.reader == "pypdf"
        assert reading.text.count("The Handbook") == 6

    def test_everything_in_a_document_of_equal_pages(self) -> None:
        page = text(50, HEAD, "The same words on every page")

        assert texts([page] * 3) == ["The same words on every page"] * 3


class TestWhatTheCuratorHears:
    def test_each_page_tells_what_was_left_out_of_it(self) -> None:
        pages = [page + text(300, FOOT, str(n)) for n, page in enumerate(with_lines(["Energy"] * 6, HEAD), 7)]

        reports = read(pages).report.pages

        assert [page.left_out for page in reports] == [("Energy", str(number)) for number in range(7, 13)]

    def test_the_notes_say_on_how_many_pages(self) -> None:
        pages = [page + text(300, FOOT, str(n)) for n, page in enumerate(with_lines(["Energy"] * 6, HEAD), 7)]

        report = read([text(50, 400, "The cover"), *pages]).report

        assert report.notes == (
            "A running head was left out on 6 of 7 pages: “Energy”",
            "The page number was left out on 6 of 7 pages.",
        )
        assert report.warnings == ()

    def test_feet_that_only_count_are_one_note(self) -> None:
        pages = with_lines((f"Page {number} of 20" for number in range(3, 9)), FOOT)

        assert read(pages).report.notes == ("A running foot was left out on 6 of 6 pages: “Page 3 of 20”",)

    def test_the_notes_are_few_and_short(self) -> None:
        titles = [f"{name} and the others of the chapter " * 3 for name in (*NAMES, "eta")]
        pages = [text(50, HEAD, title) + body("x") for title in titles for _ in range(3)]

        notes = read(pages).report.notes

        assert len(notes) == 6
        assert notes[0].endswith(
            "alpha and the others of the chapter alpha and the others of the chapter alpha a…”"
        )
        assert notes[-1] == "2 more running heads and feet were left out."

    def test_where_nothing_was_left_out_there_is_nothing_to_say(self) -> None:
        report = read(map(body, NAMES)).report

        assert report.notes == ()
        assert not any(page.left_out for page in report.pages)
