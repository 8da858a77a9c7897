"""The built-in questions by which an embedder's scale is measured."""

import numpy as np
import pytest

from chat.cache import guards, probes
from knowledge.embeddings import LocalEmbeddings


def vectors_with(likeness: dict[tuple[str, str], float]) -> np.ndarray:
    """Vectors of the probes that all stand at right angles, but for the second of each pair named."""
    texts = probes.texts()
    vectors = np.eye(len(texts), dtype=np.float32)
    for (one, other), cosine in likeness.items():
        first, second = texts.index(one), texts.index(other)
        vectors[second] *= np.sqrt(1 - cosine**2)
        vectors[second, first] = cosine
    return vectors


def test_there_are_enough_of_each_kind_and_no_guard_decides_for_the_embedder():
    left_to_cosine = [
        pair for pair in probes.pairs() if not pair.same and not guards.tell_apart(pair.one, pair.other)
    ]

    assert len([pair for pair in probes.pairs() if pair.same]) >= 150
    assert len(left_to_cosine) >= 150


def test_no_pair_is_there_twice_or_of_one_text():
    named = [frozenset((pair.one, pair.other)) for pair in probes.pairs()]

    assert len(set(named)) == len(named)
    assert all(len(pair) == 2 for pair in named)


def test_the_threshold_of_the_local_model_lets_rephrased_questions_through():
    vectors = np.array(LocalEmbeddings().embed_documents(list(probes.texts())), dtype=np.float32)

    measured = probes.measure(vectors)

    assert 0.78 < measured.threshold < 0.824
    assert measured.different_admitted <= probes.LET_THROUGH
    assert measured.same_admitted > 3 * measured.different_admitted


def test_the_threshold_is_just_above_the_look_alikes():
    alike = [pair for pair in probes.pairs() if not pair.same and not guards.tell_apart(pair.one, pair.other)]
    others: dict[str, tuple[str, str]] = {}
    for pair in alike:  # each text once, so that the cosines stay as they were set
        if pair.other not in others:
            others[pair.other] = (pair.one, pair.other)
    named = list(others.values())[:40]

    measured = probes.measure(vectors_with(dict.fromkeys(named, 0.7)))

    assert measured.threshold == pytest.approx(0.7, abs=1e-6)
    assert measured.different_admitted == 0


def test_an_embedder_to_which_nothing_is_alike_gets_the_least_threshold():
    measured = probes.measure(np.eye(len(probes.texts()), dtype=np.float32))

    assert 0.0 <= measured.threshold < 1e-6
