"""Answers, models and vectors as OpenAI's clients read them: values in, values out."""

import base64
import datetime
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

import numpy as np
from numpy.typing import NDArray

from chat.citations import marks
from chat.models import Assistant

Json = dict[str, Any]
Vectors = NDArray[np.float32]
Message = Mapping[str, Any]
"""As chat.records.message_payload makes it."""

OWNER = "knowledge-assistant"


def model(assistant: Assistant) -> Json:
    created = int(assistant.created_at.timestamp())
    return {
        "id": assistant.slug,
        "object": "model",
        "created": created,
        "owned_by": OWNER,
        "name": assistant.name,
    }


def completion(message: Message, *, model: str, site: str) -> Json:
    """A whole answer. `site`: where addresses without a host belong."""
    said = {
        "role": "assistant",
        "content": message["content"],
        "refusal": None,
        "annotations": annotations(message["content"], message, site),
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
        **evidence(message, site),
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


def evidence(message: Message, site: str) -> Json:
    """What no field of OpenAI's holds: the kind of the answer, and the passages that it rests on."""
    citations = [one | {"url": absolute(one["url"], site)} for one in message["citations"]]
    return {"x_kind": message["kind"], "x_citations": citations}


def annotations(text: str, message: Message, site: str) -> list[Json]:
    """Where the text cites something that has an address; the range is that of the mark, end exclusive."""
    cited = {one["number"]: one for one in message["citations"] if one["url"]}
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": start,
                "end_index": end,
                "title": cited[number]["title"],
                "url": absolute(cited[number]["url"], site),
            },
        }
        for start, end, number in marks(text)
        if number in cited
    ]


def absolute(url: str, site: str) -> str:
    return urljoin(f"{site}/", url) if url else ""


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
