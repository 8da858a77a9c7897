"""Reads the main text of a web page (as UTF-8), or with "whole" everything that it shows.

Messages: {"title", "language", "hidden"}, then {"blocks": [[text, heading level or 0], …]}. `hidden` counts characters
that the page does not show.
"""

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from lxml import etree, html
from trafilatura import bare_extraction

Block = tuple[str, int]

SPACES = re.compile(r"\s+")
NO_LETTERS = re.compile(r"[\W\ue000\ue001]+")
OPEN, CLOSE = "\ue000", "\ue001"  # before and after a link; no character of a text
MARKS = re.compile(f"[{OPEN}{CLOSE}]")
LINK = re.compile(f"{OPEN}[^{CLOSE}]*(?:{CLOSE}|$)|^[^{OPEN}]*{CLOSE}")
HIDING_STYLE = re.compile(
    r"display:none|visibility:hidden|(?:opacity|font-size):0(?:\.0+)?(?:px|em|rem|%)?(?:;|!|$)"
    r"|(?:text-indent|left|top):-\d{4,}"
)
NEVER_SHOWN = {"script", "style", "noscript", "template", "iframe", "object", "canvas", "svg"}
CHROME = {"head", "nav", "footer", "aside", "form", "button", "select", "textarea", "menu"}
HEADING = re.compile(r"h([1-6])")
INLINE = frozenset(
    """a abbr acronym b bdi bdo big br cite del dfn em font graphic hi i img input ins kbd label lb mark q ref s samp
    small span strike strong sub sup time tt u var wbr""".split()  # noqa: SIM905
)
LINE_BREAKS = {"br", "lb"}
ITEMS = {"li", "item"}
ROWS = {"tr", "row"}
CELLS = {"td", "th", "cell"}
PREFORMATTED = {"pre", "code"}
WITHIN_A_PARAGRAPH = INLINE | PREFORMATTED | LINE_BREAKS
NOT_IN_DATA = {"table", "head", "h1", "h2", "h3", "h4", "h5", "h6"}
LONGEST_CELL = 1_000
SHORTEST_TEXT = 20
SURE_LETTERS = 40  # found again, they are no coincidence
MOST_COMPARED = 10_000_000_000  # letters of the text, for each block: a few seconds
LONGEST_TITLE = 300


def messages(content: bytes, extent: str) -> Iterator[dict[str, Any]]:
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    page = etree.fromstring(content, parser) if content.strip() else None
    if page is None:
        yield {"title": "", "language": "", "hidden": 0}
        yield {"blocks": []}
        return
    about = {"title": find_title(page), "language": find_language(page)}
    yield {**about, "hidden": empty_hidden(page)}
    blocks = main_blocks(page) if extent == "main" else []
    if sum(len(text) for text, _ in blocks) < SHORTEST_TEXT:
        empty(page, CHROME)
        blocks = [*find_blocks(page)]
    yield {"blocks": blocks}


def main_blocks(page: Any) -> list[Block]:
    shown = [*shown_blocks(page)]
    keep_lines(page)
    document: Any = bare_extraction(page, include_comments=False, include_tables=True)
    return [*put_back([*find_blocks(document.body)], shown)] if document else []


def shown_blocks(page: Any) -> Iterator[Block]:
    """All that the page shows except its chrome, with links between marks."""
    page = deepcopy(page)
    empty(page, CHROME - {"aside"})
    for link in page.iter("a"):
        link.text, link.tail = OPEN + (link.text or ""), CLOSE + (link.tail or "")
    return find_blocks(page)


def put_back(kept: list[Block], shown: list[Block]) -> Iterator[Block]:
    """What the extractor has kept, and what it has lost in between: boxes, items of lists, captions, code.

    Links alone are no loss, and what stands before or after the main text may be anything.
    """
    lost = find_lost(kept, shown)
    whole = "\n".join(text for blocks in lost.values() for text in blocks)
    for index, (text, level) in enumerate(kept):
        bare = letters(text)
        if level or len(bare) < SURE_LETTERS or bare not in whole:  # else it is a part of what is put back
            yield text, level
        yield from lost[index].values()


def find_lost(kept: list[Block], shown: list[Block]) -> defaultdict[int, dict[str, Block]]:
    """By the index of the kept block before them, and by their letters."""
    starts, text = [], ""
    for block, _ in kept:
        starts.append(len(text))
        text += letters(block)
    lost: defaultdict[int, dict[str, Block]] = defaultdict(dict)
    if len(text) * len(shown) > MOST_COMPARED:
        return lost
    waiting: dict[str, Block] = {}
    end = 0
    for marked, level in shown:
        bare = letters(marked)
        if len(LINK.sub("", marked).strip()) < SHORTEST_TEXT:
            continue
        found = text.find(bare, end)
        if found >= 0 and len(bare) >= SURE_LETTERS:
            lost[bisect(starts, max(end - 1, 0)) - 1] |= waiting
            waiting, end = {}, found + len(bare)
        elif end and found < 0 and bare not in text[:end]:
            waiting[bare] = MARKS.sub("", marked), level
    return lost


