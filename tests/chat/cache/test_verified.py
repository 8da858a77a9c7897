"""Verified answers: approved, edited, written; withdrawn, expired, merged."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.cache import verified
from chat.cache.scope import verified_scope
from chat.cache.verified import AnswerRefused
from chat.models import Assistant, CachedAnswer
from tests.chat.cache.curated import asking, written
from tests.factories import UserFactory, ready_text

QUESTION = "How hot should the water heater be?"
JUNE = datetime.date(2031, 6, 1)


@pytest.fixture
def curator(db):
    return UserFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """What waits for a commit happens at the end of such a block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


# --- approving ---


def test_an_approved_entry_keeps_its_text_phrasings_and_passages(curator):
    answer = written(QUESTION, others=("What temperature for the boiler?",))

    approved = verified.approve(answer, curator, JUNE)

    assert approved.content == "Set it to 120 °F [1]."
    assert asking(approved) == [QUESTION, "What temperature for the boiler?"]
    assert [passage.number for passage in approved.passages.all()] == [1]
    assert (approved.verified_by, approved.review_by, approved.expires_at) == (curator, JUNE, None)


def test_an_approved_entry_goes_to_every_reader_of_its_sources(curator):
    assistant = Assistant.objects.default()
    answer = written(assistant=assistant, language="Deutsch")
    source = answer.passages.get().source

    approved = verified.approve(answer, curator)

    scope = verified_scope(assistant.pk, "Deutsch")
    assert approved.scope == scope
    assert {phrasing.scope for phrasing in approved.questions.all()} == {scope}
    assert approved.collections == [source.collection_id]


def test_who_names_no_date_reviews_in_half_a_year(curator):
    approved = verified.approve(written(), curator)

    assert approved.review_by == timezone.localdate() + datetime.timedelta(days=182)


def test_an_entry_that_waits_for_its_review_is_live_again_when_approved(curator):
    answer = verified.approve(written(), curator)
    CachedAnswer.objects.update(state="review_due", state_detail="Guide has changed.")

    approved = verified.approve(answer, curator)

    assert (approved.state, approved.state_detail) == ("live", "")


def test_nobody_stands_by_passages_that_have_changed(curator):
    answer = written()
    answer.passages.get().source.chunks.update(content_hash="another")

    with pytest.raises(AnswerRefused, match=r"have changed or are gone: \[1\] Guide"):
        verified.approve(answer, curator)

    answer.refresh_from_db()
    assert not answer.is_verified


def test_nobody_stands_by_passages_of_a_disabled_source(curator):
    answer = written()
    source = answer.passages.get().source
    type(source).objects.filter(pk=source.pk).enable(False)

    with pytest.raises(AnswerRefused, match="have changed or are gone"):
        verified.approve(answer, curator)


def test_an_approved_answer_overrules_others_for_the_same_words(curator, committed):
    source = ready_text(title="Guide")
    same_words = written("how hot should the water heater be", source=source, scope="others")
    other_question = written("When does the office open?", source=source, scope="others")

    with committed():
        approved = verified.approve(written(QUESTION, source=source), curator)

    assert set(CachedAnswer.objects.all()) == {approved, other_question}
    assert not CachedAnswer.objects.filter(pk=same_words.pk).exists()


def test_an_answer_of_one_assistant_overrules_only_what_that_one_says(curator, committed):
    source = ready_text(title="Guide")
    one = Assistant.objects.default()
    other = Assistant.objects.create(name="Other", slug="other")
    kept = written(QUESTION, source=source, scope="other", assistant=other)

    with committed():
        verified.approve(written(QUESTION, source=source, assistant=one), curator)

    assert CachedAnswer.objects.filter(pk=kept.pk).exists()


def test_a_question_has_one_verified_answer(curator):
    source = ready_text(title="Guide")
    verified.approve(written(QUESTION, source=source), curator)
    second = written(QUESTION, source=source, scope="others")

    with pytest.raises(AnswerRefused, match="has a verified answer already"):
        verified.approve(second, curator)


def test_a_withdrawn_answer_is_not_in_the_way_of_another(curator):
    source = ready_text(title="Guide")
    first = verified.approve(written(QUESTION, source=source), curator)
    verified.withdraw(first)

    second = verified.approve(written(QUESTION, source=source, scope="others"), curator)

    assert second.is_verified


def test_what_is_gone_cannot_be_approved(curator):
    answer = written()
    CachedAnswer.objects.filter(pk=answer.pk).delete()

    with pytest.raises(AnswerRefused, match="This entry is gone"):
        verified.approve(answer, curator)


# --- editing ---


