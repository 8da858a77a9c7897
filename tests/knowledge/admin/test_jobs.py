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


def test_the_page_of_a_job_names_the_worker_that_took_it(curator_client):
    job = Job.objects.claim(Job.objects.create(source=TextSourceFactory()).pk, "reading-room")

    page = curator_client.get(reverse("admin:knowledge_job_change", args=[job.pk])).content.decode()

    assert "reading-room" in page


def test_jobs_are_found_by_their_worker(curator_client):
    job, _other = (Job.objects.create(source=TextSourceFactory()) for _ in range(2))
    Job.objects.claim(job.pk, "reading-room")

    shown = curator_client.get(JOBS, {"q": "reading-room"}).context["cl"].result_list

    assert list(shown) == [job]


def test_a_running_job_shows_how_far_it_is(curator_client):
    job = Job.objects.claim(Job.objects.create(source=TextSourceFactory()).pk)
    job.progress("reading", 3, 12)

    assert "Reading: 3 of 12" in curator_client.get(JOBS).content.decode()


def test_a_failed_job_can_be_run_again(curator_client, failed_job):
    act(curator_client, JOBS, "run_again", failed_job)

    assert failed_job.source.jobs.filter(state=Job.State.QUEUED).count() == 1


def test_a_failed_job_is_run_again_from_its_row(curator_client, failed_job):
    address = reverse("admin:knowledge_job_run_again", args=[failed_job.pk])
    assert f'formaction="{address}"' in curator_client.get(JOBS).content.decode()

    page = curator_client.post(address, follow=True)

    assert "1 job waits for a worker." in page.content.decode()
    assert failed_job.source.jobs.filter(state=Job.State.QUEUED).count() == 1


def test_a_failed_job_is_run_again_from_its_page(curator_client, failed_job):
    page = curator_client.get(reverse("admin:knowledge_job_change", args=[failed_job.pk]))

    assert page.context["run_url"] == reverse("admin:knowledge_job_run_again", args=[failed_job.pk])


def test_a_job_that_is_done_offers_no_other_run(curator_client):
    job = read(TextSourceFactory())

    page = curator_client.get(reverse("admin:knowledge_job_change", args=[job.pk]))

    assert "Run again</button>" not in curator_client.get(JOBS).content.decode()
    assert "run_url" not in page.context


def test_a_job_is_not_run_by_a_link(curator_client, failed_job):
    answer = curator_client.get(reverse("admin:knowledge_job_run_again", args=[failed_job.pk]))

    assert answer.status_code == 405
    assert failed_job.source.jobs.count() == 1


def test_a_job_that_is_gone_cannot_be_run(curator_client):
    assert curator_client.post(reverse("admin:knowledge_job_run_again", args=[99])).status_code == 404


def test_who_may_only_look_is_offered_no_run_and_cannot_ask_for_one(onlooker_client, failed_job):
    address = reverse("admin:knowledge_job_run_again", args=[failed_job.pk])

    assert onlooker_client.post(address).status_code == 403
    assert address not in onlooker_client.get(JOBS).content.decode()
    assert failed_job.source.jobs.count() == 1


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


def test_a_message_is_put_back_from_its_row_or_its_page(curator_client):
    delivery = Delivery.objects.create(message_id=7, payload="signed", set_aside_at=timezone.now())
    address = reverse("admin:knowledge_delivery_put_back", args=[delivery.pk])
    page = curator_client.get(reverse("admin:knowledge_delivery_change", args=[delivery.pk]))
    assert f'formaction="{address}"' in curator_client.get(SET_ASIDE).content.decode()
    assert page.context["run_url"] == address

    curator_client.post(address)

    assert OrmQ.objects.get().payload == "signed"


def test_who_may_only_look_is_offered_no_put_back_and_cannot_ask_for_one(onlooker_client):
    delivery = Delivery.objects.create(message_id=7, payload="signed", set_aside_at=timezone.now())
    address = reverse("admin:knowledge_delivery_put_back", args=[delivery.pk])

    assert onlooker_client.post(address).status_code == 403
    assert address not in onlooker_client.get(SET_ASIDE).content.decode()
    assert Delivery.objects.exists()


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
