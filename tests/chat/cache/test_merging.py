"""How entries that say the same become one."""

import datetime
import threading

import pytest
from django.db import connection
from django.utils import timezone

from chat.cache.labels import ScopesDifferError, label, merge
from chat.models import CachedAnswer, CacheDecision
from tests.chat.cache.entries import asking, decision, entry, looking_alike, phrase, verified_entry
from tests.chat.conversations import conversation, exchange

pytestmark = pytest.mark.django_db

HOT, WARM = "How hot should it be?", "How warm should it be?"
State = CachedAnswer.State


def answered(content="Set it to 120 °F [1].", **fields):
    """A fresh answer."""
    return exchange(conversation(), WARM, content, **{"kind": "generated", **fields})


def days_ago(days):
    return timezone.now() - datetime.timedelta(days=days)


def test_all_that_belongs_to_the_other_moves():
    kept = entry(HOT, askers=["x", "y"], hits=3, last_hit_at=days_ago(2))
    other = entry(WARM, askers=["y", "z"], hits=4, last_hit_at=days_ago(1), made_at=days_ago(3))
    message, made = answered(cached_answer=other), decision(other)

    merge(kept, other)

    there = CachedAnswer.objects.get()
    assert (there.pk, there.askers, there.hits, there.last_hit_at) == (
        kept.pk,
        ["x", "y", "z"],
        7,
        other.last_hit_at,
    )
    assert asking(there) == {HOT, WARM}
    message.refresh_from_db()
    made.refresh_from_db()
    assert (message.cached_answer, made.answer) == (there, there)


def test_the_older_text_goes():
    kept = entry(HOT, content="New.", cites=["e" * 64])
    other = entry(WARM, content="Old.", made_at=days_ago(1), cites=["f" * 64])

    merge(kept, other)

    there = CachedAnswer.objects.get()
    assert there.content == "New."
    assert there.passages.get().content_hashes == ["e" * 64]


@pytest.mark.parametrize("state", [State.STALE, State.WITHDRAWN])
def test_a_text_that_may_not_be_given_takes_no_ones_place(state):
    kept = entry(HOT, content="Old.", made_at=days_ago(1))
    other = entry(WARM, content="Withdrawn.", state=state)

    merge(kept, other)

    there = CachedAnswer.objects.get()
    assert (there.content, there.state) == ("Old.", State.LIVE)


def test_age_comes_with_the_text():
    kept = entry(HOT, made_at=days_ago(3))
    other = entry(
        WARM, content="Older.", made_at=days_ago(5), expires_at=timezone.now() + datetime.timedelta(30)
    )

    merge(kept, other)

    assert CachedAnswer.objects.get().expires_at == kept.expires_at


def test_the_verified_one_stays_whichever_is_named_first():
    written, approved = entry(HOT, content="Written."), verified_entry(WARM, content="Approved.")

    merge(written, approved)

    there = CachedAnswer.objects.get()
    assert (there.pk, there.content, there.is_verified) == (approved.pk, "Approved.", True)
    assert asking(there) == {HOT, WARM}


@pytest.mark.parametrize("make", [entry, verified_entry])
def test_what_other_readers_may_be_given_is_not_merged(make):
    kept, other = make(HOT), make(WARM, scope="b" * 64)

    with pytest.raises(ScopesDifferError, match="other rights"):
        merge(kept, other)

    assert set(CachedAnswer.objects.all()) == {kept, other}
    assert asking(other) == {WARM}


def test_words_that_ask_for_one_of_two_entries_ask_for_both_together():
    kept, other = entry(HOT), entry(WARM)
    phrase(kept, WARM, same=False)
    phrase(other, HOT, same=False)

    merge(kept, other)

    there = CachedAnswer.objects.get()
    assert (asking(there), looking_alike(there)) == ({HOT, WARM}, set())


@pytest.mark.parametrize("again", ["with itself", "with one that is gone"])
def test_merging_again_changes_nothing(again):
    kept, other = entry(HOT), entry(WARM)
    merge(kept, other)
    other.pk = other.pk or kept.pk + 10**6

    merge(kept, kept if again == "with itself" else other)

    assert asking(CachedAnswer.objects.get()) == {HOT, WARM}


class Elsewhere(threading.Thread):
    """Does something on a connection of its own."""

    def __init__(self, work):
        super().__init__()
        self.work, self.error = work, None
        self.start()

    def run(self):
        try:
            self.work()
        except Exception as error:
            self.error = error
        finally:
            connection.close()


@pytest.mark.django_db(transaction=True)
def test_labels_that_cross_each_other_leave_one_entry():
    first, second = entry(HOT, content="One [1]."), entry(WARM, content="Two [1].")
    decisions = [
        decision(first, WARM, message=answered("Two [1].", cached_answer=second)),
        decision(second, HOT, message=answered("One [1].", cached_answer=first)),
    ] * 4

    threads = [
        Elsewhere(lambda made=made: label(made, "same", CacheDecision.LabelledBy.COMPARISON))
        for made in decisions
    ]
    for thread in threads:
        thread.join()

    assert [thread.error for thread in threads if thread.error] == []
    there = CachedAnswer.objects.get()
    assert asking(there) == {HOT, WARM}
    assert set(CacheDecision.objects.values_list("answer", "label")) == {(there.pk, "same")}
