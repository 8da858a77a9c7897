"""How often something may happen: the rates that the settings name, such as "20/min"."""

import datetime

from django.conf import settings

from assistant_project.limits.models import Tally

PERIODS = {
    "s": datetime.timedelta(seconds=1),
    "m": datetime.timedelta(minutes=1),
    "h": datetime.timedelta(hours=1),
    "d": datetime.timedelta(days=1),
}


def parsed(rate: str) -> tuple[int, datetime.timedelta]:
    """How many in which time; the first letter of the time decides."""
    number, period = rate.split("/")
    return int(number), PERIODS[period[0]]


def count(name: str, who: str) -> float:
    """Count one more of RATES[name] for somebody: 0.0, or the seconds to wait if that was one too many."""
    limit, period = parsed(settings.RATES[name])
    return Tally.objects.take(f"{name} {who}", limit=limit, period=period)
