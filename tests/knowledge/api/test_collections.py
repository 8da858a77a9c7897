"""The collections: who sees which, and how they are made, changed and deleted."""

import pytest
from django.contrib.auth.models import Permission

from chat.models import Assistant
from knowledge.models import Chunk, Collection, Job, Source
from tests.factories import CollectionFactory, GroupFactory, TextSourceFactory, UserFactory, ready_text

pytestmark = pytest.mark.django_db

COLLECTIONS = "/api/v1/collections/"


def address(collection):
    return f"{COLLECTIONS}{collection.slug}/"


def slugs(response):
    assert response.status_code == 200, response.content
    return {collection["slug"] for collection in response.json()["results"]}


def test_a_reader_sees_those_that_may_be_read_and_not_who_else_may(by_reader, reader):
    own_group = GroupFactory()
    reader.groups.add(own_group)
    CollectionFactory(slug="open")
    CollectionFactory(slug="own", access="groups", groups=[own_group])
    CollectionFactory(slug="foreign", access="groups", groups=[GroupFactory()])

    listed = by_reader.get(COLLECTIONS)

    assert slugs(listed) == {"open", "own"}
    assert set(listed.json()["results"][0]) == {"name", "slug", "language", "source_count"}


def test_only_sources_that_answer_are_counted(by_reader):
    collection = CollectionFactory()
    ready_text(collection=collection)
    TextSourceFactory(collection=collection)

    assert by_reader.get(address(collection)).json()["source_count"] == 1


def test_a_curator_sees_all_and_who_may_read_them(by_curator):
    CollectionFactory(slug="foreign", access="groups", groups=[GroupFactory(name="Board")])

    (told,) = by_curator.get(COLLECTIONS).json()["results"]

    assert (told["slug"], told["access"], told["groups"]) == ("foreign", "groups", ["Board"])


def test_what_is_missing_and_what_is_forbidden_look_alike(by_reader):
    hidden = CollectionFactory(access="groups", groups=[GroupFactory()])

    forbidden, missing = by_reader.get(address(hidden)), by_reader.get(f"{COLLECTIONS}nothing-like-it/")

    assert forbidden.status_code == missing.status_code == 404
    assert forbidden.json() == missing.json()


@pytest.mark.parametrize(("scope", "is_told"), [("read", False), ("curate", True)])
def test_a_key_of_a_curator_is_told_as_much_as_its_scope_says(client_of, curator, scope, is_told):
    CollectionFactory(slug="closed", access="groups", groups=[GroupFactory()])

    (told,) = client_of(curator, scope).get(COLLECTIONS).json()["results"]

    assert told["slug"] == "closed"
    assert ("access" in told) == is_told


def test_a_key_that_only_asks_sees_no_collections(client_of, curator):
    assert client_of(curator, "ask").get(COLLECTIONS).status_code == 403


@pytest.mark.parametrize("method", ["post", "patch", "delete"])
def test_only_curators_write(client_of, reader, curator, method):
    collection = CollectionFactory(name="Library")
    path = COLLECTIONS if method == "post" else address(collection)
    onlooker = UserFactory(is_staff=True)
    onlooker.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    callers = [client_of(None), client_of(reader), client_of(onlooker), client_of(curator, "read", "ask")]

    answers = [getattr(caller, method)(path, {"name": "Mine"}) for caller in callers]

    assert {answer.status_code for answer in answers} <= {401, 403}
    assert Collection.objects.get().name == "Library"


def test_a_page_takes_a_fixed_number_of_queries(by_curator, django_assert_num_queries):
    for _ in range(4):
        CollectionFactory(access="groups", groups=[GroupFactory()])

    with django_assert_num_queries(5):  # the limit, two for permissions, the page, its groups
        by_curator.get(COLLECTIONS)


# --- making and changing ---


