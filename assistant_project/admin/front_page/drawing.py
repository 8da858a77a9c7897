"""Pure: figures of days as a drawing, in percent of its width and height, so that it fits any card."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

STEPS = 4
"""Horizontal lines above the ground, about."""
NICE = (1, 2, 5, 10)
GAP = 0.22
"""Of a day's width, between two columns."""


@dataclass(frozen=True)
class Series:
    """A figure of each day; None where there is nothing to tell."""

    label: str
    tone: str
    """Names its colour in the stylesheet."""
    values: Sequence[float | None]


class Bar(NamedTuple):
    tone: str
    x: float
    y: float
    width: float
    height: float


class Curve(NamedTuple):
    tone: str
    path: str
    """Of an SVG whose viewBox is 100 by 100."""


class Tick(NamedTuple):
    at: float
    label: str


class Row(NamedTuple):
    """A day in the table, which says the same as the drawing."""

    label: str
    url: str
    figures: list[str]


@dataclass(frozen=True)
class Chart:
    """Columns that stand on each other, or lines. Every series has a value for each of the `days`."""

    name: str
    title: str
    series: Sequence[Series]
    days: Sequence[tuple[str, str, str]]
    """The day's name, what stands below it, and where more is told of it."""
    write: Callable[[float], str] = str
    """A value as people read it."""
    is_stacked: bool = True
    least_step: float = 1
    """Between two horizontal lines."""

    @property
    def is_empty(self) -> bool:
        return not any(value for series in self.series for value in series.values)

    @cached_property
    def step(self) -> float:
        """Between two horizontal lines: 1, 2 or 5 times a power of ten."""
        rough = max(self._largest / STEPS, self.least_step)
        power = 10 ** math.floor(math.log10(rough))
        return next((nice * power for nice in NICE if nice * power >= rough), NICE[-1] * power)

    @cached_property
    def top(self) -> float:
        return self.step * max(math.ceil(self._largest / self.step), 1)

    @property
    def levels(self) -> list[Tick]:
        """The horizontal lines, the highest first."""
        steps = round(self.top / self.step)
        return [
            Tick(_percent(1 - number / steps), self.write(number * self.step))
            for number in range(steps, -1, -1)
        ]

    @property
    def ticks(self) -> list[Tick]:
        return [
            Tick(_percent(self._middle(place)), tick) for place, (_, tick, _) in enumerate(self.days) if tick
        ]

    @property
    def bars(self) -> list[Bar]:
        if not self.is_stacked:
            return []
        width = 1 / len(self.days)
        bars = []
        for place in range(len(self.days)):
            below = 0.0
            for series in self.series:
                value = series.values[place] or 0
                below += value
                if value:
                    left, upper = (place + GAP / 2) * width, 1 - below / self.top
                    size = _percent((1 - GAP) * width), _percent(value / self.top)
                    bars.append(Bar(series.tone, _percent(left), _percent(upper), *size))
        return bars

    @property
    def curves(self) -> list[Curve]:
        return [] if self.is_stacked else [Curve(one.tone, self._path(one.values)) for one in self.series]

    @property
    def rows(self) -> list[Row]:
        """The latest day first."""
        return [
            Row(name, url, [self._written(series.values[place]) for series in self.series])
            for place, (name, _, url) in reversed(list(enumerate(self.days)))
        ]

    def _path(self, values: Sequence[float | None]) -> str:
        """Interrupted where a value is missing; one that stands alone is a dot."""
        parts: list[str] = []
        begun = False
        for place, value in enumerate(values):
            if value is None:
                begun = False
                continue
            point = f"{_percent(self._middle(place))} {_percent(1 - value / self.top)}"
            parts.append(f"L{point}" if begun else f"M{point}h0")
            begun = True
        return "".join(parts)

    def _written(self, value: float | None) -> str:
        return "–" if value is None else self.write(value)

    def _middle(self, place: int) -> float:
        return (place + 0.5) / len(self.days)

    @property
    def _largest(self) -> float:
        days = zip(*(series.values for series in self.series), strict=True)
        heights = [[value or 0 for value in day] for day in days]
        return max((sum(day) if self.is_stacked else max(day) for day in heights), default=0)


def _percent(share: float) -> float:
    return round(100 * share, 2)
