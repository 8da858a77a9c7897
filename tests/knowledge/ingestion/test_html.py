import pytest

from knowledge.errors import OutOfTimeError, TooLargeError
from knowledge.ingestion.child import ChildLimits
from knowledge.ingestion.document import Heading, Reading
from knowledge.ingestion.html import HtmlLimits, read_html
from knowledge.ingestion.programs.web_page import put_back

PARAGRAPH = "<p>Insulation is the cheapest way to save energy at home, and it lasts for many years.</p>"
NO_TIME = ChildLimits(opening_seconds=0)
LITTLE_MEMORY = ChildLimits(memory_bytes=300_000_000)


def page(body: str, *, head: str = "", attributes: str = "") -> bytes:
    return f"<!doctype html><html {attributes}><head>{head}</head><body>{body}</body></html>".encode()


def article(body: str, **more: str) -> bytes:
    return page(f"<main><article>{body}{PARAGRAPH * 3}</article></main>", **more)


class TestMainText:
    def test_menus_and_footers_are_left_out(self) -> None:
        content = page(
            "<nav><a href=/>Home</a> <a href=/shop>Shop</a></nav>"
            f"<main><h1>Insulation</h1>{PARAGRAPH * 4}</main>"
            "<footer>Imprint and cookie settings</footer>"
        )

        text = read_html(content).text

        assert "Insulation is the cheapest way" in text
        assert "Shop" not in text
        assert "cookie" not in text

    def test_headings_have_levels_and_offsets(self) -> None:
        reading = read_html(article("<h1>Insulation</h1><p>One paragraph of some words.</p><h2>Attics</h2>"))

        assert reading.headings == (Heading(0, 1, "Insulation"), Heading(42, 2, "Attics"))
        assert reading.text.startswith(
            "Insulation\n\nOne paragraph of some words.\n\nAttics\n\nInsulation is"
        )

    def test_a_heading_is_one_line_and_takes_nothing_from_its_neighbours(self) -> None:
        reading = read_html(
            article("<div>Some loose words before<h2>Designed to<br>last</h2>and after it</div>")
        )

        assert [heading.text for heading in reading.headings] == ["Designed to last"]
        assert "Some loose words before\n\nDesigned to last\n\nand after it" in reading.text

    def test_list_items_stand_alone(self) -> None:
        text = read_html(article("<ul><li>Seal the leaks.</li><li>Clean the filters.</li></ul>")).text

        assert text.startswith("• Seal the leaks.\n\n• Clean the filters.\n\n")

    def test_a_table_is_read_row_by_row(self) -> None:
        rows = "<tr><th>Zone</th><th>Attic</th></tr><tr><td>1</td><td>R30 to R49</td></tr>"

        text = read_html(article(f"{PARAGRAPH}<table>{rows}</table>")).text

        assert "Zone | Attic\n1 | R30 to R49" in text

    def test_a_page_of_a_few_words_is_read_whole(self) -> None:
        assert read_html(page("<div>Open from nine to five</div>")).text == "Open from nine to five"

    def test_a_fragment_is_read(self) -> None:
        assert (
            read_html(b"<p>Just a fragment with some words in it").text
            == "Just a fragment with some words in it"
        )

    @pytest.mark.parametrize("content", [b"", b"   ", b"\0\0\0", b"<html></html>", b"<!-- nothing -->"])
    def test_nothing_gives_no_text(self, content: bytes) -> None:
        assert read_html(content).text == ""


