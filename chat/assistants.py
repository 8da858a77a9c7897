"""Which models an assistant offers to its readers."""

from typing import Any

from django.conf import settings

from chat.models import Assistant


def models_of(assistant: Assistant) -> list[str]:
    """The one that it writes with first, then those that readers may choose instead; none without a chat model."""
    if not (settings.CHAT_MODEL or settings.CHAT_MODEL_CLASS):
        return []
    named = [assistant.model or settings.CHAT_MODEL, *assistant.other_models]
    return list(dict.fromkeys(filter(None, named)))


def models_open_to(user: Any) -> set[str]:
    """Those that some assistant offers to this person."""
    assistants = Assistant.objects.usable_by(user)
    return {model for assistant in assistants for model in models_of(assistant)}
