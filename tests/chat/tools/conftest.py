"""A reader, a model that calls tools as it is told, and what came of a question."""

import pytest
from asgiref.sync import sync_to_async

from chat.answering import answer, open_question
from chat.models import Assistant
from chat.visitors import Asker
from tests.chat.tools.told import Told
from tests.factories import UserFactory
from tests.tool_server import registered


@pytest.fixture
def asker(transactional_db):
    return Asker(UserFactory())


@pytest.fixture
def assistant(transactional_db):
    return Assistant.objects.default()


@pytest.fixture
def chat_model(settings, model_server):
    settings.CHAT_MODEL = "loopback"
    settings.OPENAI_BASE_URL = model_server.url
    settings.CHAT_MODEL_OPTIONS = {"max_retries": 0}
    return model_server


@pytest.fixture
def given():
    """Runs a step of an asynchronous test that needs the database."""

    async def run(step, *args, **kwargs):
        return await sync_to_async(step)(*args, **kwargs)

    return run


@pytest.fixture
def ask(asker):
    async def asked(content, *, watch=None, **kwargs):
        question = await sync_to_async(open_question)(content, asker=asker, **kwargs)
        events = []
        async for event in answer(question):
            events.append(event)
            if watch:
                watch(event)
        return Told(events, question)

    return asked


@pytest.fixture
def weather(tool_server, assistant, given):
    """A server whose forecast the default assistant may use; more if named."""

    async def make(*allowed, **fields):
        return await given(registered, tool_server, assistant, allowed=allowed or ("forecast",), **fields)

    return make
