"""What people and models wrote, as HTML that can do no harm: pure.

Raw HTML in an answer stays text, images become their description, and an address becomes a link only if a
cited source has it; an allow-list sanitiser stands behind that.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from urllib.parse import urlsplit

import nh3
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

MARK = re.compile(r"\[(\d{1,3})\]")
NO_BREAK_SPACE = "\u00a0"
WORD = re.compile(r"\w+(?:[’']\w+)*")
LINE = re.compile(r"\S(?:[^\n]*\S)?")
SENTENCE_END = re.compile(r"[.!?]\s+|\n\s*\n")
QUOTED_WORDS = 4
"""So many words in a row, the same in answer and passage, are a quotation; fewer are chance."""
EXCERPT_LENGTH = 220
LONG_CELL = 40
"""Characters of a table's cell above which it keeps a width that can be read."""
TOP_HEADING = 3
"""The page has levels 1 and 2 of its own."""

Span = tuple[int, int]

CELL_CLASSES = {"center", "right", "long"}
SANITISER = nh3.Cleaner(
    tags={
        *("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span"),
        *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
    },
    attributes={"a": {"href"}, "ol": {"start"}},
    allowed_classes={"a": {"cite"}, "span": {"host"}, "th": CELL_CLASSES, "td": CELL_CLASSES},
    tag_attribute_values={"a": {"role": {"doc-noteref"}}},
    url_schemes={"http", "https"},
    link_rel="noopener noreferrer nofollow",
)


def answer_html(
    content: str, *, message_id: int, numbers: Collection[int], allowed_urls: Collection[str]
) -> str:
    """An answer in Markdown as sanitised HTML.

    Marks [n] lead to `#citation-<message_id>-<n>` if n is in `numbers`; links that are not in `allowed_urls`
    become plain text.
    """
    markdown = _markdown()
    tokens = markdown.parse(content, {})
    known = {markdown.normalizeLink(url) for url in allowed_urls if url.startswith(("http://", "https://"))}
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + TOP_HEADING - 1, 6)}"
        if token.children:
            linked = _with_safe_links(token.children, known)
            token.children = list(_with_marks(linked, message_id, numbers))
    for cell, inside in pairwise(tokens):
        if cell.type in ("th_open", "td_open"):
            cell.attrs = _of_cell(cell, inside.content)
    return SANITISER.clean(markdown.renderer.render(tokens, markdown.options, {}))


def _of_cell(cell: Token, content: str) -> dict[str, str | int | float]:
    """How it is aligned, and whether it is long, as classes: the policy of the page forbids styles."""
    aligned = str(cell.attrGet("style") or "").removeprefix("text-align:")
    classes = CELL_CLASSES & {aligned, "long" if len(content) > LONG_CELL else ""}
    return {"class": " ".join(sorted(classes))} if classes else {}


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    # Without references: "[1]: https://…" would turn every [1] into a link of the model's choice.
    # Without headings that a line below makes: a list that was stopped at its "-" would turn the line above into one.
    return (
        MarkdownIt("commonmark", {"html": False})
        .enable(["table", "strikethrough"])
        .disable(["reference", "html_block", "html_inline", "lheading"])
    )


def _with_safe_links(tokens: list[Token], known: Collection[str]) -> Iterator[Token]:
    """Links to known addresses with their host behind them; of other links and of images only the words."""
    target = ""
    for token in tokens:
        if token.type == "image":
            yield Token("text", "", 0, content=token.content)
        elif token.type == "link_open":
            href = str(token.attrGet("href") or "")
            target = href if href in known else ""
            if target:
                token.attrs = {"href": href}
                yield token
        elif token.type == "link_close":
            if target:
                yield token
                yield _html(
                    f' <span class="host">({conditional_escape(urlsplit(target).hostname or "")})</span>'
                )
            target = ""
        else:
            yield token


def _with_marks(tokens: Iterator[Token], message_id: int, numbers: Collection[int]) -> Iterator[Token]:
    inside_link = False
    for token in tokens:
        inside_link = token.type == "link_open" or (inside_link and token.type != "link_close")
        if token.type != "text" or inside_link:
            yield token
            continue
        rest = 0
        for mark in MARK.finditer(token.content):
            if int(mark[1]) not in numbers:
                continue
            # A number alone at the beginning of a line belongs to nothing.
            stated = re.sub(r" $", NO_BREAK_SPACE, token.content[rest : mark.start()])
            yield Token("text", "", 0, content=stated)
            number = int(mark[1])
            href = f"#citation-{message_id}-{number}"
            yield _html(f'<a class="cite" role="doc-noteref" href="{href}">{number}</a>')
            rest = mark.end()
        yield Token("text", "", 0, content=token.content[rest:])


def _html(markup: str) -> Token:
    return Token("html_inline", "", 0, content=markup)


def quoted_spans(passage: str, answer: str) -> list[Span]:
    """The ranges of a passage that stand word for word in an answer, at least QUOTED_WORDS words long."""
    said = [word.group().casefold() for word in WORD.finditer(MARK.sub(" ", answer))]
    runs = {tuple(said[i : i + QUOTED_WORDS]) for i in range(len(said) - QUOTED_WORDS + 1)}
    words = list(WORD.finditer(passage))
    folded = [word.group().casefold() for word in words]
    spans: list[Span] = []
    for i in range(len(words) - QUOTED_WORDS + 1):
        if tuple(folded[i : i + QUOTED_WORDS]) not in runs:
            continue
        start, end = words[i].start(), words[i + QUOTED_WORDS - 1].end()
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def marked(text: str, spans: Iterable[Span]) -> SafeString:
    """The text, escaped, with <mark> around the lines of the ranges, which must be in order and apart."""
    parts, rest = [], 0
    lines = (line.span() for span in spans for line in LINE.finditer(text, *span))
    for start, end in lines:
        parts.append(format_html("{}<mark>{}</mark>", text[rest:start], text[start:end]))
        rest = end
    parts.append(format_html("{}", text[rest:]))
    return mark_safe("".join(parts))  # noqa: S308 - each part is escaped


def excerpt(text: str, spans: Sequence[Span]) -> SafeString:
    """EXCERPT_LENGTH characters, in whole words, from the sentence in which the longest range begins."""
    anchor = max(spans, key=lambda span: span[1] - span[0], default=(0, 0))[0]
    start = max([0, *(end.end() for end in SENTENCE_END.finditer(text, 0, anchor))])
    end = min(start + EXCERPT_LENGTH, len(text))
    if end < len(text) and (space := text.rfind(" ", start, end)) > start:
        end = space
    inside = [(max(a, start) - start, min(b, end) - start) for a, b in spans if a < end and b > start]
    return format_html(
        "{}{}{}", "… " if start else "", marked(text[start:end], inside), " …" if end < len(text) else ""
    )