def letters(text: str) -> str:
    return NO_LETTERS.sub("", text)


def keep_lines(page: Any) -> None:
    """Hand the extractor what it would break in a form that it keeps.

    It takes a bare <pre> for a quotation, but leaves code as it is; and of a <div> that is used as a paragraph it loses
    the text before the first element.
    """
    for pre in [*page.iter("pre")]:
        tail, text = pre.tail, "".join(pre.itertext())
        pre.clear()
        pre.tail = tail
        etree.SubElement(pre, "code").text = text
    for division in [*page.iter("div")]:
        has_text = (division.text or "").strip() or any((child.tail or "").strip() for child in division)
        if has_text and all(element.tag in WITHIN_A_PARAGRAPH for element in division.iterdescendants()):
            division.tag = "p"


def find_title(page: Any) -> str:
    """The declared title, or the <title>, without the name of the site if a heading shows which part of it that is."""
    declared = one_line(page.xpath("string(//meta[@property='og:title']/@content)"))
    title = one_line(page.xpath("string(//title)"))
    headings = [one_line("".join(heading.itertext())) for heading in page.iter("h1")]
    shown = next((heading for heading in headings if heading and heading in title), title)
    return (declared or shown or next(filter(None, headings), ""))[:LONGEST_TITLE]


def one_line(text: str) -> str:
    return SPACES.sub(" ", text).strip()


def find_language(page: Any) -> str:
    declared = page.get("lang") or page.xpath("string(//meta[@property='og:locale']/@content)")
    language = re.match(r"[a-zA-Z]{2}(?![a-zA-Z])", declared.strip())
    return language[0].lower() if language else ""


def empty_hidden(page: Any) -> int:
    """Empty what the page does not show; the number of characters that this took from the text."""
    empty(page, NEVER_SHOWN)
    hidden = [element for element in page.iter() if is_hidden(element)]
    count = 0
    for element in hidden:
        count += sum(len(text.strip()) for text in element.itertext())
        element.clear(keep_tail=True)
    return count


def empty(page: Any, tags: set[str]) -> None:
    for element in [*page.iter(*tags)]:
        element.clear(keep_tail=True)


def is_hidden(element: Any) -> bool:
    if element.tag in {"html", "body"}:
        return False  # hidden until a script has run
    style = element.get("style")
    return (
        element.get("aria-hidden") == "true"
        or element.get("hidden", "until-found") != "until-found"
        or (element.tag == "dialog" and element.get("open") is None)
        or bool(style and HIDING_STYLE.search(SPACES.sub("", style).lower()))
    )


def find_blocks(root: Any) -> Iterator[Block]:
    """Paragraphs, list items, tables and headings, from HTML or from trafilatura's own tags."""
    text = BlockText()
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        is_start = event == "start"
        if not is_inline(element):
            yield from text.flush(0 if is_start else heading_level(element))
        if is_start and element.tag == "table" and (rows := data_rows(element)):
            yield "\n".join(rows), 0
            walk.skip_subtree()
        elif is_start:
            text.open(element)
        else:
            text.close(element)
    yield from text.flush(0)


def is_inline(element: Any) -> bool:
    """Code of one line stands in its sentence."""
    return element.tag in INLINE or (
        element.tag == "code" and "\n" not in "".join(element.itertext()).strip()
    )


class BlockText:
    """The text since the last block began."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.bullet = ""
        self.preformatted = 0

    def open(self, element: Any) -> None:
        if element.tag in ITEMS:
            self.bullet = "• "
        self.preformatted += element.tag in PREFORMATTED
        if element.tag in LINE_BREAKS:
            self.parts.append("\n")
        self._add(element.text)

    def close(self, element: Any) -> None:
        self.preformatted -= element.tag in PREFORMATTED
        if element.tag in ITEMS:
            self.bullet = ""
        self._add(element.tail)

    def _add(self, text: str | None) -> None:
        if text:
            self.parts.append(text if self.preformatted else SPACES.sub(" ", text))

    def flush(self, level: int) -> Iterator[Block]:
        text = "".join(self.parts).strip()
        self.parts.clear()
        if text:
            yield (one_line(text) if level else self.bullet + text), level
            self.bullet = ""


def heading_level(element: Any) -> int:
    """1 to 6, or 0 if it is not a heading."""
    heading = HEADING.fullmatch(element.get("rend", "") if element.tag == "head" else element.tag)
    return int(heading[1]) if heading else 0


def data_rows(table: Any) -> list[str]:
    """The rows of a table that holds data; none if it only lays out the page."""
    if next(table.iterdescendants(*NOT_IN_DATA), None) is not None:
        return []
    rows = [[cell_text(cell) for cell in row.iter(*CELLS)] for row in table.iter(*ROWS)]
    if max(map(len, rows), default=0) < 2 or any(len(cell) > LONGEST_CELL for row in rows for cell in row):
        return []
    return [" | ".join(filter(None, row)) for row in rows if any(row)]


def cell_text(cell: Any) -> str:
    return one_line(" ".join(cell.itertext()))
