"""Figures as people read them."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

THOUSAND, MILLION = 1_000, 1_000_000
LEAST_SHARE, SMALL_SHARE = 0.1, 10
"""Percent: what is less is not told, and below the second a place after the point tells something."""


def number(value: float) -> str:
    return decimal(value, 0)


def decimal(value: float, places: int) -> str:
    """Rounded, without zeros at the end."""
    rounded = round(value, places)
    return number_format(int(rounded) if rounded == int(rounded) else rounded, force_grouping=True)


def short(value: float) -> str:
    """Three figures or so: 12,300 is 12.3 k."""
    if value >= MILLION:
        return _("%(n)s M") % {"n": _three_figures(value / MILLION)}
    if value >= 10 * THOUSAND:
        return _("%(n)s k") % {"n": _three_figures(value / THOUSAND)}
    return number(value)


def _three_figures(value: float) -> str:
    return decimal(value, 0 if value >= 100 else 1)


def amount(value: float) -> str:
    """Of money, where its currency is known."""
    return decimal(value, 2 if value >= 1 else 4)


def seconds(milliseconds: float | None) -> str:
    if milliseconds is None:
        return "–"
    value = milliseconds / THOUSAND
    return _("%(n)s s") % {"n": decimal(value, 0 if value >= 10 else 1 if value >= 1 else 2)}


def share(part: float, whole: float) -> str:
    """In percent; a dash of nothing."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    if 0 < percent < LEAST_SHARE:
        return _("below %(n)s %%") % {"n": decimal(LEAST_SHARE, 1)}
    return _("%(n)s %%") % {"n": decimal(percent, 1 if percent < SMALL_SHARE else 0)}


def compared(now: float, before: float, days: int) -> str:
    """By how many percent there is more or less than in as many days before."""
    if not before:
        return _("nothing in the %(days)s days before") % {"days": days}
    percent = round(100 * (now - before) / before)
    if percent > 0:
        sentence = _("%(n)s %% more than in the %(days)s days before")
    elif percent < 0:
        sentence = _("%(n)s %% less than in the %(days)s days before")
    else:
        sentence = _("as in the %(days)s days before")
    return sentence % {"n": number(abs(percent)), "days": days}
