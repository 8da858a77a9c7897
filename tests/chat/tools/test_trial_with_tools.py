"""An answer on trial calls tools as an answer does."""

import pytest

from assistant_project.limits.models import Tally
from chat.answering.trial import choice_for, try_out
from chat.models import Message, ToolUsage
from chat.tools.rounds import TRACED_CHARACTERS
from tests.chat.tools.told import deciding
from tests.factories import UserFactory
from tests.tool_server import registered

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = "What will the weather in Boston be?"


@pytest.fixture
def tried(chat_model, tool_server, assistant):
    def make(*calls):
        registered(tool_server, assistant, allowed=("forecast", "failing"))
        chat_model.behave(calls=calls, times=1)
        chat_model.behave(answer="NONE", times=1)
        chat_model.behave(answer="It will be 21 degrees and sunny. [1]")
        curator = UserFactory(is_staff=True)
        return try_out(QUESTION, choice_for(assistant, curator), reader=curator, by=curator)

    return make


def test_a_tool_is_called_and_cited(tried, tool_server):
    trial = tried(("forecast", {"city": "Boston"}))

    assert trial.checked.text == "It will be 21 degrees and sunny. [1]"
    assert [evidence.title for evidence in trial.draft.evidence] == ["Weather: forecast"]
    (call,) = trial.trace["tools"]["calls"]
    assert (call["outcome"], len(call["result"]) <= TRACED_CHARACTERS) == ("done", True)
    assert tool_server.calls == [("forecast", {"city": "Boston"})]


def test_its_tokens_are_on_who_tries_and_what_was_not_used_is_given_back(tried, chat_model):
    trial = tried(("forecast", {"city": "Boston"}))

    chosen = sum(len(str(body["messages"][0]["content"]).split()) for body in deciding(chat_model))
    assert trial.draft.usage_in_all.prompt_tokens > chosen > 0
    assert set(Tally.objects.values_list("count", flat=True)) == {trial.draft.usage_in_all.tokens}


def test_nothing_of_it_is_kept_but_what_the_server_was_asked(tried):
    tried(("forecast", {"city": "Boston"}))

    assert not Message.objects.exists()
    assert ToolUsage.objects.get().calls == 1


def test_where_nothing_was_found_and_nothing_given_it_abstains_and_pays_for_the_choice(tried):
    trial = tried(("failing", {}))

    assert trial.draft.kind == Message.Kind.ABSTAINED
    assert set(Tally.objects.values_list("count", flat=True)) == {trial.draft.usage_in_all.tokens}
    assert trial.draft.usage_in_all.tokens > 0
