"""Who answers and how: the assistant, and the reader's wishes as far as the assistant allows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings

from chat.images import Image
from chat.models import Assistant, Preferences, Tool
from chat.tools import rounds
from chat.writers import ModelChoice, Style, TimeLimits, Writer, has_chat_model, writer_in_force
from chat.writers.estimates import IMAGE_TOKENS
from knowledge.models import Collection

PROMPT_TOKENS = 8_000
"""More than rules, passages, history and the rewriting of a follow-up take together."""
CHARACTERS_A_TOKEN = 2
"""Cautiously: English has four, some scripts fewer than two."""


@dataclass(frozen=True)
class Choice:
    """Who answers one question, and how."""

    assistant: Assistant
    model: ModelChoice
    style: Style
    images: int = 0
    tools: Sequence[Tool] = ()
    """That may be called for the answer."""

    @cached_property
    def writer(self) -> Writer:
        """Raises ImproperlyConfigured if the settings are wrong."""
        limits = TimeLimits(
            first_token=settings.CHAT_FIRST_TOKEN_SECONDS,
            idle=settings.CHAT_IDLE_SECONDS,
            whole=settings.CHAT_WHOLE_SECONDS,
        )
        return writer_in_force(limits=limits, choice=self.model)

    @cached_property
    def collections(self) -> list[Collection] | None:
        """That the assistant may quote; None: all."""
        return list(self.assistant.collections.all()) or None

    @property
    def costs_tokens(self) -> bool:
        return has_chat_model() or bool(self.images)

    def most_tokens(self, characters: int) -> int:
        """What the answer to a question of so many characters costs at most, but for many rounds of tools."""
        told = len(self.assistant.instructions) + len(self.style.about_me) + len(self.style.program)
        return (
            PROMPT_TOKENS
            + (characters + told) // CHARACTERS_A_TOKEN
            + self.images * IMAGE_TOKENS
            + (self.model.max_tokens or 0)
            + rounds.reserved_tokens(self.tools, characters + told, CHARACTERS_A_TOKEN)
        )


def choose(
    assistant: Assistant,
    user: Any,
    wishes: Mapping[str, Any],
    images: Sequence[Image] = (),
    *,
    program: str = "",
) -> Choice:
    """The assistant's settings, or what the reader prefers within them: `wishes` go before stored preferences.

    program: instructions of the program through which the reader asks.
    """
    preferences = Preferences.objects.of(user)
    for name, value in wishes.items():
        setattr(preferences, name, value)
    return Choice(
        assistant,
        _model(assistant, preferences, reads_images=bool(images)),
        Style(preferences.expertise, preferences.about_me, preferences.language, program),
        len(images),
        tuple(Tool.objects.usable_by(assistant)) if has_chat_model() or images else (),
    )


def _model(assistant: Assistant, preferences: Preferences, *, reads_images: bool) -> ModelChoice:
    temperature = assistant.temperature
    if preferences.temperature is not None:
        temperature = min(preferences.temperature, assistant.highest_temperature)
    return ModelChoice(
        model=preferences.model if preferences.model in assistant.other_models else assistant.model,
        temperature=temperature,
        max_tokens=min(preferences.max_tokens or assistant.max_tokens, assistant.max_tokens),
        reads_images=reads_images,
    )
