"""The part of an address that makes a browser scroll to words of a web page and mark them: pure.

https://wicg.github.io/scroll-to-text-fragment/
"""

from urllib.parse import quote

ENOUGH_WORDS = 6
"""So many at either end find a passage, even if something between them was changed."""
FEWEST_WORDS = 3
"""Fewer, such as a heading of one word, stand elsewhere on the page as well."""
BULLET = "• "
CELL = " | "


def with_text_fragment(url: str, words: str) -> str:
    """The address, such that it opens where the words stand; unchanged if there are none."""
    fragment = text_fragment(words)
    if not fragment:
        return url
    return f"{url}{'' if '#' in url else '#'}:~:{fragment}"


def text_fragment(words: str) -> str:
    """The directive for a passage: its first and its last words, or all of a short one. Empty without words."""
    blocks = [block.split() for line in words.splitlines() for block in line.removeprefix(BULLET).split(CELL)]
    telling = [block for block in blocks if len(block) >= FEWEST_WORDS] or [max(blocks, key=len, default=[])]
    first, last = telling[0], telling[-1]
    if not first:
        return ""
    if len(telling) == 1 and len(first) <= 2 * ENOUGH_WORDS:
        return f"text={_escaped(first)}"
    return f"text={_escaped(first[:ENOUGH_WORDS])},{_escaped(last[-ENOUGH_WORDS:])}"


def _escaped(words: list[str]) -> str:
    """Percent-encoded, with the dashes and commas that mean something in a directive."""
    return quote(" ".join(words), safe="").replace("-", "%2D")
