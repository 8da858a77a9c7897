"""The list of sources and one source: who sees what, and how it is changed."""

import base64
import datetime

import pytest
from django.contrib.auth.models import Permission

from knowledge import tasks
from knowledge.models import Chunk, Corpus, Job, Source
from tests.factories import CollectionFactory, GroupFactory, TextSourceFactory, UserFactory, read, ready_text

pytestmark = pytest.mark.django_db

SOURCES = "/api/v1/sources/"
FOR_READERS = {"id", "name", "kind", "url", "collection", "page_count", "read_at", "page_url"}
PAGE = {"kind": Source.Kind.URL, "text": "", "title": ""}


def address(source, *parts):
    return SOURCES + "".join(f"{part}/" for part in (source.pk, *parts))


def names(response):
    assert response.status_code == 200, response.content
    return [source["name"] for source in response.json()["results"]]


@pytest.fixture
def of_another_group(db):
    return CollectionFactory(access="groups", groups=[GroupFactory()])


# --- who sees what ---


def test_a_reader_sees_what_answers_and_may_be_read(by_reader, of_another_group):
    ready_text(title="Open")
    ready_text(title="Hidden", collection=of_another_group)
    TextSourceFactory(title="Not read yet")
    Source.objects.filter(pk=ready_text(title="Disabled").pk).enable(False)

    listed = by_reader.get(SOURCES)

    assert names(listed) == ["Open"]


def test_a_reader_is_not_told_how_a_source_stands(by_reader):
    source = ready_text()

    one, (listed,) = by_reader.get(address(source)).json(), by_reader.get(SOURCES).json()["results"]

    assert set(one) == set(listed) == FOR_READERS
    assert one["page_url"] == f"/sources/{source.pk}/"


def test_a_curator_sees_every_source_and_how_it_stands(by_curator, of_another_group):
    source = TextSourceFactory(title="Hidden", collection=of_another_group)
    source.note_failure("The server did not answer.")

    (told,) = by_curator.get(SOURCES).json()["results"]

    assert (told["status"], told["status_detail"]) == ("failed", "The server did not answer.")
    assert (told["owner"], told["chunk_count"], told["warnings"], told["notes"]) == (None, 0, [], [])
    assert told["job"] is None


def test_a_curator_is_told_what_was_left_out_of_a_source(by_curator):
    source = ready_text()
    note = "The page number was left out on 3 of 4 pages."
    live = source.live_revision
    live.report |= {"notes": [note], "warnings": ["Page 2 is a picture."]}
    live.save()

    told = by_curator.get(address(source)).json()

    assert (told["notes"], told["warnings"]) == ([note], ["Page 2 is a picture."])


def test_staff_without_permission_see_what_readers_see(client_of, of_another_group):
    ready_text(title="Hidden", collection=of_another_group)
    ready_text(title="Open")

    listed = client_of(UserFactory(is_staff=True)).get(SOURCES)

    assert names(listed) == ["Open"]
    assert set(listed.json()["results"][0]) == FOR_READERS


def test_what_is_missing_and_what_is_forbidden_look_alike(by_reader, of_another_group):
    hidden = ready_text(collection=of_another_group)

    forbidden, missing = by_reader.get(address(hidden)), by_reader.get(f"{SOURCES}{hidden.pk + 1}/")

    assert forbidden.status_code == missing.status_code == 404
    assert forbidden.json() == missing.json()


def test_an_anonymous_visitor_is_asked_to_sign_in(client_of):
    source = ready_text()

    for path in (SOURCES, address(source), address(source, "chunks")):
        assert client_of(None).get(path).status_code in {401, 403}


@pytest.mark.parametrize(
    ("scopes", "status", "sees_all"),
    [
        (("read",), 200, False),
        (("curate",), 200, True),
        (("read", "curate"), 200, True),
        (("ask",), 403, None),
    ],
)
def test_a_key_of_a_curator_sees_as_much_as_its_scopes_say(client_of, curator, scopes, status, sees_all):
    TextSourceFactory(title="Not read yet")

    listed = client_of(curator, *scopes).get(SOURCES)

    assert listed.status_code == status
    if status == 200:
        assert bool(listed.json()["results"]) is sees_all


def test_a_key_with_curate_gives_a_reader_nothing(client_of, reader):
    ready_text()

    listed, added = client_of(reader, "curate").get(SOURCES), client_of(reader, "curate").post(SOURCES, {})

    assert (listed.status_code, added.status_code) == (403, 403)


@pytest.mark.parametrize(
    ("method", "parts"),
    [("post", None), ("patch", ()), ("delete", ()), ("post", ("refresh",)), ("put", ("file",))],
)
def test_only_curators_write(client_of, reader, curator, method, parts):
    source = ready_text()
    path = SOURCES if parts is None else address(source, *parts)
    onlooker = UserFactory(is_staff=True)
    onlooker.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    callers = [client_of(None), client_of(reader), client_of(onlooker), client_of(curator, "read", "ask")]

    answers = [getattr(caller, method)(path, {"title": "Mine"}) for caller in callers]

    assert {answer.status_code for answer in answers} <= {401, 403}
    assert Source.objects.get().title == source.title
    assert not Job.objects.open().exists()