def test_a_collection_is_made_for_a_group(by_curator, curator):
    GroupFactory(name="Board")

    made = by_curator.post(
        COLLECTIONS, {"name": "Board papers", "language": "german", "access": "groups", "groups": ["Board"]}
    )

    assert made.status_code == 201
    assert made.json()["slug"] == "board-papers"
    assert (made.json()["groups"], made.json()["language"]) == (["Board"], "german")
    assert Collection.objects.get().created_by == curator


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "本"}, "slug"),
        ({"name": "A", "slug": "no slug"}, "slug"),
        ({"name": "A", "language": "klingon"}, "language"),
        ({"name": "A", "access": "nobody"}, "access"),
        ({"name": "A", "access": "groups"}, "groups"),
        ({"name": "A", "groups": ["Nobody like that"]}, "groups"),
        ({"name": "A", "groups": "Board"}, "groups"),
    ],
)
def test_a_collection_that_makes_no_sense_is_refused_by_name(by_curator, body, field):
    refused = by_curator.post(COLLECTIONS, body)

    assert (refused.status_code, list(refused.json()["fields"])) == (400, [field])
    assert not Collection.objects.exists()


@pytest.mark.parametrize("body", [{"name": "Library"}, {"name": "Other", "slug": "library"}])
def test_a_name_is_given_once(by_curator, body):
    CollectionFactory(name="Library", slug="library")

    refused = by_curator.post(COLLECTIONS, body)

    assert (refused.status_code, refused.json()["code"]) == (409, "same_name")


def test_a_changed_name_is_given_once_too(by_curator):
    CollectionFactory(name="Library")
    other = CollectionFactory()

    refused = by_curator.patch(address(other), {"name": "Library", "access": "signed_in"})

    assert refused.status_code == 409
    assert Collection.objects.get(pk=other.pk).access == "everyone"


def test_who_may_read_it_changes_at_once(by_curator, client_of):
    source = ready_text()
    GroupFactory(name="Board")
    outsider = client_of(UserFactory())
    before = outsider.get(f"/api/v1/sources/{source.pk}/").status_code

    by_curator.patch(address(source.collection), {"access": "groups", "groups": ["Board"]})

    assert (before, outsider.get(f"/api/v1/sources/{source.pk}/").status_code) == (200, 404)


def test_the_last_group_cannot_be_taken_away(by_curator):
    collection = CollectionFactory(access="groups", groups=[GroupFactory()])

    refused = by_curator.patch(address(collection), {"groups": []})

    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["groups"])
    assert collection.groups.count() == 1


def test_another_language_has_the_sources_indexed_again(by_curator):
    source = ready_text()

    changed = by_curator.patch(address(source.collection), {"language": "german"})

    assert changed.json()["language"] == "german"
    assert Job.objects.open().get().purpose == Job.Purpose.REINDEX


def test_the_same_language_has_nothing_indexed(by_curator):
    source = ready_text()

    by_curator.patch(address(source.collection), {"language": source.collection.language, "name": "New"})

    assert not Job.objects.open().exists()


# --- deleting ---


def test_an_empty_collection_is_deleted(by_curator):
    collection = CollectionFactory()

    assert by_curator.delete(address(collection)).status_code == 204
    assert not Collection.objects.exists()


def test_one_that_holds_sources_is_deleted_if_that_is_said(by_curator):
    source = ready_text()

    refused = by_curator.delete(address(source.collection))
    still_there = Source.objects.count()
    deleted = by_curator.delete(address(source.collection) + "?force=true")

    assert (refused.status_code, refused.json()["code"], still_there) == (409, "not_empty", 1)
    assert "?force=true" in refused.json()["detail"]
    assert deleted.status_code == 204
    assert not Source.objects.exists() and not Chunk.objects.exists()


@pytest.mark.parametrize("query", ["", "?force=true"])
def test_all_that_an_assistant_quotes_is_kept(by_curator, query):
    collection = CollectionFactory()
    Assistant.objects.create(name="Helper", slug="helper").collections.set([collection])

    refused = by_curator.delete(address(collection) + query)

    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
    assert "Helper" in refused.json()["detail"]
    assert Collection.objects.exists()


def test_what_is_not_all_that_an_assistant_quotes_is_deleted(by_curator):
    collection, other = CollectionFactory(), CollectionFactory()
    Assistant.objects.create(name="Everything", slug="everything")
    assistant = Assistant.objects.create(name="Helper", slug="helper")
    assistant.collections.set([collection, other])

    assert by_curator.delete(address(collection)).status_code == 204
    assert list(assistant.collections.all()) == [other]


def test_a_word_that_is_neither_yes_nor_no_is_refused(by_curator):
    source = ready_text()

    refused = by_curator.delete(address(source.collection) + "?force=perhaps")

    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["force"])
    assert Source.objects.exists()
