"""Answers, models and vectors as OpenAI's clients read them."""

import base64
import datetime
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chat.addresses import absolute
from chat.citations import marks
from chat.models import Assistant

Json = dict[str, Any]
Vectors = NDArray[np.float32]
Message = Mapping[str, Any]
"""As chat.records.message_payload makes it."""

OWNER = "knowledge-assistant"
NOTHING_WRITTEN = "model_limit"
"""The failure of a model that reached its limit before the first word: for these clients an answer without text."""
CUT_AT_ONCE: Message = {
    "content": "",
    "kind": "generated",
    "citations": [],
    "tools": [],
    "warnings": ["truncated"],
    "tokens": {"prompt": 0, "completion": 0},
}
"""What is told of such an answer."""


def model(assistant: Assistant) -> Json:
    created = int(assistant.created_at.timestamp())
    return {
        "id": assistant.slug,
        "object": "model",
        "created": created,
        "owned_by": OWNER,
        "name": assistant.name,
    }


def completion(message: Message, *, model: str) -> Json:
    """A whole answer."""
    said = {
        "role": "assistant",
        "content": message["content"],
        "refusal": None,
        "annotations": annotations(message["content"], message),
    }
    choice = {"index": 0, "message": said, "logprobs": None, "finish_reason": finish_reason(message)}
    created = int(datetime.datetime.fromisoformat(message["created_at"]).timestamp())
    return {
        "id": completion_id(message["id"]),
        "object": "chat.completion",
        "created": created,
        "model": model,
        "choices": [choice],
        "usage": usage(message),
        **evidence(message),
    }


def completion_id(message_id: int) -> str:
    """Holds the id with which REST knows the answer."""
    return f"chatcmpl-{message_id}"


def finish_reason(message: Message) -> str:
    return "length" if "truncated" in message["warnings"] else "stop"


def usage(message: Message) -> Json:
    tokens = message["tokens"]
    return {
        "prompt_tokens": tokens["prompt"],
        "completion_tokens": tokens["completion"],
        "total_tokens": tokens["prompt"] + tokens["completion"],
    }


def evidence(message: Message) -> Json:
    """What no field of OpenAI's holds: kind of the answer, passages that it rests on, tools that were asked."""
    citations = [one | {"url": absolute(one["url"])} for one in message["citations"]]
    return {"x_kind": message["kind"], "x_citations": citations, "x_tools": message["tools"]}


def annotations(text: str, message: Message) -> list[Json]:
    """Where the text cites something that has an address; the range is that of the mark, end exclusive."""
    cited = {one["number"]: one for one in message["citations"] if one["url"]}
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": start,
                "end_index": end,
                "title": cited[number]["title"],
                "url": absolute(cited[number]["url"]),
            },
        }
        for start, end, number in marks(text)
        if number in cited
    ]


def embeddings(vectors: Vectors, *, model: str, tokens: int, as_base64: bool) -> Json:
    shown = [_encoded(vector) if as_base64 else vector.tolist() for vector in vectors]
    return {
        "object": "list",
        "data": [
            {"object": "embedding", "index": index, "embedding": one} for index, one in enumerate(shown)
        ],
        "model": model,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def _encoded(vector: Vectors) -> str:
    """Four bytes a number, the lowest first."""
    return base64.b64encode(np.asarray(vector, dtype="<f4").tobytes()).decode()
