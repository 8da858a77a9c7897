"""Decides which hyphens at the ends of lines belong to the word. Pure."""

import re
from collections.abc import Iterable
from itertools import pairwise

MARK = "\u00ad"
"""Stands where a line ended with a hyphen."""
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")
LAST_LETTERS = re.compile(r"[^\W\d_]*$")
FIRST_LETTERS = re.compile(r"\w*")
LONGEST_PART = 40
SHORTEST_PART = 3


def known_words(texts: Iterable[str]) -> set[str]:
    """The words of a document, alone and in pairs with a hyphen, except those that are broken."""
    words: set[str] = set()
    for text in texts:
        parts = text.split(MARK)
        for number, part in enumerate(parts):
            found = WORD.findall(part)
            for word in found[number > 0 : len(found) - (number < len(parts) - 1)]:
                first, hyphen, second = word.partition("-")
                words.update((word, first, first + hyphen, second))
    return words


def mend(text: str, known: set[str]) -> str:
    """ "recom|mended" is one word, "energy|efficient" keeps its hyphen: the document's other words tell them apart."""
    if MARK not in text:
        return text
    parts = text.split(MARK)
    mended = parts[:1]
    for before, part in pairwise(parts):
        left, right = LAST_LETTERS.search(before[-LONGEST_PART:]), FIRST_LETTERS.match(part[:LONGEST_PART])
        if left and right and keeps_hyphen(left[0], right[0], known):
            mended.append("-")
        mended.append(part)
    return "".join(mended)


def keeps_hyphen(left: str, right: str, known: set[str]) -> bool:
    if left + right in known:
        return False
    if len(left) < 2 or not right.islower() or f"{left}-{right}" in known:
        return True
    if min(len(left), len(right)) < SHORTEST_PART:
        return False
    return f"{left}-" in known or (left in known and right in known)
