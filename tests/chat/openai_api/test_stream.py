"""An answer's events as chunks."""

import json

import pytest

from chat.events import Done, Failed, Sources, Token
from chat.openai_api.stream import END, Chunks

SITE = "https://assistant.example.org"


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = SITE


def citation(number=1, **fields):
    return {"number": number, "title": "Heating", "url": "/sources/1/pages/21/"} | fields


def message(content="Set it to 120 °F. [1]", **fields):
    return {
        "content": content,
        "kind": "generated",
        "warnings": [],
        "citations": [citation()],
        "tools": [],
        "tokens": {"prompt": 7, "completion": 5},
    } | fields


def sent(*events, with_usage=False):
    """What a client reads of these events."""
    chunks = Chunks("chatcmpl-1", 0, "assistant", with_usage)
    frames = b"".join(chunks(event) for event in events).removesuffix(END).decode().split("\n\n")
    return [json.loads(frame.removeprefix("data: ")) for frame in frames if frame]


def test_the_last_chunk_brings_reason_kind_and_citations():
    *_, last = sent(Sources(()), Token("Set it to 120 °F. [1]"), Done(message()))

    assert last["choices"][0]["finish_reason"] == "stop"
    assert last["x_kind"] == "generated"
    assert last["x_citations"] == [citation(url=f"{SITE}/sources/1/pages/21/")]


def test_annotations_are_ranges_of_the_text_that_was_streamed():
    streamed = "Set it to 120 °F【1】."
    stored = message("Set it to 120 °F[1].")

    *_, last = sent(Token(streamed), Done(stored))

    (annotation,) = last["choices"][0]["delta"]["annotations"]
    cited = annotation["url_citation"]
    assert streamed[cited["start_index"] : cited["end_index"]] == "【1】"
    assert (cited["title"], cited["url"]) == ("Heating", f"{SITE}/sources/1/pages/21/")


@pytest.mark.parametrize(
    ("content", "citations"),
    [
        ("Set it to `[1]`.", [citation()]),
        ("Set it to 120 °F. [2]", [citation()]),
        ("Once a week. [1]", [citation(url="")]),
    ],
    ids=["a mark in code", "a number that nothing has", "a text without an address"],
)
def test_what_leads_nowhere_is_not_annotated(content, citations):
    *_, last = sent(Token(content), Done(message(content, citations=citations)))

    assert last["choices"][0]["delta"]["annotations"] == []


def test_an_answer_of_which_nothing_was_streamed_comes_whole():
    abstained = message("The sources do not answer this question.", kind="abstained", citations=[])

    first, last = sent(Sources(()), Done(abstained))

    assert first["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert last["choices"][0]["delta"]["content"] == "The sources do not answer this question."
    assert last["x_kind"] == "abstained"


def test_an_answer_that_met_its_limit_says_so():
    *_, last = sent(Token("Set it"), Done(message(warnings=["truncated"])))

    assert last["choices"][0]["finish_reason"] == "length"


def test_usage_comes_last_if_it_is_asked_for():
    *earlier, last = sent(Token("Set it"), Done(message()), with_usage=True)

    assert {chunk["usage"] for chunk in earlier} == {None}
    assert last["choices"] == []
    assert last["usage"] == {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}


def test_without_asking_there_is_no_usage():
    assert all("usage" not in chunk for chunk in sent(Token("Set it"), Done(message())))


def test_a_model_that_reaches_its_limit_before_it_writes_ends_an_empty_answer():
    first, last, usage = sent(Sources(()), Failed("model_limit", "Allow longer answers."), with_usage=True)

    assert first["choices"][0]["delta"]["content"] == last["choices"][0]["delta"]["content"] == ""
    assert last["choices"][0]["finish_reason"] == "length"
    assert usage["usage"]["completion_tokens"] == 0


def test_a_failure_is_an_error_and_not_an_end():
    chunks = Chunks("chatcmpl-1", 0, "assistant", with_usage=False)

    frame = chunks(Failed("model_timeout", "The model was too slow."))

    error = json.loads(frame.decode().removeprefix("data: "))["error"]
    assert error == {
        "message": "The model was too slow.",
        "type": "server_error",
        "param": None,
        "code": "model_timeout",
    }
