"""What labels change."""

import datetime

import pytest
from django.utils import timezone

from chat.cache.labels import label
from chat.cache.scope import asker_key
from chat.models import CachedAnswer, CacheDecision, CachedQuestion, Message
from chat.visitors import owner_key
from tests.chat.cache.entries import asking, decision, entry, looking_alike, phrase, verified_entry
from tests.chat.conversations import conversation, exchange

pytestmark = pytest.mark.django_db

HOT, WARM = "How hot should it be?", "How warm should it be?"
COMPARISON, READER, CURATOR = CacheDecision.LabelledBy
State, Origin = CachedAnswer.State, CachedQuestion.Origin


def answered(content="Set it to 120 °F [1].", **fields):
    """A fresh answer."""
    return exchange(conversation(), WARM, content, **{"kind": "generated", **fields})


def days_ago(days):
    return timezone.now() - datetime.timedelta(days=days)


def joined(**fields):
    """An entry, and a decision whose fresh answer has become another one."""
    kept = entry(HOT, made_at=days_ago(1))
    fresh = entry(WARM, content="Set it to 120 degrees [1].", **fields)
    return kept, fresh, decision(kept, WARM, message=answered(fresh.content, cached_answer=fresh))


# --- labels ---------------------------------------------------------------------------------------------


def test_a_label_is_kept_with_its_author_and_ends_the_waiting():
    made = decision(entry(HOT))

    label(made, "unsure", COMPARISON)

    stored = CacheDecision.objects.get()
    assert (stored.label, stored.labelled_by, stored.waits) == ("unsure", "comparison", False)
    assert stored.labelled_at
    assert (made.label, made.labelled_by, made.waits) == ("unsure", "comparison", False)


@pytest.mark.parametrize(
    ("by", "origin"), [(COMPARISON, Origin.JUDGED), (READER, Origin.READER), (CURATOR, Origin.CURATOR)]
)
@pytest.mark.parametrize(("told", "same"), [("same", True), ("different", False)])
def test_the_question_becomes_a_phrasing(by, origin, told, same):
    kept = entry(HOT)

    label(decision(kept, WARM), told, by)

    added = kept.questions.exclude(text=HOT).get()
    assert (added.text, added.same, added.origin, added.scope) == (WARM, same, origin, kept.scope)
    assert added.embedding


def test_unsure_changes_no_phrasing():
    kept = entry(HOT)

    label(decision(kept, WARM), "unsure", COMPARISON)

    assert (asking(kept), looking_alike(kept)) == ({HOT}, set())


def test_a_phrasing_remembers_whose_question_it_was():
    kept, message = entry(HOT), answered()

    label(decision(kept, WARM, message=message), "same", COMPARISON)

    assert kept.questions.get(text=WARM).asker == asker_key(owner_key(message.session.user))


def test_the_question_of_a_visitor_names_nobody():
    kept = entry(HOT)
    session = conversation()
    message = exchange(session, WARM, "Set it to 120 °F [1].")
    session.user, session.visitor = None, "11111111-1111-4111-8111-111111111111"
    session.save()

    label(decision(kept, WARM, message=message), "same", COMPARISON)

    assert kept.questions.get(text=WARM).asker == ""


def test_the_same_label_twice_changes_nothing_more():
    _kept, _fresh, made = joined()
    label(made, "same", COMPARISON)
    before = list(CachedQuestion.objects.values()), list(CachedAnswer.objects.values())

    label(made, "same", COMPARISON)

    assert (list(CachedQuestion.objects.values()), list(CachedAnswer.objects.values())) == before


@pytest.mark.parametrize(("first", "second"), [(COMPARISON, READER), (READER, COMPARISON), (CURATOR, READER)])
def test_only_a_curator_replaces_a_label(first, second):
    kept = entry(HOT)
    made = decision(kept, WARM)
    label(made, "same", first)

    label(made, "different", second)

    assert (made.label, made.labelled_by) == ("same", first)
    assert (asking(kept), looking_alike(kept)) == ({HOT, WARM}, set())


@pytest.mark.parametrize(
    ("earlier", "later", "asks", "alike"),
    [
        ("same", "different", {HOT}, {WARM}),
        ("same", "unsure", {HOT}, set()),
        ("different", "same", {HOT, WARM}, set()),
        ("different", "unsure", {HOT}, set()),
        ("unsure", "different", {HOT}, {WARM}),
    ],
)
def test_a_curator_undoes_what_an_earlier_label_did(earlier, later, asks, alike):
    kept = entry(HOT)
    made = decision(kept, WARM)
    label(made, earlier, COMPARISON)

    label(made, later, CURATOR)

    assert (made.label, made.labelled_by) == (later, "curator")
    assert (asking(kept), looking_alike(kept)) == (asks, alike)


@pytest.mark.parametrize(("told", "said"), [("same", False), ("different", True)])
@pytest.mark.parametrize("by", [COMPARISON, READER])
def test_the_word_of_a_curator_about_a_question_stands(told, said, by):
    kept = entry(HOT)
    phrase(kept, WARM, same=said, origin=Origin.CURATOR)

    label(decision(kept, WARM), told, by)

    assert kept.questions.get(text=WARM).same is said


