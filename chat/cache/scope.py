"""What an answer depends on beside the question: a hash that is never optional and never chosen by the caller."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language

from chat.models import Assistant, Tool
from chat.models.cache.answer import VISITOR
from chat.prompts import answer_messages
from chat.visitors import Asker
from chat.writers import ModelChoice, Style, has_chat_model
from knowledge import embeddings

SALT = "chat.cache.asker"


@dataclass(frozen=True)
class Scope:
    """Whose answers may be given to somebody who asks an assistant."""

    key: str
    """Of answers that were written in the very same circumstances."""
    verified: tuple[str, ...]
    """Of verified answers of this assistant, and of every one."""
    collections: tuple[int, ...]
    """Ids of those that the asker may read and the assistant may quote."""
    language: str = ""
    """That the reader prefers."""

    @property
    def keys(self) -> list[str]:
        return [self.key, *self.verified]


def scope_of(
    assistant: Assistant,
    style: Style,
    model: ModelChoice,
    collections: Iterable[int],
    *,
    tools: Iterable[Tool] = (),
) -> Scope:
    """For an assistant and a reader's wishes, the collections that are searched for this reader, and usable tools."""
    searched = tuple(sorted(collections))
    language = style.language.strip().casefold()
    prompt = answer_messages("", (), delimiter="-", instructions=assistant.instructions, style=style)
    return Scope(
        _hashed(searched, assistant.pk, language, prompt, _model(model), _embedder(), *_tools(tools)),
        (verified_scope(assistant.pk, language), verified_scope(None, language)),
        searched,
        language,
    )


def verified_scope(assistant_id: int | None, language: str) -> str:
    """Of what curators approve: it outlives prompts and models. Which sources it cites decides who may read it."""
    return _hashed("verified", assistant_id, language.strip().casefold())


def asker_key(payer: Asker | str) -> str:
    """Tells people apart without telling who they are; of a person, or of what stands for one (Asker.payer).

    Visitors without an account are told apart by their address, and begin with VISITOR.
    """
    name = payer if isinstance(payer, str) else payer.payer
    key = salted_hmac(SALT, name, algorithm="sha256").hexdigest()
    return key if name.startswith("user:") else VISITOR + key[len(VISITOR) :]


def _model(chosen: ModelChoice) -> list[object]:
    return [
        chosen.model or settings.CHAT_MODEL,
        settings.CHAT_MODEL_CLASS,
        settings.CHAT_MODEL_OPTIONS,
        settings.OPENAI_BASE_URL,
        chosen.temperature,
        chosen.max_tokens,
        # What stands below quotations is in the reader's language.
        "" if has_chat_model() else get_language(),
    ]


def _tools(tools: Iterable[Tool]) -> list[object]:
    """What they are and take; nothing without any, as before there were tools."""
    return [[tool.pk, tool.description, tool.input_schema] for tool in tools]


def _embedder() -> list[object]:
    embedder = embeddings.embedder_in_force()
    return [embedder.provider, embedder.model, settings.EMBEDDINGS_OPTIONS, settings.RETRIEVAL_FLOOR]


def _hashed(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
