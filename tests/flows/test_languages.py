"""What the assistant itself says is in the language of whoever asks; what is kept for others is in the site's."""

import datetime
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.utils import timezone, translation
from django.utils.timesince import timesince

from chat.cache import learning
from knowledge import intake
from knowledge.models import Source
from tests.factories import CollectionFactory, ready_text
from tests.flows.worker import Worker, eventually

pytestmark = pytest.mark.django_db(transaction=True)

NOT_IN_THE_SOURCES = {
    "en": "The sources do not answer this question.",
    "de": "Die Quellen beantworten diese Frage nicht.",
}


def ask(site: str, language: str, message: str, accept: str = "application/json") -> str:
    headers = {"Accept-Language": language, "Accept": accept, "Content-Type": "application/json"}
    body = json.dumps({"message": message}).encode()
    with urlopen(Request(f"{site}/api/v1/chat/", body, headers), timeout=60) as response:
        return response.read().decode()


def done(stream: str) -> dict:
    """The data of a stream's last event."""
    *_, last = stream.strip().split("\n\n")
    assert last.startswith("event: done\n")
    return json.loads(last.partition("data: ")[2])


@pytest.mark.parametrize("language", ["en", "de"])
def test_an_abstention_is_in_the_language_of_the_request(site, language):
    answer = json.loads(ask(site, language, "What is a zebra crossing?"))

    assert (answer["kind"], answer["content"]) == ("abstained", NOT_IN_THE_SOURCES[language])


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_streamed_abstention_is_too(site, language):
    answer = done(ask(site, language, "What is a zebra crossing?", accept="text/event-stream"))

    assert (answer["kind"], answer["content"]) == ("abstained", NOT_IN_THE_SOURCES[language])


def test_streams_at_the_same_time_keep_their_languages_apart(site):
    languages = ["en", "de"] * 4

    def content(number: int) -> str:
        question = f"What is zebra crossing number {number}?"
        return done(ask(site, languages[number], question, accept="text/event-stream"))["content"]

    with ThreadPoolExecutor(len(languages)) as askers:
        contents = list(askers.map(content, range(len(languages))))

    assert contents == [NOT_IN_THE_SOURCES[language] for language in languages]


def test_words_of_several_languages_are_answered_in_that_of_the_request(site):
    assert json.loads(ask(site, "de", "Hi"))["content"].startswith("Hallo!")
    assert json.loads(ask(site, "en", "Hi"))["content"].startswith("Hello!")


def test_quotations_end_with_a_sentence_in_the_language_of_the_request_though_they_are_kept(site):
    ready_text("Set the thermostat of the water heater to 120 degrees Fahrenheit.")
    question = "How hot should the water heater be?"

    english, german, again = (json.loads(ask(site, language, question)) for language in ("en", "de", "de"))

    assert english["content"].endswith("No language model is set up that could write an answer from them.")
    assert german["content"].endswith("das daraus eine Antwort schreiben könnte.")
    assert (again["kind"], again["content"]) == ("cached", german["content"])


def test_a_refusal_is_in_the_language_of_the_request(site):
    with pytest.raises(HTTPError) as refused:
        ask(site, "de", "Zebra " * 1_000)

    assert json.load(refused.value)["detail"].endswith("Kürzen Sie sie auf 4000.")


def test_what_a_worker_says_of_a_source_is_in_the_language_of_the_site():
    (source,) = intake.add_url("http://127.0.0.1/", collection=CollectionFactory()).added

    with Worker(SITE_LANGUAGE="de"):
        failed = eventually(Source.objects.filter(pk=source.pk, status=Source.Status.FAILED).first)

    assert failed.status_detail.startswith("127.0.0.1 darf nicht geöffnet werden")


def test_what_a_person_does_is_told_to_all_in_the_language_of_the_site():
    row = learning.gate_row()

    with translation.override("de"):
        learning.reopen(row)

    assert row.state_detail == "Reopened by a curator; its audit begins anew."


def test_german_declines_the_time_that_has_gone_by():
    with translation.override("de"):
        assert timesince(timezone.now() - datetime.timedelta(days=2, minutes=1), depth=1) == "2\xa0Tagen"


def test_a_failure_of_the_model_is_told_in_the_language_of_the_request(site, settings, model_server):
    ready_text("Set the thermostat of the water heater to 120 degrees Fahrenheit.")
    settings.CHAT_MODEL, settings.OPENAI_BASE_URL = "loopback", model_server.url
    model_server.behave(status=401)

    stream = ask(site, "de", "How hot should the water heater be?", accept="text/event-stream")

    assert "Das Sprachmodell hat den Schlüssel dieser Website abgelehnt." in stream
