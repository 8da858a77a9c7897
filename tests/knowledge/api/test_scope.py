"""Over REST as in the admin: a curator of one collection neither sees nor touches what is another's."""

import pytest
from django.contrib.auth.models import Permission

from knowledge.models import Collection, Job, Source
from tests.factories import CollectionFactory, GroupFactory, TextSourceFactory, ready_text
from tests.knowledge.revisions import ready_pdf
from tests.pdf import pdf_with_text
from tests.roles import curator_of, role_administrator

COLLECTIONS, SOURCES = "/api/v1/collections/", "/api/v1/sources/"
FOR_READERS = {"id", "name", "kind", "url", "collection", "page_count", "read_at", "page_url"}


@pytest.fixture
def secrets(db):
    """Another curator's collection, which only her group reads."""
    return CollectionFactory(slug="secrets", name="Secrets", access="groups", groups=[GroupFactory()])


@pytest.fixture
def theirs(secrets):
    return ready_text("The merger is planned for March.", title="Merger", collection=secrets)


@pytest.fixture
def mine(db):
    closed = CollectionFactory(slug="handbook", access="groups", groups=[GroupFactory()])
    return TextSourceFactory(title="Heating", collection=closed)


@pytest.fixture
def her(mine, theirs):
    return curator_of(mine.collection)


@pytest.fixture
def client(her, client_of):
    return client_of(her)


def address(source, *parts):
    return SOURCES + "".join(f"{part}/" for part in (source.pk, *parts))


def ids(response):
    assert response.status_code == 200, response.content
    return [source["id"] for source in response.json()["results"]]


@pytest.mark.parametrize("query", [{}, {"search": "merger"}, {"collection": "secrets"}, {"status": "ready"}])
def test_no_list_holds_anothers_source(client, theirs, query):
    assert theirs.pk not in ids(client.get(SOURCES, query))


def test_ones_own_are_listed_whether_they_answer_or_not(client, mine):
    assert ids(client.get(SOURCES)) == [mine.pk]
    assert client.get(address(mine)).json()["status"] == "new"


@pytest.mark.parametrize(
    ("method", "parts", "body"),
    [
        ("get", (), {}),
        ("get", ("chunks",), {}),
        ("patch", (), {"title": "Mine"}),
        ("patch", (), {"enabled": False}),
        ("patch", (), {"collection": "handbook"}),
        ("delete", (), {}),
        ("post", ("refresh",), {"forced": True}),
    ],
)
def test_anothers_source_is_not_there(client, theirs, method, parts, body):
    answer = getattr(client, method)(address(theirs, *parts), body, format="json")

    assert answer.status_code == 404
    there = Source.objects.get(pk=theirs.pk)
    assert (there.title, there.collection, there.enabled) == ("Merger", theirs.collection, True)
    assert not Job.objects.open().filter(source=theirs).exists()


def test_the_file_of_anothers_source_is_not_replaced(client, secrets, tmp_path):
    source = ready_pdf("Old", collection=secrets)
    (tmp_path / "new.pdf").write_bytes(pdf_with_text(["New"]))

    with (tmp_path / "new.pdf").open("rb") as file:
        answer = client.put(address(source, "file"), {"file": file}, format="multipart")

    assert answer.status_code == 404
    assert Source.objects.get(pk=source.pk).original_id == source.original_id


def test_a_source_that_everybody_reads_is_a_readers_for_who_does_not_care_for_it(client, mine):
    open_to_all = ready_text(title="Open", collection=CollectionFactory())

    told = client.get(address(open_to_all)).json()

    assert set(told) == FOR_READERS
    assert set(ids(client.get(SOURCES))) == {open_to_all.pk, mine.pk}
    assert client.patch(address(open_to_all), {"enabled": False}).status_code == 404


@pytest.mark.parametrize("query", [{"status": "ready"}, {"enabled": True}])
def test_how_a_source_stands_cannot_be_probed_where_one_only_reads(client, query):
    readable = ready_text(collection=CollectionFactory())

    assert readable.pk not in ids(client.get(SOURCES, query))


