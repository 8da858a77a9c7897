"""Where the time of an answer went."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

STEPS = {
    "understood": _("Understanding the question"),
    "looked_up": _("Asking the cache"),
    "found": _("Searching"),
    "tools": _("Asking tools"),
    "first_token": _("Waiting for the first word"),
    "written": _("Writing"),
    "failed": _("Until it failed"),
    "stopped": _("Until the reader left"),
    "stored": _("Checking and storing"),
}
"""What was done until each mark, in the order in which that happens."""


@dataclass(frozen=True)
class Span:
    """A step, in milliseconds since the question."""

    name: str
    start: int
    end: int
    whole: int

    @property
    def duration(self) -> int:
        return self.end - self.start

    @property
    def left(self) -> int:
        """In percent of the whole."""
        return round(100 * self.start / self.whole) if self.whole else 0

    @property
    def width(self) -> int:
        return max(round(100 * self.duration / self.whole), 1) if self.whole else 1


def spans(timings: Mapping[str, Any]) -> list[Span]:
    """Each step from the end of the one before it."""
    places = list(STEPS)
    marks = sorted(
        ((int(timings[name]), place) for place, name in enumerate(places) if name in timings),
    )
    whole = max((end for end, _place in marks), default=0)
    starts = [0, *(end for end, _place in marks)]
    return [
        Span(str(STEPS[places[place]]), start, end, whole)
        for start, (end, place) in zip(starts, marks, strict=False)
    ]
