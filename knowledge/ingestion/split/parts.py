"""Packs units into parts of about one size, and joins parts that would be too small to be useful."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import NamedTuple

from knowledge.ingestion.split.units import Break, Unit


class Part(NamedTuple):
    """What becomes a piece."""

    start: int
    end: int
    size: int
    path: tuple[str, ...]
    opens: int | None = None
    """Where the heading starts, if the part is the first below one."""
    heading: int = 0
    """Size of that heading, which is not part of `size`."""
    is_heading: bool = False
    """Nothing but a heading: no text stands below it."""


def packed(units: list[Unit], words: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Ranges of units that make a part each: cut at the best places, the overlap in front."""
    sizes = [0, *accumulate(unit.size for unit in units)]
    first = done = 0
    while done < len(units):
        room = _room(sizes[-1] - sizes[first], words)
        behind = bisect_right(sizes, sizes[first] + room) - 1
        if behind <= done and first < done:  # the overlap leaves no room for anything new
            first = done
            continue
        if behind < len(units):
            half = bisect_left(sizes, sizes[first] + room / 2)
            behind = _best_cut(units, max(half, done + 1), max(behind, done + 1))
        yield first, behind
        first, done = _overlap_start(units, sizes, first, behind, overlap), behind


def joined(parts: list[Part], words: int) -> list[Part]:
    """The parts with tiny ones joined to a neighbour; a document that fits into one part becomes one."""
    fits_into_one = sum(part.heading + part.size for part in parts) <= words
    result: list[Part] = []
    for part, following in pairwise((*parts, None)):
        if part is None or _is_in_the_path_of(following, part):
            continue
        if result and (fits_into_one or _belongs_to(result[-1], part, following, words)):
            result[-1] = _join(result[-1], part)
        else:
            result.append(part)
    return result


def _room(left: int, words: int) -> int:
    """What the next part may hold of the words that are left, so that the last part does not end up tiny."""
    return words if left <= words else min(words, left * 3 // 5)


def _best_cut(units: list[Unit], earliest: int, latest: int) -> int:
    return max(range(min(earliest, latest), latest + 1), key=lambda cut: (units[cut - 1].after, cut))


def _overlap_start(units: list[Unit], sizes: list[int], first: int, done: int, overlap: int) -> int:
    """Where the next part starts: at a sentence at most `overlap` words before the end of this one."""
    start = done
    for candidate in range(done - 1, first, -1):
        if sizes[done] - sizes[candidate] > overlap:
            break
        if units[candidate - 1].after >= Break.SENTENCE:
            start = candidate
    return start


def _is_in_the_path_of(following: Part | None, heading: Part) -> bool:
    if not heading.is_heading or following is None:
        return False
    return following.path[: len(heading.path)] == heading.path


def _belongs_to(last: Part, part: Part, following: Part | None, words: int) -> bool:
    tiny = words // 5
    most = words + tiny
    if _together(last, part) > most:
        return False
    if last.size < tiny or part.size >= tiny:
        return last.size < tiny
    if following is None or _together(part, following) > most:
        return True
    return len(_in_common(last.path, part.path)) > len(_in_common(part.path, following.path))


def _join(last: Part, part: Part) -> Part:
    """Both as one. Where the path loses the heading of the first, the text gains it."""
    path, start = last.path, last.start
    if last.opens is not None:
        path = _in_common(last.path, part.path)
        start = last.start if path == last.path else last.opens
    return Part(start, part.end, _together(last, part), path, last.opens)


def _together(last: Part, part: Part) -> int:
    return last.heading + last.size + part.heading + part.size


def _in_common(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    return one[:same]
