"""Which assistants and which of their models readers may choose from."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from chat.models import Assistant, Session
from chat.writers import has_chat_model


def models_of(assistant: Assistant) -> list[str]:
    """The one that it writes with first, then those that readers may choose instead; none without a chat model."""
    if not has_chat_model():
        return []
    named = [assistant.model or settings.CHAT_MODEL, *assistant.other_models]
    return list(dict.fromkeys(filter(None, named)))


def models_open_to(user: Any) -> set[str]:
    """Those that some assistant offers to this person."""
    assistants = Assistant.objects.usable_by(user)
    return {model for assistant in assistants for model in models_of(assistant)}


def assistants_open_to(user: Any) -> list[Assistant]:
    """The default one first, made if there is none yet."""
    usable = list(Assistant.objects.usable_by(user))
    if not any(assistant.is_default for assistant in usable):
        usable.insert(0, Assistant.objects.default())
    return usable


def assistant_in(session: Session | None, usable: Sequence[Assistant]) -> Assistant:
    """Who goes on with a conversation: the one that answered last, if it is still open to the reader."""
    kept = session.assistant_id if session else None
    return next((assistant for assistant in usable if assistant.pk == kept), usable[0])
