"""`manage.py worker_health`, by which supervisors judge the worker of their host."""

import datetime

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from knowledge import tasks
from knowledge.models import Heartbeat, Job
from tests.factories import TextSourceFactory
from tests.flows.worker import database_url


@pytest.fixture(autouse=True)
def name(settings):
    settings.WORKER_NAME = "worker-7"


@pytest.mark.django_db
def test_a_worker_that_beats_is_well(capsys):
    tasks.beat()

    call_command("worker_health")

    assert "worker-7 gave its last sign of life" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_worker_that_reads_is_well_though_its_heartbeat_waits():
    Job.objects.claim(Job.objects.create(source=TextSourceFactory()).pk, "worker-7")

    call_command("worker_health")


@pytest.mark.django_db
def test_a_worker_that_never_beat_is_not_well():
    with pytest.raises(CommandError, match="worker-7 has given no sign of life yet"):
        call_command("worker_health")


@pytest.mark.django_db
def test_a_worker_is_not_well_because_another_one_is(settings):
    seen = timezone.now() - datetime.timedelta(seconds=settings.WORKER_SILENCE_SECONDS + 1)
    Heartbeat.objects.create(name="worker-7", at=seen)
    Heartbeat.objects.create(name="worker-8", at=timezone.now())

    with pytest.raises(CommandError, match=f"no sign of life since {seen:%Y-%m-%d %H:%M:%S}"):
        call_command("worker_health")


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_not_to_blame_for_a_database_that_does_not_answer(capsys):
    with psycopg.connect(database_url()) as other, connection.cursor() as cursor:
        other.execute("LOCK TABLE knowledge_heartbeat")
        cursor.execute("SET statement_timeout = 50")
        call_command("worker_health")
        cursor.execute("RESET statement_timeout")

    assert "not to blame" in capsys.readouterr().out
