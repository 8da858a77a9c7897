"""Which items of two sequences belong together."""

import itertools
import random

import pytest

from knowledge.alignment import Budget, matched

PLENTY = 10**6


def common_length(old, new):
    """The plain table: slow and surely right."""
    lengths = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, j in itertools.product(range(len(old)), range(len(new))):
        longest = max(lengths[i][j + 1], lengths[i + 1][j])
        lengths[i + 1][j + 1] = lengths[i][j] + 1 if old[i] == new[j] else longest
    return lengths[-1][-1]


@pytest.mark.parametrize("seed", range(40))
def test_pairs_are_equal_and_rise_on_both_sides(seed):
    chance = random.Random(seed)
    old, new = ([chance.choice("abcdefgh") for _ in range(chance.randrange(30))] for _ in range(2))

    pairs = matched(old, new, Budget(PLENTY))

    assert all(old[i] == new[j] for i, j in pairs)
    assert all(i < k and j < m for (i, j), (k, m) in itertools.pairwise(pairs))


@pytest.mark.parametrize("seed", range(40))
def test_among_items_that_repeat_the_most_are_matched(seed):
    chance = random.Random(seed)
    old, new = ([chance.choice("ab") for _ in range(chance.randrange(6, 30))] for _ in range(2))

    pairs = matched([*"ab", *old, *"ab"], [*"ab", *new, *"ab"], Budget(PLENTY))

    assert len(pairs) == common_length([*"ab", *old, *"ab"], [*"ab", *new, *"ab"])


def test_what_occurs_once_on_either_side_is_matched_first():
    old, new = [*"the cat"], [*"the big cat"]

    pairs = matched(old, new, Budget(PLENTY))

    assert (old.index("c"), new.index("c")) in pairs


def test_one_side_may_be_empty():
    assert matched([], ["a"], Budget(PLENTY)) == []
    assert matched(["a"], [], Budget(PLENTY)) == []


def test_without_a_budget_only_equal_ends_are_matched():
    assert matched([*"abXYcd"], [*"abYXcd"], Budget(0)) == [(0, 0), (1, 1), (4, 4), (5, 5)]


def test_no_more_is_spent_than_there_is():
    budget = Budget(5_000)
    chance = random.Random(1)
    old, new = ([chance.choice("abc") for _ in range(2_000)] for _ in range(2))

    matched(old, new, budget)

    assert 0 <= budget.left < 5_000
