"""An answer's events as the chunks of a stream."""

import json
from dataclasses import dataclass, field
from typing import Any

from chat.events import Done, Event, Failed, Sources, Token, ToolCall
from chat.openai_api import formatting
from chat.openai_api.errors import error_body
from chat.openai_api.formatting import Json, Message

END = b"data: [DONE]\n\n"


@dataclass
class Chunks:
    """Makes the frames of one stream, and knows which text the client has got."""

    id: str
    created: int
    """Seconds since 1970."""
    model: str
    with_usage: bool
    text: str = field(default="", init=False)

    def __call__(self, event: Event) -> bytes:
        match event:
            case ToolCall():
                return b": a tool is asked\n\n"
            case Sources():
                return self._chunk({"role": "assistant", "content": ""})
            case Token(text):
                self.text += text
                return self._chunk({"content": text})
            case Done(message):
                return self._end(message)
            case Failed(formatting.NOTHING_WRITTEN):
                return self._end(formatting.CUT_AT_ONCE)
            case Failed(code, detail):
                return _frame(error_body(code, detail, 503))

    def _end(self, message: Message) -> bytes:
        """What was not streamed, such as the sentence of an abstention, and what is known at the end only."""
        delta: Json = {} if self.text else {"content": message["content"]}
        self.text = self.text or message["content"]
        delta["annotations"] = formatting.annotations(self.text, message)
        reason = formatting.finish_reason(message)
        last = self._chunk(delta, reason, **formatting.evidence(message))
        if self.with_usage:
            last += _frame(self._envelope([]) | {"usage": formatting.usage(message)})
        return last + END

    def _chunk(self, delta: Json, finish_reason: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        usage = {"usage": None} if self.with_usage else {}
        return _frame(self._envelope([choice]) | usage | more)

    def _envelope(self, choices: list[Json]) -> Json:
        return {
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": choices,
        }


def _frame(data: Json) -> bytes:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
