"""Vectors of the embedder that the sources are searched with."""

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assistant_project.limits import budgets
from chat.openai_api import formatting
from chat.openai_api.errors import OpenAIRefused, model_not_found
from chat.openai_api.formatting import Vectors
from chat.openai_api.views import DEFAULT, OpenAIView
from chat.visitors import asker_of
from chat.writers import estimated_tokens
from knowledge.embeddings import ConfiguredEmbedder, embedder_in_force
from knowledge.errors import EmbeddingError

MOST_TEXTS = 2_048
TEXT_LENGTH = 32_000
LENGTH_TOGETHER = 1_200_000
"""Characters."""


class TextsField(serializers.ListField):
    """One text or several. Numbers of tokens are refused: only the embedder knows its own."""

    child = serializers.CharField(max_length=TEXT_LENGTH, trim_whitespace=False)

    def to_internal_value(self, data: Any) -> list[str]:
        texts = [data] if isinstance(data, str) else data
        if isinstance(texts, list) and not all(isinstance(text, str) for text in texts):
            raise serializers.ValidationError(_("Send texts: numbers of tokens are not taken."))
        return super().to_internal_value(texts)


class EmbeddingSerializer(serializers.Serializer):
    model = serializers.CharField()
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
        embedder = embedder_in_force()
        texts = asked.validated_data["input"]
        tokens = sum(map(estimated_tokens, texts))
        try:
            _refuse_another(embedder, **asked.validated_data)
            vectors = _embed(embedder, texts, payer=asker_of(request).payer, tokens=tokens)
        except EmbeddingError as error:
            sentence = _("The embedding model failed. Try again later.")
            raise OpenAIRefused("embedding_failed", sentence, 503) from error
        return Response(
            formatting.embeddings(
                vectors,
                model=embedder.model,
                tokens=tokens,
                as_base64=asked.validated_data["encoding_format"] == "base64",
            )
        )


def _refuse_another(
    embedder: ConfiguredEmbedder, *, model: str, dimensions: int | None = None, **others: Any
) -> None:
    if model not in (embedder.model, DEFAULT):
        raise model_not_found(model)
    if dimensions is not None and dimensions != embedder.dimensions:
        sentence = _("This model gives vectors of %(dimensions)s dimensions only.")
        detail = sentence % {"dimensions": embedder.dimensions}
        raise OpenAIRefused("unsupported_value", detail, param="dimensions")


def _embed(embedder: ConfiguredEmbedder, texts: list[str], *, payer: str, tokens: int) -> Vectors:
    """On the budget of who asks, unless the model is our own."""
    try:
        reservation = None if embedder.is_local else budgets.reserve(payer, tokens)
    except budgets.BudgetSpent as spent:
        raise OpenAIRefused("budget_spent", spent.detail, 429, wait=spent.wait) from spent
    if not connection.in_atomic_block:
        connection.close()  # none is held while a model works
    try:
        return embedder.embed_texts(texts)
    except EmbeddingError:
        if reservation:
            reservation.settle(0)
        raise