def test_the_same_words_never_both_ask_for_an_entry_and_not():
    kept = entry(HOT)
    phrase(kept, "how WARM should it be", same=False, origin=Origin.JUDGED)

    label(decision(kept, WARM), "same", COMPARISON)

    assert (asking(kept), looking_alike(kept)) == ({HOT, WARM}, set())


def test_a_decision_whose_entry_is_gone_is_labelled_all_the_same():
    made = decision(None)

    label(made, "same", COMPARISON)

    assert CacheDecision.objects.get().label == "same"
    assert not CachedQuestion.objects.exists()


def test_a_question_that_has_been_forgotten_becomes_no_phrasing():
    kept = entry(HOT)

    label(decision(kept, ""), "same", CURATOR)

    assert asking(kept) == {HOT}


def test_a_decision_that_has_been_deleted_stays_deleted():
    kept = entry(HOT)
    made = decision(kept, WARM)
    CacheDecision.objects.all().delete()

    label(made, "same", COMPARISON)

    assert not CacheDecision.objects.exists()
    assert asking(kept) == {HOT}


def test_without_its_embedder_a_phrasing_waits_for_its_vector(settings):
    kept, made = entry(HOT), None
    made = decision(kept, WARM)
    settings.EMBEDDINGS_CLASS = "tests.embedders.BrokenEmbeddings"

    label(made, "same", COMPARISON)

    assert kept.questions.get(text=WARM).embedding is None


# --- the entry of the fresh answer ----------------------------------------------------------------------


def test_the_entry_that_the_fresh_answer_became_is_merged_and_its_text_stays():
    kept, fresh, made = joined(cites=["f" * 64])

    label(made, "same", COMPARISON)

    assert list(CachedAnswer.objects.all()) == [kept]
    kept.refresh_from_db()
    assert (kept.content, kept.made_at) == ("Set it to 120 degrees [1].", fresh.made_at)
    assert [passage.content_hashes for passage in kept.passages.all()] == [["f" * 64]]
    assert asking(kept) == {HOT, WARM}
    assert Message.objects.get(kind="generated").cached_answer == kept


def test_of_another_scope_only_the_phrasing_is_added():
    kept, fresh, made = joined(scope="b" * 64)

    label(made, "same", COMPARISON)

    assert set(CachedAnswer.objects.all()) == {kept, fresh}
    assert (asking(kept), asking(fresh)) == ({HOT, WARM}, {WARM})
    assert CachedAnswer.objects.get(pk=kept.pk).content == "Set it to 120 °F [1]."


def test_what_has_been_withdrawn_does_not_come_back_with_a_text_that_says_the_same():
    kept, fresh, made = joined()
    kept.state = State.WITHDRAWN
    kept.save()

    label(made, "same", COMPARISON)

    kept.refresh_from_db()
    assert (kept.state, asking(fresh)) == (State.WITHDRAWN, {WARM})


def test_a_verified_entry_takes_up_what_was_asked_but_keeps_its_text_and_its_readers():
    kept = verified_entry(HOT, scope="b" * 64, collections=[1], cites=["e" * 64])
    fresh = entry(WARM, content="About 120 [1].", collections=[1, 2], cites=["f" * 64])
    made = decision(kept, WARM, message=answered(fresh.content, cached_answer=fresh))

    label(made, "same", COMPARISON)

    there = CachedAnswer.objects.get()
    assert (there.content, there.scope, there.collections) == ("Set it to 120 °F [1].", "b" * 64, [1])
    assert [passage.content_hashes for passage in there.passages.all()] == [["e" * 64]]
    assert asking(there) == {HOT, WARM}
    assert set(there.questions.values_list("scope", flat=True)) == {"b" * 64}


def test_different_answers_stay_two_entries():
    kept, fresh, made = joined()

    label(made, "different", COMPARISON)

    assert set(CachedAnswer.objects.all()) == {kept, fresh}
    assert looking_alike(kept) == {WARM}
    assert asking(fresh) == {WARM}


def test_a_curator_has_told_two_entries_apart_and_no_comparison_joins_them():
    kept, fresh, made = joined()
    phrase(fresh, HOT, same=False, origin=Origin.CURATOR)

    label(made, "same", COMPARISON)

    assert set(CachedAnswer.objects.all()) == {kept, fresh}
    assert asking(kept) == {HOT}


def test_entries_that_should_not_have_become_one_give_that_text_no_more():
    kept, _fresh, made = joined()
    label(made, "same", COMPARISON)

    label(made, "different", CURATOR)

    kept.refresh_from_db()
    assert kept.state == State.WITHDRAWN
    assert "two different answers" in kept.state_detail
    assert (asking(kept), looking_alike(kept)) == ({HOT}, {WARM})


def test_a_verified_text_stays_when_a_curator_parts_the_questions():
    kept = verified_entry(HOT)
    fresh = entry(WARM, content="About 120 [1].")
    made = decision(kept, WARM, message=answered(fresh.content, cached_answer=fresh))
    label(made, "same", COMPARISON)

    label(made, "different", CURATOR)

    assert CachedAnswer.objects.get().state == State.LIVE
