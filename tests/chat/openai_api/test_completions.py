"""Questions in OpenAI's shape: what is answered, from what, and what is kept of it."""

import base64

import pytest

from assistant_project.accounts.models import ApiKey
from assistant_project.me.export import export
from chat.answering.refusals import PROGRAM_LENGTH
from chat.models import Assistant, CachedAnswer, DailyUsage, Message, Session
from tests.chat.openai_api.clients import HEATER, QUESTION, complete, error_of, program_of, said
from tests.factories import UserFactory, ready_text
from tests.model_behaviour import scripted

pytestmark = pytest.mark.django_db(transaction=True)

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
IMAGE = "data:image/png;base64," + base64.b64encode(PIXEL).decode()


def sent(chat_model):
    """The last request that the chat model got."""
    return chat_model.bodies("/v1/chat/completions")[-1]


def picture(url):
    return [{"type": "text", "text": QUESTION}, {"type": "image_url", "image_url": {"url": url}}]


# --- the answer ---


def test_an_answer_has_the_shape_of_a_completion(program, settings):
    settings.SITE_URL = "https://assistant.example.org"
    source = ready_text(HEATER, title="Heating")

    answer = complete(program).json()

    (choice,) = answer["choices"]
    said_, (annotation, *_) = choice["message"]["content"], choice["message"]["annotations"]
    cited = annotation["url_citation"]
    assert (answer["object"], answer["model"], choice["finish_reason"]) == (
        "chat.completion",
        "assistant",
        "stop",
    )
    assert said_[cited["start_index"] : cited["end_index"]] == "[1]"
    assert cited["title"] == "Heating"
    assert cited["url"].startswith(f"https://assistant.example.org/sources/{source.pk}/")
    assert answer["x_kind"] == "extract"
    assert answer["x_citations"][0]["text"] == HEATER


def test_the_tokens_that_were_used_are_told(program, chat_model):
    ready_text(HEATER)
    chat_model.behave(answer="120 degrees Fahrenheit. [1]")

    usage = complete(program).json()["usage"]

    assert usage["prompt_tokens"] > usage["completion_tokens"] == 4
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def test_what_the_sources_do_not_answer_is_said_so(program):
    ready_text(HEATER)

    answer = complete(program, ("user", "Who composed the opera Fidelio?")).json()

    assert answer["x_kind"] == "abstained"
    assert answer["choices"][0]["message"]["content"] == "The sources do not answer this question."


def test_the_assistant_that_is_named_answers(program):
    assistant = Assistant.objects.create(name="Gardener", slug="gardener")

    assert complete(program, model="gardener").json()["model"] == "gardener"
    assert Session.objects.get().assistant == assistant


def test_a_model_that_reaches_its_limit_before_it_writes_gives_an_empty_answer(program, chat_model):
    ready_text(HEATER)
    chat_model.behave(answer="", finish_reason="length")

    (choice,) = complete(program, max_tokens=1).json()["choices"]

    assert (choice["message"]["content"], choice["finish_reason"]) == ("", "length")


# --- messages ---


def test_earlier_messages_are_the_conversation(program):
    ready_text(HEATER)

    complete(program, ("user", QUESTION), ("assistant", "120 degrees."), ("user", "And why that hot?"))

    assert Message.objects.get(role="assistant").trace["standalone"]["search"].startswith(QUESTION)
    assert [message.content for message in Message.objects.filter(role="user")] == ["And why that hot?"]


def test_a_model_is_told_the_earlier_messages(program, chat_model):
    ready_text(HEATER)
    chat_model.behave(answer=scripted({"rewrite": "Why is the water heater set to 120 degrees?"}))

    complete(program, ("user", QUESTION), ("assistant", "120 degrees."), ("user", "And why that hot?"))

    told = [message["content"] for message in sent(chat_model)["messages"]]
    assert told[1:3] == [QUESTION, "120 degrees."]


def test_instructions_of_the_program_are_data_below_the_rules(program, chat_model):
    Assistant.objects.default()
    Assistant.objects.update(instructions="Be formal.")
    ready_text(HEATER)

    complete(program, ("system", "Speak like a pirate."), ("developer", "Be short."), ("user", QUESTION))

    rules, asked = (message["content"] for message in sent(chat_model)["messages"])
    assert "Be formal." in rules
    assert "pirate" not in rules
    assert asked.index("Speak like a pirate.\n\nBe short.") < asked.index(HEATER)


def test_with_such_instructions_an_answer_is_not_shared(program, chat_model):
    ready_text(HEATER)
    chat_model.behave(answer="Set the water heater to 120 degrees Fahrenheit. [1]")

    complete(program, ("system", "Speak like a pirate."), ("user", QUESTION))
    kept = CachedAnswer.objects.count()
    complete(program)
    again = complete(program, ("system", "Speak like a pirate."), ("user", QUESTION)).json()

    assert (kept, CachedAnswer.objects.count(), again["x_kind"]) == (0, 1, "generated")


def test_quotations_are_shared_whatever_a_program_says(program):
    ready_text(HEATER)
    complete(program)

    again = complete(program, ("system", "Speak like a pirate."), ("user", QUESTION)).json()

    assert again["x_kind"] == "cached"


def test_an_image_is_sent_to_a_model_that_reads_images(program, chat_model, settings):
    settings.VISION_MODEL = "loopback-vision"
    ready_text(HEATER)

    assert complete(program, ("user", picture(IMAGE))).status_code == 200
    assert sent(chat_model)["messages"][-1]["content"][1]["image_url"]["url"] == IMAGE


