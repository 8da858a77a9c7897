"""How much is found for a message that asks two things: by one search, and by one for each of them as well.

    python -m tests.benchmarks.joined_questions DIR

DIR holds a judged collection: corpus.jsonl, queries.jsonl, qrels.tsv. Pairs of its questions whose documents are found
when they are asked alone are joined in two ways: "A? And b?" and "A and b?". Both: how often an answer is written from
a document of each; nothing: how often the sources are said not to answer. Questions of the collection that ask several
things by themselves follow, with the recall of their documents.
"""

import argparse
import random
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.installation import empty_installation

PAIRS = 200
PASSAGES = 6

Find = Callable[[str], set[str]]


def join(first: str, second: str, *, sentences: bool) -> str:
    second = second if second.split()[0].isupper() else second[0].lower() + second[1:]
    return f"{first} And {second}" if sentences else f"{first.rstrip('?')} and {second}"


def ways(ids: dict[int, str]) -> dict[str, Find]:
    """The documents that an answer would be written from, by each way."""
    from django.contrib.auth.models import AnonymousUser

    from chat.parts import joined, parts
    from knowledge import retrieval

    def search(text: str) -> retrieval.Search:
        return retrieval.search(text, user=AnonymousUser(), limit=PASSAGES)

    def used(found: retrieval.Search) -> set[str]:
        fitting = [passage for passage in found.passages if passage.score >= found.floor / 2]
        return {ids[passage.source_id] for passage in fitting} if found.answerable else set()

    def each(text: str) -> set[str]:
        several = parts(text)
        whole = search(text)
        return used(joined([whole, *(search(part.search) for part in several)]) if several else whole)

    return {"one search": lambda text: used(search(text)), "one for each": each}


def measure(judged: Any) -> None:
    from chat.parts import parts
    from knowledge.benchmarking import ingest_documents, scratch_schema
    from knowledge.models import Collection

    with scratch_schema():
        ids = ingest_documents(
            Collection.objects.create(name="Benchmark", slug="benchmark"), judged.documents
        )
        found = ways(ids)
        right = {query: set(grades) for query, grades in judged.judgements.items()}
        texts = {query: text for query, text in judged.queries.items() if query in right}
        alone = [
            q for q, text in texts.items() if text.count("?") == 1 and found["one search"](text) & right[q]
        ]
        drawn = random.Random(3)
        pairs = [drawn.sample(alone, 2) for _ in range(PAIRS)]
        for sentences in (True, False):
            print("A? And b?" if sentences else "A and b?")
            for name, find in found.items():
                got = [(find(join(texts[a], texts[b], sentences=sentences)), a, b) for a, b in pairs]
                both = statistics.fmean(
                    bool(there & right[a]) and bool(there & right[b]) for there, a, b in got
                )
                print(
                    f"  {name:14}both {both:.3f}  nothing {statistics.fmean(not there for there, _, _ in got):.3f}"
                )
        several = [query for query, text in texts.items() if parts(text)]
        print(f"{len(several)} of {len(texts)} questions ask several things by themselves")
        for name, find in found.items():
            recalls = [len(find(texts[query]) & right[query]) / len(right[query]) for query in several]
            print(f"  {name:14}recall {statistics.fmean(recalls or [0]):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("collection", type=Path)
    options = parser.parse_args()
    with empty_installation():
        from knowledge.benchmarking import JudgedCollection

        measure(JudgedCollection.load(options.collection))


if __name__ == "__main__":
    main()
