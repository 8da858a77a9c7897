"""Entries of the cache in the admin: for curators, as far as they may read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.admin.cache.answer import left_out
from chat.cache import learning, verified
from chat.models import CachedAnswer
from tests.chat.cache.curated import asking, written
from tests.chat.cache.entries import decision
from tests.chat.cache_admin import ANSWERS, DECISIONS, TRUST, WRITE, a_curator, act, at, listed, signed_in
from tests.chat.conversations import conversation, exchange
from tests.factories import CollectionFactory, UserFactory, ready_text

QUESTION = "How hot should the water heater be?"


@pytest.fixture
def curator(db):
    return a_curator()


@pytest.fixture
def client(curator):
    return signed_in(curator)


@pytest.fixture
def closed():
    """A collection that no curator may read."""
    return CollectionFactory(access="groups")


def test_curators_and_administrators_may_open_every_page(client):
    answer = written()
    rows = [answer, decision(answer)]
    administrator = signed_in(UserFactory(is_staff=True, is_superuser=True))

    codes = {
        who.get(address).status_code
        for who in (client, administrator)
        for address in (ANSWERS, WRITE, DECISIONS, TRUST, *map(at, rows))
    }

    assert codes == {200}


@pytest.mark.parametrize("is_staff", [False, True])
def test_readers_and_staff_without_permissions_get_nothing(db, is_staff):
    answer = written()
    gate = learning.gate_row()
    judged = decision(answer)
    client = signed_in(UserFactory(is_staff=is_staff))

    refused = [client.get(page) for page in (ANSWERS, WRITE, DECISIONS, TRUST, at(answer), at(judged))]
    refused += [
        client.post(at(answer, "act"), {"act": "withdraw"}),
        client.post(at(judged, "judge"), {"label": "same"}),
        client.post(at(gate, "target"), {"target": "5"}),
        client.post(at(gate, "reopen")),
    ]

    assert {response.status_code for response in refused} == {403 if is_staff else 302}
    answer.refresh_from_db()
    judged.refresh_from_db()
    assert (answer.state, judged.label) == ("live", "")


def test_entries_and_decisions_about_what_a_curator_may_not_read_are_not_shown(client, closed):
    open_entry = written()
    secret = written("What is the code?", source=ready_text("The code is 42.", collection=closed))
    about_open, about_secret = decision(open_entry), decision(secret)
    about_gone = decision(None)

    assert listed(client) == {open_entry}
    assert listed(client, DECISIONS) == {about_open}
    assert client.get(at(secret)).status_code == 302
    assert client.post(at(secret, "act"), {"act": "withdraw"}).status_code == 404
    assert client.post(at(about_secret, "judge"), {"label": "same"}).status_code == 404
    administrator = signed_in(UserFactory(is_staff=True, is_superuser=True))
    assert listed(administrator, DECISIONS) == {about_open, about_secret, about_gone}


def test_an_entry_whose_source_moved_out_of_sight_is_not_shown(client, closed):
    answer = written()
    answer.passages.get().source.move_to(closed)

    assert listed(client) == set()


def test_entries_are_filtered(client, curator):
    guide, leaflet = ready_text(title="Guide"), ready_text(title="Leaflet")
    plain = written("A?", source=guide)
    trusted = written("B?", source=leaflet, askers=["one", "two"])
    stale = written("C?", source=guide, state="stale")
    approved = verified.approve(written("D?", source=guide), curator)
    due = verified.approve(written("E?", source=guide), curator, timezone.localdate())

    assert listed(client, verified="yes") == {approved, due}
    assert listed(client, verified="no") == {plain, trusted, stale}
    assert listed(client, trusted="yes") == {trusted, approved, due}
    assert listed(client, trusted="no") == {plain, stale}
    assert listed(client, review="due") == {due}
    assert listed(client, state__exact="stale") == {stale}
    assert listed(client, source=leaflet.pk) == {trusted}
    assert listed(client, collection=leaflet.collection_id) == {trusted}


@pytest.mark.parametrize("words", ["boiler", "120"])
def test_phrasings_and_answers_are_searched(client, words):
    wanted = written(others=("Boiler temperature?", "How warm is the boiler?"))
    written("When do you open?", "At nine [1].")

    assert listed(client, q=words) == {wanted}


@pytest.mark.parametrize("address", [ANSWERS, DECISIONS])
def test_a_list_takes_as_many_queries_for_many_rows_as_for_one(client, address):
    source = ready_text(title="Guide")
    counts = []
    for n in (1, 5):
        for place in range(n):
            answer = written(f"Question {n} {place}?", source=source)
            decision(answer, message=exchange(conversation(), "How?", "So."))
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_nothing_that_was_kept_can_bring_markup(client):
    payload = "<img src=x onerror=alert(1)>"
    answer = written(payload, payload, source=ready_text(f"{payload} Warm water.", title=payload))
    about = decision(answer, payload, phrasing=payload, cached_content=payload)

    pages = [client.get(page) for page in (ANSWERS, DECISIONS, at(answer), at(about))]
    pages.append(client.get(WRITE, {"answer": answer.pk}))

    assert not [page for page in pages if payload in page.content.decode()]


def test_several_entries_are_approved_at_once(client, curator):
    source = ready_text(title="Guide")
    entries = [written(text, source=source) for text in ("A?", "B?")]

    page = act(client, "approve", *entries)

    assert "2 answers changed." in page
    assert set(CachedAnswer.objects.verified().values_list("verified_by", flat=True)) == {curator.pk}


def test_what_cannot_be_approved_is_said_and_the_rest_is_done(client):
    sound, outdated = written("A?"), written("B?")
    outdated.passages.get().source.chunks.update(content_hash="another")

    page = act(client, "approve", sound, outdated)

    assert "1 answer changed." in page
    assert "These passages have changed or are gone: [1] Guide." in page
    assert list(CachedAnswer.objects.verified()) == [sound]


@pytest.mark.django_db(transaction=True)
def test_of_two_entries_for_one_question_one_is_approved(client):
    source = ready_text(title="Guide")
    for scope in ("readers", "others"):
        written(QUESTION, source=source, scope=scope)

    page = act(client, "approve", *CachedAnswer.objects.all())

    assert "1 answer changed." in page
    assert "1 answer was left out: its question is answered by one that you approved." in page
    assert "This entry is gone" not in page
    assert CachedAnswer.objects.get().is_verified


def test_entries_that_are_gone_for_another_reason_are_said_to_be_gone():
    assert left_out(2, approved=0) == "2 answers are gone by now."


def test_an_empty_list_offers_what_the_menu_does(client):
    page = client.get(ANSWERS).content.decode()

    assert f'<a class="k-button" href="{WRITE}">Write a verified answer</a>' in page


@pytest.mark.parametrize(("action", "live"), [("expire", 0), ("withdraw", 0)])
def test_entries_are_taken_out_of_use(client, action, live):
    act(client, action, written())

    assert CachedAnswer.objects.live().count() == live


def test_chosen_entries_become_one(client):
    source = ready_text(title="Guide")
    entries = [written(text, source=source) for text in ("A?", "B?")]

    page = act(client, "merge", *entries)

    assert "They are one answer now" in page
    assert set(asking(CachedAnswer.objects.get())) == {"A?", "B?"}


def test_entries_for_different_readers_are_not_merged(client):
    source = ready_text(title="Guide")

    page = act(client, "merge", *(written("A?", source=source, scope=scope) for scope in "xy"))

    assert "so they cannot become one" in page
    assert CachedAnswer.objects.count() == 2


def test_entries_are_deleted(client):
    answer = written()

    client.post(at(answer, "delete"), {"post": "yes"})

    assert not CachedAnswer.objects.exists()
