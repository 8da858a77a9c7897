"""The ways to ask for an entry, and their vectors."""

import pytest

from chat.cache import phrasings
from chat.models import CachedQuestion
from knowledge.errors import EmbeddingError
from knowledge.models import Embedder
from tests.chat.cache.entries import entry
from tests.embedders import CountingEmbeddings

pytestmark = pytest.mark.django_db


def test_a_phrasing_is_embedded_with_the_model_in_force():
    phrasing = phrasings.add(entry("How warm?"), "Which temperature is right?", origin="curator")

    assert phrasing.embedder == Embedder.objects.in_force()
    assert len(phrasing.embedding.to_list()) == 256


def test_the_same_words_are_one_phrasing_whose_meaning_may_change():
    answer = entry("How warm?")

    phrasings.add(answer, "Which temperature is right?", origin="judged")
    phrasings.add(answer, "which temperature is right", same=False, origin="curator")

    added = answer.questions.exclude(text="How warm?").get()
    assert (added.same, added.origin) == (False, "curator")


def test_an_embedder_that_is_down_leaves_it_for_later(settings):
    answer = entry("How warm?")
    settings.EMBEDDINGS_CLASS = "tests.embedders.BrokenEmbeddings"

    phrasing = phrasings.add(answer, "Which temperature is right?", origin="curator")

    assert phrasing.embedding is None
    with pytest.raises(EmbeddingError):
        phrasings.embed_missing()


def test_nobody_waits_for_an_embedder_if_they_say_so(settings):
    settings.EMBEDDINGS_CLASS = "tests.embedders.CountingEmbeddings"
    answer = entry("How warm?")
    CountingEmbeddings.asked.clear()

    phrasing = phrasings.add(answer, "Which temperature is right?", origin="asked", embed=False)

    assert phrasing.embedding is None
    assert CountingEmbeddings.asked == []


def test_what_has_no_vector_of_the_model_in_force_is_embedded_later(settings):
    answer = entry("How warm?")
    phrasings.add(answer, "Which temperature is right?", origin="asked", embed=False)
    assert phrasings.embed_missing() == 1

    settings.EMBEDDINGS_CLASS = "tests.embedders.CountingEmbeddings"

    assert phrasings.embed_missing() == 2
    assert set(CachedQuestion.objects.values_list("embedder", flat=True)) == {Embedder.objects.in_force().pk}
    assert phrasings.embed_missing() == 0
