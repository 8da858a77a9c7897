"""The bodies of OpenAI's protocol, as the model server sends them."""

import base64
import functools
import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

Json = dict[str, Any]


def text_of(message: Json) -> str:
    """The text of a message, whose content may be parts with images between them."""
    content = message["content"] or ""  # none beside calls of tools
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    return "\n".join(part["text"] for part in parts if part["type"] == "text")


def images_of(message: Json) -> list[str]:
    """The addresses of the images in a message."""
    parts = [] if isinstance(message["content"], str) else message["content"]
    return [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]


def model_list() -> Json:
    model = {"id": "test-model", "object": "model", "created": 0, "owned_by": "tests"}
    return {"object": "list", "data": [model]}


def error_body(message: str) -> Json:
    return {"error": {"message": message, "type": "error", "param": None, "code": None}}


def tool_call(number: int, name: str, arguments: Json | str) -> Json:
    """arguments: as text if they shall be no JSON."""
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"id": f"call-{number}", "type": "function", "function": {"name": name, "arguments": text}}


def completion(request: Json, tokens: Sequence[str], finish_reason: str, calls: Sequence[Json] = ()) -> Json:
    message: Json = {"role": "assistant", "content": "".join(tokens), "refusal": None}
    if calls:
        message |= {"content": None, "tool_calls": list(calls)}
    choice = {"index": 0, "message": message, "finish_reason": finish_reason, "logprobs": None}
    return _envelope(request, "chat.completion", [choice]) | {"usage": _chat_usage(request, tokens)}


def chunk(request: Json, delta: Json, finish_reason: str | None = None) -> Json:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}
    return _envelope(request, "chat.completion.chunk", [choice])


def usage_chunk(request: Json, tokens: Sequence[str]) -> Json:
    return _envelope(request, "chat.completion.chunk", []) | {"usage": _chat_usage(request, tokens)}


def embedding_list(request: Json, texts: Sequence[str], vectors: Sequence[Sequence[float]]) -> Json:
    encode = _as_base64 if request.get("encoding_format") == "base64" else list
    data = [{"object": "embedding", "index": i, "embedding": encode(v)} for i, v in enumerate(vectors)]
    tokens = sum(len(text.split()) for text in texts)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "data": data, "model": request["model"], "usage": usage}


def text_vector(text: str, dimensions: int) -> list[float]:
    """The sum of a random but constant direction a word: texts that share words are near each other."""
    words = re.findall(r"\w+", text.lower()) or [text]
    total = np.sum([_word_vector(word, dimensions) for word in words], axis=0)
    return [float(value) for value in total / np.linalg.norm(total)]


@functools.cache
def _word_vector(word: str, dimensions: int) -> np.ndarray:
    seed = int.from_bytes(hashlib.md5(word.encode()).digest())
    return np.random.default_rng(seed).standard_normal(dimensions)


def _as_base64(vector: Sequence[float]) -> str:
    return base64.b64encode(np.array(vector, dtype="<f4").tobytes()).decode()


def _envelope(request: Json, kind: str, choices: list[Json]) -> Json:
    return {"id": "chatcmpl-1", "object": kind, "created": 0, "model": request["model"], "choices": choices}


def _chat_usage(request: Json, tokens: Sequence[str]) -> Json:
    prompt = sum(len(text_of(message).split()) for message in request["messages"])
    return {"prompt_tokens": prompt, "completion_tokens": len(tokens), "total_tokens": prompt + len(tokens)}