@pytest.mark.parametrize("parts", [None, (), ("file",), ("refresh",), ("chunks",)])
def test_every_address_says_what_it_is(by_curator, by_reader, parts):
    path = SOURCES if parts is None else address(ready_text(), *parts)

    assert [client.options(path).status_code for client in (by_curator, by_reader)] == [200, 200]


# --- the list ---


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"collection": "manuals"}, ["Heater"]),
        ({"collection": "nothing-like-it"}, []),
        ({"kind": "text"}, ["News", "Heater"]),
        ({"kind": "pdf"}, []),
        ({"search": "HEAT"}, ["Heater"]),
        ({"search": "%"}, []),
        ({"status": "failed"}, ["News"]),
        ({"enabled": "false"}, ["Heater"]),
        ({"owner": "me"}, ["News"]),
        ({"ordering": "id"}, ["Heater", "News"]),
        ({"ordering": "-updated_at"}, ["News", "Heater"]),
    ],
)
def test_the_list_is_narrowed_and_ordered(by_curator, curator, query, found):
    TextSourceFactory(title="Heater", collection__slug="manuals", enabled=False)
    TextSourceFactory(title="News", owner=curator).note_failure("It is gone.")

    assert names(by_curator.get(SOURCES, query)) == found


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "film"},
        {"ordering": "text"},
        {"search": "a\0b"},
        {"collection": "no slug"},
        {"enabled": "perhaps"},
        {"owner": "you"},
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_by_name(by_curator, query):
    refused = by_curator.get(SOURCES, query)

    assert refused.status_code == 400
    assert list(refused.json()["fields"]) == list(query)


def test_a_reader_cannot_probe_with_a_curators_filters(by_reader):
    ready_text(title="Open").note_failure("It is gone.")

    assert names(by_reader.get(SOURCES, {"status": "ready"})) == ["Open"]


def test_pages_hold_every_source_once_even_if_all_were_changed_at_one_moment(by_curator):
    made = [TextSourceFactory().pk for _ in range(7)]
    Source.objects.update(updated_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    path, found = f"{SOURCES}?ordering=updated_at&page_size=3", []

    while path:
        page = by_curator.get(path).json()
        found += [source["id"] for source in page["results"]]
        path = page["next"]

    assert found == made


def test_a_cursor_may_not_skip_without_end(by_curator):
    cursor = base64.b64encode(b"o=" + b"9" * 30).decode()

    assert names(by_curator.get(SOURCES, {"cursor": cursor})) == []


@pytest.mark.parametrize("caller", ["by_reader", "by_curator"])
def test_a_page_takes_as_many_queries_for_many_sources_as_for_one(caller, request, django_assert_num_queries):
    client = request.getfixturevalue(caller)
    for n in range(4):
        ready_text(collection=CollectionFactory(), owner=UserFactory(), title=f"Text {n}")
    of_curators = (
        3 if caller == "by_curator" else 0
    )  # permissions of the user and of the groups, and the jobs

    with django_assert_num_queries(2 + of_curators):  # the limit of requests, and the page
        listed = client.get(SOURCES)

    assert len(names(listed)) == 4


# --- changing ---


def test_a_change_says_how_the_source_stands_then(by_curator):
    source = ready_text(title="Old")

    changed = by_curator.patch(address(source), {"review_by": "2027-01-31"}).json()

    assert (changed["review_by"], changed["title"], changed["status"]) == ("2027-01-31", "Old", "ready")


def test_disabling_silences_and_enabling_lets_it_answer_again(by_curator):
    source = ready_text()

    by_curator.patch(address(source), {"enabled": False})
    while_disabled = source.chunks.live().count()
    by_curator.patch(address(source), {"enabled": True})

    assert (while_disabled, source.chunks.live().count()) == (0, 1)


def test_a_moved_source_changes_its_readers_at_once(by_curator, by_reader, of_another_group):
    source = ready_text()

    moved = by_curator.patch(address(source), {"collection": of_another_group.slug}).json()

    assert moved["collection"] == of_another_group.slug
    assert by_reader.get(address(source)).status_code == 404
    assert source.chunks.get().collection == of_another_group


def test_another_text_is_read_while_the_old_one_answers(by_curator):
    source = ready_text("The heater is blue.")

    told = by_curator.patch(address(source), {"text": "The heater is red."}).json()
    old = source.chunks.live().get().text
    tasks.read(told["job"]["id"])

    assert (told["status"], told["job"]["state"], old) == ("reading", "queued", "The heater is blue.")
    assert source.chunks.live().get().text == "The heater is red."


def test_what_is_the_same_is_not_read_again(by_curator):
    source = ready_text("The heater is blue.", title="Heater")

    by_curator.patch(address(source), {"text": "The heater is blue.", "title": "Heater"})

    assert not Job.objects.open().exists()


def test_an_interval_sets_the_next_refresh(by_curator):
    source = TextSourceFactory(url="https://example.com/", **PAGE)

    told = by_curator.patch(address(source), {"refresh_interval": "weekly"}).json()

    assert told["next_refresh_at"] is not None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "https://example.com/"}, "url"),
        ({"refresh_interval": "daily"}, "refresh_interval"),
        ({"refresh_interval": "hourly"}, "refresh_interval"),
        ({"collection": "nothing-like-it"}, "collection"),
        ({"collection": "a\0b"}, "collection"),
        ({"enabled": None}, "enabled"),
        ({"enabled": {}}, "enabled"),
        ({"review_by": "tomorrow"}, "review_by"),
        ({"title": "x" * 501}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"title": ""}, "title"),
        ({"title": "  "}, "title"),
        (["no", "object"], "non_field_errors"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_by_name(by_curator, body, field):
    source = ready_text()

    refused = by_curator.patch(address(source), body)

    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
    assert list(refused.json()["fields"]) == [field]


def test_half_a_character_is_refused(by_curator):
    source = ready_text()

    refused = by_curator.patch(address(source), r'{"text": "\ud800"}', content_type="application/json")

    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["text"])


