"""What was asked in a period and what became of it."""

import datetime
from collections.abc import Mapping
from functools import cached_property

from django.conf import settings

from assistant_project.admin.front_page.period import Period
from chat import statistics
from chat.models.usage import COUNTED
from chat.statistics import Figures

Days = Mapping[datetime.date, Figures]


class Traffic:
    """Of a period: each statement is asked once, and only if somebody wants to see what it tells."""

    def __init__(self, period: Period) -> None:
        self.period = period

    @cached_property
    def usage(self) -> Days:
        """What was counted, in the period and as many days before."""
        return statistics.usage_by_day(self.period.before.since, self.period.until)

    @cached_property
    def answers(self) -> Days:
        """What became of the answers that are kept."""
        return statistics.answers_by_day(self.period.since)

    @cached_property
    def waits(self) -> Figures:
        return statistics.waits(self.period.since)

    @cached_property
    def used(self) -> Figures:
        return self._used_in(self.period)

    @cached_property
    def used_before(self) -> Figures:
        return self._used_in(self.period.before)

    def _used_in(self, period: Period) -> Figures:
        days = {day: row for day, row in self.usage.items() if period.since <= day <= period.until}
        return statistics.totals(days, COUNTED)

    @cached_property
    def became(self) -> Figures:
        return statistics.totals(self.answers, tuple(statistics.OUTCOMES))

    @property
    def is_empty(self) -> bool:
        return not self.used["questions"] and not self.answers

    @property
    def is_cut_short(self) -> bool:
        """Whether conversations of the period have been forgotten already, with what readers said of them."""
        return 0 < settings.RETENTION_DAYS < self.period.days
