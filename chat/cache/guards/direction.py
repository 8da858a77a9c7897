"""From where to where, who does what to whom, what before what."""

from collections.abc import Sequence
from itertools import pairwise

from chat.cache.guards.reading import Reading
from chat.cache.guards.vocabulary import ARTICLES, PREPOSITIONS, PRONOUNS, SILENT, listed
from chat.cache.guards.words import Word

TOWARDS = {
    "to": "to",
    "into": "to",
    "onto": "to",
    "towards": "to",
    "toward": "to",
    "nach": "to",
    "vers": "to",
    "hacia": "to",
}
AWAY = {"from": "from", "off": "from", "von": "from", "aus": "from", "depuis": "from", "desde": "from"}
ENDS = TOWARDS | AWAY
OPPOSITE = {"to": "from", "from": "to", "before": "after", "after": "before", "over": "under", "under": "over",
            "above": "below", "below": "above", "in": "out", "out": "in", "on": "off"}  # fmt: skip
ORDERING = frozenset(
    listed("""
    to into onto than before after instead over under above below from against by as for with of via
    through beat beats exceed precede follow without towards
""")
)
NEAR = 12
"""Words to look to either side; a bound on the time that a long text takes."""
LONGEST_PHRASE = 4
"""Words of a phrase that may have changed places with another."""


def roles(words: Sequence[Word]) -> frozenset[tuple[str, str]]:
    """Each preposition of direction with the word that it points to."""
    found = set()
    for at, word in enumerate(words):
        role = ENDS.get(word.text) or (word.text if word.text in OPPOSITE else "")
        target = _next_content(words, at) if role else ""
        if target:
            found.add((role, target))
    return frozenset(found)


def _next_content(words: Sequence[Word], at: int) -> str:
    for word in words[at + 1 :]:
        if word.kind == "mark":
            return ""
        if word.text not in ARTICLES:
            return "" if word.text in PREPOSITIONS else word.stem
    return ""


def sides(words: Sequence[Word]) -> frozenset[tuple[str, str, str]]:
    """What stands on the left and on the right of each word of direction."""
    found = set()
    for at, word in enumerate(words):
        if word.text in ORDERING:
            left = next((w.stem for w in reversed(words[max(at - NEAR, 0) : at]) if _carries(w)), "")
            right = next((w.stem for w in words[at + 1 : at + 1 + NEAR] if _carries(w)), "")
            if left and right:
                found.add((left, word.text, right))
    return frozenset(found)


def _carries(word: Word) -> bool:
    return word.kind != "mark" and word.text not in SILENT


def compact(words: Sequence[Word]) -> frozenset[tuple[str, str]]:
    """Content words that stand side by side, as in "cash withdrawal charge"."""
    return frozenset(
        (one.stem, other.stem) for one, other in pairwise(words) if _carries(one) and _carries(other)
    )


def agent(words: Sequence[Word]) -> str:
    """Who does it in the passive voice: "tenant" in "is sued by a tenant"; empty in any other."""
    for at, word in enumerate(words):
        before = words[max(at - 2, 0) : at]
        if word.text == "by" and any(w.text.endswith(("ed", "en")) or w.stem != w.text for w in before):
            after = next((w for w in words[at + 1 :] if w.text not in ARTICLES), None)
            if after and _carries(after):
                return after.stem
    return ""


def differ(asked: Reading, known: Reading) -> bool:
    """The same things the other way round."""
    return _roles_swapped(asked, known) or _sides_swapped(asked, known) or _order_swapped(asked, known)


def _roles_swapped(asked: Reading, known: Reading) -> bool:
    """ "From A" on one side, "to A" on the other."""
    only_ours, only_theirs = asked.roles - known.roles, known.roles - asked.roles
    return any(
        (OPPOSITE[role], target) in only_theirs and target not in ("i", "you", "it")
        for role, target in only_ours
    )


def _sides_swapped(asked: Reading, known: Reading) -> bool:
    ours, theirs = asked.sides - known.sides, known.sides - asked.sides
    return any((right, word, left) in theirs for left, word, right in ours)


def _order_swapped(asked: Reading, known: Reading) -> bool:
    """The same words, two phrases of them having changed places around a third."""
    if len(asked.content) != len(known.content) or sorted(asked.content) != sorted(known.content):
        return False
    if bool(asked.agent) != bool(known.agent):
        return asked.content == known.content
    if asked.content == known.content or _small_words(asked) != _small_words(known):
        return False
    return _swapped(asked.content, known.content) and not _one_is_a_compound(asked, known)


def _small_words(reading: Reading) -> list[str]:
    """Its prepositions and pronouns: they differ where a sentence was built in another way."""
    return sorted(text for text in reading.texts if text in PREPOSITIONS or text in PRONOUNS)


def _one_is_a_compound(asked: Reading, known: Reading) -> bool:
    """ "Cash withdrawal charge" is a charge for withdrawing cash, though its words stand the other way round."""
    return (len(asked.compact) >= len(asked.content) - 1) != (len(known.compact) >= len(known.content) - 1)


def _swapped(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether a phrase X and a phrase Y have changed places around words that stayed: X m Y against Y m X."""
    start = next(i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)
    end = next(i for i, (a, b) in enumerate(zip(one[::-1], other[::-1], strict=True)) if a != b)
    a, b = one[start : len(one) - end], other[start : len(other) - end]
    return any(
        a[:i] == b[-i:] and b[:j] == a[-j:] and a[i : len(a) - j] == b[j : len(b) - i]
        for i in range(1, min(LONGEST_PHRASE, len(a) - 2) + 1)
        for j in range(1, min(LONGEST_PHRASE, len(a) - i - 1) + 1)
    )
