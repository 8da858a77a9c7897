"""Days with questions, answers and figures, and what the front page shows of them."""

import datetime

from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat import statistics
from chat.models import Citation, DailyUsage, Message
from tests.chat.conversations import conversation, exchange
from tests.factories import UserFactory

FRONT = reverse("admin:index")


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def client_with(*codenames, **user):
    made = UserFactory(is_staff=True, **user)
    made.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return signed_in(made)


def day(ago):
    return timezone.localdate() - datetime.timedelta(days=ago)


def answered(question="How hot?", *, ago=0, **fields):
    """An answer of some days ago."""
    answer = exchange(conversation(), question, "At 120 °F.", standalone_question=question, **fields)
    noon = statistics.start_of(day(ago)) + datetime.timedelta(minutes=1)
    Message.objects.filter(pk=answer.pk).update(created_at=noon)
    return answer


def used(*, ago=0, **counts):
    return DailyUsage.objects.create(user=None, day=day(ago), **counts)


def figures(page):
    return {figure.label: (figure.value, figure.more) for figure in page.context["figures"]}


def chart(page, name):
    return next(chart for chart in page.context["charts"] if chart.name == name)


def of_today(chart):
    """The last value of each series, by its label."""
    return {series.label: series.values[-1] for series in chart.series}


def states(page, name):
    return {state.label: state.count for state in page.context[name]}


def quote(answer, *sources):
    for number, source in enumerate(sources, 1):
        Citation.objects.create(message=answer, number=number, source=source, title=source.name, text="…")
