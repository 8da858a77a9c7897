"""Lets a chat model write: any of LangChain's, within limits of time, failures as sentences."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from typing import cast

from django.utils import timezone
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, BaseMessageChunk

from chat.prompts import Content, Messages, answer_messages
from chat.writers.estimates import told_or_estimated
from chat.writers.failures import BrokenAnswerError, NothingWrittenError, as_writer_error
from chat.writers.port import Completion, TimeLimits, Usage, WriterError, WritingRequest

REASONS = ("finish_reason", "stop_reason", "done_reason", "status")
"""Where the providers say why a model stopped, and below: what they say."""
AT_ITS_LIMIT = {"length", "max_tokens", "MAX_TOKENS", "incomplete"}
FILTERED = {"content_filter", "SAFETY", "refusal"}


@dataclass(frozen=True)
class ProvidedModel:
    """A LangChain chat model that can be opened for the time of one answer."""

    name: str
    open: Callable[[], AbstractAsyncContextManager[BaseChatModel]]
    gives_reasons: bool = False
    """It ends each answer with a reason; one that ends without was cut."""


class ChatModelWriter:
    """Writes with a chat model, piece by piece."""

    quotes = False

    def __init__(self, model: ProvidedModel, *, limits: TimeLimits | None = None) -> None:
        self.name = model.name
        self._model = model
        self._limits = limits or TimeLimits()

    async def write(self, request: WritingRequest) -> AsyncGenerator[str | Usage, None]:
        messages = messages_for(request)
        answer = _Answer(messages)
        try:
            async with self._model.open() as model, aclosing(self._chunks(model, messages, answer)) as chunks:
                async for chunk in chunks:
                    if text := answer.take(chunk):
                        yield text
            answer.check_end(must_give_reason=self._model.gives_reasons)
        except Exception as error:  # providers share no base class
            raise answer.failure(error, model=self.name) from None
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


async def completed(provided: ProvidedModel, messages: Messages, *, seconds: float) -> Completion:
    """What the model says to the messages, all at once. Raises WriterError."""
    answer = _Answer(messages)
    try:
        async with asyncio.timeout(seconds), provided.open() as model:
            text = answer.take(await model.ainvoke(messages))
        answer.check_end(must_give_reason=provided.gives_reasons)
    except Exception as error:  # providers share no base class
        raise answer.failure(error, model=provided.name) from None
    return Completion(text.strip(), answer.usage)


def messages_for(request: WritingRequest) -> Messages:
    """What a chat model is sent."""
    return answer_messages(
        request.question,
        request.passages,
        delimiter=request.delimiter,
        history=request.history,
        instructions=request.instructions,
        today=f"{timezone.localdate():%A, %d %B %Y}",
        style=request.style,
        images=request.images,
        selected_text=request.selected_text,
        from_tools=request.from_tools,
    )


def shown_messages(request: WritingRequest) -> list[tuple[str, str]]:
    """What a chat model is sent, for people to read: without the bytes of images."""
    return [(role, _texts(content)) for role, content in messages_for(request)]


def _texts(content: Content) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(str(part.get("text", "(an image)")) for part in content if isinstance(part, dict))


class _Answer:
    """What is known of an answer while it arrives."""

    def __init__(self, messages: Messages) -> None:
        self.begun = False
        self._messages = messages
        self._heard = False
        self._text = self._reason = ""
        self._prompt_tokens = self._completion_tokens = 0

    def take(self, chunk: BaseMessage) -> str:
        """The chunk's text, after noting what else it says."""
        self._heard = True
        self._reason = next(
            (str(chunk.response_metadata[key]) for key in REASONS if chunk.response_metadata.get(key)),
            self._reason,
        )
        # The most, not the sum: some providers repeat the total with every chunk.
        usage = getattr(chunk, "usage_metadata", None) or {}
        self._prompt_tokens = max(self._prompt_tokens, usage.get("input_tokens", 0))
        self._completion_tokens = max(self._completion_tokens, usage.get("output_tokens", 0))
        text = str(chunk.text)
        self._text += text
        self.begun = self.begun or bool(text.strip())
        return text

    def check_end(self, *, must_give_reason: bool) -> None:
        if not self.begun and self._reason in AT_ITS_LIMIT:
            raise NothingWrittenError
        cut = must_give_reason and not self._reason
        if cut or not self.begun or self._reason in FILTERED:
            raise BrokenAnswerError

    @property
    def usage(self) -> Usage:
        told = Usage(self._prompt_tokens, self._completion_tokens, truncated=self._reason in AT_ITS_LIMIT)
        return told_or_estimated(told, self._messages, self._text)

    def failure(self, error: Exception, *, model: str) -> WriterError:
        return as_writer_error(error, model=model, begun=self._heard, usage=self.usage)
