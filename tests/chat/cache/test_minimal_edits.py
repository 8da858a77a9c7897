"""How many minimal edits would be answered with the answer to the question that they were made of."""

import json
from collections import defaultdict

import numpy as np
import pytest

from chat.cache.guards import tell_apart
from knowledge.embeddings.local import LocalEmbeddings
from tests.chat.cache.minimal_edits import minimal_edits, paraphrases

SERVED = 0.80
ALLOWED = {
    "number": 0.0,
    "spelled number": 0.0,
    "date": 0.0,
    "unit": 0.0,
    "version": 0.0,
    "negation": 0.0,
    "direction": 0.0,
    "name": 0.02,
    "lower-case name": 0.02,
    "antonym": 0.02,
    "question word": 0.05,
    "insertion": 0.02,
}


@pytest.fixture(scope="module")
def served():
    """By family, for each pair: whether it would be served."""
    pairs = minimal_edits()
    embed = LocalEmbeddings().embed_documents
    ours, theirs = np.array(embed([p.question for p in pairs])), np.array(embed([p.edit for p in pairs]))
    shares = defaultdict(list)
    for pair, cosine in zip(pairs, (ours * theirs).sum(axis=1), strict=True):
        shares[pair.family].append(cosine >= SERVED and not tell_apart(pair.question, pair.edit))
    return shares


@pytest.mark.parametrize("family", ALLOWED)
def test_hardly_an_edit_of_a_family_is_served(served, family):
    assert np.mean(served[family]) <= ALLOWED[family]


@pytest.mark.parametrize("family", ALLOWED)
def test_the_guards_hold_whatever_the_embedder_thinks(family):
    edits = [pair for pair in minimal_edits() if pair.family == family]

    passed = [pair for pair in edits if not tell_apart(pair.question, pair.edit)]

    assert len(passed) <= ALLOWED[family] * len(edits), passed


def test_there_are_many_edits_and_each_is_an_edit():
    pairs = minimal_edits()

    assert len(pairs) >= 1500
    assert all(pair.question.split() != pair.edit.split() for pair in pairs)
    assert {pair.family for pair in pairs} == set(ALLOWED)


def test_the_same_edits_are_made_again():
    assert minimal_edits() == minimal_edits()


def test_questions_of_a_file_are_edited_too(tmp_path):
    questions = tmp_path / "questions.jsonl"
    questions.write_text(
        json.dumps({"text": "How can I fly 2 times from Rome to Milan with Anna?", "intent": "x"})
    )

    more = minimal_edits(questions)[len(minimal_edits()) :]

    assert {pair.family for pair in more} >= {"number", "negation", "question word", "name", "direction"}
    assert all(tell_apart(pair.question, pair.edit) for pair in more)


def test_paraphrases_are_rarely_told_apart():
    pairs = paraphrases()

    refused = [pair for pair in pairs if tell_apart(pair.question, pair.edit)]

    assert len(pairs) >= 200
    assert len(refused) <= 0.02 * len(pairs), refused
