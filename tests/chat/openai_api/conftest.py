import pytest

from tests.chat.openai_api.clients import program_of
from tests.factories import UserFactory


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def program(user):
    return program_of(user)


@pytest.fixture
def chat_model(settings, model_server):
    settings.CHAT_MODEL = "loopback"
    settings.OPENAI_BASE_URL = model_server.url
    return model_server
