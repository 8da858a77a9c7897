import math

import pytest
from django.db import connection

from knowledge import lexical


@pytest.mark.django_db
@pytest.mark.parametrize("lexeme", ["heat", "120", "wärme", "o'brien", "a\\b", "節電", "x" * 200])
def test_python_and_postgresql_hash_a_lexeme_to_the_same_dimension(lexeme):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lexical.DIMENSION_SQL} FROM (SELECT %s::text AS lexeme) AS word", [lexeme])
        (in_sql,) = cursor.fetchone()

    assert lexical.dimension(lexeme) == in_sql
    assert in_sql in range(1, lexical.DIMENSIONS + 1)


def test_a_rare_term_weighs_more_than_a_frequent_one_and_an_unknown_one_most():
    frequent, rare, unknown = (lexical.inverse_document_frequency(df, 1000) for df in (900, 10, 0))

    assert 0 < frequent < rare < unknown
    assert unknown == pytest.approx(math.log(1 + 1000.5 / 0.5))


def test_a_frequency_above_the_number_of_chunks_does_not_break_the_weight():
    assert lexical.inverse_document_frequency(12, 10) > 0


def test_of_a_single_chunk_an_unknown_term_does_not_outweigh_those_that_it_holds():
    query = lexical.query({"heater": 1, "water": 1, "hot": 0}, total=1)

    assert query.weights["heater"] + query.weights["water"] > query.weights["hot"]


def test_the_rarest_terms_select_the_candidates_until_the_budget_is_spent():
    query = lexical.query({"common": 9000, "rare": 10, "middle": 900}, total=10_000, row_budget=1000)

    assert query.candidates == ["rare", "middle"]
    assert set(query.weights) == {"common", "rare", "middle"}


def test_one_term_is_a_candidate_even_if_it_alone_passes_the_budget():
    assert lexical.query({"common": 9000}, total=10_000, row_budget=10).candidates == ["common"]


@pytest.mark.django_db
@pytest.mark.parametrize("lexeme", ["it's", "back\\slash", "a|b", "!", ""])
def test_no_lexeme_can_break_out_of_the_query(lexeme):
    literal = lexical.query({lexeme or "x": 1}, total=1).tsquery

    with connection.cursor() as cursor:
        cursor.execute("SELECT numnode(%s::tsquery)", [literal])
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_a_query_vector_is_a_valid_sparse_vector_even_without_terms():
    with connection.cursor() as cursor:
        for terms in ({}, {"a": 1, "b": 2}):
            cursor.execute("SELECT %s::sparsevec IS NOT NULL", [lexical.query(terms, total=10).vector])
            assert cursor.fetchone() == (True,)


@pytest.mark.parametrize(
    ("question", "asked_for"),
    [
        ("Tell me how to save money on bills", "how to save money on bills"),
        ("Please, can you explain to me: what is AFUE?", "what is AFUE?"),
        ("I'd like to know which filter fits.", "which filter fits."),
        ("Kannst du mir sagen, wie warm?", "mir sagen, wie warm?"),
        ("How do I explain it to my children?", "How do I explain it to my children?"),
        ("Telling the time", "Telling the time"),
        ("Please", "Please"),
    ],
)
def test_what_only_asks_for_an_answer_is_not_searched_for(question, asked_for):
    assert lexical.without_request(question) == asked_for
