"""What staff see of the answer cache over REST, and how they take entries out of it."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from chat.cache import learning
from chat.cache.bounds import upper
from chat.models import CachedAnswer, CacheDecision, CachedPassage, CacheGate, CacheUsage
from knowledge.models import Collection, Embedder
from tests.chat.conversations import client_of, client_with_key
from tests.factories import CollectionFactory, GroupFactory, TextSourceFactory, UserFactory

pytestmark = pytest.mark.django_db

CACHE, HEALTH, STATS = "/api/v1/cache/", "/api/v1/cache/health/", "/api/v1/cache/stats/"


@pytest.fixture
def curator():
    """Staff who may look and delete, but read no more than other signed-in people."""
    user = UserFactory(is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["view_cachedanswer", "delete_cachedanswer"])
    )
    return user


@pytest.fixture
def client(curator):
    return client_of(curator)


def hours_ago(hours):
    return timezone.now() - datetime.timedelta(hours=hours)


def entry(source=None, **fields):
    """An answer from a source, of a collection that everyone may read if none is named."""
    source = source or TextSourceFactory()
    answer = CachedAnswer.objects.create(
        scope="0" * 64,
        collections=[source.collection_id],
        content="Set it to 120 °F [1].",
        **{"expires_at": hours_ago(-24)} | fields,
    )
    CachedPassage.objects.create(
        answer=answer, number=1, source=source, content_hashes=["1" * 64], title="Heating", text="120 °F."
    )
    return answer


def verified(source=None, **fields):
    return entry(source, verified_at=timezone.now(), expires_at=None, **fields)


def decision(outcome="audited", label="", *, hours=0, **fields):
    made = CacheDecision.objects.create(
        **{"embedder": Embedder.objects.in_force()} | fields,
        question="How hot?",
        cosine=0.95,
        margin=0.1,
        votes=1.0,
        outcome=outcome,
        gate_state="guarded",
        label=label,
        labelled_by="comparison" if label else "",
    )
    CacheDecision.objects.filter(pk=made.pk).update(created_at=hours_ago(hours))
    return made


def gate(**fields):
    """The gate of the embedder in force, in such a state."""
    row = learning.gate_row()
    CacheGate.objects.filter(pk=row.pk).update(**fields)


def left():
    return set(CachedAnswer.objects.all())


# --- health


def test_a_new_cache_is_well(client):
    health = client.get(HEALTH).json()

    assert (health["status"], health["problems"], health["mode"]) == ("ok", [], "similar")
    assert health["embedder"] == str(Embedder.objects.in_force())
    assert health["gate"]["state"] == "guarded"
    assert 0 < health["gate"]["threshold"] < 1
    assert health["gate"]["target"] == 0.02
    assert health["index"] is False
    assert health["entries"]["all"] == 0
    assert health["waiting"] == {"comparisons": 0, "oldest": None}


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        (
            {"state": "closed", "state_detail": "2 of 90 were wrong."},
            "the gate is closed. 2 of 90 were wrong.",
        ),
        ({"threshold": None}, "no threshold has been measured"),
    ],
)
def test_a_gate_that_lets_nothing_through_degrades_it(client, settings, state, problem):
    settings.EMBEDDINGS_CLASS = "tests.embedders.CountingEmbeddings"
    gate(**state)

    health = client.get(HEALTH).json()

    assert health["status"] == "degraded"
    assert problem in health["problems"][0]


@pytest.mark.parametrize("mode", ["off", "exact"])
def test_a_gate_that_is_not_used_degrades_nothing(client, settings, mode):
    settings.CACHE_MODE = mode
    gate(state="closed")

    health = client.get(HEALTH).json()

    assert (health["mode"], health["status"], health["problems"]) == (mode, "ok", [])


def test_comparisons_that_wait_for_more_than_an_hour_degrade_it(client):
    decision(waits=True)
    oldest = decision(waits=True, hours=2)

    health = client.get(HEALTH).json()

    oldest.refresh_from_db()
    assert health["status"] == "degraded"
    assert "more than an hour" in health["problems"][0]
    assert health["waiting"]["comparisons"] == 2
    assert datetime.datetime.fromisoformat(health["waiting"]["oldest"]) == oldest.created_at


def test_comparisons_that_wait_for_minutes_do_not(client):
    decision(waits=True, hours=0.5)
    decision(hours=2)

    health = client.get(HEALTH).json()

    assert (health["status"], health["waiting"]["comparisons"]) == ("ok", 1)


def test_each_entry_stands_in_one_state(client):
    entry()
    entry(expires_at=hours_ago(1))
    entry(state="stale")
    entry(state="withdrawn")
    verified()
    verified(state="review_due")
    verified(review_by=timezone.localdate())

    entries = client.get(HEALTH).json()["entries"]

    assert entries == {
        "all": 7,
        "verified": 3,
        "live": 2,
        "expired": 1,
        "stale": 1,
        "review_due": 2,
        "withdrawn": 1,
    }


# --- statistics


def used(days_ago, **counts):
    return CacheUsage.objects.create(day=timezone.localdate() - datetime.timedelta(days=days_ago), **counts)


def test_the_days_are_listed_and_added_up(client):
    used(0, lookups=10, exact=1, verified=2, similar=1, audited=1, saved_tokens=700, saved_milliseconds=1500)
    used(2, lookups=6, exact=2, saved_tokens=100, saved_milliseconds=500)
    used(3, lookups=99)

    stats = client.get(STATS, {"days": 3}).json()

    today = timezone.localdate()
    assert (stats["until"], len(stats["by_day"])) == (str(today), 3)
    assert stats["since"] == str(today - datetime.timedelta(days=2))
    assert stats["totals"] == {
        "lookups": 16,
        "hits": {"exact": 3, "verified": 2, "similar": 1, "all": 6},
        "hit_rate": 0.375,
        "audited": 1,
        "saved_tokens": 800,
        "saved_seconds": 2.0,
    }
    oldest, middle, newest = stats["by_day"]
    assert (oldest["day"], oldest["hits"]["exact"], oldest["saved_seconds"]) == (stats["since"], 2, 0.5)
    assert (middle["lookups"], middle["hit_rate"]) == (0, 0.0)
    assert newest["hits"] == {"exact": 1, "verified": 2, "similar": 1, "all": 4}


def test_thirty_days_are_told_if_none_are_named(client):
    assert len(client.get(STATS).json()["by_day"]) == 30


@pytest.mark.parametrize("days", ["0", "366", "many"])
def test_no_other_number_of_days_is_told(client, days):
    response = client.get(STATS, {"days": days})

    assert response.status_code == 400
    assert "days" in response.json()["fields"]


def test_wrong_hits_are_estimated_from_what_was_compared(client):
    for label in ("same", "same", "same", "different", "unsure"):
        decision(label=label)
    decision(waits=True)

    told = client.get(STATS).json()["false_hits"]

    assert told == {
        "n": 5,
        "wrong": 1,
        "unsure": 1,
        "waiting": 1,
        "share": 0.2,
        "bound": round(upper(1 + 1, 5, 0.05), 4),
    }


def test_what_is_no_random_sample_of_this_embedder_and_time_is_not_estimated_from(client):
    other = Embedder.objects.create(provider="p", model="m", dimensions=4)
    decision("served", "different")
    decision("afresh", "different")
    decision("missed", "different")
    decision(label="different", embedder=other)
    decision(label="different", hours=49)

    told = client.get(STATS, {"days": 1}).json()["false_hits"]

    assert (told["n"], told["wrong"], told["share"], told["bound"]) == (0, 0, None, 1.0)


# --- deleting


def test_the_entries_that_cite_a_source_are_deleted(client):
    source = TextSourceFactory()
    entry(source)
    entry(source)
    kept = {entry(), verified(source)}

    response = client.delete(f"{CACHE}?source={source.pk}")

    assert (response.status_code, response.json()) == (200, {"deleted": 2})
    assert left() == kept


def test_the_entries_of_a_collection_are_deleted(client):
    source = TextSourceFactory()
    entry(source)
    kept = {entry(), verified(source)}

    response = client.delete(f"{CACHE}?collection={source.collection.slug}")

    assert response.json() == {"deleted": 1}
    assert left() == kept


def test_the_entries_above_an_age_are_deleted(client):
    entry(made_at=hours_ago(49))
    kept = {entry(made_at=hours_ago(47)), verified(made_at=hours_ago(49))}

    response = client.delete(f"{CACHE}?older_than=48")

    assert response.json() == {"deleted": 1}
    assert left() == kept


def test_all_entries_are_deleted_and_verified_ones_only_if_it_is_said(client):
    entry()
    kept = verified()

    without = client.delete(f"{CACHE}?all=true").json()
    assert (without, left()) == ({"deleted": 1}, {kept})

    together = client.delete(f"{CACHE}?all=true&verified=true").json()
    assert (together, left()) == ({"deleted": 1}, set())


@pytest.mark.parametrize(
    "query",
    [
        "",
        "all=false",
        "verified=true",
        "all=true&older_than=1",
        "source={source}&collection={slug}",
        "source={source}&source={source}",
        "all=true&colection={slug}",
    ],
)
def test_nothing_is_guessed_about_what_to_delete(client, query):
    source = TextSourceFactory()
    kept = entry(source)

    response = client.delete(f"{CACHE}?{query.format(source=source.pk, slug=source.collection.slug)}")

    assert response.status_code == 400
    assert response.json()["code"] == "which_entries"
    assert "exactly one of" in response.json()["detail"]
    assert left() == {kept}


@pytest.mark.parametrize("query", ["source=x", "source=0", "older_than=-1", "all=perhaps", "collection=a/b"])
def test_what_is_not_right_is_named(client, query):
    response = client.delete(f"{CACHE}?{query}")

    assert response.status_code == 400
    assert query.split("=")[0] in response.json()["fields"]


@pytest.fixture
def closed():
    """A source that the curator may not read."""
    collection = CollectionFactory(access=Collection.Access.GROUPS, groups=[GroupFactory()])
    return TextSourceFactory(collection=collection)


def test_entries_that_a_curator_may_not_read_stay(client, closed):
    kept = entry(closed)
    entry()

    assert client.delete(f"{CACHE}?all=true&verified=true").json() == {"deleted": 1}
    assert left() == {kept}


def test_a_source_or_collection_that_a_curator_may_not_read_is_not_there(client, closed):
    kept = entry(closed)

    statuses = [
        client.delete(f"{CACHE}?{query}").status_code
        for query in (f"source={closed.pk}", f"collection={closed.collection.slug}", "source=99999999")
    ]

    assert statuses == [404, 404, 404]
    assert left() == {kept}


def test_administrators_delete_everything(closed):
    admin = client_of(UserFactory(is_staff=True, is_superuser=True))
    entry(closed)

    assert admin.delete(f"{CACHE}?source={closed.pk}").json() == {"deleted": 1}


# --- who


def test_a_key_that_curates_may_do_the_same(curator):
    program = client_with_key(curator, "curate")
    entry()

    assert program.get(HEALTH).status_code == 200
    assert program.get(STATS).status_code == 200
    assert program.delete(f"{CACHE}?all=true").json() == {"deleted": 1}


def test_who_may_only_look_deletes_nothing(curator):
    curator.user_permissions.remove(Permission.objects.get(codename="delete_cachedanswer"))
    kept = entry()
    client = client_of(curator)

    assert client.get(STATS).status_code == 200
    assert client.delete(f"{CACHE}?all=true").status_code == 403
    assert left() == {kept}


def test_readers_are_told_nothing():
    client = client_of(UserFactory())

    assert {client.get(HEALTH).status_code, client.get(STATS).status_code} == {403}