@pytest.mark.parametrize("slug", ["secrets", "nothing-like-it"])
def test_nothing_is_added_to_anothers_collection(client, slug):
    offered = {"title": "Note", "text": "Set it to 120 °F.", "collection": slug}

    answer = client.post(SOURCES, offered)

    assert answer.status_code == 400
    assert answer.json()["fields"] == {
        "collection": ["There is no collection with this short name that you care for."]
    }
    assert not Source.objects.filter(title="Note").exists()


def test_ones_own_source_is_not_moved_to_anothers_collection(client, mine):
    assert client.patch(address(mine), {"collection": "secrets"}).status_code == 400
    assert Source.objects.get(pk=mine.pk).collection == mine.collection


@pytest.mark.parametrize(
    "offered", [{"title": "Note", "text": "Set it to 120 °F."}, {"urls": ["https://example.org/"]}]
)
def test_what_names_no_collection_goes_to_ones_own(client, mine, offered):
    before = set(Source.objects.values_list("pk", flat=True))

    assert client.post(SOURCES, offered, format="json").status_code in {201, 207}
    assert Source.objects.exclude(pk__in=before).get().collection == mine.collection


@pytest.mark.parametrize(
    "offered", [{"title": "Note", "text": "Set it to 120 °F."}, {"urls": ["https://example.org/"]}]
)
def test_a_curator_of_nothing_is_told_whom_to_ask(client_of, theirs, offered):
    answer = client_of(curator_of()).post(SOURCES, offered, format="json")

    assert (answer.status_code, answer.json()["code"]) == (403, "no_collection")
    assert "Ask an administrator" in answer.json()["detail"]
    assert Source.objects.get() == theirs


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_anothers_collection_is_not_there(client, secrets, method):
    answer = getattr(client, method)(f"{COLLECTIONS}secrets/", {"name": "Mine"})

    assert answer.status_code == (403 if method == "delete" else 404)  # curators delete no collection
    assert Collection.objects.get(slug="secrets").name == "Secrets"


def test_only_ones_own_collections_say_who_reads_them(client, mine):
    CollectionFactory(slug="open")

    told = {one["slug"]: "access" in one for one in client.get(COLLECTIONS).json()["results"]}

    assert told == {"handbook": True, "open": False}


def test_a_collection_is_renamed_by_its_curator(client, mine):
    assert client.patch(f"{COLLECTIONS}handbook/", {"name": "Guide"}).json()["name"] == "Guide"


@pytest.mark.parametrize("change", [{"access": "everyone"}, {"groups": []}])
def test_who_reads_a_collection_is_not_for_its_curator_to_say(client, mine, change):
    answer = client.patch(f"{COLLECTIONS}handbook/", change, format="json")

    assert answer.status_code == 403 or "groups" in answer.json()["fields"]
    there = Collection.objects.get(slug="handbook")
    assert there.access == "groups" and there.groups.exists()


def test_a_curator_makes_no_collection_even_with_djangos_permission(her, client_of):
    her.user_permissions.add(Permission.objects.get(codename="add_collection"))

    answer = client_of(her).post(COLLECTIONS, {"name": "New"})

    assert answer.status_code == 403
    assert not Collection.objects.filter(slug="new").exists()


def test_an_administrator_by_role_cares_for_all(client_of, theirs, mine):
    client = client_of(role_administrator())

    assert set(ids(client.get(SOURCES))) == {theirs.pk, mine.pk}
    assert client.patch(address(theirs), {"enabled": False}).status_code == 200
    assert client.post(COLLECTIONS, {"name": "New"}).status_code == 201


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_a_key_reaches_no_further_than_its_curator(her, client_of, theirs, method):
    answer = getattr(client_of(her, "curate"), method)(address(theirs), {"title": "Mine"})

    assert answer.status_code == 404
    assert Source.objects.get(pk=theirs.pk).title == "Merger"


def test_passages_of_anothers_collection_are_not_retrieved(client):
    asked = {"query": "When is the merger?", "collections": ["secrets"]}

    assert client.post("/api/v1/retrieve/", asked, format="json").json() == []
