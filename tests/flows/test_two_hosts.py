"""Two webs and two workers on one PostgreSQL, any of which may be killed: nothing is lost, nothing is double."""

import pytest
import requests
from django.utils import timezone

from assistant_project.accounts.models import ApiKey
from chat.models import Message, Session
from knowledge import tasks
from knowledge.models import Job, Source
from tests.factories import CollectionFactory, TextSourceFactory, UserFactory, ready_text
from tests.flows.audit import faults_of_ingestion
from tests.flows.web import Web
from tests.flows.worker import PATIENCE, Worker, eventually

pytestmark = pytest.mark.django_db(transaction=True)

SOURCES = 30
SLOW = {"EMBEDDINGS_CLASS": "tests.embedders.SlowEmbeddings", "JOB_LEASE": "5"}
HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
QUESTION = "How hot should the water heater be?"


@pytest.fixture
def key() -> dict[str, str]:
    _, text = ApiKey.objects.issue(UserFactory(), name="program", scopes=["ask", "read"])
    return {"X-API-Key": text}


def text_of(number: int) -> str:
    return "\n\n".join(f"Boiler {number} heats room {room} of house {number}. " * 20 for room in range(8))


def ready() -> int:
    """How many answer. When nobody works, what a dead worker had is handed out again, as every minute by itself."""
    if not Job.objects.filter(state=Job.State.RUNNING, lease_until__gte=timezone.now()).exists():
        tasks.tend()
    return Source.objects.filter(status=Source.Status.READY).count()


def stream(web: Web, key: dict[str, str], **fields: str) -> requests.Response:
    return requests.post(
        f"{web.address}/api/v1/chat/",
        json={"message": QUESTION, **fields},
        headers={"Accept": "text/event-stream", **key},
        stream=True,
        timeout=PATIENCE,
    )


def test_a_killed_worker_costs_no_source_and_doubles_none(settings):
    # otherwise `tend` here would have all read again for another
    settings.EMBEDDINGS_CLASS = SLOW["EMBEDDINGS_CLASS"]
    settings.JOB_LEASE = int(SLOW["JOB_LEASE"])
    collection = CollectionFactory()
    for number in range(SOURCES):
        tasks.request_reading(TextSourceFactory(collection=collection, text=text_of(number)))

    with Worker(**SLOW) as first, Worker(**SLOW):
        eventually(lambda: Job.objects.filter(state=Job.State.RUNNING).exists() and ready() > 5)
        first.kill()
        with Worker(**SLOW):
            eventually(lambda: ready() == SOURCES, patience=4 * PATIENCE)

    assert faults_of_ingestion(SOURCES) == []


def test_a_conversation_goes_on_at_another_web(key):
    ready_text(HEATER)

    with Web() as first, Web() as second:
        one = first.ask(QUESTION, headers=key)
        two = second.ask("And in summer?", headers=key, session_id=one["session_id"])

    assert two["session_id"] == one["session_id"]
    contents = Message.objects.filter(session=one["session_id"], role="user").order_by("pk")
    assert [message.content for message in contents] == [QUESTION, "And in summer?"]


def test_a_question_that_is_sent_to_two_webs_is_asked_once(key):
    ready_text(HEATER)

    with Web() as first, Web() as second:
        replies = [web.ask(QUESTION, headers=key | {"Idempotency-Key": "one"}) for web in (first, second)]

    assert replies[0]["id"] == replies[1]["id"]
    assert Message.objects.filter(role="user").count() == 1


def test_what_a_killed_web_was_writing_is_neither_lost_nor_in_the_way(key, model_server):
    ready_text(HEATER)
    model = {"CHAT_MODEL": "test-model", "OPENAI_BASE_URL": model_server.url, "CACHE_MODE": "off"}
    model_server.behave(times=1, answer=["Set ", "it ", "to "], hang_after=2)

    with Web(**model) as first, Web(**model) as second:
        with stream(first, key) as reply:
            next(line for line in reply.iter_lines() if line.startswith(b"event: token"))
            first.kill()
        session = Session.objects.get()
        again = second.ask(QUESTION, headers=key, session_id=str(session.pk))

    assert "120 degrees" in again["content"]
    questions = Message.objects.filter(session=session, role="user")
    assert [message.content for message in questions] == [QUESTION, QUESTION]
