"""What becomes of a request if somebody else deletes, or adds, what it is about at that moment."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chat.models import Assistant
from knowledge import intake
from knowledge.models import Collection, Job, Source
from tests.factories import CollectionFactory, TextSourceFactory
from tests.knowledge.meanwhile import meanwhile

pytestmark = pytest.mark.django_db(transaction=True)

COLLECTIONS, SOURCES = "/api/v1/collections/", "/api/v1/sources/"
PDF = b"%PDF-1.4 first"


def a_pdf():
    return {"file": SimpleUploadedFile("guide.pdf", PDF, "application/pdf")}


def delete(rows):
    return type(rows).objects.filter(pk=rows.pk).remove


# --- a collection is deleted ---


@pytest.mark.parametrize(
    "offer",
    [
        {"url": "https://example.org/"},
        {"urls": ["https://example.org/", "https://example.com/"]},
        {"title": "Hours", "text": "From nine to five."},
    ],
)
def test_what_is_offered_to_it_is_refused_by_its_name(by_curator, offer):
    collection = CollectionFactory(slug="old")

    refused = meanwhile(
        delete(collection), lambda: by_curator.post(SOURCES, offer | {"collection": "old"}, format="json")
    )

    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["collection"])
    assert not Source.objects.exists()


def test_a_file_that_is_offered_to_it_is_refused_by_its_name(by_curator):
    collection = CollectionFactory(slug="old")

    refused = meanwhile(
        delete(collection),
        lambda: by_curator.post(SOURCES, a_pdf() | {"collection": "old"}, format="multipart"),
    )

    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["collection"])


def test_a_source_that_is_to_move_into_it_stays_where_it_is(by_curator):
    source, collection = TextSourceFactory(), CollectionFactory(slug="old")

    refused = meanwhile(
        delete(collection), lambda: by_curator.patch(f"{SOURCES}{source.pk}/", {"collection": "old"})
    )

    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["collection"])
    assert Source.objects.get().collection == source.collection


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_who_changes_or_deletes_it_too_finds_nothing(by_curator, method):
    collection = CollectionFactory(slug="old")

    late = meanwhile(
        delete(collection), lambda: getattr(by_curator, method)(f"{COLLECTIONS}old/", {"groups": []})
    )

    assert (late.status_code, late.json()["code"]) == (404, "not_found")


# --- a source is added to a collection that somebody deletes ---


@pytest.mark.parametrize(("query", "status", "left"), [("", 409, 1), ("?force=true", 204, 0)])
def test_a_source_that_was_just_added_goes_only_if_that_is_said(by_curator, query, status, left):
    collection = CollectionFactory()

    answer = meanwhile(
        lambda: intake.add_url("https://example.org/", collection=collection),
        lambda: by_curator.delete(f"{COLLECTIONS}{collection.slug}/{query}"),
    )

    assert answer.status_code == status
    assert (Source.objects.count(), Collection.objects.count()) == (left, left)


def test_of_two_who_delete_one_of_an_assistants_two_collections_each_the_second_is_refused(by_curator):
    first, second = CollectionFactory(), CollectionFactory()
    assistant = Assistant.objects.create(name="Helper", slug="helper")
    assistant.collections.set([first, second])

    refused = meanwhile(delete(first), lambda: by_curator.delete(f"{COLLECTIONS}{second.slug}/"))

    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
    assert list(assistant.collections.all()) == [second]


# --- a source is deleted ---


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("patch", "", {"review_by": "2027-01-31"}),
        ("patch", "", {"enabled": False}),
        ("post", "refresh/", {}),
        ("post", "refresh/", {"forced": True}),
    ],
)
def test_who_changes_a_source_that_is_being_deleted_finds_nothing(by_curator, method, path, body):
    source = TextSourceFactory()

    late = meanwhile(
        delete(source), lambda: getattr(by_curator, method)(f"{SOURCES}{source.pk}/{path}", body)
    )

    assert (late.status_code, late.json()["code"]) == (404, "not_found")
    assert not Job.objects.exists()


def test_who_replaces_the_file_of_a_source_that_is_being_deleted_finds_nothing(by_curator):
    source = intake.add_pdf(PDF, "guide.pdf", collection=CollectionFactory()).added[0]

    late = meanwhile(
        delete(source), lambda: by_curator.put(f"{SOURCES}{source.pk}/file/", a_pdf(), format="multipart")
    )

    assert (late.status_code, late.json()["code"]) == (404, "not_found")
