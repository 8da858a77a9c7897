"""What people and models wrote becomes HTML that can do no harm."""

import re
from html.parser import HTMLParser

import pytest

from chat.formatting import EXCERPT_LENGTH, answer_html, excerpt, marked, quoted_spans
from tests.chat.hostile_answers import HOSTILE

HARMLESS = {
    *("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"href", "class", "role", "rel", "start"}


class Nodes(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    @property
    def dangerous(self):
        return [
            (tag, attributes)
            for tag, attributes in self.found
            if tag not in HARMLESS
            or not attributes.keys() <= ATTRIBUTES
            or not (attributes.get("href") or "#citation-7-").startswith("#citation-7-")
        ]


def html(content: str, *, numbers=(1, 2), allowed_urls=()) -> str:
    return answer_html(content, message_id=7, numbers=numbers, allowed_urls=allowed_urls)


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_answer_leaves_no_node_that_loads_runs_or_leads_away(content):
    assert Nodes(html(content)).dangerous == []


def test_an_answer_that_is_cut_anywhere_is_as_harmless_as_a_whole_one():
    content = "".join(HOSTILE.values())

    for end in range(0, len(content), 7):
        assert Nodes(html(content[:end])).dangerous == []


def test_marks_lead_to_their_citations():
    made = html("Set it to 120 °F [1][2].")

    assert re.findall(r'class="cite" role="doc-noteref" href="(#citation-7-\d)"', made) == [
        "#citation-7-1",
        "#citation-7-2",
    ]


def test_a_mark_that_names_no_citation_stays_text():
    assert html("In the year [2] it was so.", numbers=[1]) == "<p>In the year [2] it was so.</p>\n"


def test_a_mark_in_code_stays_text():
    assert "<a" not in html("`list[1]`")


def test_a_link_to_a_cited_source_shows_its_host():
    made = html(
        "See [the guide](https://example.org/a?b=c&d=e).", allowed_urls=["https://example.org/a?b=c&d=e"]
    )

    assert (
        '<a href="https://example.org/a?b=c&amp;d=e" rel="noopener noreferrer nofollow">the guide</a>'
        ' <span class="host">(example.org)</span>' in made
    )


def test_the_host_that_is_shown_is_the_one_that_would_be_opened():
    address = "https://example.org@evil.example/"

    assert '<span class="host">(evil.example)</span>' in html(f"<{address}>", allowed_urls=[address])


def test_a_link_to_another_address_keeps_its_words_only():
    made = html("See [the guide](https://example.org/other).", allowed_urls=["https://example.org/"])

    assert made == "<p>See the guide.</p>\n"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "/admin/", "ftp://example.org/", "data:text/html,x"]
)
def test_an_address_that_is_not_of_the_web_is_no_link_even_if_a_source_has_it(address):
    assert "<a" not in html(f"[x]({address})", allowed_urls=[address])


def test_an_image_becomes_its_description():
    assert html("![A heater](https://example.org/a.png)") == "<p>A heater</p>\n"


def test_headings_begin_below_those_of_the_page():
    assert html("# First\n\n###### Last") == "<h3>First</h3>\n<h6>Last</h6>\n"


def test_a_list_that_was_stopped_at_its_first_dash_makes_no_heading_of_the_line_above():
    assert html("1. Seal the doors.\n   -") == "<ol>\n<li>Seal the doors.\n-</li>\n</ol>\n"


def test_lists_tables_and_emphasis_are_kept():
    made = html("3. **one**\n\n|a|b|\n|-|-|\n|*c*|d|")

    assert '<ol start="3">' in made
    assert "<td><em>c</em></td>" in made


def test_cells_tell_how_they_are_aligned_and_whether_they_are_long():
    made = html(f"|a|b|c|\n|:-|:-:|-:|\n|1|2|{'word ' * 9}|")

    assert "<th>a</th>" in made
    assert '<th class="center">b</th>' in made
    assert '<th class="right">c</th>' in made
    assert '<td class="long right">word' in made


def test_what_is_struck_out_is_shown_so():
    assert html("~~120~~ 140 ~ 160 °F") == "<p><s>120</s> 140 ~ 160 °F</p>\n"


def test_the_words_that_an_answer_quotes_are_found_in_the_passage():
    passage = "Many heaters are too hot.\nTurn the water heater down to 120°F or the “warm” setting."

    spans = quoted_spans(passage, "You should turn the water heater down to 120°F [1].")

    assert [passage[start:end] for start, end in spans] == ["Turn the water heater down to 120°F"]


def test_two_quotations_are_two_spans():
    passage = "a b c d and then something else e f g h"

    assert [passage[a:b] for a, b in quoted_spans(passage, "e f g h; a b c d")] == ["a b c d", "e f g h"]


def test_a_few_words_in_common_are_no_quotation():
    assert quoted_spans("the water heater is old", "Buy the water heater of your choice") == []


def test_marking_escapes_the_text():
    assert marked("<b>hot</b> & cold", [(3, 6)]) == "&lt;b&gt;<mark>hot</mark>&lt;/b&gt; &amp; cold"


def test_a_quotation_of_several_paragraphs_is_marked_line_by_line():
    text = "Turn it down. \n\n  Save energy."

    assert marked(text, [(5, len(text))]) == "Turn <mark>it down.</mark> \n\n  <mark>Save energy.</mark>"


def test_an_excerpt_begins_with_the_sentence_that_is_quoted():
    text = "Heaters are many. Turn it down to 120 °F now. " + "More words follow here. " * 30

    made = excerpt(text, [(18, 30)])

    assert made.startswith("… <mark>Turn it down</mark> to 120 °F now.")
    assert made.endswith(" …")
    assert len(made) < EXCERPT_LENGTH + len("… <mark></mark> …") + 1


def test_an_excerpt_of_a_short_passage_is_the_passage():
    assert excerpt("Short.", []) == "Short."


def test_a_quotation_longer_than_the_excerpt_is_marked_to_its_end():
    text = "word " * 200

    assert excerpt(text, [(0, 900)]).endswith("</mark> …")


def test_a_text_without_spaces_is_cut_at_the_length():
    assert excerpt("水" * 500, []) == "水" * EXCERPT_LENGTH + " …"
