"""How often the cache would serve, and how often wrongly, by threshold: measured on questions with intents.

Some questions of each intent are known, as phrasings of its answer, and the others are asked; or all are known, and
each is asked with itself left out.
"""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chat.cache.gate import GUARDED, Candidate, Gate, Neighbour, candidate
from chat.cache.simulation import NEIGHBOURS, Question, Tally, Vectors, nearest, told_apart

THRESHOLDS = tuple(round(0.70 + 0.02 * step, 2) for step in range(15))
WAYS = ("plain", "guards", "margin", "both")
"""A plain threshold; without what a guard tells apart; with the margin of the gate; with both, as the gate does it."""
BLOCK = 512
"""Questions compared at once, so that memory stays small."""

Progress = Callable[[int], None]


class QuestionsError(ValueError):
    """A sentence on what is wrong with the file of questions."""


@dataclass(frozen=True)
class Asked:
    """A question's candidate, without and with guards, and whether each would be right."""

    plain: Candidate | None
    plain_right: bool
    guarded: Candidate | None
    guarded_right: bool


def questions_of(lines: Iterable[str]) -> list[Question]:
    """Of JSON lines with "text" and "intent". Raises QuestionsError."""
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text, intent = row["text"], row["intent"]
        except (ValueError, KeyError, TypeError):
            raise QuestionsError(f'Line {number} is not JSON with "text" and "intent".') from None
        if not (isinstance(text, str) and text.strip() and isinstance(intent, str) and intent.strip()):
            raise QuestionsError(f'Line {number}: "text" and "intent" must be words.')
        found.append(Question(text, intent))
    _check(Counter(question.intent for question in found))
    return found


def _check(intents: Counter[str]) -> None:
    if len(intents) < 2:
        raise QuestionsError("There must be two intents at least: else no answer can be wrong.")
    if max(intents.values()) < 2:
        raise QuestionsError("No two questions have the same intent: none could be answered by another.")


def ask_all(
    questions: Sequence[Question],
    vectors: Vectors,
    *,
    phrasings: int | None,
    seed: int = 0,
    on_progress: Progress = lambda done: None,
) -> list[Asked]:
    """The candidates of the questions that are asked; phrasings known of each answer: None for all but the asked."""
    known, asked = _parts(questions, phrasings, seed)
    answers = {intent: number for number, intent in enumerate(dict.fromkeys(q.intent for q in questions))}
    found = []
    for index, neighbours in _neighbours(vectors, known, asked):
        near = [
            Neighbour(answers[questions[other].intent], questions[other].text, cosine)
            for other, cosine in neighbours
        ]
        found.append(_asked(questions[index].text, answers[questions[index].intent], near))
        if len(found) % BLOCK == 0:
            on_progress(len(found))
    return found


def served(asked: Sequence[Asked], way: str, threshold: float) -> Tally:
    """What one of WAYS does at a threshold."""
    gate = Gate(GUARDED, threshold)
    hits = wrong = 0
    for one in asked:
        guarded = way in ("guards", "both")
        found = one.guarded if guarded else one.plain
        if found is None:
            continue
        if gate.admits(found) if way in ("margin", "both") else found.cosine >= threshold:
            hits += 1
            wrong += not (one.guarded_right if guarded else one.plain_right)
    return Tally(len(asked), hits, wrong)


def plain_at(asked: Sequence[Asked], hits: int) -> tuple[float, Tally]:
    """The plain threshold that serves so many, and what it does."""
    cosines = sorted((one.plain.cosine for one in asked if one.plain), reverse=True)
    threshold = cosines[hits - 1] if 0 < hits <= len(cosines) else 1.0
    return threshold, served(asked, "plain", threshold)


def _parts(
    questions: Sequence[Question], phrasings: int | None, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which questions are known, and which are asked."""
    everything = np.arange(len(questions))
    if phrasings is None:
        return everything, everything
    by_intent = defaultdict(list)
    for index in random.Random(seed).sample(range(len(questions)), len(questions)):  # noqa: S311  (no secret)
        by_intent[questions[index].intent].append(index)
    known = np.array(sorted(index for indexes in by_intent.values() for index in indexes[:phrasings]))
    return known, np.setdiff1d(everything, known)


def _neighbours(
    vectors: Vectors, known: NDArray[np.int64], asked: NDArray[np.int64]
) -> Iterator[tuple[int, list[tuple[int, float]]]]:
    """Each asked question with the nearest known ones and their cosines, itself left out."""
    for start in range(0, len(asked), BLOCK):
        block = asked[start : start + BLOCK]
        cosines = vectors[block] @ vectors[known].T
        cosines[block[:, None] == known[None, :]] = -2.0
        for index, row in zip(block, cosines, strict=True):
            places = nearest(row, NEIGHBOURS)
            yield (
                int(index),
                [(int(known[place]), float(row[place])) for place in places if row[place] > -2.0],
            )


def _asked(text: str, answer: int, near: Sequence[Neighbour]) -> Asked:
    plain = candidate(near)
    guarded = candidate([one for one in near if not told_apart(text, one.question)])
    return Asked(plain, _is(plain, answer), guarded, _is(guarded, answer))


def _is(found: Candidate | None, answer: int) -> bool:
    return found is not None and found.answer_id == answer
