"""Bulk actions that ask one more question: where to, how often."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse

from knowledge import intake
from knowledge.models import Source
from tests.factories import CollectionFactory, TextSourceFactory, UserFactory, ready_text

LIST = reverse("admin:knowledge_source_changelist")


def act(client, action, *sources, query="", **answer):
    given = {"action": action, "_selected_action": [source.pk for source in sources]}
    return client.post(f"{LIST}{query}", given | answer, follow=True)


def told(page):
    return [str(message) for message in page.context["messages"]]


@pytest.fixture
def collection(db):
    return CollectionFactory(name="Archive")


@pytest.fixture
def page_source(db):
    return intake.add_urls("https://example.org/guide", collection=CollectionFactory()).added[0]


def test_moving_asks_where_to_and_names_what_was_chosen(curator_client, collection):
    source = TextSourceFactory(title="Old prices")

    page = act(curator_client, "move", source)

    assert "Old prices" in page.text
    assert "Archive" in page.text
    source.refresh_from_db()
    assert source.collection != collection


def test_the_answer_moves_them_with_their_chunks(curator_client, collection):
    sources = [ready_text(), ready_text("Another text, about windows and doors.")]

    page = act(curator_client, "move", *sources, apply="", collection=collection.pk)

    assert set(Source.objects.values_list("collection", flat=True)) == {collection.pk}
    assert all(set(s.chunks.values_list("collection", flat=True)) == {collection.pk} for s in sources)
    assert told(page) == ["2 sources changed."]


def test_what_cannot_be_moved_is_named_and_the_rest_is_moved(curator_client, collection, page_source):
    intake.add_urls(page_source.url, collection=collection)
    other = TextSourceFactory()

    page = act(curator_client, "move", page_source, other, apply="", collection=collection.pk)

    page_source.refresh_from_db()
    other.refresh_from_db()
    assert (page_source.collection == collection, other.collection == collection) == (False, True)
    assert f"{page_source.url}: This collection has a source with this address already." in told(page)


def test_all_that_the_filters_show_can_be_moved_at_once(curator_client, collection, page_source):
    texts = [TextSourceFactory() for _ in range(3)]

    asked = act(curator_client, "move", texts[0], query="?kind__exact=text", select_across="1")
    act(
        curator_client,
        "move",
        texts[0],
        query="?kind__exact=text",
        select_across="1",
        apply="",
        collection=collection.pk,
    )

    assert asked.context["number"] == 3
    assert Source.objects.filter(collection=collection).count() == 3


def test_an_interval_is_set_for_web_pages_only(curator_client, page_source):
    text = TextSourceFactory()

    page = act(curator_client, "set_interval", page_source, text, apply="", refresh_interval="daily")

    page_source.refresh_from_db()
    text.refresh_from_db()
    assert page_source.next_refresh_at is not None
    assert (page_source.refresh_interval, text.refresh_interval) == ("daily", "never")
    assert told(page) == ["1 source changed."]


@pytest.mark.parametrize(
    ("action", "answer"), [("move", {"collection": "x"}), ("set_interval", {"refresh_interval": "hourly"})]
)
def test_an_impossible_answer_is_asked_for_again(curator_client, page_source, collection, action, answer):
    page = act(curator_client, action, page_source, apply="", **answer)

    assert page.context["form"].errors
    assert not LogEntry.objects.exists()


def test_who_changed_what_is_noted(curator_client, administrator, collection):
    source = TextSourceFactory()

    act(curator_client, "move", source, apply="", collection=collection.pk)

    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (administrator, str(source.pk))


def test_what_stays_as_it_is_is_not_noted(curator_client):
    source = TextSourceFactory()

    page = act(curator_client, "move", source, apply="", collection=source.collection_id)

    assert told(page) == ["0 sources changed."]
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("action", ["move", "set_interval"])
def test_who_may_only_look_is_not_asked(onlooker_client, page_source, collection, action):
    act(onlooker_client, action, page_source, apply="", collection=collection.pk, refresh_interval="daily")

    page_source.refresh_from_db()
    assert (page_source.refresh_interval, page_source.collection == collection) == ("never", False)


def test_a_curator_moves_nothing_into_what_others_care_for(client, collection):
    source = TextSourceFactory()
    curator = UserFactory(is_staff=True)
    curator.user_permissions.set(Permission.objects.filter(codename__in=["view_source", "change_source"]))
    source.collection.curators.add(curator)
    client.force_login(curator)

    page = act(client, "move", source, apply="", collection=collection.pk)

    source.refresh_from_db()
    assert source.collection != collection
    assert page.context["form"].errors
