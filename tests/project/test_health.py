import datetime

import pytest
from django.utils import timezone

from knowledge import tasks
from knowledge.models import Heartbeat


def test_alive_does_not_ask_the_database(client):  # pytest-django forbids it here
    response = client.get("/health/live")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_ready_says_that_no_worker_has_been_seen(client):
    response = client.get("/health/ready")

    assert response.status_code == 503
    assert "worker" in response.json()["problems"][0]


@pytest.mark.django_db
def test_ready_when_database_and_worker_work(client):
    tasks.beat()

    assert client.get("/health/ready").status_code == 200


@pytest.mark.django_db
def test_a_worker_that_fell_silent_is_noticed(client):
    Heartbeat.objects.create(name="worker", at=timezone.now() - datetime.timedelta(hours=1))

    assert client.get("/health/ready").status_code == 503