class TestBetweenTheParagraphs:
    """What the extractor of the main text takes for something else."""

    BEFORE, AFTER = (
        "".join(
            f"<p>Paragraph {name} tells of insulation, which is a cheap way to save energy, year after year.</p>"
            for name in names
        )
        for names in (("alpha", "beta"), ("gamma", "delta"))
    )
    CAUTION = "Switch off the power before you open the boiler."

    def paragraphs(self, between: str, *, around: str = "") -> list[str]:
        main = f"<main><article><h1>Heat</h1>{self.BEFORE}{between}{self.AFTER}</article></main>"
        return read_html(page(around + main + around)).text.split("\n\n")

    @pytest.mark.parametrize(
        "box",
        [
            "<aside>{}</aside>",
            "<div class=sidebar><p>{}</p></div>",
            "<div class=widget><p>{}</p></div>",
            "<figure><img src=boiler.png><figcaption>{}</figcaption></figure>",
            "<div class=banner><p>{} <a href=/more>More</a></p></div>",
        ],
    )
    def test_a_box_is_read_in_its_place(self, box: str) -> None:
        _title, _alpha, beta, between, gamma, _delta = self.paragraphs(box.format(self.CAUTION))

        assert between.startswith(self.CAUTION)
        assert ("beta" in beta, "gamma" in gamma) == (True, True)

    def test_the_heading_of_a_box_is_a_heading(self) -> None:
        box = f"<aside><h4>Before you begin the work</h4><p>{self.CAUTION}</p></aside>"

        reading = read_html(page(f"<main><article>{self.BEFORE}{box}{self.AFTER}</article></main>"))

        assert [heading.text for heading in reading.headings] == ["Before you begin the work"]

    def test_a_box_that_is_there_twice_is_read_once(self) -> None:
        box = f"<aside>{self.CAUTION}</aside>"

        assert self.paragraphs(box + box).count(self.CAUTION) == 1

    @pytest.mark.parametrize(
        "between",
        [
            "<aside><a href=/1>How to insulate the attic in a week</a></aside>",
            "<aside>Read more <a href=/1>How to insulate the attic in a week</a></aside>",
            "<nav>All about insulation, and about heating</nav>",
            "<form>Tell us how you liked this page, please</form>",
        ],
    )
    def test_links_and_forms_are_left_out(self, between: str) -> None:
        assert self.paragraphs(between) == self.paragraphs("")

    def test_boxes_before_and_after_the_main_text_are_left_out(self) -> None:
        box = f"<aside>{self.CAUTION}</aside>"

        assert self.paragraphs("", around=box) == self.paragraphs("")

    def test_what_was_kept_in_part_is_not_read_twice(self) -> None:
        whole = "Each library tells how large its structures are, and where their fields begin."
        kept = [(self.BEFORE, 0), (whole[20:], 0), (self.AFTER, 0)]

        assert [*put_back(kept, [(self.BEFORE, 0), (whole, 0), (self.AFTER, 0)])] == [
            (self.BEFORE, 0),
            (whole, 0),
            (self.AFTER, 0),
        ]

    def test_a_page_too_large_to_compare_stays_as_the_extractor_left_it(self) -> None:
        kept = [(self.BEFORE, 0), ("long " * 250_000, 0), (self.AFTER, 0)]
        shown = [kept[0], *[(self.CAUTION, 0)] * 10_000, kept[2]]

        assert [*put_back(kept, shown)] == kept


class TestAboutThePage:
    @pytest.mark.parametrize(
        ("head", "body", "title"),
        [
            ("<meta property=og:title content='Saving energy'><title>x</title>", "", "Saving energy"),
            ("<title>Saving energy | The Site</title>", "<h1>Saving energy</h1>", "Saving energy"),
            ("<title>Saving energy | The Site</title>", "<h1>Welcome</h1>", "Saving energy | The Site"),
            ("", "<h1>Saving <b>energy</b></h1>", "Saving energy"),
            ("", "", ""),
        ],
    )
    def test_title(self, head: str, body: str, title: str) -> None:
        assert read_html(article(body, head=head)).title == title

    @pytest.mark.parametrize(
        ("attributes", "language"), [("lang=de-CH", "de"), ("lang=EN", "en"), ("", ""), ("lang=none", "")]
    )
    def test_language(self, attributes: str, language: str) -> None:
        assert read_html(article("", attributes=attributes)).language == language

    @pytest.mark.parametrize(
        ("declared", "encoding"),
        [("", "utf-8"), ("windows-1251", "cp1251"), ("iso-8859-1", "utf-8"), ("", "utf-16")],
    )
    def test_characters_are_right_whatever_the_header_says(self, declared: str, encoding: str) -> None:
        words = "Утепление чердака экономит много энергии и денег."

        reading = read_html(f"<html><body><p>{words}</p></body></html>".encode(encoding), charset=declared)

        assert reading.text == words


