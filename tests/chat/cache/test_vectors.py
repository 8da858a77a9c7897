"""Phrasings are compared one by one until there are enough for an index."""

import pytest
from django.db import connection, transaction
from pgvector import HalfVector

from chat.cache import vectors
from knowledge import embeddings
from knowledge.models import Embedder
from tests.chat.cache.entries import entry

QUESTIONS = ["How warm should the water heater be?", "Where is the boat?", "Who paints the fence?"]


def nearest(question, *options):
    """Phrasings, the nearest first, and how the database finds them."""
    vector = embeddings.embed_question(question)
    parameters = {"vector": HalfVector(vector).to_text(), "embedder": Embedder.objects.in_force().pk}
    with transaction.atomic(), connection.cursor() as cursor:
        for option in options:
            cursor.execute(f"SET LOCAL {option} = off")
        statement = (
            "SELECT text FROM chat_cachedquestion WHERE embedder_id = %(embedder)s "
            f"ORDER BY {vectors.distance(cursor, Embedder.objects.in_force())} LIMIT 3"
        )
        cursor.execute(statement, parameters)
        found = [text for (text,) in cursor.fetchall()]
        cursor.execute(f"EXPLAIN {statement}", parameters)
        return found, "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.django_db
def test_few_phrasings_are_compared_one_by_one():
    entry(*QUESTIONS)

    vectors.tend()

    assert not vectors.has_index()
    found, plan = nearest("Where can I find the boat?")
    assert found[0] == "Where is the boat?"
    assert vectors.index().name not in plan


@pytest.mark.django_db(transaction=True)
def test_an_index_is_made_once_there_are_enough_and_gives_the_same():
    entry(*QUESTIONS)
    before, _plan = nearest("Where can I find the boat?")

    vectors.tend(index_from=len(QUESTIONS))
    vectors.tend(index_from=len(QUESTIONS))  # it is there already

    assert vectors.has_index()
    found, plan = nearest("Where can I find the boat?", "enable_seqscan", "enable_sort")
    assert found == before
    assert vectors.index().name in plan


@pytest.mark.django_db
def test_phrasings_without_a_vector_do_not_count():
    answer = entry(*QUESTIONS)
    answer.questions.filter(text=QUESTIONS[0]).update(embedding=None)

    vectors.tend(index_from=len(QUESTIONS))

    assert not vectors.has_index()
