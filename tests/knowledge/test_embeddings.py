"""The embedder in force, the local model, and providers that are busy, down, or talk nonsense."""

import threading
from dataclasses import replace
from http.server import HTTPServer

import numpy as np
import pytest
from django.core.exceptions import ImproperlyConfigured
from langchain_core.embeddings import Embeddings

from knowledge import embeddings
from knowledge.embeddings import ConfiguredEmbedder, LocalEmbeddings, Patience, fold_capitals
from knowledge.errors import EmbeddingError

KEY = "key-that-nobody-may-see"
TEXT = "text that nobody may see"
PATH = "/v1/embeddings"


class Naps:
    """Stands in for time.sleep, and remembers the seconds."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


class AskedEmbeddings(Embeddings):
    """Takes an option and answers questions in another way than texts."""

    def __init__(self, model: str, scale: float = 1.0) -> None:
        self.model, self.scale = model, scale

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[self.scale, 0.0] for _ in texts]

    def embed_query(self, text: str) -> list[float]:
        return [0.0, self.scale]


@pytest.fixture(autouse=True)
def nobodys_settings(settings):
    settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = settings.EMBEDDING_MODEL = ""
    settings.EMBEDDINGS_CLASS = settings.RETRIEVAL_VECTOR_SHARE = ""
    settings.EMBEDDINGS_OPTIONS = {}
    return settings


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
def remote(nobodys_settings, model_server, naps) -> ConfiguredEmbedder:
    """An embedder on the model server, whose dimensions are known already."""
    nobodys_settings.OPENAI_API_KEY = KEY
    nobodys_settings.OPENAI_BASE_URL = model_server.url
    nobodys_settings.EMBEDDING_MODEL = "test-embedding"
    embedder = replace(
        embeddings.embedder_in_force(),
        patience=Patience(sleep=naps),
        question_patience=Patience(tries=3, seconds=10, sleep=naps),
    )
    assert embedder.dimensions == 64
    model_server.requests.clear()
    return embedder


# --- folding


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("HOW TO SEAL DUCTS", "how to seal ducts"),
        ("WASSER FÜR DIE HEIZUNG, Straße", "wasser für die heizung, straße"),
        ("How to seal HVAC ducts", "How to seal HVAC ducts"),
        ("HVAC", "HVAC"),
        ("AFUE SEER", "AFUE SEER"),
        ("12 34 56", "12 34 56"),
        ("水 加热 器", "水 加热 器"),
        ("", ""),
    ],
)
def test_text_in_capitals_is_folded_and_other_text_left_alone(text, folded):
    assert fold_capitals(text) == folded


def test_capitals_are_folded_for_every_embedder(remote, model_server):
    remote.embed_texts(["WHAT IS A HEAT PUMP"])
    remote.embed_question("WHAT IS A HEAT PUMP")

    assert [body["input"] for body in model_server.bodies(PATH)] == [["what is a heat pump"]] * 2


def test_whoever_waits_has_less_patience_than_a_worker(remote, model_server, naps):
    model_server.behave(status=503)

    with pytest.raises(EmbeddingError, match="3 times"):
        remote.embed_texts([TEXT], patience=remote.question_patience)

    assert len(naps.seconds) == 2


# --- the local model


def test_the_local_model_gives_vectors_of_length_one_and_puts_like_beside_like():
    boiler, heater, poem = embeddings.embed_texts(
        ["Turn down the boiler.", "Set the water heater lower.", "A sonnet has fourteen lines."]
    )

    assert boiler.shape == (256,) and boiler.dtype == np.float32
    assert np.linalg.norm(boiler) == pytest.approx(1, abs=1e-5)
    assert boiler @ heater > boiler @ poem


def test_a_text_has_the_same_vector_alone_and_in_company():
    long = "All about ducts, fans and furnaces. " * 50

    together = embeddings.embed_texts(["short text", long])

    assert np.allclose(together[0], embeddings.embed_texts(["short text"])[0], atol=1e-6)
    assert np.allclose(together[0], embeddings.embed_question("short text"), atol=1e-6)


def test_no_texts_are_no_rows():
    assert embeddings.embed_texts([]).shape == (0, 256)


@pytest.mark.parametrize("text", ["", "  \n\t"])
def test_a_blank_text_is_refused_because_its_vector_would_be_nothing(text):
    with pytest.raises(ValueError, match="blank"):
        embeddings.embed_texts(["fine", text])
    with pytest.raises(ValueError, match="blank"):
        embeddings.embed_question(text)


def test_the_local_class_refuses_an_empty_text_by_itself():
    with pytest.raises(ValueError, match="empty"):
        LocalEmbeddings().embed_documents([""])


def test_the_local_model_can_be_used_by_several_threads_at_once():
    alone = LocalEmbeddings().embed_query("a text")
    found: list[list[float]] = []
    threads = [
        threading.Thread(target=lambda: found.append(LocalEmbeddings().embed_query("a text")))
        for _ in range(8)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [alone] * 8


# --- which one is in force


def test_without_settings_the_local_model_is_in_force():
    embedder = embeddings.embedder_in_force()

    assert (embedder.provider, embedder.dimensions, embedder.vector_share) == ("local", 256, 0.3)


def test_a_key_alone_does_not_change_the_embedder(nobodys_settings):
    nobodys_settings.OPENAI_API_KEY = KEY

    assert embeddings.embedder_in_force().provider == "local"


def test_the_embedder_is_made_once_and_anew_when_the_settings_change(nobodys_settings):
    before = embeddings.embedder_in_force()
    assert embeddings.embedder_in_force() is before

    nobodys_settings.EMBEDDINGS_CLASS = f"{__name__}.AskedEmbeddings"
    nobodys_settings.EMBEDDINGS_OPTIONS = {"model": "first"}

    assert embeddings.embedder_in_force().model == "first"


def test_any_langchain_class_can_be_named_with_its_options(nobodys_settings):
    nobodys_settings.EMBEDDINGS_CLASS = f"{__name__}.AskedEmbeddings"
    nobodys_settings.EMBEDDINGS_OPTIONS = {"model": "own", "scale": 5}

    embedder = embeddings.embedder_in_force()

    assert (embedder.model, embedder.dimensions, embedder.vector_share) == ("own", 2, 0.4)
    assert embeddings.embed_texts(["a"]).tolist() == [[1.0, 0.0]]
    assert embeddings.embed_question("a").tolist() == [0.0, 1.0]


def test_the_weight_of_the_vectors_can_be_set(nobodys_settings):
    nobodys_settings.RETRIEVAL_VECTOR_SHARE = "0.45"

    assert embeddings.embedder_in_force().vector_share == 0.45


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"RETRIEVAL_VECTOR_SHARE": "much"}, "between 0 and 1"),
        ({"RETRIEVAL_VECTOR_SHARE": "1.5"}, "between 0 and 1"),
        ({"EMBEDDINGS_CLASS": "no.such.Thing"}, "EMBEDDINGS_CLASS"),
        ({"EMBEDDINGS_CLASS": "knowledge.errors.FetchError"}, "not a LangChain Embeddings class"),
        (
            {"EMBEDDINGS_CLASS": f"{__name__}.AskedEmbeddings", "EMBEDDINGS_OPTIONS": {"secret": KEY}},
            "EMBEDDINGS_OPTIONS do not fit",
        ),
        ({"EMBEDDING_MODEL": "some-model"}, "OPENAI_API_KEY"),
    ],
)
def test_a_wrong_setting_is_refused_with_a_sentence(nobodys_settings, wrong, sentence):
    for name, value in wrong.items():
        setattr(nobodys_settings, name, value)

    with pytest.raises(ImproperlyConfigured, match=sentence) as refusal:
        embeddings.embedder_in_force()

    assert KEY not in str(refusal.value)


# --- a server that speaks OpenAI's protocol


def test_a_compatible_server_gets_texts_and_the_key(remote, model_server):
    vectors = remote.embed_texts(["a red car", "a red bus"])

    assert vectors.shape == (2, 64)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    request = model_server.requests[0]
    assert request.body["input"] == ["a red car", "a red bus"] and request.body["model"] == "test-embedding"
    assert request.headers["authorization"] == f"Bearer {KEY}"


def test_a_server_of_ones_own_needs_no_key(nobodys_settings, model_server):
    nobodys_settings.OPENAI_BASE_URL, nobodys_settings.EMBEDDING_MODEL = model_server.url, "nomic"

    assert embeddings.embed_question("a car").shape == (64,)


def test_options_reach_the_openai_class_too(nobodys_settings, model_server):
    nobodys_settings.OPENAI_BASE_URL, nobodys_settings.EMBEDDING_MODEL = model_server.url, "large"
    nobodys_settings.EMBEDDINGS_OPTIONS = {"dimensions": 64}

    embedder = embeddings.embedder_in_force()

    assert embedder.dimensions == 64 and not model_server.requests
    embedder.embed_question("a car")
    assert model_server.bodies(PATH)[0]["dimensions"] == 64


def test_progress_is_told_after_each_batch(remote, model_server):
    done: list[int] = []

    vectors = remote.embed_texts([f"text {number}" for number in range(150)], on_progress=done.append)

    assert done == [64, 128, 150]
    assert [len(body["input"]) for body in model_server.bodies(PATH)] == [64, 64, 22]
    assert np.allclose(vectors[149], remote.embed_question("text 149"))


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_busy_or_failing_server_is_asked_again_with_longer_and_longer_waits(
    remote, model_server, naps, status
):
    model_server.behave(status=status, times=3)
    done: list[int] = []

    assert remote.embed_texts(["a", "b"], on_progress=done.append).shape == (2, 64)

    assert len(model_server.requests) == 4
    assert [1 <= naps.seconds[0] <= 1.25, 2 <= naps.seconds[1] <= 2.5, 4 <= naps.seconds[2] <= 5] == [
        True
    ] * 3
    assert done == [0] * 6 + [2], "a lease must be renewed around each wait"


def test_a_server_that_says_how_long_to_wait_is_obeyed(remote, model_server, naps):
    model_server.behave(status=429, retry_after="20", times=1)

    remote.embed_texts(["a"])

    assert 20 <= naps.seconds[0] <= 25


def test_a_server_that_stays_busy_is_given_up(remote, model_server, naps):
    model_server.behave(status=429)

    with pytest.raises(EmbeddingError, match=r"test-embedding is busy.*tried 5 times"):
        remote.embed_texts([TEXT])

    assert len(model_server.requests) == 5 and len(naps.seconds) == 4


def test_a_server_that_wants_too_long_a_wait_is_given_up_at_once(remote, model_server, naps):
    model_server.behave(status=429, retry_after="3600")

    with pytest.raises(EmbeddingError, match="busy"):
        remote.embed_texts([TEXT])

    assert len(model_server.requests) == 1 and naps.seconds == []


def test_for_a_question_a_reader_does_not_wait_long(remote, model_server, naps):
    model_server.behave(status=503)

    with pytest.raises(EmbeddingError, match=r"failed \(503"):
        remote.embed_question(TEXT)

    assert len(model_server.requests) == 3 and sum(naps.seconds) < 10


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, r"refused the key \(401\). Check OPENAI_API_KEY"),
        (403, r"refused the key \(403\). Check OPENAI_API_KEY"),
        (404, r"was not found \(404\). Check EMBEDDING_MODEL, OPENAI_BASE_URL"),
        (400, r"refused the request \(400\). Perhaps a passage is longer"),
    ],
)
def test_a_refusal_is_final_and_says_what_to_mend_but_no_secret(remote, model_server, naps, status, sentence):
    model_server.behave(status=status)

    with pytest.raises(EmbeddingError, match=sentence) as failure:
        remote.embed_texts([TEXT])

    assert len(model_server.requests) == 1 and naps.seconds == []
    assert KEY not in str(failure.value) and TEXT not in str(failure.value)
    assert failure.value.__cause__ is None and failure.value.__suppress_context__


@pytest.mark.parametrize("vectors", ["one missing", "not a number", "ragged", "zero"])
def test_broken_vectors_are_refused(remote, model_server, vectors):
    model_server.behave(vectors=vectors)

    with pytest.raises(EmbeddingError, match="test-embedding gave"):
        remote.embed_texts(["a", "b"])


def test_vectors_of_another_length_than_before_are_refused(remote, model_server):
    model_server.behave(dimensions=32)

    with pytest.raises(EmbeddingError, match="not 64 dimensions"):
        remote.embed_question("a")


def test_rubbish_is_refused(remote, model_server):
    model_server.behave(rubbish=True)

    with pytest.raises(EmbeddingError, match="could not be read"):
        remote.embed_texts([TEXT])


def test_nobody_at_the_address_is_a_sentence_about_the_address(nobodys_settings, naps):
    with HTTPServer(("127.0.0.1", 0), None) as nobody:
        port = nobody.server_port
    nobodys_settings.OPENAI_BASE_URL, nobodys_settings.EMBEDDING_MODEL = f"http://127.0.0.1:{port}/v1", "m"
    embedder = replace(embeddings.embedder_in_force(), question_patience=Patience(tries=2, sleep=naps))

    with pytest.raises(EmbeddingError, match=r"could not be reached.*OPENAI_BASE_URL.*tried 2 times"):
        embedder.embed_question("a")

    assert len(naps.seconds) == 1


def test_a_server_that_says_nothing_is_left_after_a_while(nobodys_settings, model_server, naps):
    nobodys_settings.OPENAI_BASE_URL, nobodys_settings.EMBEDDING_MODEL = model_server.url, "m"
    nobodys_settings.EMBEDDINGS_OPTIONS = {"timeout": 0.1}
    model_server.behave(hang_after=0)
    embedder = replace(embeddings.embedder_in_force(), question_patience=Patience(tries=2, sleep=naps))

    with pytest.raises(EmbeddingError, match="not in time"):
        embedder.embed_question("a")

    assert model_server.requests[1].left.wait(2)


def test_any_other_failure_of_a_class_is_a_sentence_without_its_words(nobodys_settings):
    nobodys_settings.EMBEDDINGS_CLASS = f"{__name__}.FailingEmbeddings"

    with pytest.raises(
        EmbeddingError, match=r"could not be read \(KeyError\). Check EMBEDDINGS_OPTIONS"
    ) as failure:
        embeddings.embed_question(TEXT)

    assert TEXT not in str(failure.value)


class FailingEmbeddings(AskedEmbeddings):
    def __init__(self) -> None:
        super().__init__("failing")

    def embed_query(self, text: str) -> list[float]:
        raise KeyError(text)
