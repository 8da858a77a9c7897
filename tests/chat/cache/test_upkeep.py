"""Every minute each step is done, by one worker at a time, whatever becomes of the others."""

import threading

import pytest
from django.db import connection

from chat import upkeep as every_minute
from chat.cache import upkeep
from chat.models import CachedAnswer
from knowledge.models import Source
from tests.chat.cache.entries import phrase, verified_entry
from tests.chat.cache.test_freshness import about
from tests.factories import ready_text


@pytest.mark.django_db
def test_a_step_that_fails_is_logged_and_does_not_keep_the_others(caplog):
    done = []

    def fails():
        raise LookupError("a bug")

    upkeep.tend([lambda: done.append("first"), fails, lambda: done.append("last")])

    assert done == ["first", "last"]
    assert "fails" in caplog.text
    assert "a bug" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_second_worker_leaves_the_work_to_the_first():
    done = []

    def by_another_worker():
        upkeep.tend([lambda: done.append("second")])
        connection.close()

    def meanwhile():
        other = threading.Thread(target=by_another_worker)
        other.start()
        other.join()
        done.append("first")

    upkeep.tend([meanwhile])
    by_another_worker()

    assert done == ["first", "second"]


@pytest.mark.django_db(transaction=True)
def test_conversations_and_the_cache_are_looked_after_together(caplog):
    source = ready_text()
    answer = about(source, made=verified_entry)
    waiting = phrase(answer, "How hot should it be?")
    answer.questions.filter(pk=waiting.pk).update(embedding=None, embedder=None)
    Source.objects.filter(pk=source.pk).enable(False)

    every_minute.tend()

    answer.refresh_from_db()
    waiting.refresh_from_db()
    assert answer.state == CachedAnswer.State.REVIEW_DUE
    assert waiting.embedding is not None
    assert "failed" not in caplog.text
