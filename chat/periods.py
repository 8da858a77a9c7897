"""Pure: how long ago people say that something was, for lists that are grouped by it."""

import datetime
from enum import StrEnum


class Period(StrEnum):
    """The newest first, as in a list."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    OLDER = "older"


def period_of(day: datetime.date, today: datetime.date) -> Period:
    """A day yet to come counts as today: the clocks of two machines differ."""
    days = (today - day).days
    if days < 1:
        return Period.TODAY
    if days == 1:
        return Period.YESTERDAY
    return Period.WEEK if days <= 7 else Period.OLDER
