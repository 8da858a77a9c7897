"""Who writes the answer: a chat model that the settings name, or the extractive writer.

Without a chat model the answer is made of sentences of the passages.
"""

from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from chat.prompts import Messages, Style
from chat.writers.chat_model import ChatModelWriter, ProvidedModel, completed, messages_for, shown_messages
from chat.writers.estimates import estimated_prompt_tokens, estimated_tokens, told_or_estimated
from chat.writers.extractive import ExtractiveWriter
from chat.writers.port import (
    Completion,
    ModelChoice,
    TimeLimits,
    Usage,
    Writer,
    WriterError,
    WritingRequest,
)
from chat.writers.provider import chat_model
from chat.writers.tool_calls import OfferedTool, ToolChooser, WantedCall

__all__ = [
    "ChatModelWriter",
    "Completion",
    "ExtractiveWriter",
    "ModelChoice",
    "OfferedTool",
    "ProvidedModel",
    "Style",
    "TimeLimits",
    "ToolChooser",
    "Usage",
    "WantedCall",
    "Writer",
    "WriterError",
    "WritingRequest",
    "can_read_images",
    "complete",
    "estimated_prompt_tokens",
    "estimated_tokens",
    "has_chat_model",
    "messages_for",
    "shown_messages",
    "told_or_estimated",
    "tool_chooser",
    "writer_in_force",
]

AS_SET = ModelChoice()


def writer_in_force(*, limits: TimeLimits | None = None, choice: ModelChoice = AS_SET) -> Writer:
    """The one that the settings and the choice name. Raises ImproperlyConfigured if they are wrong.

    The extractive writer has no model: whatever is chosen, it quotes.
    """
    model = chat_model(choice)
    return ChatModelWriter(model, limits=limits) if model else ExtractiveWriter()


def has_chat_model() -> bool:
    """Whether a model writes the answers; without one they are quoted."""
    return bool(settings.CHAT_MODEL or settings.CHAT_MODEL_CLASS)


def can_read_images() -> bool:
    """Whether a model reads images; if not, `reads_images` may not be chosen."""
    return bool(settings.VISION_MODEL)


async def complete(messages: Messages, *, model: str = "", max_tokens: int = 400) -> Completion | None:
    """A short text that is not streamed; None without a chat model. Raises WriterError.

    It takes no longer than an answer's first token may. Cancelling it ends the call.
    """
    provided = chat_model(ModelChoice(model=model, max_tokens=max_tokens))
    if provided is None:
        return None
    return await completed(provided, messages, seconds=settings.CHAT_FIRST_TOKEN_SECONDS)


def tool_chooser(choice: ModelChoice, messages: Messages, tools: Sequence[OfferedTool]) -> ToolChooser:
    """What asks the chosen model for calls of these tools. Raises ImproperlyConfigured if there is none."""
    model = chat_model(choice)
    if model is None:
        raise ImproperlyConfigured("CHAT_MODEL is empty: no model can call tools.")
    return ToolChooser(model, messages, tools)
