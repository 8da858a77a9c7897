"""Entries of the answer cache by the thousand, made of questions with intents; the chunks that they cite are there."""

import datetime
import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

HELD_OUT_EVERY = 4
QUESTIONS_A_SOURCE = 10
PASSAGES = 2
ROWS_AT_ONCE = 5_000
ASKER = "a" * 64


@dataclass(frozen=True)
class Asked:
    """A question, and what tells whether two have the same answer."""

    text: str
    intent: str


def read(path: Path) -> tuple[list[Asked], list[Asked]]:
    """Known questions and held-out ones, each text once: by their "split", or else every fourth is held out."""
    from chat.cache.wording import normalised
    from knowledge.benchmarking import read_lines

    rows = {normalised(row["text"]): row for row in read_lines(path)}
    split: tuple[list[Asked], list[Asked]] = ([], [])
    for number, row in enumerate(rows.values(), start=1):
        held_out = row["split"] == "test" if "split" in row else number % HELD_OUT_EVERY == 0
        split[held_out].append(Asked(row["text"].strip(), row["intent"]))
    return split


def endless(questions: Sequence[Asked]) -> Iterator[Asked]:
    """The questions themselves, then two of them in one, each pair once."""
    yield from questions
    chance, seen = random.Random(1), set()
    while True:
        pair = tuple(chance.sample(range(len(questions)), 2))
        if pair not in seen:
            seen.add(pair)
            one, other = (questions[place] for place in pair)
            yield Asked(f"{one.text} {other.text}", f"{one.intent} + {other.intent}")


class FilledCache:
    """The answer cache of somebody who may read one collection, and what is in it."""

    def __init__(self, questions: Sequence[Asked]) -> None:
        from chat.cache.scope import scope_of
        from chat.models import Assistant
        from chat.writers import ModelChoice, Style
        from knowledge.models import Collection

        collection = Collection.objects.create(name="Benchmark", slug="benchmark")
        self.chunks = _chunks(collection, questions)
        self.intents: dict[int, str] = {}
        """Of each entry, by its id."""
        self.scope = scope_of(Assistant.objects.default(), Style(), ModelChoice(), [collection.pk])

    def begin(self, name: str) -> None:
        """Leave all that is in it, and go on with an empty one beside it."""
        from chat.models import CachedAnswer

        CachedAnswer.objects.all().delete()
        self.scope, self.intents = replace(self.scope, key=name.ljust(64, "-")), {}

    def add(self, questions: Sequence[Asked], vectors: Any) -> None:
        """An entry for each question."""
        answers = self._answers([asked.intent for asked in questions])
        self._phrase(answers, questions, vectors)

    def add_by_intent(self, questions: Sequence[Asked], vectors: Any) -> None:
        """An entry for each intent, with all its questions as phrasings."""
        intents = sorted({asked.intent for asked in questions})
        answers = dict(zip(intents, self._answers(intents), strict=True))
        self._phrase([answers[asked.intent] for asked in questions], questions, vectors)

    def _answers(self, intents: Sequence[str]) -> list[Any]:
        from django.utils import timezone

        from chat.models import CachedAnswer, CachedPassage

        expires = timezone.now() + datetime.timedelta(days=7)
        usual = {"scope": self.scope.key, "collections": list(self.scope.collections), "expires_at": expires}
        rows = [
            CachedAnswer(content=f"About {intent} [1][2].", askers=[ASKER], **usual) for intent in intents
        ]
        answers = CachedAnswer.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
        chunks = itertools.cycle(self.chunks)
        CachedPassage.objects.bulk_create(
            (
                CachedPassage(
                    answer=answer,
                    number=number,
                    source_id=chunk.source_id,
                    content_hashes=[chunk.content_hash],
                    title=chunk.heading,
                    text=chunk.text,
                )
                for answer in answers
                for number, chunk in enumerate(itertools.islice(chunks, PASSAGES), start=1)
            ),
            batch_size=ROWS_AT_ONCE,
        )
        self.intents |= {answer.pk: intent for answer, intent in zip(answers, intents, strict=True)}
        return answers

    def _phrase(self, answers: Iterable[Any], questions: Sequence[Asked], vectors: Any) -> None:
        from django.db import connection
        from pgvector import HalfVector

        from chat.cache.wording import digest
        from chat.models import CachedQuestion
        from knowledge.models import Embedder

        usual = {"scope": self.scope.key, "embedder": Embedder.objects.in_force(), "asker": ASKER}
        CachedQuestion.objects.bulk_create(
            (
                CachedQuestion(
                    answer=answer,
                    text=asked.text,
                    digest=digest(asked.text),
                    embedding=HalfVector(vector),
                    **usual,
                )
                for answer, asked, vector in zip(answers, questions, vectors, strict=True)
            ),
            batch_size=ROWS_AT_ONCE,
        )
        with connection.cursor() as cursor:  # as autovacuum does after a while
            cursor.execute("VACUUM ANALYZE")


def _chunks(collection: Any, questions: Sequence[Asked]) -> list[Any]:
    """Of sources that hold the questions of one intent each, ten a source."""
    from knowledge.benchmarking import ingest_documents
    from knowledge.models import Chunk

    documents = []
    for intent, alike in itertools.groupby(
        sorted(questions, key=lambda asked: asked.intent), lambda a: a.intent
    ):
        texts = [asked.text for asked in alike]
        for start in range(0, len(texts), QUESTIONS_A_SOURCE):
            text = "\n\n".join(texts[start : start + QUESTIONS_A_SOURCE])
            documents.append({"id": f"{intent}-{start}", "title": intent, "text": text})
    ingest_documents(collection, documents)
    return list(Chunk.objects.live().only("source_id", "content_hash", "heading", "text"))
