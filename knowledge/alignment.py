"""Which items of two sequences belong together: pure, and bounded in cost.

Items that occur once on either side are matched first (patience diff, after Bram Cohen), so that paragraphs stay
together; what lies between them is matched by the longest common subsequence. Where the budget ends, items stay
unmatched.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

MOST_EDITS = 1_000
"""Between two stretches without an item that stands once in both."""

Pair = tuple[int, int]
"""Places of equal items, in the one and in the other sequence."""


class Budget:
    """Comparisons that may still be made."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int) -> bool:
        """Take so many; False, and nothing taken, if there are not so many left."""
        if steps > self.left:
            return False
        self.left -= steps
        return True


class Stretch(NamedTuple):
    """A part of both sequences that is still to be matched."""

    old: Sequence[str]
    new: Sequence[str]
    start: int = 0
    start_new: int = 0

    def inner(self, old: slice, new: slice) -> "Stretch":
        return Stretch(
            self.old[old], self.new[new], self.start + (old.start or 0), self.start_new + (new.start or 0)
        )

    def placed(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Pairs counted from the beginning of the whole sequences."""
        return [(self.start + i, self.start_new + j) for i, j in pairs]


def matched(old: Sequence[str], new: Sequence[str], budget: Budget) -> list[Pair]:
    """Equal items, rising on both sides."""
    found: list[Pair] = []
    waiting = [Stretch(old, new)]
    while waiting:
        stretch, same = _without_equal_ends(waiting.pop())
        found += same
        if not (stretch.old and stretch.new and budget.spend(len(stretch.old) + len(stretch.new))):
            continue
        if anchors := _anchors(stretch.old, stretch.new):
            found += stretch.placed(anchors)
            edges = [(-1, -1), *anchors, (len(stretch.old), len(stretch.new))]
            waiting += [stretch.inner(slice(i + 1, k), slice(j + 1, m)) for (i, j), (k, m) in pairwise(edges)]
        else:
            found += stretch.placed(_longest_common(stretch.old, stretch.new, budget))
    return sorted(found)


def _without_equal_ends(stretch: Stretch) -> tuple[Stretch, list[Pair]]:
    """What is left between equal beginnings and ends, and those as pairs."""
    old, new = stretch.old, stretch.new
    shorter = min(len(old), len(new))
    ahead = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    behind = next((n for n in range(shorter - ahead) if old[-1 - n] != new[-1 - n]), shorter - ahead)
    heads = [(n, n) for n in range(ahead)]
    tails = [(len(old) - 1 - n, len(new) - 1 - n) for n in range(behind)]
    inner = stretch.inner(slice(ahead, len(old) - behind), slice(ahead, len(new) - behind))
    return inner, stretch.placed(heads + tails)


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Items that occur once on either side: the most that stand in the same order."""
    once = {item for item, count in Counter(old).items() if count == 1 and item}
    once &= {item for item, count in Counter(new).items() if count == 1}
    places = {item: j for j, item in enumerate(new) if item in once}
    return _longest_rising([(i, places[item]) for i, item in enumerate(old) if item in once])


def _longest_rising(pairs: Sequence[Pair]) -> list[Pair]:
    """The most pairs that rise on the second side too; the first side rises already (patience sorting)."""
    lowest: list[int] = []  # the smallest end of a rising run of each length
    ends: list[int] = []  # the pair that is this end
    before: list[int] = []  # for each pair the one that stands before it in its run
    for at, (_, j) in enumerate(pairs):
        length = bisect_left(lowest, j)
        before.append(ends[length - 1] if length else -1)
        lowest[length : length + 1] = [j]
        ends[length : length + 1] = [at]
    rising, at = [], ends[-1] if ends else -1
    while at >= 0:
        rising.append(pairs[at])
        at = before[at]
    return rising[::-1]


def _longest_common(old: Sequence[str], new: Sequence[str], budget: Budget) -> list[Pair]:
    """The longest common subsequence (Myers 1986, the greedy algorithm); none if they differ too much."""
    furthest = {1: 0}  # on each diagonal, the place in `old` that so many insertions and removals reach
    trail = []
    for edits in range(min(len(old) + len(new), MOST_EDITS) + 1):
        trail.append(furthest.copy())
        walked = 0
        for diagonal in range(-edits, edits + 1, 2):
            start = i = _entry(furthest, diagonal, edits)[1]
            j = i - diagonal
            while i < len(old) and j < len(new) and old[i] == new[j]:
                i, j = i + 1, j + 1
            furthest[diagonal] = i
            walked += i - start
            if i >= len(old) and j >= len(new):
                return _walked_back(trail, i, j)
        if not budget.spend(edits + 1 + walked):
            break
    return []


def _entry(furthest: dict[int, int], diagonal: int, edits: int) -> tuple[int, int]:
    """The diagonal from which another one is entered, and at which place in `old`."""
    is_insertion = diagonal == -edits or (
        diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1]
    )
    if is_insertion:
        return diagonal + 1, furthest[diagonal + 1]
    return diagonal - 1, furthest[diagonal - 1] + 1


def _walked_back(trail: list[dict[int, int]], i: int, j: int) -> list[Pair]:
    """The equal items on the way that was found, from its end."""
    pairs = []
    for edits, furthest in reversed(list(enumerate(trail))):
        before, _ = _entry(furthest, i - j, edits)
        i_before = furthest[before]
        j_before = i_before - before
        while i > i_before and j > j_before:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        i, j = i_before, j_before
    return pairs