class TestHiddenText:
    def test_it_is_left_out(self) -> None:
        traps = [
            "<p style='display: none'>{}</p>",
            "<p style='color:red; VISIBILITY:hidden'>{}</p>",
            "<p style='opacity:0'>{}</p>",
            "<p style='position:absolute; left:-9999px'>{}</p>",
            "<div style='font-size:0px'><p>{}</p></div>",
            "<p hidden>{}</p>",
            "<p aria-hidden=true>{}</p>",
            "<dialog><p>{}</p></dialog>",
            "<noscript><p>{}</p></noscript>",
            "<template><p>{}</p></template>",
            "<script type=application/ld+json>{}</script>",
            "<!-- {} -->",
        ]
        body = "".join(trap.format(f"Trap number {number} is here.") for number, trap in enumerate(traps))

        text = read_html(article(body)).text

        assert "Insulation" in text
        assert "Trap" not in text

    def test_what_is_shown_stays(self) -> None:
        styles = ["opacity:0.9", "display:block", "left:-10px", "font-size:0.9em", "visibility:visible"]
        body = "".join(f"<p style='{style}'>Here {style} is shown.</p>" for style in styles)

        text = read_html(article(body)).text

        assert [style for style in styles if f"Here {style} is shown." not in text] == []

    def test_a_body_that_waits_for_a_script_is_read(self) -> None:
        content = f"<html><body style='opacity:0'>{PARAGRAPH * 3}</body></html>".encode()

        assert "Insulation" in read_html(content).text

    def test_characters_that_nobody_sees_are_dropped(self) -> None:
        text = read_html(article("<p>Seal\u200b the\u2060 leaks\U000e0041.</p>")).text

        assert text.startswith("Seal the leaks.")

    def test_the_curator_hears_of_much_hidden_text(self) -> None:
        folded = f"<div hidden>{PARAGRAPH * 10}</div>"

        (warning,) = read_html(article(folded)).report.warnings

        assert warning.startswith("830 characters are hidden on the page")


class TestLimits:
    def limited(self, **limits: ChildLimits) -> Reading:
        return read_html(article("<nav>Menu of the site</nav>"), limits=HtmlLimits(**limits))

    def test_if_the_main_text_takes_too_long_the_whole_page_is_read(self) -> None:
        reading = self.limited(main_text=NO_TIME)

        assert reading.text.startswith("Insulation is the cheapest way")
        assert reading.report.warnings == (
            "The main text could not be told from menus and footers: the whole page was read.",
        )

    def test_a_page_that_takes_too_long_is_refused(self) -> None:
        with pytest.raises(OutOfTimeError, match="longer than 90 seconds"):
            self.limited(main_text=NO_TIME, whole_page=NO_TIME)

    def test_a_page_that_needs_too_much_memory_is_refused(self) -> None:
        content = page("<p>x</p>" * 1_000_000)

        with pytest.raises(TooLargeError, match="too large or too deeply nested"):
            read_html(content, limits=HtmlLimits(LITTLE_MEMORY, LITTLE_MEMORY))

    def test_endless_nesting_ends(self) -> None:
        assert read_html(page("<div>" * 500_000 + "deep")).text == ""

    def test_a_table_in_a_table_in_a_table_ends(self) -> None:
        content = page("<table><tr><td>cell " * 20_000)

        assert read_html(content).text.startswith("cell")


def test_progress_is_heard() -> None:
    heard: list[tuple[int, int]] = []

    read_html(article(""), lambda done, total: heard.append((done, total)))

    assert (heard[0], heard[-1]) == ((0, 1), (1, 1))


class TestTechnicalPages:
    """What manuals are made of."""

    def test_code_in_a_sentence_does_not_cut_it(self) -> None:
        page = article(
            "<h1>Stash</h1><p>Run <code>git stash show</code> and then the <code>--all</code> option.</p>"
        )

        assert "Run git stash show and then the --all option." in read_html(page).text

    def test_preformatted_lines_stay_lines(self) -> None:
        page = article("<h1>Table</h1><p>These are two lines of the file:</p><pre>line one\n  line two</pre>")

        assert "line one\n" in read_html(page).text

    def test_a_division_used_as_a_paragraph_keeps_its_beginning(self) -> None:
        page = (
            b"<body><div class=section><h1>inetd</h1><div class=para>Inetd is a server of servers, and the file"
            b" <code>/etc/inetd.conf</code> lists these servers and their usual ports.</div></div></body>"
        )

        assert "Inetd is a server of servers, and the file /etc/inetd.conf lists" in read_html(page).text
