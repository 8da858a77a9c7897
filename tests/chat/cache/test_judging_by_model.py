"""Fresh answers compared with those that the cache had, by a chat model."""

import datetime
import threading

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.utils import timezone

from assistant_project.limits.budgets import reserve
from assistant_project.limits.models import Tally
from chat.cache.judging import PAYER, compare_waiting
from chat.cache.labels import label
from chat.models import CacheDecision
from chat.writers.extractive import NO_MODEL
from tests.chat.cache.entries import asking, waiting

HOT, WARM = "How hot should it be?", "How warm should it be?"
HEATER = "Set the water heater to 120 °F to save energy [1]."

pytestmark = pytest.mark.django_db


@pytest.fixture
def model(model_server, settings):
    settings.CHAT_MODEL = "test-model"
    settings.OPENAI_BASE_URL = model_server.url
    model_server.behave(answer="SAME")
    return model_server


def outcome(made):
    made.refresh_from_db()
    return made.label, made.labelled_by, made.waits


def asked(model):
    return model.bodies("/v1/chat/completions")


def in_text(request):
    return request["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ("SAME", "same"),
        ("DIFFERENT", "different"),
        ("UNSURE", "unsure"),
        ("Well, they are the SAME", "unsure"),
    ],
)
def test_the_model_decides(model, reply, told):
    model.behave(answer=reply)
    made = waiting("Heat it to 120 °F [1].", HEATER)

    assert compare_waiting() == 1

    assert outcome(made) == (told, "comparison", False)


def test_the_model_sees_both_questions_and_answers_and_not_the_remark_of_the_extracts(model):
    waiting("Heat it to 120 °F [1].", f"{HEATER}\n\n{NO_MODEL}")

    compare_waiting()

    (request,) = asked(model)
    told = in_text(request)
    assert told.index(HOT) < told.index("Set the water heater") < told.index(WARM) < told.index("Heat it")
    assert NO_MODEL not in told


def test_a_same_that_the_figures_contradict_is_unsure(model):
    made = waiting(HEATER.replace("120", "140"), HEATER)

    compare_waiting()

    assert outcome(made)[0] == "unsure"


def test_a_reply_that_was_cut_is_unsure(model):
    model.behave(answer="SAME", finish_reason="length")
    made = waiting(HEATER, HEATER)

    compare_waiting()

    assert outcome(made)[0] == "unsure"


def test_a_model_that_fails_is_asked_again_the_next_time(model):
    model.behave(status=500)
    made = waiting(HEATER, HEATER)

    assert compare_waiting() == 0
    assert outcome(made) == ("", "", True)

    model.behave(answer="SAME")
    assert compare_waiting() == 1
    assert outcome(made)[0] == "same"


def test_a_model_that_fails_is_not_asked_for_every_decision(model):
    model.behave(status=401)
    for _ in range(3):
        waiting(HEATER, HEATER)

    compare_waiting()

    assert len(asked(model)) == 1
    assert CacheDecision.objects.waiting().count() == 3


def test_after_a_day_of_failures_it_is_unsure(model):
    model.behave(status=401)
    made = waiting(HEATER, HEATER)
    yesterday = timezone.now() - datetime.timedelta(days=1, minutes=1)
    CacheDecision.objects.update(created_at=yesterday)

    compare_waiting()

    assert outcome(made) == ("unsure", "comparison", False)


def test_settings_that_are_wrong_lose_no_decision(settings):
    settings.CHAT_MODEL = "test-model"
    made = waiting(HEATER, HEATER)

    with pytest.raises(ImproperlyConfigured):
        compare_waiting()

    assert outcome(made) == ("", "", True)


def test_the_tokens_go_on_a_budget_of_their_own(model, settings):
    settings.TOKENS_PER_DAY_PER_USER, settings.TOKENS_PER_DAY = 10_000, 0
    waiting(HEATER, HEATER)

    compare_waiting()

    (spent,) = Tally.objects.values_list("count", flat=True)
    assert 0 < spent < 1_000


def test_when_the_budget_is_spent_the_model_is_not_asked(model, settings):
    settings.TOKENS_PER_DAY_PER_USER = 100
    reserve(PAYER, 100)
    made = waiting(HEATER, HEATER)

    assert compare_waiting() == 0

    assert asked(model) == []
    assert outcome(made) == ("", "", True)


def test_a_failed_call_gives_its_tokens_back(model, settings):
    settings.TOKENS_PER_DAY_PER_USER, settings.TOKENS_PER_DAY = 10_000, 0
    model.behave(status=401)
    waiting(HEATER, HEATER)

    compare_waiting()

    assert Tally.objects.get().count == 0


@pytest.mark.django_db(transaction=True)
def test_nothing_is_locked_while_the_model_is_asked_and_a_curator_goes_first(model):
    made = waiting(HEATER, HEATER)

    def curator_meanwhile(_request):
        try:
            with transaction.atomic():
                CacheDecision.objects.select_for_update(nowait=True).get()
                made.answer.questions.select_for_update(nowait=True).get()
            label(CacheDecision.objects.get(), "different", CacheDecision.LabelledBy.CURATOR)
        finally:
            connection.close()
        return "SAME"

    model.behave(answer=curator_meanwhile)

    compare_waiting()

    assert outcome(made) == ("different", "curator", False)
    assert asking(made.answer) == {HOT}


@pytest.mark.django_db(transaction=True)
def test_several_workers_ask_about_each_decision_once(model):
    decisions = [waiting(f"Heat it to 120 °F, says reader {n} [1].", HEATER) for n in range(6)]
    counts = []

    def work():
        try:
            counts.append(compare_waiting())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(counts) == len(asked(model)) == len(decisions)
    assert not CacheDecision.objects.waiting().exists()
