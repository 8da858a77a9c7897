"""Whether two answers say the same, as far as their texts and what they cite can tell: pure.

It errs on the side of "unsure": a label of which nobody is sure teaches nothing, a wrong one teaches what is wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chat.cache.guards import tell_apart
from chat.cache.wording import normalised
from chat.citations import without_marks
from chat.sentences import content_stems, language, numbers, sentences

Verdict = Literal["same", "different", "unsure"]

COVERED = 0.8
"""The share of each answer's words that must stand in statements of both."""
ALIKE = 0.8
"""Two statements that share so many of their content words say the same, if nothing tells them apart."""
ABOUT_THE_SAME = 0.6
"""Two statements that share so many are about the same thing: other figures in them contradict each other."""
LITTLE = 0.2
"""Answers that share no more of the shorter one's content words are about different things."""


@dataclass(frozen=True)
class Answer:
    """What is compared."""

    text: str
    """With marks [n]."""
    cited: frozenset[str] | None = None
    """Content hashes of what it cites; None if that is not known any more."""


@dataclass(frozen=True)
class _Statement:
    text: str
    stems: frozenset[str]
    figures: frozenset[str]
    length: int
    """In words."""


def compare(first: Answer, second: Answer) -> Verdict:
    """Whether both tell their readers the same. It does not matter which comes first."""
    ours, theirs = _statements(first.text), _statements(second.text)
    only_ours, only_theirs = _missing_in(theirs, ours), _missing_in(ours, theirs)
    if _contradict(only_ours, only_theirs) or _unrelated(first, second):
        return "different"
    covered = min(_covered(ours, only_ours), _covered(theirs, only_theirs))
    if covered >= COVERED and _share_passages(first, second) and not _adds_figures(ours, theirs):
        return "same"
    return "unsure"


def _statements(text: str) -> list[_Statement]:
    plain = without_marks(text)
    found = [" ".join(plain[part.start : part.end].split()) for part in sentences(plain)]
    return [
        _Statement(
            normalised(words), frozenset(content_stems(words)), frozenset(numbers(words)), len(words.split())
        )
        for words in found
    ]


def _missing_in(others: Sequence[_Statement], ours: Sequence[_Statement]) -> list[_Statement]:
    """Our statements that the others do not have."""
    return [one for one in ours if not any(_say_the_same(one, other) for other in others)]


def _say_the_same(one: _Statement, other: _Statement) -> bool:
    if one.text == other.text:
        return True
    alike = one.figures == other.figures and _overlap(one, other) >= ALIKE
    return alike and not tell_apart(one.text, other.text)


def _contradict(ours: Sequence[_Statement], theirs: Sequence[_Statement]) -> bool:
    """Whether two statements give other figures for one thing; more figures are no contradiction."""
    return any(
        _overlap(one, other) >= ABOUT_THE_SAME
        and not one.figures <= other.figures
        and not other.figures <= one.figures
        for one in ours
        for other in theirs
    )


def _unrelated(first: Answer, second: Answer) -> bool:
    """Whether they rest on other passages and have hardly a word in common, though they are in one language."""
    if first.cited is None or second.cited is None or first.cited & second.cited:
        return False
    ours, theirs = (frozenset(content_stems(without_marks(text))) for text in (first.text, second.text))
    if not ours or not theirs or language(first.text) != language(second.text):
        return False
    return len(ours & theirs) <= LITTLE * min(len(ours), len(theirs))


def _share_passages(first: Answer, second: Answer) -> bool:
    return bool(first.cited and second.cited and first.cited & second.cited)


def _adds_figures(ours: Sequence[_Statement], theirs: Sequence[_Statement]) -> bool:
    return {f for one in ours for f in one.figures} != {f for one in theirs for f in one.figures}


def _covered(statements: Sequence[_Statement], missing: Sequence[_Statement]) -> float:
    """The share of the words that stand in statements which are not missing."""
    words = sum(one.length for one in statements)
    return 1 - sum(one.length for one in missing) / words if words else 0.0


def _overlap(one: _Statement, other: _Statement) -> float:
    """Of their content words, the share that both have."""
    return len(one.stems & other.stems) / (len(one.stems | other.stems) or 1)
