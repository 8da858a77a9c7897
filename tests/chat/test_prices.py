"""What answers cost: by the price of the model that wrote them, kept with the answer and with the day."""

from decimal import Decimal

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from langchain_core.language_models import FakeListChatModel

from assistant_project.limits.models import Tally
from chat.admin.money import money
from chat.answering import Details, answer, collect, open_question
from chat.models import Assistant, DailyUsage, Message
from chat.prices import MOST, cost
from chat.summaries import summarise
from chat.visitors import Asker
from chat.writers import estimated_tokens
from tests.chat.conversations import conversation
from tests.factories import UserFactory, ready_text

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit. It saves energy."
QUESTION = "How hot should the water heater be set?"
PRICES = {"small": (Decimal("0.15"), Decimal("0.60")), "large": (Decimal(3), Decimal(12))}


# --- pure -----------------------------------------------------------------------------------------------


def test_a_million_tokens_cost_what_the_price_says():
    assert cost(PRICES, "large", prompt_tokens=1_000_000, completion_tokens=0) == 3
    assert cost(PRICES, "large", prompt_tokens=0, completion_tokens=1_000_000) == 12


def test_the_smallest_answer_costs_a_part_of_a_cent():
    assert cost(PRICES, "small", prompt_tokens=1_000, completion_tokens=100) == Decimal("0.000210")


def test_halves_of_the_smallest_amount_are_rounded_up():
    assert cost({"m": (Decimal("0.5"), Decimal(0))}, "m", prompt_tokens=1, completion_tokens=0) == Decimal(
        "0.000001"
    )


def test_a_model_without_a_price_costs_nothing():
    assert cost(PRICES, "unknown", prompt_tokens=1_000_000, completion_tokens=1_000_000) == 0


def test_an_absurd_price_is_cut_to_what_can_be_kept():
    prices = {"m": (Decimal("1e30"), Decimal(0))}

    assert cost(prices, "m", prompt_tokens=10**9, completion_tokens=0) == MOST


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0", "0.00 USD"),
        ("0.004567", "0.0046 USD"),
        ("0.999", "1.00 USD"),
        ("1234567.891", "1,234,567.89 USD"),
    ],
)
def test_amounts_are_rounded_as_people_read_them(amount, written):
    assert money(Decimal(amount)) == written


# --- kept -----------------------------------------------------------------------------------------------


@pytest.fixture
def asker(transactional_db):
    return Asker(UserFactory())


@pytest.fixture
def model(settings, model_server):
    settings.CHAT_MODEL = "small"
    settings.OPENAI_BASE_URL = model_server.url
    settings.MODEL_PRICES = PRICES
    model_server.behave(answer="Set it to 120 degrees Fahrenheit. [1]")
    return model_server


def asked(asker, content=QUESTION, **kwargs):
    """The stored answer."""

    async def to_the_end():
        return await collect(await sync_to_async(open_question)(content, asker=asker, **kwargs))

    return Message.objects.get(pk=async_to_sync(to_the_end)()["id"])


def written_by(model):
    Assistant.objects.filter(pk=Assistant.objects.default().pk).update(model=model)


def test_an_answer_keeps_its_cost_and_the_day_counts_it(asker, model):
    ready_text(HEATER)

    first = asked(asker)
    second = asked(asker, "What does a lower temperature of the water heater save?")

    wanted = cost(
        PRICES,
        "small",
        prompt_tokens=first.prompt_tokens,
        completion_tokens=first.completion_tokens,
    )
    assert first.cost == wanted > 0
    assert DailyUsage.objects.get(user=asker.user).cost == first.cost + second.cost


def test_an_assistant_with_a_model_of_its_own_pays_that_models_price(asker, model):
    ready_text(HEATER)
    written_by("large")

    answered = asked(asker)

    assert answered.model == "large"
    assert answered.cost == cost(
        PRICES,
        "large",
        prompt_tokens=answered.prompt_tokens,
        completion_tokens=answered.completion_tokens,
    )


def test_rewriting_a_follow_up_is_paid_by_the_settings_model(asker, model):
    ready_text(HEATER)
    first = asked(asker)
    written_by("unpriced")

    follow_up = asked(asker, "And what does that save?", details=Details(session_id=first.session_id))

    assert follow_up.model == "unpriced"
    assert (
        0
        < follow_up.cost
        < cost(
            PRICES,
            "small",
            prompt_tokens=follow_up.prompt_tokens,
            completion_tokens=follow_up.completion_tokens,
        )
    )


def test_an_absurd_price_does_not_cost_anybody_the_answer(asker, model, settings):
    ready_text(HEATER)
    first = asked(asker)
    settings.MODEL_PRICES = {"small": (Decimal(10**12), Decimal(10**12))}

    follow_up = asked(asker, "And what does that save?", details=Details(session_id=first.session_id))

    assert (follow_up.state, follow_up.cost) == ("complete", MOST)


def test_an_answer_that_is_given_again_costs_nothing(asker, model):
    ready_text(HEATER)
    asked(asker)

    again = asked(Asker(UserFactory()))

    assert (again.kind, again.cost) == ("cached", 0)


def test_a_quoted_answer_costs_nothing(asker, settings):
    settings.MODEL_PRICES = PRICES
    ready_text(HEATER)

    assert asked(asker).cost == 0


def test_what_a_reader_stopped_costs_what_was_written(asker, model):
    ready_text(HEATER)

    async def stopped():
        question = await sync_to_async(open_question)(QUESTION, asker=asker)
        events = answer(question)
        for _ in range(2):
            await anext(events)
        await events.aclose()
        return question.answer_id

    left = Message.objects.get(pk=async_to_sync(stopped)())

    assert left.state == "stopped"
    assert left.cost > 0


@pytest.mark.parametrize(
    ("failure", "is_paid"), [({"answer": "", "finish_reason": "length"}, True), ({"status": 500}, False)]
)
def test_an_answer_that_failed_costs_what_the_model_read(asker, model, settings, failure, is_paid):
    settings.TOKENS_PER_DAY_PER_USER = settings.TOKENS_PER_DAY = 50_000
    settings.CHAT_MODEL_OPTIONS = {"max_retries": 0}
    ready_text(HEATER)
    model.behave(**failure)

    failed = asked(asker)

    assert (failed.state, failed.completion_tokens) == ("failed", 0)
    assert (failed.prompt_tokens > 0, failed.cost > 0) == (is_paid, is_paid)
    assert set(Tally.objects.values_list("count", flat=True)) == {failed.prompt_tokens}


def test_where_a_model_tells_no_tokens_they_are_estimated(asker, settings):
    settings.CHAT_MODEL_CLASS = f"{FakeListChatModel.__module__}.FakeListChatModel"
    settings.CHAT_MODEL_OPTIONS = {"responses": ["Set it to 120 degrees. [1]"]}
    ready_text(HEATER)

    answered = asked(asker)

    assert answered.prompt_tokens > 50
    assert answered.completion_tokens == estimated_tokens(answered.content)


def test_a_summary_is_paid_too(asker, model):
    session = conversation(asker.user, ("How hot?", "At 120 °F."))

    async_to_sync(summarise)(session, payer="user:1")

    used = DailyUsage.objects.get(user=asker.user)
    wanted = cost(
        PRICES,
        "small",
        prompt_tokens=used.prompt_tokens,
        completion_tokens=used.completion_tokens,
    )
    assert used.cost == wanted > 0
