"""The days of a period, drawn."""

import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from assistant_project.admin.front_page import links, writing
from assistant_project.admin.front_page.drawing import Chart, Series
from assistant_project.admin.front_page.period import Period
from assistant_project.admin.front_page.traffic import Days, Traffic

CENT_OF_CENT = 0.0001


def charts(traffic: Traffic) -> list[Chart]:
    return [outcomes(traffic), waits(traffic), opinions(traffic)]


def outcomes(traffic: Traffic) -> Chart:
    def written(day: datetime.date) -> float:
        row = traffic.usage.get(day, {})
        return max(row.get("answers", 0) - row.get("cached", 0) - row.get("abstained", 0), 0)

    usage = partial(each_day, traffic.period, traffic.usage)
    series = [
        Series(_("written"), "written", [written(day) for day in traffic.period]),
        Series(_("from the cache"), "again", usage("cached")),
        Series(_("not answered"), "warn", usage("abstained")),
        Series(_("failed"), "bad", each_day(traffic.period, traffic.answers, "failed")),
    ]
    return chart(traffic, "outcomes", _("Answers a day"), series)


def waits(traffic: Traffic) -> Chart:
    of = partial(each_day, traffic.period, traffic.answers, nothing=None)
    series = [
        Series(_("95 % within"), "warn", of("slow")),
        Series(_("half within"), "written", of("median")),
        Series(_("first word, half within"), "again", of("first_token")),
    ]
    return chart(
        traffic, "waits", _("Time to write an answer"), series, write=writing.seconds, is_stacked=False
    )


def opinions(traffic: Traffic) -> Chart:
    of = partial(each_day, traffic.period, traffic.answers)
    series = [
        Series(_("helpful"), "good", of("helpful")),
        Series(_("not helpful"), "bad", of("not_helpful")),
    ]
    return chart(traffic, "opinions", _("What readers thought"), series)


def spent(traffic: Traffic) -> Chart:
    """Costs where there are any, else tokens."""
    of = partial(each_day, traffic.period, traffic.usage)
    if traffic.used["cost"]:
        series = [Series(_("cost"), "written", [float(value or 0) for value in of("cost")])]
        title = _("Cost a day, in %(currency)s") % {"currency": settings.CURRENCY}
        return chart(traffic, "spent", title, series, write=writing.amount, least_step=CENT_OF_CENT)
    series = [
        Series(_("in prompts"), "written", of("prompt_tokens")),
        Series(_("in answers"), "again", of("completion_tokens")),
    ]
    return chart(traffic, "spent", _("Tokens a day"), series, write=writing.short)


def each_day(period: Period, days: Days, name: str, *, nothing: float | None = 0) -> list[float | None]:
    return [days.get(day, {}).get(name, nothing) for day in period]


def chart(traffic: Traffic, name: str, title: str, series: list[Series], **how: Any) -> Chart:
    days = [
        (traffic.period.name(day), traffic.period.tick(day), links.answers_of(day)) for day in traffic.period
    ]
    return Chart(name, title, series, days, **({"write": writing.number} | how))
