"""Two questions that are the same but for one thing: "the filter of a dishwasher", "the filter of a dryer"."""

from chat.cache.guards.negation import FAILURES, NEGATED
from chat.cache.guards.reading import Reading
from chat.cache.guards.relations import related
from chat.cache.guards.words import stem

FAILED = frozenset(map(stem, FAILURES))
LONGEST_PHRASE = 3
"""Content words of the thing that was exchanged."""


def differ(asked: Reading, known: Reading) -> bool:
    """The same words in the same order, but for one word or phrase that is another on each side."""
    ours, theirs = _middles(asked.content, known.content)
    if not ours or not theirs or max(len(ours), len(theirs)) > LONGEST_PHRASE:
        return False
    if _one_is_a_failure(asked, known, {*ours, *theirs}):
        return False
    return not _same_thing(ours, theirs)


def _one_is_a_failure(asked: Reading, known: Reading, exchanged: set[str]) -> bool:
    """ "It failed" is "it did not work"."""
    return (NEGATED in asked.negation) != (NEGATED in known.negation) and not FAILED.isdisjoint(exchanged)


def _middles(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is left of both without the words that they begin and end with alike."""
    shorter = min(len(one), len(other))
    start = 0
    while start < shorter and related(one[start], other[start]):
        start += 1
    end = 0
    while end < shorter - start and related(one[-1 - end], other[-1 - end]):
        end += 1
    return one[start : len(one) - end], other[start : len(other) - end]


def _same_thing(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Also where they share a word: then the sentence was built in another way."""
    return "".join(ours) == "".join(theirs) or any(related(one, other) for one in ours for other in theirs)
