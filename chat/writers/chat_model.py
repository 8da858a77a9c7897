"""Lets a chat model write: any of LangChain's, within limits of time, failures as sentences."""

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from typing import cast

from django.utils import timezone
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessageChunk

from chat.prompts import Messages, answer_messages
from chat.writers.port import Usage, WriterError, WritingRequest

logger = logging.getLogger(__name__)

REASONS = ("finish_reason", "stop_reason", "done_reason", "status")
"""Where the providers say why a model stopped, and below: what they say."""
AT_ITS_LIMIT = {"length", "max_tokens", "MAX_TOKENS", "incomplete"}
FILTERED = {"content_filter", "SAFETY", "refusal"}

DETAILS = {
    "model_refused_key": "The language model refused this site's key. Its administrator can mend that.",
    "model_busy": "The language model is busy, or its quota is used up. Try again in a while.",
    "model_failed": "The language model failed. Try again, or tell the administrator.",
    "model_timeout": "The language model took too long. Try again.",
    "model_unreachable": "The language model is out of reach. Try again, or tell the administrator.",
    "model_broken_answer": "The language model's answer broke off or could not be read. Try again.",
}
BY_STATUS = {
    401: "model_refused_key",
    403: "model_refused_key",
    408: "model_timeout",
    429: "model_busy",
    504: "model_timeout",
}
BY_NAME = {
    "TimeoutError": "model_timeout",
    "APITimeoutError": "model_timeout",
    "ModelTimeoutError": "model_timeout",
    "TimeoutException": "model_timeout",
    "APIConnectionError": "model_unreachable",
    "ModelConnectionError": "model_unreachable",
    "ConnectionError": "model_unreachable",
    "TransportError": "model_unreachable",
    "APIResponseValidationError": "model_broken_answer",
    "APIError": "model_failed",
    "ModelError": "model_failed",
}
"""Python's, openai's, LangChain's and httpx's exceptions; by name, so that no client has to be imported."""


@dataclass(frozen=True)
class TimeLimits:
    """Seconds."""

    first_token: float = 30.0
    """Until the first text. A model that thinks before it writes must give a sign of life as often."""
    idle: float = 60.0
    """Between two pieces after that."""
    whole: float = 600.0


class ChatModelWriter:
    """Writes with a LangChain chat model, which `open_model` provides for the time of one answer."""

    quotes = False

    def __init__(
        self,
        name: str,
        open_model: Callable[[], AbstractAsyncContextManager[BaseChatModel]],
        *,
        gives_reasons: bool = False,
        limits: TimeLimits | None = None,
    ) -> None:
        """`gives_reasons`: the provider ends each answer with a reason; one that ends without was cut."""
        self.name = name
        self._open_model = open_model
        self._gives_reasons = gives_reasons
        self._limits = limits or TimeLimits()

    async def write(self, request: WritingRequest) -> AsyncGenerator[str | Usage, None]:
        messages = answer_messages(
            request.question,
            request.passages,
            delimiter=secrets.token_hex(8),
            history=request.history,
            instructions=request.instructions,
            today=f"{timezone.localdate():%A, %d %B %Y}",
        )
        answer = _Answer()
        try:
            async with self._open_model() as model, aclosing(self._chunks(model, messages, answer)) as chunks:
                async for chunk in chunks:
                    if text := answer.take(chunk):
                        yield text
            answer.check_end(must_give_reason=self._gives_reasons)
        except Exception as error:  # providers share no base class
            code = _code(error, begun=answer.heard)
            # Neither its text nor its cause: providers repeat keys and questions in their messages.
            logger.warning("%s: %s (%s)", self.name, code, type(error).__name__)
            raise WriterError(code, DETAILS[code]) from None
        yield answer.usage

    async def _chunks(
        self, model: BaseChatModel, messages: Messages, answer: "_Answer"
    ) -> AsyncGenerator[BaseMessageChunk, None]:
        """The model's chunks, each within the limits."""
        now = asyncio.get_running_loop().time
        end = now() + self._limits.whole
        stream = cast(AsyncGenerator[BaseMessageChunk, None], model.astream(messages))
        async with aclosing(stream):
            while True:
                patience = self._limits.idle if answer.begun else self._limits.first_token
                async with asyncio.timeout(min(patience, end - now())):
                    chunk = await anext(stream, None)
                if chunk is None:
                    return
                yield chunk


class _BrokenAnswerError(Exception):
    """Empty, or without an end."""


class _Answer:
    """What is known of an answer while it arrives."""

    def __init__(self) -> None:
        self.heard = self.begun = False
        self._reason = ""
        self._prompt_tokens = self._completion_tokens = 0

    def take(self, chunk: BaseMessageChunk) -> str:
        """The chunk's text, after noting what else it says."""
        self.heard = True
        self._reason = next(
            (str(chunk.response_metadata[key]) for key in REASONS if chunk.response_metadata.get(key)),
            self._reason,
        )
        # The most, not the sum: some providers repeat the total with every chunk.
        usage = getattr(chunk, "usage_metadata", None) or {}
        self._prompt_tokens = max(self._prompt_tokens, usage.get("input_tokens", 0))
        self._completion_tokens = max(self._completion_tokens, usage.get("output_tokens", 0))
        text = str(chunk.text)
        self.begun = self.begun or bool(text.strip())
        return text

    def check_end(self, *, must_give_reason: bool) -> None:
        cut = must_give_reason and not self._reason
        if cut or not self.begun or self._reason in FILTERED:
            raise _BrokenAnswerError

    @property
    def usage(self) -> Usage:
        return Usage(self._prompt_tokens, self._completion_tokens, truncated=self._reason in AT_ITS_LIMIT)


def _code(error: Exception, *, begun: bool) -> str:
    """Which of our failures a provider's exception is."""
    status = getattr(error, "status_code", None) or getattr(
        getattr(error, "response", None), "status_code", None
    )
    if isinstance(status, int):
        return BY_STATUS.get(status, "model_failed")
    named = (BY_NAME[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in BY_NAME)
    code = next(named, "model_broken_answer")
    return "model_broken_answer" if code == "model_unreachable" and begun else code
