"""Finding passages over REST."""

import pytest

from tests.factories import CollectionFactory, GroupFactory, ready_text

pytestmark = pytest.mark.django_db

RETRIEVE = "/api/v1/retrieve/"
QUERY = {"query": "How hot should the water heater be?"}


def test_passages_come_with_their_place_and_without_a_score(client_of):
    source = ready_text(title="Heating")

    (passage,) = client_of(None).post(RETRIEVE, QUERY).json()

    assert (passage["source_id"], passage["title"]) == (source.pk, "Heating")
    assert set(passage) == {
        "source_id", "title", "heading", "page", "last_page", "url", "text", "read_at",
    }  # fmt: skip


def test_what_may_not_be_read_is_not_found_whatever_is_asked_for(client_of, reader):
    hidden = CollectionFactory(slug="hidden", access="groups", groups=[GroupFactory()])
    ready_text(collection=hidden)

    by_name = client_of(reader).post(RETRIEVE, QUERY | {"collections": ["hidden"]})
    of_nothing = client_of(reader).post(RETRIEVE, QUERY | {"collections": ["nothing-like-it"]})

    assert by_name.json() == of_nothing.json() == client_of(reader).post(RETRIEVE, QUERY).json() == []


def test_where_the_anonymous_may_not_ask_they_may_not_search(client_of, reader, settings):
    settings.ANONYMOUS_MAY_ASK = False
    ready_text()

    refused, found = client_of(None).post(RETRIEVE, QUERY), client_of(reader).post(RETRIEVE, QUERY)

    assert refused.status_code in {401, 403}
    assert len(found.json()) == 1


@pytest.mark.parametrize(("scopes", "status"), [(("read",), 200), (("ask",), 403), (("curate",), 403)])
def test_a_key_needs_the_scope_to_read(client_of, reader, scopes, status):
    assert client_of(reader, *scopes).post(RETRIEVE, QUERY).status_code == status


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "query"),
        ({"query": " "}, "query"),
        ({"query": "a\0b"}, "query"),
        ({"query": "x" * 4_001}, "query"),
        ({"query": "x", "limit": 0}, "limit"),
        ({"query": "x", "limit": 10**30}, "limit"),
        ({"query": "x", "collections": ["no slug"]}, "collections"),
        ([], "non_field_errors"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused_by_name(client_of, body, field):
    refused = client_of(None).post(RETRIEVE, body)

    assert (refused.status_code, list(refused.json()["fields"])) == (400, [field])
