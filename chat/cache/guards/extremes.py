"""The most, the least or the middle of something against the thing itself: "the maximum dose", "the dose"."""

from chat.cache.guards.reading import Reading
from chat.cache.guards.vocabulary import listed
from chat.cache.guards.words import stem

MOST, LEAST, MIDDLE = (
    frozenset(map(stem, listed(words)))
    for words in (
        "maximum max maximal highest largest",
        "minimum min minimal lowest smallest",
        "average median",
    )
)
LIMITS = frozenset(map(stem, listed("limit limits cap restriction most least more less over under")))
"""Words that say of a number that it is the most or the least."""


def differ(asked: Reading, known: Reading) -> bool:
    """Only one asks for an extreme; "how many can I" asks for the most too."""
    return _only_in(asked, known) or _only_in(known, asked)


def _only_in(one: Reading, other: Reading) -> bool:
    if not LIMITS.isdisjoint(other.counts):
        return False
    counts = any(kind.startswith("how ") for kind in other.asks)
    return any(
        not extreme.isdisjoint(one.counts) and extreme.isdisjoint(other.counts)
        for extreme in (LEAST, MIDDLE, *(() if counts else (MOST,)))
    )
