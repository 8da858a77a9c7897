"""The days that the front page is about."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext

CHOICES = (7, 30, 90)
USUAL = 30


@dataclass(frozen=True)
class Period:
    """The last `days` days, today included."""

    days: int
    until: datetime.date

    @classmethod
    def asked_for(cls, parameters: Mapping[str, str]) -> "Period":
        """By `?days=`; the usual one if that is none of CHOICES."""
        wanted = parameters.get("days", "")
        days = next((choice for choice in CHOICES if str(choice) == wanted), USUAL)
        return cls(days, timezone.localdate())

    @property
    def since(self) -> datetime.date:
        return self.until - datetime.timedelta(days=self.days - 1)

    @property
    def before(self) -> "Period":
        """As many days right before it."""
        return Period(self.days, self.since - datetime.timedelta(days=1))

    def __iter__(self) -> Iterator[datetime.date]:
        """Every day, the oldest first."""
        return (self.since + datetime.timedelta(days=passed) for passed in range(self.days))

    def tick(self, day: datetime.date) -> str:
        """What stands below a day in a chart: the weekday, or the date of a day a week; else nothing."""
        if self.days == min(CHOICES):
            return date_format(day, "D")
        every = 7 if self.days <= USUAL else 21
        if (self.until - day).days % every != every // 2:
            return ""
        return date_format(day, pgettext("date below a chart, as Django's date filter writes it", "j M"))

    @staticmethod
    def name(day: datetime.date) -> str:
        return date_format(
            day, pgettext("day in a chart's table, as Django's date filter writes it", "D, j M")
        )
