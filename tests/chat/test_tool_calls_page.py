"""What the chat page, without any script, tells of the tools that were asked for an answer."""

import html
import re

import pytest
from django.test import Client

from chat.models import Assistant
from chat.tool_calls import LONGEST_ARGUMENTS, in_words
from tests.chat.tool_calls import GIVEN, asked_tools, cite_tool
from tests.chat.tool_rows import a_server, a_tool
from tests.chat.tool_rows import told as a_call
from tests.factories import UserFactory, ready_text

pytestmark = pytest.mark.django_db(transaction=True)

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def page(user):
    client = Client()
    client.force_login(user)
    return lambda talk: client.get(talk.get_absolute_url()).text


def told(markup):
    """What the line above the answer opens to, in words."""
    (details,) = re.findall(r'<details class="asked">(.*?)</details>', markup, re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", details)).split())


def test_an_answer_tells_which_servers_were_asked_and_what(user, page):
    second = a_call(number=2, server="Tides", tool="next_high", arguments={}, outcome="kept", milliseconds=0)

    shown = told(page(asked_tools(user, a_call(), second)))

    assert shown == (
        "Asked Weather, Tides "
        "Weather: forecast (city: Boston) It answered. 12 ms "
        "Tides: next_high Not asked again: its last answer still held."
    )


def test_a_server_that_was_asked_twice_is_named_once(user, page):
    shown = told(page(asked_tools(user, a_call(), a_call(number=2, arguments={"city": "Rome"}))))

    assert shown.startswith("Asked Weather Weather: forecast (city: Boston")


def test_a_call_that_failed_says_why(user, page):
    failed = a_call(outcome="failed", detail="It took longer than 10 seconds.", milliseconds=10_000)

    shown = told(page(asked_tools(user, failed)))

    assert shown.startswith("Asked Weather without result Weather: forecast")
    assert "It failed. It took longer than 10 seconds. 10000 ms" in shown


def test_a_call_that_failed_beside_one_that_did_not_is_told_too(user, page):
    shown = told(page(asked_tools(user, a_call(), a_call(number=2, outcome="failed", detail="It is down."))))

    assert shown.startswith("Asked Weather without result in part Weather: forecast")


def test_a_tool_that_was_refused_was_not_asked(user, page):
    refused = a_call(server="", tool="x", outcome="refused", detail="There is no such tool.", milliseconds=0)

    shown = told(page(asked_tools(user, refused)))

    assert shown == "No tool could be asked x (city: Boston) It was not asked. There is no such tool."


def test_an_answer_that_was_stopped_tells_what_had_been_asked(user, page):
    running = a_call(outcome="running", milliseconds=0)

    assert "It had not answered yet." in told(page(asked_tools(user, running, state="stopped")))


def test_an_answer_without_tools_does_not_speak_of_any(user, page):
    talk = asked_tools(user)
    talk.messages.update(trace={})

    assert 'class="asked"' not in page(talk).split("<template")[0]


def test_markup_of_servers_and_of_models_is_shown_as_text(user, page):
    hostile = a_call(
        server=HOSTILE, tool=HOSTILE, arguments={HOSTILE: HOSTILE}, outcome="failed", detail=HOSTILE
    )
    talk = asked_tools(user, hostile)
    cite_tool(talk, title=f"{HOSTILE}: {HOSTILE}", heading=HOSTILE, text=HOSTILE)

    shown = page(talk)

    assert HOSTILE not in shown
    assert told(shown).count(HOSTILE) == 6  # two of them in the line itself


@pytest.mark.parametrize(
    ("model", "is_allowed", "said"),
    [
        ("test-model", False, "only from the sources"),
        ("test-model", True, "from the sources and from tools"),
        ("", True, "only from the sources"),
    ],
)
def test_a_reader_is_told_what_answers_come_from(client, settings, model, is_allowed, said):
    settings.CHAT_MODEL = model
    server = a_server(is_enabled=True, assistants=[Assistant.objects.default()])
    a_tool(server, is_allowed=is_allowed)

    ready_text()

    shown = client.get("/").text

    assert f"Answers come {said}." in shown
    assert ("I may ask tools as well" in shown) == ("tools" in said)


# --- what a tool gave, as a citation


def test_what_a_tool_gave_is_shown_as_it_came_and_leads_nowhere(user, page):
    talk = asked_tools(user)
    cited = cite_tool(talk)

    shown = page(talk)

    (article,) = re.findall(r'<article class="citation of-tool">.*?</article>', shown, re.DOTALL)
    assert html.escape(GIVEN) in html.escape(html.unescape(re.sub(r"</?mark>", "", article)))
    assert "city: Boston" in article
    assert "No page of a source, but what a tool had answered by" in article
    assert re.findall('href="([^"]*)"', article) == [f"#citation-{cited.message_id}-1"]
    assert "no longer available" not in article


def test_an_answer_that_cites_a_tool_does_not_claim_to_be_written_from_passages(user, page):
    talk = asked_tools(user)
    cite_tool(talk)

    assert "Written by test-model from what is cited" in page(talk)


def test_a_deleted_source_is_no_tool_whatever_its_title(user, page):
    talk = asked_tools(user)
    cite_tool(talk, url="https://example.org/forecast")

    shown = page(talk)

    assert "of-tool" not in shown
    assert "This source is no longer available." in shown


def test_a_passage_is_no_answer_of_a_tool_whatever_its_title(user, page):
    talk = asked_tools(user)
    source = ready_text(title="Weather: forecast")
    cite_tool(talk, source=source, url=source.get_absolute_url())

    assert "of-tool" not in page(talk)


# --- arguments in words


def test_arguments_are_told_as_people_write_them():
    arguments = {"city": "Zürich", "days": 3, "units": None, "places": ["A", {"b": "ß"}]}

    assert in_words(arguments) == 'city: Zürich, days: 3, units: null, places: ["A", {"b": "ß"}]'


@pytest.mark.parametrize(("length", "cut"), [(LONGEST_ARGUMENTS - 3, False), (LONGEST_ARGUMENTS - 2, True)])
def test_arguments_without_end_are_cut(length, cut):
    words = in_words({"a": "b" * length})

    assert len(words) == LONGEST_ARGUMENTS
    assert words.endswith("…") is cut
