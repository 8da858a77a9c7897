"""What changed between two texts, word by word, with a little of what stayed the same around it: pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple

from knowledge.alignment import Budget, matched

LINE = re.compile(r"[^\n\f]*[\n\f]|[^\n\f]+")
WORD = re.compile(r"\S+\s*|\s+")
BREAKS = re.compile(r"\s*[\n\f]\s*")
STEPS = 2_000_000
"""Comparisons of two items: about a second."""
CONTEXT = 18
"""Words that are shown on either side of a change."""
ISLAND = 3
"""Fewer unchanged words than that between two changes are shown as part of one: it reads better."""
LONGEST_SHOWN = 3_000
"""Characters of a removed or added stretch."""

Kind = Literal["same", "removed", "added"]


class Part(NamedTuple):
    kind: Kind
    text: str


@dataclass(frozen=True)
class Change:
    """Changed words, with what stands around them."""

    offset: int
    """Of the first changed character, in the new text."""
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Comparison:
    changes: tuple[Change, ...]
    """In the order of the text; at most as many as were asked for."""
    count: int
    """Of all changes."""
    removed: int
    added: int
    """Words."""


def compare(old: str, new: str, *, most: int = 200, steps: int = STEPS) -> Comparison:
    """What was removed from the old text and added to the new one; only white space that differs is no change.

    `steps` bounds the work: where it ends, what is left counts as replaced.
    """
    parts = list(_with_islands_joined(_merged(_parts(old, new, Budget(steps)))))
    changes = list(_changes(parts))
    return Comparison(
        tuple(changes[:most]), len(changes), _words_of("removed", parts), _words_of("added", parts)
    )


def _words_of(kind: Kind, parts: Sequence[Part]) -> int:
    return sum(len(part.text.split()) for part in parts if part.kind == kind)


# --- from two texts to parts ---


def _parts(old: str, new: str, budget: Budget) -> Iterator[Part]:
    """Lines that are the same, and words where lines differ."""
    for is_same, left, right in _aligned(LINE.findall(old), LINE.findall(new), budget):
        if is_same:
            yield Part("same", right)
            continue
        for is_same_word, removed, added in _aligned(WORD.findall(left), WORD.findall(right), budget):
            if not is_same_word and removed.strip():
                yield Part("removed", removed)
            if added:
                yield Part("same" if is_same_word or not added.strip() else "added", added)


def _aligned(old: list[str], new: list[str], budget: Budget) -> Iterator[tuple[bool, str, str]]:
    """Item by item what both have, and between them what only the old and only the new one has."""
    i = j = 0
    pairs = matched([item.strip() for item in old], [item.strip() for item in new], budget)
    for left, right in pairs:
        if (left, right) != (i, j):
            yield False, "".join(old[i:left]), "".join(new[j:right])
        yield True, old[left], new[right]
        i, j = left + 1, right + 1
    if old[i:] or new[j:]:
        yield False, "".join(old[i:]), "".join(new[j:])


def _merged(parts: Iterable[Part]) -> list[Part]:
    return [
        Part(kind, "".join(part.text for part in run)) for kind, run in groupby(parts, lambda part: part.kind)
    ]


def _with_islands_joined(parts: Sequence[Part]) -> Iterator[Part]:
    """A few unchanged words between two replacements become part of both sides of one."""
    removed = added = ""
    for at, (kind, text) in enumerate(parts):
        if kind == "removed":
            removed += text
        elif kind == "added":
            added += text
        elif removed and added and _is_island(text) and at < len(parts) - 1:
            removed, added = removed + text, added + text
        else:
            yield from _replaced(removed, added)
            removed = added = ""
            yield Part("same", text)
    yield from _replaced(removed, added)


def _is_island(text: str) -> bool:
    return len(text.split()) < ISLAND and "\n" not in text and "\f" not in text


def _replaced(removed: str, added: str) -> Iterator[Part]:
    if removed:
        yield Part("removed", removed)
    if added:
        yield Part("added", added)


# --- from parts to what is shown ---


def _changes(parts: Sequence[Part]) -> Iterator[Change]:
    """Changes with their surroundings; those that stand close together are shown as one."""
    shown: list[Part] = []
    start = offset = 0
    for at, part in enumerate(parts):
        if part.kind != "same":
            start = offset if _is_unchanged(shown) else start
            shown += _without_space_behind(_as_shown(part))
        else:
            before, after = _surroundings(part.text)
            if shown and (after or at == len(parts) - 1):
                yield Change(start, (*shown, before))
                shown = []
            shown.append(after or before)
        offset += len(part.text) if part.kind != "removed" else 0
    if not _is_unchanged(shown):
        yield Change(start, tuple(shown))


def _is_unchanged(parts: Sequence[Part]) -> bool:
    return all(part.kind == "same" for part in parts)


def _surroundings(text: str) -> tuple[Part, Part | None]:
    """What is shown of an unchanged stretch behind one change and before the next; all of it if it is short."""
    words = WORD.findall(text)
    if len(words) <= 2 * CONTEXT:
        return _as_shown(Part("same", text)), None
    head, tail = "".join(words[:CONTEXT]), "".join(words[-CONTEXT:])
    return _as_shown(Part("same", f"{head.rstrip()} …")), _as_shown(Part("same", f"… {tail}"))


def _without_space_behind(part: Part) -> list[Part]:
    """White space behind the last word is not part of what has changed."""
    words = part.text.rstrip()
    return [Part(part.kind, words), Part("same", part.text[len(words) :])]


def _as_shown(part: Part) -> Part:
    """With single line breaks, and not without end."""
    text = part.text if len(part.text) <= LONGEST_SHOWN else f"{part.text[:LONGEST_SHOWN]} …"
    return Part(part.kind, BREAKS.sub("\n", text))
