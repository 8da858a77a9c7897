"""One thing more: "a water heater", "a tankless water heater"; "change a furnace", "change the filter of a furnace"."""

from collections.abc import Sequence
from itertools import pairwise

from chat.cache.guards.reading import Reading
from chat.cache.guards.relations import related
from chat.cache.guards.vocabulary import (
    ARTICLES,
    AUXILIARIES,
    FRAMES,
    PREPOSITIONS,
    PRONOUNS,
    SILENT,
    listed,
)
from chat.cache.guards.words import Word, stem

LIGHT = ARTICLES | AUXILIARIES | FRAMES | PRONOUNS
"""Words that may come and go; prepositions and question words may not."""
WITHOUT_WEIGHT = frozenset(
    listed("""
    current currently new own personal recent recently correct exact exactly particular specific certain
    different entire whole available another get gets got getting receive received offer offered use make
    take start show say perform accept prefer calculate determine typical usual normal properly safely
    quickly easily efficiently effectively meaning definition
""")
)
"""Words that are added to a thing, or to what one does with it, without making it another."""
PREPOSITION_STEMS = frozenset(map(stem, PREPOSITIONS))
KINDS = ("word", "code")
LONGEST_ADDITION = 2
"""Words of what was added, prepositions not included."""


def frame(words: Sequence[Word]) -> tuple[str, ...]:
    """The stems of all words but those that may come and go."""
    return tuple(word.stem for word in words if word.text not in LIGHT)


def modifiers(words: Sequence[Word]) -> frozenset[str]:
    """Stems of what stands before the thing that it belongs to: "oil" of "oil furnace", "filter" of "the filter of"."""
    found = set()
    for at, (word, after) in enumerate(pairwise(words)):
        named = at > 0 and (words[at - 1].text in ARTICLES or words[at - 1].stem in found)
        of_it = named and after.text in PREPOSITIONS
        if _is_thing(word) and word.text not in WITHOUT_WEIGHT and (of_it or _is_thing(after)):
            found.add(word.stem)
    return frozenset(found)


def _is_thing(word: Word) -> bool:
    return word.kind in KINDS and word.text not in SILENT


def differ(asked: Reading, known: Reading) -> bool:
    """The same words in the same order, and one or two more on one side, before what they belong to."""
    if not (asked.english and known.english):
        return False
    short, long = sorted((asked, known), key=lambda reading: len(reading.frame))
    start, end = _alike(short.frame, long.frame)
    if start + end < len(short.frame) or not end or short.frame[-end] not in short.content:
        return False
    added = [word for word in long.frame[start : len(long.frame) - end] if word not in PREPOSITION_STEMS]
    return 1 <= len(added) <= LONGEST_ADDITION and long.modifiers.issuperset(added)


def _alike(short: tuple[str, ...], long: tuple[str, ...]) -> tuple[int, int]:
    """With how many words both begin, and with how many further ones both end."""
    start = end = 0
    while start < len(short) and related(short[start], long[start]):
        start += 1
    while end < len(short) - start and related(short[-1 - end], long[-1 - end]):
        end += 1
    return start, end
