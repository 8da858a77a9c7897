"""Mails: made and sent by the worker, tried again when they cannot be sent."""

import ast
import datetime
import logging

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone, translation
from django_q.models import OrmQ, Schedule
from django_q.scheduler import scheduler

from assistant_project.accounts import mails
from tests.factories import UserFactory
from tests.flows.worker import Worker, eventually
from tests.project.accounts.conftest import PASSWORD, queued, work

BROKEN = f"{__name__}.BrokenBackend"


class BrokenBackend(BaseEmailBackend):
    """A mail server that refuses, and names the address while it does."""

    def send_messages(self, messages):
        raise OSError(f"550 {messages[0].to[0]} refused")


@pytest.fixture
def ada(db):
    return UserFactory(email="ada@example.com", password=PASSWORD, verified=False)


def retry() -> tuple[tuple, datetime.timedelta]:
    """What waits to be tried again, taken out of the schedule, and for how long it waits."""
    schedule = Schedule.objects.get(func=mails.SEND)
    schedule.delete()
    return ast.literal_eval(schedule.args), schedule.next_run - timezone.now()


@pytest.mark.parametrize("kind", mails.KINDS)
def test_every_mail_is_short_plain_text_with_a_subject(ada, kind):
    mails.send(kind, ada.pk, "new@example.com" if kind == "email_change" else "")

    (message,) = mail.outbox
    assert message.subject
    assert "\n" not in message.subject
    assert "&#" not in message.body
    assert len(message.body) < 1_000
    assert message.content_subtype == "plain"


def test_a_mail_that_cannot_be_sent_is_tried_again_five_times_ever_later_and_then_given_up(
    ada, settings, caplog
):
    settings.EMAIL_BACKEND = BROKEN
    arguments: tuple = ("verification", ada.pk)
    pauses = []
    for _ in range(5):
        mails.send(*arguments)
        arguments, pause = retry()
        pauses.append(pause)

    mails.send(*arguments)

    assert pauses == sorted(pauses)
    assert pauses[0] <= datetime.timedelta(minutes=1) < pauses[1]
    assert not Schedule.objects.filter(func=mails.SEND).exists()
    assert caplog.records[-1].levelno == logging.ERROR
    assert "given up" in caplog.text
    assert "ada@example.com" not in caplog.text


def test_a_mail_that_is_tried_again_arrives(ada, settings):
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, BROKEN
    mails.send("verification", ada.pk)
    arguments, _ = retry()
    settings.EMAIL_BACKEND = working

    mails.send(*arguments)

    assert mail.outbox[0].to == ["ada@example.com"]


@pytest.mark.django_db(transaction=True)
def test_what_is_tried_again_goes_through_the_queue(ada, settings):
    settings.EMAIL_BACKEND = BROKEN
    Schedule.objects.all().delete()
    mails.send("verification", ada.pk, language="de")
    Schedule.objects.update(next_run=timezone.now() - datetime.timedelta(minutes=1))

    scheduler()

    (task,) = queued()
    assert task["args"] == ("verification", ada.pk, "", 1, "de")
    assert task["ack_failure"] is False
    assert not Schedule.objects.exists()


def test_a_mail_to_somebody_who_is_gone_is_dropped(ada):
    pk = ada.pk
    ada.delete()

    mails.send("verification", pk)

    assert mail.outbox == []


def test_a_mail_is_in_the_language_of_whoever_asked_for_it(auth):
    auth.post("signup/", {"email": "ada@example.com", "password": PASSWORD}, HTTP_ACCEPT_LANGUAGE="de")

    with translation.override("en"):
        (message,) = work()

    assert message.subject == "Bestätigen Sie Ihre E-Mail-Adresse"


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_sends_the_mail(auth, settings):
    folder = settings.EMAIL_FILE_PATH
    auth.post("signup/", {"email": "ada@example.com", "password": "a long pass phrase 42"})
    assert OrmQ.objects.count() == 1

    with Worker(EMAIL_BACKEND="file", SITE_URL="http://assistant.example.org"):
        (file,) = eventually(lambda: list(folder.glob("*.log")) if folder.exists() else [])
        text = eventually(file.read_text)

    assert "To: ada@example.com" in text
    assert "http://assistant.example.org/verify-email/" in text.replace("=\n", "")
