"""How well a follow-up question is searched: against the search for the same question written to stand alone.

    python -m tests.benchmarks.followups PAIRS.jsonl

The file holds conversations: {id: "conversation#turn", history: [question, answer, …], question, rewrite}. It has no
documents, so they are made of it: every answer that says something becomes one, titled with the name that the
conversation's rewrites repeat most, as a chunk stands under the title of its source. What the search for the rewrite
finds is taken as right. The first question of each conversation is put as its rewrite: nobody begins with "What was his
style?". Three kinds of turn are measured:

- follow-ups: every question but the first, after its own history;
- after another topic: the same, with a whole other conversation before it;
- new topic: the rewrite itself, after another conversation: nothing may be added to it.

Overlap is the share of the right ten that are found, first how often the best of them is among the ten found, answered
how often the best passage passes the floor. With a chat model in the environment, its rewriting is measured too.
"""

import argparse
import asyncio
import re
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.installation import empty_installation

NAME = re.compile(r"(?<=\w )[A-Z][\w.'&-]*(?: [A-Z&][\w.'&-]*)*")
SHORTEST_ANSWER = 20
DEPTH = 10


@dataclass
class Conversation:
    questions: list[str]
    rewrites: list[str]
    answers: list[str]
    """One fewer: the last answer is not in the file."""

    @property
    def subject(self) -> str:
        """The name that stands in most rewrites."""
        names = Counter(
            name.removesuffix("'s")
            for rewrite in self.rewrites
            for name in set(NAME.findall(rewrite.rstrip("?")))
        )
        return names.most_common(1)[0][0] if names else ""

    def history(self, turns: int) -> list[tuple[str, str]]:
        """The first so many questions and answers."""
        asked = [self.rewrites[0], *self.questions[1:]]
        pairs = zip(asked[:turns], self.answers[:turns], strict=True)
        return [turn for question, answer in pairs for turn in (("user", question), ("assistant", answer))]


@dataclass(frozen=True)
class Case:
    question: str
    history: list[tuple[str, str]]
    standalone: str


@dataclass
class Figures:
    overlap: list[float] = field(default_factory=list)
    first: list[bool] = field(default_factory=list)
    answered: list[bool] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"overlap@10 {statistics.fmean(self.overlap):.3f}  first {statistics.fmean(self.first):.3f}  "
            f"answered {statistics.fmean(self.answered):.3f}  p50 {statistics.median(self.milliseconds):.1f} ms"
        )


def conversations(path: Path) -> list[Conversation]:
    from knowledge.benchmarking import read_lines

    rows = defaultdict(list)
    for row in read_lines(path):
        rows[row["id"].split("#")[0]].append(row)
    found = []
    for turns in rows.values():
        turns.sort(key=lambda row: len(row["history"]))
        found.append(
            Conversation(
                [row["question"] for row in turns],
                [row["rewrite"] for row in turns],
                turns[-1]["history"][1::2],
            )
        )
    return found


def documents(told: list[Conversation]) -> list[dict[str, str]]:
    return [
        {"id": f"{number}-{turn}", "title": conversation.subject, "text": answer}
        for number, conversation in enumerate(told)
        for turn, answer in enumerate(conversation.answers)
        if len(answer) >= SHORTEST_ANSWER
    ]


def cases(told: list[Conversation]) -> dict[str, list[Case]]:
    kinds: dict[str, list[Case]] = {"follow-ups": [], "after another topic": [], "new topic": []}
    for number, conversation in enumerate(told):
        other = told[(number + len(told) // 2) % len(told)]
        before = other.history(len(other.answers))
        for turn in range(1, len(conversation.questions)):
            question, standalone = conversation.questions[turn], conversation.rewrites[turn]
            history = conversation.history(turn)
            kinds["follow-ups"].append(Case(question, history, standalone))
            kinds["after another topic"].append(Case(question, before + history, standalone))
            kinds["new topic"].append(Case(standalone, before, standalone))
    return kinds


def searches() -> Iterator[tuple[str, Callable[[Case], str]]]:
    """What is searched for, by each way."""
    from django.conf import settings

    from chat.followups import standalone_question, with_topic

    def asked(case: Case) -> list[str]:
        return [content for role, content in case.history if role == "user"]

    yield "question alone", lambda case: case.question
    yield "previous + question", lambda case: f"{asked(case)[-1]} {case.question}"
    yield "whole history", lambda case: " ".join([*(content for _, content in case.history), case.question])
    yield "this, without a model", lambda case: with_topic(case.question, asked(case))
    if model := settings.CHAT_MODEL or settings.CHAT_MODEL_CLASS:
        yield (
            f"this, with {model}",
            lambda case: asyncio.run(standalone_question(case.question, case.history)).search,
        )


def measure(told: list[Conversation]) -> None:
    from knowledge import retrieval
    from knowledge.benchmarking import ingest_documents, scratch_schema
    from knowledge.models import Collection

    with scratch_schema():
        collection = Collection.objects.create(name="Benchmark", slug="benchmark")
        ids = ingest_documents(collection, documents(told))
        print(f"{len(told)} conversations, {len(ids)} documents")

        def found(search: str) -> tuple[list[str], float]:
            """The best documents, and the best score."""
            rows, _, _ = retrieval.ranked_chunks(
                search, {collection.pk: collection.language}, limit=3 * DEPTH
            )
            best = dict.fromkeys(ids[row["source_id"]] for row in rows)
            return list(best)[:DEPTH], rows[0]["score"] if rows else 0.0

        for kind, asked in cases(told).items():
            print(f"\n{kind}, n = {len(asked)}")
            right = [found(case.standalone)[0] for case in asked]
            for name, search in searches():
                print(
                    f"  {name:24}{figures(asked, right, lambda case, search=search: found(search(case)))}",
                    flush=True,
                )


def figures(
    asked: list[Case], right: list[list[str]], answer: Callable[[Case], tuple[list[str], float]]
) -> Figures:
    from knowledge import retrieval

    result = Figures()
    for case, expected in zip(asked, right, strict=True):
        started = time.perf_counter()
        ranking, score = answer(case)
        result.milliseconds.append(1000 * (time.perf_counter() - started))
        result.overlap.append(len({*ranking} & {*expected}) / max(len(expected), 1))
        result.first.append(expected[:1] == [] or expected[0] in ranking)
        result.answered.append(score >= retrieval.floor())
    return result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pairs", type=Path)
    options = parser.parse_args()
    with empty_installation():
        measure(conversations(options.pairs))


if __name__ == "__main__":
    main()
