"""What curators look after: the state of their sources and of the workers, and what readers did not get."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from assistant_project.admin.front_page import links, writing
from assistant_project.admin.front_page.period import Period
from chat import statistics
from chat.admin.message import address_to_answer, label
from chat.models import Feedback, Message
from knowledge.admin.live import COLOURS
from knowledge.models import Collection, Job, Source
from knowledge.models.source import SourceQuerySet
from knowledge.statistics import LATELY, NEEDS_A_HAND, counts, needs_a_hand, work

ROWS = 6


def curated(user: Any) -> SourceQuerySet:
    """The sources whose contents this person cares for."""
    return Source.objects.filter(collection__in=Collection.objects.curated_by(user))


@dataclass(frozen=True)
class State:
    """So many sources are in it."""

    label: str
    tone: str
    count: int
    url: str

    @property
    def number(self) -> str:
        return writing.number(self.count)


TONES = {"grey": "idle", "blue": "written", "green": "good", "red": "bad", "orange": "warn"}
"""In the drawings, of the colours of labels."""


def statuses(counted: dict[str, int]) -> list[State]:
    return [
        State(
            str(status.label),
            TONES[COLOURS[status]],
            counted[status],
            links.sources(status__exact=status.value),
        )
        for status in Source.Status
    ]


def waiting(counted: dict[str, int]) -> list[State]:
    """What is to be done with sources; nothing is said of nothing."""
    today, now = timezone.localdate(), timezone.now()
    due = links.sources(kind__exact=Source.Kind.URL, enabled__exact="1", next_refresh_at__lte=now.isoformat())
    review = links.sources(enabled__exact="1", review_by__lt=today.isoformat())
    made = [
        State(_("Refresh is due"), "written", counted["due"], due),
        State(_("Review date has passed"), "warn", counted["review"], review),
        State(_("Disabled"), "idle", counted["disabled"], links.sources(enabled__exact="0")),
    ]
    return [state for state in made if state.count]


def of_sources(user: Any) -> dict[str, Any]:
    """The template's context about sources as such."""
    sources = curated(user)
    counted = counts(sources)
    broken = statistics.named(needs_a_hand(sources)).order_by(F("checked_at").desc(nulls_last=True))
    return {
        "source_count": counted["all"],
        "statuses": statuses(counted),
        "waiting": waiting(counted),
        "needs_a_hand": broken[:ROWS],
        "needs_a_hand_url": links.sources(status__in=",".join(NEEDS_A_HAND), enabled__exact="1"),
    }


def of_work(user: Any) -> dict[str, Any]:
    """The template's context about the workers and what waits for them."""
    doing, state = work(Job.objects.filter(source__in=curated(user))), Job.State
    lately = (timezone.now() - LATELY).isoformat()
    states = [
        State(_("waiting"), "idle", doing.waiting, links.jobs(state__exact=state.QUEUED)),
        State(_("running"), "written", doing.running, links.jobs(state__exact=state.RUNNING)),
        State(
            _("done since yesterday"),
            "good",
            doing.done,
            links.jobs(state__exact=state.DONE, finished_at__gte=lately),
        ),
        State(
            _("failed since yesterday"),
            "bad",
            doing.failed,
            links.jobs(state__exact=state.FAILED, finished_at__gte=lately),
        ),
    ]
    if user.has_perm("knowledge.view_delivery"):
        states.append(State(_("set aside"), "bad", doing.set_aside, links.deliveries()))
    return {"work": doing, "work_states": states}


def of_quotes(user: Any, period: Period) -> dict[str, Any]:
    """Which sources answers rest on, and which nothing rests on."""
    used = statistics.most_cited(curated(user), period.since, ROWS)
    most = max((answers for _, answers in used), default=0)
    never = statistics.never_cited(curated(user).answering()).order_by("created_at")
    return {
        "most_cited": [
            {
                "source": source,
                "answers": answers,
                "number": writing.number(answers),
                "share": 100 * answers // most,
            }
            for source, answers in used
        ],
        "never_cited": never[:ROWS],
        "never_cited_count": (unused := never.count()),
        "never_cited_number": writing.number(unused),
        "never_cited_url": links.sources(
            citations__isnull="1", enabled__exact="1", status__exact=Source.Status.READY
        ),
    }


def of_answers(request: HttpRequest, period: Period) -> dict[str, Any]:
    """The last questions, and those that readers got no good answer to, as far as the list of answers shows them."""
    answers = admin.site.get_model_admin(Message).get_queryset(request).order_by("-pk")
    lately = answers.filter(created_at__gte=statistics.start_of(period.since))
    disliked = lately.filter(feedback__rating=Feedback.Rating.NOT_HELPFUL)
    return {
        "missed": [
            row(answer, request.user, times) for answer, times in statistics.most_missed(lately, ROWS)
        ],
        "missed_url": links.answers(period.days, kind=Message.Kind.ABSTAINED),
        "disliked": [row(answer, request.user) for answer in disliked[:ROWS]],
        "disliked_url": links.answers(period.days, feedback="not_helpful"),
        "answers": [row(answer, request.user) for answer in answers[:ROWS]],
        "answers_url": links.answers(period.days),
    }


def row(answer: Any, user: Any, times: int = 1) -> dict[str, Any]:
    """An answer in a list; `times`: how often its question was asked."""
    write_url = address_to_answer(answer, user)
    return {"answer": answer, "label": label(answer), "write_url": write_url, "times": times}
