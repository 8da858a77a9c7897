"""Jobs and set-aside messages."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from knowledge.models import Delivery, Job
from tests.factories import TextSourceFactory, read

JOBS = reverse("admin:knowledge_job_changelist")
SET_ASIDE = reverse("admin:knowledge_delivery_changelist")


@pytest.fixture
def failed_job(db):
    source = TextSourceFactory(text="\u200b", title="Nothing to see")
    job = read(source)
    assert job.state == Job.State.FAILED
    return job


def act(client, address, action, row):
    return client.post(address, {"action": action, "_selected_action": [row.pk]}, follow=True)


def test_a_failed_job_shows_its_error(curator_client, failed_job):
    page = curator_client.get(JOBS).content.decode()

    assert failed_job.error.split(".")[0] in page
    assert "1 of 3" in page


def test_a_running_job_shows_how_far_it_is(curator_client):
    job = Job.objects.claim(Job.objects.create(source=TextSourceFactory()).pk)
    job.progress("reading", 3, 12)

    assert "Reading: 3 of 12" in curator_client.get(JOBS).content.decode()


def test_a_failed_job_can_be_run_again(curator_client, failed_job):
    act(curator_client, JOBS, "run_again", failed_job)

    assert failed_job.source.jobs.filter(state=Job.State.QUEUED).count() == 1


def test_who_may_only_look_cannot_run_a_job(onlooker_client, failed_job):
    act(onlooker_client, JOBS, "run_again", failed_job)

    assert failed_job.source.jobs.count() == 1


def test_jobs_cannot_be_changed_added_or_deleted(curator_client, failed_job):
    answers = [
        curator_client.post(reverse(f"admin:knowledge_job_{page}", args=arguments)).status_code
        for page, arguments in [("change", [failed_job.pk]), ("delete", [failed_job.pk]), ("add", [])]
    ]

    assert answers == [403, 403, 403]


def test_a_message_that_was_set_aside_can_be_put_back(curator_client):
    delivery = Delivery.objects.create(
        message_id=7, task="knowledge.tasks.read", payload="signed", times=3, set_aside_at=timezone.now()
    )

    act(curator_client, SET_ASIDE, "put_back", delivery)

    assert OrmQ.objects.get().payload == "signed"
    assert not Delivery.objects.exists()


def test_messages_under_way_are_not_listed(curator_client):
    Delivery.objects.create(message_id=7, task="knowledge.tasks.read", times=1)

    assert "Nothing is set aside" in curator_client.get(SET_ASIDE).content.decode()


def test_who_may_only_look_cannot_put_a_message_back(onlooker_client):
    delivery = Delivery.objects.create(message_id=7, payload="signed", set_aside_at=timezone.now())

    act(onlooker_client, SET_ASIDE, "put_back", delivery)

    assert Delivery.objects.exists()
    assert not OrmQ.objects.exists()


def test_the_tables_of_django_q_are_not_in_the_admin():
    assert not [
        model for model in apps.get_app_config("django_q").get_models() if admin.site.is_registered(model)
    ]
