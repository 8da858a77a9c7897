"""A calibration as a drawing: the more is served, the larger the share of wrong answers that cannot be ruled out."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from chat.admin.cache import marks
from chat.models import CacheCalibration, CacheGate

WIDTH, HEIGHT = 560, 220
LEFT, RIGHT, TOP, BOTTOM = 60, 28, 14, 34
LEAST_TOP = 2.0
"""The scale ends no lower than this multiple of the target, so that its line stands inside."""
SCALES = (0.01, 0.02, 0.04, 0.08, 0.12, 0.2, 0.4, 0.6, 0.8)
STEPS = 4


@dataclass(frozen=True)
class Point:
    """A region in the drawing."""

    x: float
    bound: float
    """Height at which its bound is drawn."""
    share: float
    """Height at which the share that was seen is drawn."""
    is_chosen: bool


class Curve:
    """Coordinates of an SVG of WIDTH by HEIGHT: share served to the right, share of wrong answers upwards."""

    width, height = WIDTH, HEIGHT
    left, right, top, bottom = LEFT, WIDTH - RIGHT, TOP, HEIGHT - BOTTOM

    def __init__(self, calibration: CacheCalibration, gate: CacheGate) -> None:
        self.calibration = calibration
        self.wanted = gate.target
        in_use = gate.least_score if gate.state == CacheGate.State.CALIBRATED else None
        self.regions: list[dict[str, Any]] = [
            region
            | {
                "share": region["wrong"] / region["n"] if region["n"] else 0.0,
                "is_chosen": region["least_score"] == in_use,
            }
            for region in calibration.regions
        ]

    @cached_property
    def scale(self) -> float:
        """The share of wrong answers at the upper edge."""
        highest = max((region["bound"] for region in self.regions), default=0.0)
        needed = max(highest, LEAST_TOP * self.wanted)
        return next((scale for scale in SCALES if scale >= needed), 1.0)

    @property
    def points(self) -> list[Point]:
        return [
            Point(
                self._x(region["served"]),
                self._y(region["bound"]),
                self._y(region["share"]),
                region["is_chosen"],
            )
            for region in self.regions
        ]

    @property
    def bound_line(self) -> str:
        return " ".join(f"{point.x},{point.bound}" for point in self.points)

    @property
    def share_line(self) -> str:
        return " ".join(f"{point.x},{point.share}" for point in self.points)

    @property
    def target(self) -> float:
        return self._y(self.wanted)

    @property
    def heights(self) -> list[tuple[float, str]]:
        """Horizontal lines: where, and the percentage that they stand for."""
        levels = [self.scale * step / STEPS for step in range(STEPS + 1)]
        return [(self._y(level), marks.percent(level)) for level in levels]

    @property
    def widths(self) -> list[tuple[float, int]]:
        """Marks of the horizontal axis: where, and the percentage."""
        return [(self._x(step / STEPS), 100 * step // STEPS) for step in range(STEPS + 1)]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The same figures, to read."""
        return [
            region | {"served": marks.percent(region["served"]), "bound": marks.percent(region["bound"])}
            for region in self.regions
        ]

    def _x(self, share: float) -> float:
        return round(self.left + share * (self.right - self.left), 1)

    def _y(self, share: float) -> float:
        return round(self.bottom - min(share / self.scale, 1.0) * (self.bottom - self.top), 1)