# --- parameters ---


def test_temperature_and_length_are_wishes_within_what_the_assistant_allows(program, chat_model):
    Assistant.objects.default()
    Assistant.objects.update(highest_temperature=0.5, max_tokens=300)
    ready_text(HEATER)

    complete(program, temperature=1.5, max_tokens=100)
    shorter = sent(chat_model)
    complete(program, temperature=0.1, max_completion_tokens=4_000)
    longer = sent(chat_model)

    assert (shorter["temperature"], shorter.get("max_tokens") or shorter["max_completion_tokens"]) == (
        0.5,
        100,
    )
    assert (longer["temperature"], longer.get("max_tokens") or longer["max_completion_tokens"]) == (0.1, 300)


@pytest.mark.parametrize(
    "parameters",
    [
        {"seed": 7, "top_p": 0.1, "metadata": {"a": "b"}, "something_new": [1]},
        {"n": 1, "tools": [], "response_format": {"type": "text"}, "logprobs": False, "user": None},
        {"stream": False, "stream_options": None},
        {"tools": [], "tool_choice": "none"},
    ],
    ids=["unknown", "as usual", "no stream", "no tool"],
)
def test_what_changes_nothing_is_taken(program, parameters):
    assert complete(program, **parameters).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", 2),
        ("tools", [{"type": "function", "function": {"name": "f"}}]),
        ("tool_choice", "required"),
        ("functions", [{"name": "f"}]),
        ("response_format", {"type": "json_object"}),
        ("logprobs", True),
        ("modalities", ["text", "audio"]),
    ],
)
def test_what_no_model_here_can_do_is_refused_by_name(program, name, value):
    response = complete(program, **{name: value})

    assert response.status_code == 400
    assert (error_of(response)["param"], error_of(response)["code"]) == (name, "unsupported_value")
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("parameters", "param", "code"),
    [
        ({"messages": []}, "messages", "invalid_value"),
        ({"messages": None}, "messages", "invalid_value"),
        ({"messages": said(("system", "Be short."))}, "messages", "invalid_value"),
        ({"messages": said(("user", "x" * 5_000))}, "messages", "context_length_exceeded"),
        ({"messages": said(("user", ""))}, "messages", "invalid_value"),
        ({"messages": said(("user", 5))}, "messages[0].content", "invalid_value"),
        ({"model": 5}, "model", "invalid_value"),
        ({"user": 5}, "user", "invalid_value"),
        (
            {"messages": said(("system", "x" * (PROGRAM_LENGTH + 1)), ("user", QUESTION))},
            "messages",
            "context_length_exceeded",
        ),
        ({"messages": said(("user", QUESTION), ("tool", "3"))}, "messages[1].role", "invalid_value"),
        ({"messages": [{"content": "?"}]}, "messages[0].role", "missing_required_parameter"),
        ({"messages": said(("user", [{"type": "file"}]))}, "messages[0].content", "invalid_value"),
        (
            {"messages": said(("user", picture("https://example.org/a.png")))},
            "messages[0].content",
            "invalid_image_url",
        ),
        ({"messages": said(("user", picture(IMAGE)))}, "messages", "images_not_read"),
        ({"temperature": 2.5}, "temperature", "invalid_value"),
        ({"max_tokens": 0}, "max_tokens", "invalid_value"),
        ({"user": "x" * 201}, "user", "invalid_value"),
        ({"stream_options": {"include_usage": "perhaps"}}, "stream_options.include_usage", "invalid_value"),
        ({"stream_options": {"include_usage": True}}, "stream_options", "invalid_value"),
        ({"stream_options": {}, "stream": False}, "stream_options", "invalid_value"),
    ],
)
def test_what_is_wrong_is_refused_where_it_is(program, parameters, param, code):
    response = complete(program, **parameters)

    assert response.status_code == 400
    assert error_of(response)["type"] == "invalid_request_error"
    assert (error_of(response)["param"], error_of(response)["code"]) == (param, code)
    assert error_of(response)["message"].endswith(".")
    assert not Session.objects.exists()


# --- what is kept ---


def test_the_conversation_is_kept_with_its_origin_and_its_end_user(program, user):
    complete(program, user="customer 7")

    session = Session.objects.get()
    assert (session.user, session.origin, session.end_user) == (user, "openai", "customer 7")
    assert DailyUsage.objects.get(user=user).questions == 1


def test_it_is_not_among_the_conversations_of_its_owner(program, user, client):
    complete(program)
    client.force_login(user)
    reader = program_of(user, ApiKey.Scope.READ)

    assert reader.get("/api/v1/sessions/").json()["results"] == []
    assert list(client.get("/").context["conversations"]) == []


def test_curators_find_it_by_its_origin(program, client):
    complete(program, user="customer 7")
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    found = [
        "customer 7" in client.get(f"/admin/chat/session/?origin__exact={origin}").content.decode()
        for origin in ("openai", "page")
    ]

    assert found == [True, False]


def test_its_owner_can_read_it_rate_it_and_export_it(program, user, client):
    response = complete(program)
    client.force_login(user)
    message_id = response.json()["id"].removeprefix("chatcmpl-")

    rated = client.put(
        f"/api/v1/messages/{message_id}/feedback/", {"rating": 1}, content_type="application/json"
    )
    page = client.get(f"/api/v1/sessions/{response['X-Session-Id']}/messages/")

    assert (rated.status_code, page.json()["results"][0]["content"]) == (200, QUESTION)
    assert '"origin": "openai"' in "".join(export(user))