def test_editing_approves_what_was_written(curator):
    edited = verified.edit(written(), "120 °F [1] is enough.", curator)

    assert (edited.content, edited.is_verified) == ("120 °F [1] is enough.", True)


def test_marks_must_name_passages(curator):
    answer = written()

    with pytest.raises(AnswerRefused, match=r"marks \[2\], but the passages that it may cite are: \[1\]"):
        verified.edit(answer, "120 °F [1], or less [2].", curator)

    answer.refresh_from_db()
    assert answer.content == "Set it to 120 °F [1]."


def test_marks_in_another_form_become_the_usual_ones(curator):
    edited = verified.edit(written(), "120 °F is enough 【1】.", curator)

    assert edited.content == "120 °F is enough [1]."


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_answer_has_text(curator, text):
    with pytest.raises(AnswerRefused, match="Write the answer first"):
        verified.edit(written(), text, curator)


# --- taking away and putting together ---


def test_a_withdrawn_entry_is_not_live(curator):
    answer = verified.approve(written(), curator)

    verified.withdraw(answer)

    answer.refresh_from_db()
    assert (answer.state, answer.state_detail) == ("withdrawn", "Withdrawn by a curator.")


def test_an_expired_entry_is_not_live_until_it_is_approved(curator):
    answer = written()

    verified.expire(answer)
    expired = CachedAnswer.objects.live().count()
    verified.approve(answer, curator)

    assert (expired, CachedAnswer.objects.live().count()) == (0, 1)


def test_entries_for_the_same_readers_become_one(curator):
    source = ready_text(title="Guide")
    old = written(QUESTION, source=source, made_at=timezone.now() - datetime.timedelta(days=1))
    new = written("Boiler temperature?", "Warm [1].", source=source)

    kept = verified.merge([old, new])

    kept.refresh_from_db()
    assert list(CachedAnswer.objects.all()) == [kept]
    assert kept.content == "Warm [1]."
    assert set(asking(kept)) == {QUESTION, "Boiler temperature?"}


def test_entries_for_different_readers_stay_apart(curator):
    source = ready_text(title="Guide")
    entries = [written(source=source, scope=scope) for scope in ("readers", "others")]

    with pytest.raises(AnswerRefused, match="cannot become one"):
        verified.merge(entries)

    assert CachedAnswer.objects.count() == 2


def test_one_entry_alone_cannot_be_merged(curator):
    with pytest.raises(AnswerRefused, match="Choose at least two"):
        verified.merge([written()])


@pytest.mark.parametrize(
    "change",
    [
        lambda answer, curator: verified.approve(answer, curator),
        lambda answer, curator: verified.edit(answer, "Warm [1].", curator),
        lambda answer, curator: verified.write(
            QUESTION, "Warm.", by=curator, collections=answer.collections, instead_of=answer
        ),
        lambda answer, _curator: verified.withdraw(answer),
        lambda answer, _curator: verified.expire(answer),
        lambda answer, _curator: verified.change_phrasings(answer, list(answer.questions.all())),
    ],
    ids=["approve", "edit", "write anew", "withdraw", "expire", "phrasings"],
)
def test_an_entry_is_locked_before_it_is_changed(curator, change):
    answer = written()

    with CaptureQueriesContext(connection) as captured:
        change(answer, curator)

    statements = [query["sql"] for query in captured if "chat_cachedanswer" in query["sql"]]
    locks = [place for place, sql in enumerate(statements) if "FOR UPDATE" in sql]
    changes = [
        place for place, sql in enumerate(statements) if sql.startswith(("UPDATE", "DELETE", "INSERT"))
    ]
    assert locks and locks[0] < min(changes, default=len(statements))


# --- phrasings ---


def test_a_reworded_phrasing_takes_the_place_of_the_old_words(curator):
    answer = written(QUESTION)
    phrasing = answer.questions.get()
    phrasing.text = "Boiler temperature?"

    verified.change_phrasings(answer, [phrasing])

    changed = answer.questions.get()
    assert (changed.text, changed.origin, changed.same) == ("Boiler temperature?", "curator", True)


def test_a_phrasing_that_only_looks_alike_is_kept_as_such(curator):
    answer = written(QUESTION, others=("How cold should the fridge be?",))
    phrasing = answer.questions.get(text__contains="fridge")
    phrasing.same = False

    verified.change_phrasings(answer, [phrasing])

    assert asking(answer) == [QUESTION]
    assert answer.questions.get(same=False).text == "How cold should the fridge be?"


def test_one_phrasing_that_asks_for_the_answer_stays(curator):
    answer = written(QUESTION)

    with pytest.raises(AnswerRefused, match="Keep at least one phrasing"):
        verified.change_phrasings(answer, [], [answer.questions.get()])

    assert asking(answer) == [QUESTION]
