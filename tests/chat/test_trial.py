"""An answer on trial: what a reader of a chosen group would get, with nothing of it kept."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from assistant_project.limits.models import Tally
from chat.cache import verified
from chat.models import (
    Assistant,
    CachedAnswer,
    CacheDecision,
    DailyUsage,
    Message,
    Preferences,
    Session,
)
from knowledge.models import Collection
from tests.chat.cache.curated import written
from tests.factories import CollectionFactory, GroupFactory, UserFactory, ready_text

ADDRESS = reverse("admin:chat_assistant_trial")
QUESTION = "What temperature should the water heater have?"
ANSWER = "Set it to 120 degrees Fahrenheit. [1]"
KEPT = (Message, Session, CachedAnswer, CacheDecision, DailyUsage)


@pytest.fixture
def curator(db):
    return UserFactory(email="curator@example.com", is_staff=True, is_superuser=True)


@pytest.fixture
def client(curator):
    client = Client()
    client.force_login(curator)
    return client


@pytest.fixture
def model(settings, model_server):
    settings.CHAT_MODEL = "test-model"
    settings.OPENAI_BASE_URL = model_server.url
    settings.CHAT_MODEL_OPTIONS = {"max_retries": 0}
    model_server.behave(answer=ANSWER)
    return model_server


def ask(client, **given):
    return client.post(ADDRESS, {"question": QUESTION, **given})


def client_with(user, *permissions):
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def approved(question, by):
    """A verified answer of every assistant."""
    return verified.approve(written(question, "At most 120 °F [1]."), by)


def errors(response):
    return response.context["form"].non_field_errors()


# --- what is shown ---


def test_without_a_model_the_answer_is_quoted_at_once(client):
    ready_text(title="Guide")

    page = client.get(ADDRESS, {"question": QUESTION})

    assert "120 degrees" in str(page.context["content"])
    assert [passage.title for passage in page.context["cited"]] == ["Guide"]
    assert "there is no prompt" in page.content.decode()


def test_a_model_is_asked_by_post_only(client, model):
    ready_text()

    page = client.get(ADDRESS, {"question": QUESTION})

    assert "made" not in page.context
    assert "costs tokens" in page.content.decode()
    assert model.requests == []


def test_with_a_model_the_prompt_is_shown_as_it_was_sent(client, model):
    ready_text()

    page = ask(client)

    (sent,) = model.bodies("/v1/chat/completions")
    assert page.context["content"] == ANSWER
    assert [one.text for one in page.context["how"].prompt] == [one["content"] for one in sent["messages"]]
    assert page.context["made"].draft.usage_in_all.prompt_tokens > 0


def test_what_the_sources_do_not_answer_is_abstained_from_with_its_candidates(client):
    ready_text("The library lends books about medieval castles.")

    page = ask(client)

    assert page.context["label"] == "not answered by the sources"
    assert {one.fate for one in page.context["how"].candidates} <= {"dropped"}
    assert "The sources do not answer this question." in page.content.decode()


def test_small_talk_is_answered_with_the_greeting_of_the_assistant(client):
    greeting = "Ask me about heaters."
    assistant = Assistant.objects.create(name="Heating", slug="heating", greeting=greeting)

    page = ask(client, question="Hello", assistant=assistant.pk)

    assert page.context["content"] == greeting


def test_an_answer_that_was_given_before_is_given_again_or_written_afresh(client, curator):
    approved(QUESTION, curator)

    page, afresh = ask(client), ask(client, fresh="1")

    assert page.context["label"] == "verified by a curator"
    assert "At most 120 °F" in str(page.context["content"])
    assert afresh.context["label"] == "quoted"


def test_the_instructions_of_the_chosen_assistant_are_in_the_prompt(client, model):
    ready_text()
    assistant = Assistant.objects.create(name="Heating", slug="heating", instructions="Speak like a plumber.")

    page = ask(client, assistant=assistant.pk)

    assert "Speak like a plumber." in page.context["how"].prompt[0].text


def test_the_chosen_assistant_quotes_its_collections_only(client):
    ready_text(title="Guide")
    other = Assistant.objects.create(name="Castles", slug="castles")
    other.collections.add(CollectionFactory())

    page = ask(client, assistant=other.pk)

    assert page.context["label"] == "not answered by the sources"


def test_a_failure_of_the_model_is_a_sentence(client, model):
    ready_text()
    model.behave(status=401)

    page = ask(client)

    assert page.context["made"].failure == (
        "The language model refused this site's key. Its administrator can mend that."
    )


def test_nothing_hostile_in_an_answer_becomes_markup(client, model):
    ready_text()
    model.behave(answer="<script>alert(1)</script> [1]")

    page = ask(client).content.decode()

    assert "<script>alert(1)" not in page


# --- who asks ---


def test_a_member_of_a_group_is_answered_from_what_the_group_may_read(client):
    group = GroupFactory()
    of_group = CollectionFactory(access=Collection.Access.GROUPS, groups=[group])
    ready_text(title="Secret", collection=of_group)

    labels = {
        viewer: ask(client, viewer=viewer).context["label"]
        for viewer in ("anyone", "signed-in", f"group-{group.pk}", "me")
    }

    assert list(labels.values()) == ["not answered by the sources"] * 2 + ["quoted"] * 2


def test_i_am_answered_with_my_preferences_and_nobody_else_is(client, curator, model):
    ready_text()
    Preferences.objects.create(user=curator, about_me="I am a plumber.")

    prompts = {
        viewer: ask(client, viewer=viewer).context["how"].prompt[-1].text for viewer in ("me", "signed-in")
    }

    assert [("I am a plumber." in prompt) for prompt in prompts.values()] == [True, False]


def test_an_assistant_that_the_reader_may_not_use_does_not_answer(client):
    assistant = Assistant.objects.create(name="Staff", slug="staff", access="signed_in")

    page = ask(client, assistant=assistant.pk, viewer="anyone")

    assert "may not use this assistant" in errors(page)[0]
    assert "made" not in page.context


def test_what_the_curator_may_not_read_is_not_quoted_to_them(db):
    group = GroupFactory()
    ready_text(title="Secret", collection=CollectionFactory(access=Collection.Access.GROUPS, groups=[group]))
    shared = CollectionFactory(access=Collection.Access.GROUPS, groups=[group])
    curator = UserFactory(is_staff=True)
    shared.curators.add(curator)
    client = client_with(curator, "view_source")

    page = ask(client, viewer=f"group-{group.pk}")

    assert "1 collection that you may not" in errors(page)[0]
    assert "120 degrees" not in page.content.decode()


@pytest.mark.parametrize("viewer", ["group-99", "group-x", "nobody"])
def test_a_reader_who_is_not_offered_is_refused_beside_the_field(client, viewer):
    page = ask(client, viewer=viewer)

    assert page.context["form"].errors["viewer"]
    assert "made" not in page.context


def test_staff_who_may_not_test_the_search_may_not_try_answers(db):
    assert ask(client_with(UserFactory(is_staff=True))).status_code == 403


# --- what is kept ---


@pytest.mark.parametrize("viewer", ["anyone", "signed-in", "me"])
def test_nothing_is_stored_cached_or_counted(client, model, viewer):
    ready_text()
    before = {model: model.objects.count() for model in KEPT}

    page = ask(client, viewer=viewer)

    assert page.context["label"] == "written by a model"
    assert {model: model.objects.count() for model in KEPT} == before


def test_an_answer_from_the_cache_counts_no_hit(client, curator):
    entry = approved(QUESTION, curator)

    ask(client)

    entry.refresh_from_db()
    assert (entry.hits, entry.last_hit_at) == (0, None)


def test_what_the_model_costs_is_on_the_budget_of_who_tries(client, model, settings):
    settings.TOKENS_PER_DAY_PER_USER, settings.TOKENS_PER_DAY = 50_000, 0
    ready_text()

    usage = ask(client, viewer="anyone").context["made"].draft.usage_in_all

    spent = Tally.objects.exclude(count=0).get().count
    assert spent == usage.tokens > 0


def test_whose_budget_is_spent_tries_nothing(client, model, settings):
    settings.TOKENS_PER_DAY_PER_USER = 100
    ready_text()

    page = ask(client)

    assert "You have used up what you may use today." in page.context["refusal"]
    assert model.requests == []


def test_an_abstention_costs_nothing_and_needs_no_budget(client, model, settings):
    settings.TOKENS_PER_DAY_PER_USER = 100
    ready_text("The library lends books about medieval castles.")

    assert ask(client).context["label"] == "not answered by the sources"


# --- beneath the search test ---


def test_the_search_test_names_the_address_of_its_answer(client):
    ready_text()

    page = client.get(reverse("admin:knowledge_source_search_test"), {"question": QUESTION, "viewer": "me"})

    assert f'data-trial="{ADDRESS}?question=' in page.content.decode()
    assert f'href="{ADDRESS}?question=' in page.content.decode()


def test_the_part_for_the_search_test_brings_no_second_page(client):
    ready_text()

    part = client.get(ADDRESS, {"question": QUESTION, "part": "1"}).content.decode()

    assert "120 degrees" in part
    assert "<html" not in part


def test_the_page_waits_for_a_question(client):
    page = client.get(ADDRESS)

    assert page.status_code == 200
    assert not page.context["form"].is_bound
