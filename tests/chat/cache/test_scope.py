"""What makes two people share answers, and what parts them."""

import pytest

from chat.cache.scope import asker_key, scope_of, verified_scope
from chat.models import Assistant, Tool
from chat.writers import ModelChoice, Style

COLLECTIONS = (1, 2)


@pytest.fixture
def assistant(db):
    return Assistant.objects.create(name="Helper", slug="helper")


def key(assistant, style=None, model=None, collections=COLLECTIONS):
    return scope_of(assistant, style or Style(), model or ModelChoice(), collections).key


def test_equal_rights_and_circumstances_share(assistant):
    assert key(assistant, collections=(2, 1)) == key(assistant, collections=(1, 2))


@pytest.mark.parametrize(
    "other",
    [
        {"collections": (1,)},
        {"style": Style(expertise="expert")},
        {"style": Style(language="Deutsch")},
        {"style": Style(about_me="I rent a flat.")},
        {"model": ModelChoice(model="another")},
        {"model": ModelChoice(temperature=0.9)},
        {"model": ModelChoice(max_tokens=100)},
    ],
)
def test_whatever_an_answer_depends_on_parts_them(assistant, other):
    assert key(assistant, **other) != key(assistant)


def test_another_assistant_or_other_instructions_part_them(assistant):
    before = key(assistant)
    assistant.instructions = "Answer as a plumber would."

    assert key(assistant) != before
    assert key(Assistant.objects.create(name="Other", slug="other")) != before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CHAT_MODEL", "new-model"),
        ("CHAT_MODEL_CLASS", "tests.models.Other"),
        ("CHAT_MODEL_OPTIONS", {"top_p": 0.5}),
        ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1"),
        ("EMBEDDINGS_CLASS", "tests.embedders.CountingEmbeddings"),
        ("RETRIEVAL_FLOOR", 0.5),
    ],
)
def test_other_settings_of_the_models_part_them(assistant, settings, name, value):
    before = key(assistant)

    setattr(settings, name, value)

    assert key(assistant) != before


def test_verified_answers_are_found_whatever_the_model(assistant, settings):
    before = scope_of(assistant, Style(), ModelChoice(), COLLECTIONS).verified
    settings.CHAT_MODEL = "new-model"

    assert scope_of(assistant, Style(), ModelChoice(), COLLECTIONS).verified == before
    assert before == (verified_scope(assistant.pk, ""), verified_scope(None, ""))


def test_an_asker_is_told_apart_without_being_named():
    assert asker_key("user:7") != asker_key("user:8")
    assert "user" not in asker_key("user:7")
    assert len(asker_key("user:7")) == 64


def test_usable_tools_and_what_they_say_of_themselves_part_them(assistant):
    def with_tools(*tools):
        return scope_of(assistant, Style(), ModelChoice(), COLLECTIONS, tools=tools).key

    forecast = Tool(pk=1, name="forecast", description="The weather.", input_schema={"type": "object"})
    changed = Tool(
        pk=1, name="forecast", description="The weather.", input_schema={"type": "object", "required": []}
    )
    stock = Tool(pk=2, name="stock", description="The weather.", input_schema={"type": "object"})

    assert with_tools() == key(assistant)
    assert len({with_tools(), with_tools(forecast), with_tools(changed), with_tools(forecast, stock)}) == 4
    assert with_tools(forecast) == with_tools(forecast)
