"""Whether two words are one: in another form, a synonym, a slip of the pen."""

from functools import lru_cache

from chat.cache.guards.vocabulary import SYNONYMS, listed
from chat.cache.guards.words import stem

SUFFIXES = frozenset(
    listed("""
    s al ation ion ition ment ance anc ence enc ly ness ity iv abl ibl ful y ication cation at ate r
    st est ery t
""")
) | {""}
SHORTEST_ROOT = 4
SHORTEST_MISSPELT = 6

GROUPS: dict[str, set[int]] = {}
for number, group in enumerate(SYNONYMS.split(";")):
    for word in group.split():
        GROUPS.setdefault(stem(word), set()).add(number)


@lru_cache(maxsize=50_000)
def related(one: str, other: str) -> bool:
    """Whether two stems are one word: its forms, a known synonym, a slip of the pen."""
    if one == other or GROUPS.get(one, set()) & GROUPS.get(other, set()):
        return True
    root = 0
    for ours, theirs in zip(one, other, strict=False):
        if ours != theirs:
            break
        root += 1
    if root >= SHORTEST_ROOT and one[root:] in SUFFIXES and other[root:] in SUFFIXES:
        return True
    return _misspelt(one, other)


def _misspelt(one: str, other: str) -> bool:
    """One letter too many, or two that changed places, not at either end of a longer word."""
    if min(len(one), len(other)) < SHORTEST_MISSPELT or one[0] != other[0] or one[-1] != other[-1]:
        return False
    if len(one) == len(other):
        places = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        return len(places) == 2 and places[1] == places[0] + 1 and sorted(one) == sorted(other)
    short, long = sorted((one, other), key=len)
    return len(long) == len(short) + 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
