"""The figures of a period in words, each with the list that stands behind it."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assistant_project.admin.front_page import links, writing
from assistant_project.admin.front_page.traffic import Traffic
from chat.admin.money import money
from chat.models import Message
from chat.statistics import Figures
from chat.tools.statistics import Use


@dataclass(frozen=True)
class Figure:
    label: str
    value: str
    more: str
    url: str
    tone: str = ""


def figures(traffic: Traffic) -> list[Figure]:
    made = (asked, answered, given_again, not_answered, failed, opinions, waits)
    return [figure(traffic) for figure in made]


def asked(traffic: Traffic) -> Figure:
    questions = traffic.used["questions"]
    more = writing.compared(questions, traffic.used_before["questions"], traffic.period.days)
    return Figure(_("Questions"), writing.number(questions), more, links.answers(traffic.period.days))


def answered(traffic: Traffic) -> Figure:
    number = traffic.used["answers"] - traffic.used["abstained"]
    share = writing.share(number, traffic.used["questions"])
    more = _("%(n)s of %(all)s") % {
        "n": writing.number(number),
        "all": writing.number(traffic.used["questions"]),
    }
    url = links.answers(traffic.period.days, kind="answered")
    return Figure(_("Answered"), share, more, url)


def given_again(traffic: Traffic) -> Figure:
    number = traffic.used["cached"]
    share = writing.share(number, traffic.used["answers"])
    more = ngettext("%(n)s answer given again", "%(n)s answers given again", number) % {
        "n": writing.number(number)
    }
    url = links.answers(traffic.period.days, kind="again")
    return Figure(_("From the cache"), share, more, url)


def not_answered(traffic: Traffic) -> Figure:
    number = traffic.used["abstained"]
    share = writing.share(number, traffic.used["questions"])
    more = _("%(share)s of the questions") % {"share": share}
    url = links.answers(traffic.period.days, kind=Message.Kind.ABSTAINED)
    return Figure(_("Not answered"), writing.number(number), more, url, "warn" if number else "")


def failed(traffic: Traffic) -> Figure:
    """Of the answers that are kept: of the others it is not known."""
    number = traffic.became["failed"]
    more = _("%(share)s of the answers") % {"share": writing.share(number, traffic.became["kept"])}
    url = links.answers(traffic.period.days, state__exact=Message.State.FAILED)
    return Figure(_("Failed"), writing.number(number), more, url, "bad" if number else "")


def opinions(traffic: Traffic) -> Figure:
    good, bad = traffic.became["helpful"], traffic.became["not_helpful"]
    more = _("%(good)s helpful, %(bad)s not") % {"good": writing.number(good), "bad": writing.number(bad)}
    url = links.answers(traffic.period.days, feedback="not_helpful")
    return Figure(_("Found helpful"), writing.share(good, good + bad), more, url)


def waits(traffic: Traffic) -> Figure:
    more = _("half within %(median)s, first word %(first)s") % {
        "median": writing.seconds(traffic.waits["median"]),
        "first": writing.seconds(traffic.waits["first_token"]),
    }
    url = links.answers(traffic.period.days, kind="written")
    return Figure(_("95 % written within"), writing.seconds(traffic.waits["slow"]), more, url)


def spent(traffic: Traffic) -> Figure:
    """What it cost; the tokens where no model has a price."""
    tokens = tokens_of(traffic.used)
    url = links.usage(traffic.period.since)
    if not (traffic.used["cost"] or settings.MODEL_PRICES):
        more = writing.compared(tokens, tokens_of(traffic.used_before), traffic.period.days)
        return Figure(_("Tokens"), writing.short(tokens), more, url)
    more = _("%(n)s tokens") % {"n": writing.short(tokens)}
    return Figure(_("Cost"), money(traffic.used["cost"]), more, url)


def tools(use: Use) -> Figure:
    more = _("%(failed)s failed, %(kept)s from kept results") % {
        "failed": writing.number(use.failed),
        "kept": writing.number(use.kept),
    }
    tone = "warn" if use.failed else ""
    return Figure(_("Tool calls"), writing.number(use.calls), more, links.tool_servers(), tone)


def tokens_of(used: Figures) -> int:
    return int(used["prompt_tokens"] + used["completion_tokens"])