def test_a_web_page_needs_no_title(by_curator):
    source = TextSourceFactory(url="https://example.com/", **PAGE | {"title": "Guide"})

    changed = by_curator.patch(address(source), {"title": ""})

    assert (changed.status_code, changed.json()["title"]) == (200, "")


@pytest.mark.parametrize("field", ["url", "collection"])
def test_an_address_cannot_be_taken_twice_in_a_collection(by_curator, field):
    there = TextSourceFactory(url="https://example.com/", **PAGE)
    other = TextSourceFactory(
        url="https://example.com/" if field == "collection" else "https://example.com/b",
        collection=there.collection if field == "url" else CollectionFactory(),
        **PAGE,
    )
    change = {"url": there.url} if field == "url" else {"collection": there.collection.slug}

    refused = by_curator.patch(address(other), change)

    assert (refused.status_code, refused.json()["code"]) == (409, "same_address")


def test_an_empty_text_is_refused_with_a_sentence(by_curator):
    source = ready_text()

    refused = by_curator.patch(address(source), {"text": "  \n"})

    assert (refused.status_code, refused.json()["detail"]) == (400, "The text is empty.")


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_a_number_beyond_all_rows_is_not_there(by_curator, method):
    assert getattr(by_curator, method)(f"{SOURCES}{'9' * 40}/").status_code == 404


# --- deleting ---


def test_deleting_takes_the_chunks_and_notes_the_change(by_curator):
    source = ready_text()
    Corpus.objects.update(changes=0)

    answer = by_curator.delete(address(source))

    assert (answer.status_code, answer.content) == (204, b"")
    assert not Chunk.objects.exists()
    assert Corpus.objects.current().changes == 1
    assert by_curator.delete(address(source)).status_code == 404


# --- reading again ---


def test_a_refresh_is_a_job_to_wait_for(by_curator, curator):
    source = ready_text()

    answer = by_curator.post(address(source, "refresh"))

    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    assert Job.objects.get(pk=answer.json()["id"]).requested_by == curator
    tasks.read(answer.json()["id"])
    assert by_curator.get(address(source)).json()["job"]["state"] == "done"


def test_a_second_refresh_answers_with_the_open_job(by_curator):
    source = TextSourceFactory()

    first, second = (by_curator.post(address(source, "refresh")).json()["id"] for _ in range(2))

    assert first == second


def test_a_forced_refresh_reads_what_has_not_changed(by_curator):
    source = ready_text()

    job = by_curator.post(address(source, "refresh"), {"forced": True}).json()["id"]

    assert Job.objects.get(pk=job).purpose == Job.Purpose.REREAD


def test_the_job_tells_why_it_failed(by_curator):
    source = TextSourceFactory(text=" ")
    read(source)

    job = by_curator.get(address(source)).json()["job"]

    assert job["state"] == "failed"
    assert job["error"]


# --- chunks ---


def test_chunks_come_in_reading_order_and_without_their_vectors(by_reader):
    source = ready_text("\n\n".join(f"{n} " + "word " * 300 for n in range(20)))

    path, found = address(source, "chunks") + "?page_size=2", []
    while path:
        page = by_reader.get(path).json()
        found += page["results"]
        path = page["next"]

    assert [chunk["ordinal"] for chunk in found] == list(range(source.chunks.count()))
    assert set(found[0]) == {"id", "ordinal", "heading", "text", "first_page", "last_page", "page_url"}


def test_chunks_of_what_may_not_be_read_are_not_there(by_reader, of_another_group):
    source = ready_text(collection=of_another_group)

    assert by_reader.get(address(source, "chunks")).status_code == 404


def test_a_source_that_was_never_read_has_no_chunks_yet(by_curator):
    assert by_curator.get(address(TextSourceFactory(), "chunks")).json()["results"] == []
