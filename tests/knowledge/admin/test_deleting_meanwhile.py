"""What the admin says if somebody else deletes, at that moment, what a request is about."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from knowledge import tasks
from knowledge.models import Job, Source
from tests.factories import CollectionFactory, TextSourceFactory
from tests.knowledge.meanwhile import meanwhile

pytestmark = pytest.mark.django_db(transaction=True)

ADD = reverse("admin:knowledge_source_add")
LIST = reverse("admin:knowledge_source_changelist")
JOBS = reverse("admin:knowledge_job_changelist")


@pytest.fixture(autouse=True)
def originals(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def delete(rows):
    return type(rows).objects.filter(pk=rows.pk).remove


def settings_of(source, **changes):
    fields = {"title": source.title, "text": source.text, "collection": source.collection_id, "owner": ""}
    return fields | {"review_by": "", "enabled": "on"} | changes


def of_a_source(source, job):
    """Each request of the admin that changes a source: its address and what it sends."""
    page = reverse("admin:knowledge_source_change", args=[source.pk])
    return {
        "save": (page, settings_of(source, title="New")),
        "refresh": (reverse("admin:knowledge_source_refresh", args=[source.pk]), {}),
        "refresh many": (LIST, {"action": "refresh_now", "_selected_action": [source.pk]}),
        "run again": (JOBS, {"action": "run_again", "_selected_action": [job.pk]}),
    }


@pytest.mark.parametrize("request_", ["save", "refresh", "refresh many", "run again"])
def test_who_changes_a_source_that_is_being_deleted_is_told_that_there_is_nothing(curator_client, request_):
    source = TextSourceFactory()
    address, body = of_a_source(source, tasks.request_reading(source))[request_]

    page = meanwhile(delete(source), lambda: curator_client.post(address, body))

    assert page.status_code == 404
    assert "It does not exist, or it is not open to you." in page.text
    assert not Job.objects.exists()


def test_a_source_that_is_to_move_into_a_collection_that_is_being_deleted_stays(curator_client):
    source, collection = TextSourceFactory(), CollectionFactory()
    address = reverse("admin:knowledge_source_change", args=[source.pk])
    moved = settings_of(source, collection=collection.pk)

    page = meanwhile(delete(collection), lambda: curator_client.post(address, moved))

    assert page.status_code == 404
    assert Source.objects.get().collection == source.collection


@pytest.mark.parametrize(
    "offer",
    [
        {"addresses": "https://example.org/"},
        {"title": "Hours", "text": "From nine to five."},
        {"pdfs": SimpleUploadedFile("guide.pdf", b"%PDF-1.4 first", "application/pdf")},
    ],
)
def test_what_is_offered_to_a_collection_that_is_being_deleted_is_refused_with_a_sentence(
    curator_client, offer
):
    collection = CollectionFactory()

    page = meanwhile(
        delete(collection), lambda: curator_client.post(ADD, offer | {"collection": collection.pk})
    )

    assert page.status_code == 200
    assert "This collection has just been deleted." in page.text
    assert not Source.objects.exists()
