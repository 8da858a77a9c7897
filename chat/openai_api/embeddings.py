"""Vectors of the embedder that the sources are searched with."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assistant_project.connections import give_back
from assistant_project.limits import budgets
from chat import prices
from chat.answering import places
from chat.models import DailyUsage
from chat.openai_api import formatting
from chat.openai_api.errors import OpenAIRefused, model_not_found
from chat.openai_api.formatting import Vectors
from chat.openai_api.serializers import TextField
from chat.openai_api.views import DEFAULT, OpenAIView
from chat.visitors import Asker, asker_of
from chat.writers import estimated_tokens
from knowledge.embeddings import ConfiguredEmbedder, embedder_in_force
from knowledge.errors import EmbeddingError

MOST_TEXTS = 1_000
TEXT_LENGTH = 32_000
LENGTH_TOGETHER = 1_200_000
"""Characters."""
SECONDS = 20.0
"""After which no further texts are sent to a model that is slow: the request occupies a thread."""


class TextsField(serializers.ListField):
    """One text or several. Numbers of tokens are refused: only the embedder knows its own."""

    child = serializers.CharField(max_length=TEXT_LENGTH, trim_whitespace=False)

    def to_internal_value(self, data: Any) -> list[str]:
        texts = [data] if isinstance(data, str) else data
        if isinstance(texts, list) and not all(isinstance(text, str) for text in texts):
            raise serializers.ValidationError(_("Send texts: numbers of tokens are not taken."))
        return super().to_internal_value(texts)


class EmbeddingSerializer(serializers.Serializer):
    model = TextField()
    input = TextsField(allow_empty=False, max_length=MOST_TEXTS)
    encoding_format = serializers.ChoiceField(["float", "base64"], required=False, default="float")
    dimensions = serializers.IntegerField(required=False, allow_null=True)

    def validate_input(self, texts: list[str]) -> list[str]:
        if any(not text.strip() for text in texts):
            raise serializers.ValidationError(_("A blank text has no vector."))
        if sum(map(len, texts)) > LENGTH_TOGETHER:
            sentence = _("All texts together may have %(most)s characters.")
            raise serializers.ValidationError(sentence % {"most": LENGTH_TOGETHER})
        return texts


class EmbeddingsView(OpenAIView):
    key_scopes = {"POST": "embed"}

    def post(self, request: Request) -> Response:
        asked = EmbeddingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        texts = asked.validated_data["input"]
        try:
            with places.one():
                embedder = embedder_in_force()
                give_back()  # a provider may be asked from here on
                _refuse_another(embedder, **asked.validated_data)
                work = Work([*map(estimated_tokens, texts)])
                vectors = _embed(embedder, texts, work, asker=asker_of(request))
        except EmbeddingError as error:
            sentence = _("The embedding model failed. Try again later.")
            raise OpenAIRefused("embedding_failed", sentence, 503) from error
        return Response(
            formatting.embeddings(
                vectors,
                model=embedder.model,
                tokens=work.tokens,
                as_base64=asked.validated_data["encoding_format"] == "base64",
            )
        )


class Work:
    """How far a request has come, told by the embedder as it goes on: what it has cost, and when it must end."""

    def __init__(
        self, tokens: Sequence[int], seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tokens = tokens
        self._clock, self._end = clock, clock() + seconds
        self._done = 0

    def __call__(self, done: int) -> None:
        """Raises OpenAIRefused if there is more to do, but no more time."""
        self._done = done
        if done < len(self._tokens) and self._clock() > self._end:
            sentence = _("The embedding model is slow. Send fewer texts at once.")
            raise OpenAIRefused("embedding_timeout", sentence, 503)

    @property
    def tokens(self) -> int:
        """Of all texts."""
        return sum(self._tokens)

    @property
    def spent(self) -> int:
        """Tokens of the texts that have been embedded."""
        return sum(self._tokens[: self._done])


def _refuse_another(
    embedder: ConfiguredEmbedder, *, model: str, dimensions: int | None = None, **others: Any
) -> None:
    if model not in (embedder.model, DEFAULT):
        raise model_not_found(model)
    if dimensions is not None and dimensions != embedder.dimensions:
        sentence = _("This model gives vectors of %(dimensions)s dimensions only.")
        detail = sentence % {"dimensions": embedder.dimensions}
        raise OpenAIRefused("unsupported_value", detail, param="dimensions")


def _embed(embedder: ConfiguredEmbedder, texts: list[str], work: Work, *, asker: Asker) -> Vectors:
    """On the budget of who asks, unless the model is our own."""
    if embedder.is_local:
        return embedder.embed_texts(texts, on_progress=work)
    try:
        reservation = budgets.reserve(asker.payer, work.tokens)
    except budgets.BudgetSpent as spent:
        raise OpenAIRefused("budget_spent", spent.detail, 429, wait=spent.wait) from spent
    give_back()
    try:
        return embedder.embed_texts(texts, on_progress=work, patience=embedder.question_patience)
    finally:
        reservation.settle(work.spent)
        used = {"prompt_tokens": work.spent, "completion_tokens": 0}
        cost = prices.cost(settings.MODEL_PRICES, embedder.model, **used)
        DailyUsage.objects.add(asker.user, **used, cost=cost)
