"""Pure: a row of bars as a template draws it."""

from collections.abc import Sequence
from typing import NamedTuple

STEP, GAP = 10, 2
HEIGHT = 100
LEAST = 2
"""What a bar has at least, so that one question beside a hundred is seen."""


class Bar(NamedTuple):
    x: int
    y: float
    width: int
    height: float


def bars(values: Sequence[int]) -> list[Bar]:
    """A bar for each value from left to right, the largest HEIGHT high; a gap for a zero."""
    largest = max(values, default=0)
    return [_bar(place, value / largest) for place, value in enumerate(values) if value]


def _bar(place: int, share: float) -> Bar:
    height = max(HEIGHT * share, LEAST)
    return Bar(STEP * place, HEIGHT - height, STEP - GAP, height)
