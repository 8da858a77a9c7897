"""What a page asks for while a worker reads."""

from django.urls import reverse

from knowledge.models import Job, Source
from tests.factories import TextSourceFactory, UserFactory, ready_text

ADDRESS = reverse("admin:knowledge_source_progress")


def ask(client, source, *parts):
    return client.get(ADDRESS, {"source": [source.pk], "part": parts})


def test_a_running_job_shows_its_stage_and_how_far_it_is(curator_client):
    source = TextSourceFactory()
    job = Job.objects.claim(Job.objects.create(source=source).pk)
    job.progress("embedding", 512, 2048)

    answer = ask(curator_client, source, "status").json()[str(source.pk)]

    assert answer["active"]
    assert "Embedding: 512 of 2,048" in answer["parts"]["status"]
    assert 'value="512" max="2048"' in answer["parts"]["status"]


def test_a_job_that_waits_says_so(curator_client):
    source = TextSourceFactory()
    Job.objects.create(source=source)

    answer = ask(curator_client, source, "status").json()[str(source.pk)]

    assert answer["active"]
    assert "waiting" in answer["parts"]["status"]


def test_it_says_that_the_job_has_ended_and_what_was_read(curator_client):
    source = ready_text()

    answer = ask(curator_client, source, "status", "extent", "chunks").json()[str(source.pk)]

    assert not answer["active"]
    assert "ready" in answer["parts"]["status"]
    assert "characters" in answer["parts"]["extent"]
    assert f"source__id__exact={source.pk}" in answer["parts"]["chunks"]


def test_a_waiting_source_warns_if_no_worker_lives(curator_client):
    source = TextSourceFactory()
    Job.objects.create(source=source)

    answer = ask(curator_client, source, "overview").json()[str(source.pk)]

    assert "No worker has given a sign of life lately" in answer["parts"]["overview"]


def test_a_sentence_from_outside_cannot_bring_markup(curator_client):
    source = TextSourceFactory()
    source.note_failure("<img src=x onerror=alert(1)>")

    answer = ask(curator_client, source, "status").json()[str(source.pk)]

    assert "<img" not in answer["parts"]["status"]


def test_unknown_parts_and_sources_are_left_out(curator_client):
    source = TextSourceFactory()

    answer = curator_client.get(ADDRESS, {"source": [source.pk, "x", "-1", 10**6], "part": ["secret"]})

    assert answer.json() == {str(source.pk): {"active": False, "parts": {}}}


def test_staff_without_the_permission_get_nothing(client, db):
    client.force_login(UserFactory(is_staff=True))

    assert client.get(ADDRESS).status_code == 403


def test_it_cannot_be_posted(curator_client):
    assert curator_client.post(ADDRESS).status_code == 405
    assert not Source.objects.exists()
