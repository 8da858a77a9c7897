"""What a look-up in the answer cache costs, and how often what it serves is wrong; beside GPTCache in the same run.

    python -m tests.benchmarks.cache_lookup QUESTIONS.jsonl [--entries 1000 10000 100000]

The file holds questions {"text", "intent"}, perhaps with "split": "test" for those that are held out. Two questions of
one intent have the same answer. Beyond the file's questions, entries are made for two of them in one.

A look-up is all that happens between question and entry: exact words, vector search, guards, gate, whether each cited
chunk is as it was, and reading the entry. GPTCache has the same vectors, entries and questions, each asked of both in
turn. Asked are: the words of entries, the same with an opening, and held-out questions. Rows are grouped by what came
of it. "beyond embedding" takes the vectors as given, "with it" does not; an exact hit needs none.

Wrong is what was served and belongs to another intent, by the defaults of both. Hits that would be answered afresh as
an audit are served here.
"""

import argparse
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from tests.benchmarks import gptcache_rival
from tests.benchmarks.cache_entries import ASKER, Asked, FilledCache, endless, read
from tests.benchmarks.installation import empty_installation

ASKED_OF_EACH_KIND = 200
WARM_UP = 20
OPENING = "Hello, please tell me: "
TARGET_ENTRIES, MOST_MILLISECONDS = 10_000, 10
BEYOND, WITH_IT = "beyond embedding", "with it"
Times = dict[tuple[str, str], list[float]]
"""Milliseconds of each look-up, by whose it is and what came of it."""


class Both:
    """Our cache and GPTCache, with the same entries."""

    def __init__(self, questions: Sequence[Asked], size: int) -> None:
        from knowledge import embeddings

        self.given: dict[str, Any] = {}
        """Vectors that need not be made."""
        self.ours = FilledCache(questions)
        self.size = size
        self.dimensions = embeddings.embedder_in_force().dimensions
        self.theirs: Any = None

    def begin(self, name: str) -> None:
        """With no entries."""
        self.ours.begin(name)
        if not gptcache_rival.missing():
            self.theirs = gptcache_rival.GPTCache(self.size, self.dimensions, self.vector)

    def vector(self, text: str) -> Any:
        from knowledge import embeddings

        return self.given[text] if text in self.given else embeddings.embed_question(text)

    def add(self, questions: Sequence[Asked], *, by_intent: bool = False) -> None:
        from knowledge import embeddings

        texts = [asked.text for asked in questions]
        vectors = embeddings.embed_texts(texts)
        (self.ours.add_by_intent if by_intent else self.ours.add)(questions, vectors)
        if self.theirs and not by_intent:
            self.theirs.add(texts, [asked.intent for asked in questions], vectors)

    def ask_ours(self, text: str) -> tuple[str, str]:
        """What came of it, and the intent that is served."""
        from chat import cache

        found = cache.look_up(
            text, self.ours.scope, asker=ASKER, fresh=False, vector=lambda: self.vector(text)
        )
        if not found.is_hit:
            return "miss", ""
        return f"{found.match.level} hit", self.ours.intents[found.match.answer_id]

    def ask_theirs(self, text: str) -> tuple[str, str]:
        served = self.theirs.get(text) or ""
        return ("hit" if served else "miss"), served

    def asked(self) -> Iterator[tuple[str, Callable[[str], tuple[str, str]]]]:
        yield "this", self.ask_ours
        if self.theirs:
            yield "GPTCache", self.ask_theirs


def timed(both: Both, texts: Sequence[str]) -> dict[str, Times]:
    """Each text looked up with its vector at hand and without, now the one first, now the other."""
    from knowledge import embeddings

    vectors = dict(zip(texts, embeddings.embed_texts(texts), strict=True))
    ways = [(BEYOND, vectors), (WITH_IT, {})]
    found: dict[str, Times] = {way: defaultdict(list) for way, _ in ways}
    for number, text in enumerate([*texts[:WARM_UP], *texts]):
        for way, both.given in ways[:: 1 if number % 2 else -1]:
            for name, ask in both.asked():
                started = time.perf_counter()
                outcome, _ = ask(text)
                if number >= WARM_UP:
                    found[way][name, outcome].append(1000 * (time.perf_counter() - started))
    both.given = {}
    return found


def measure_times(
    both: Both, known: Sequence[Asked], held_out: Sequence[Asked], sizes: Sequence[int]
) -> None:
    from chat.cache import vectors

    source, entries = endless(known), []
    for size in sorted(sizes):
        more = list(islice(source, size - len(entries)))
        both.add(more)
        entries += more
        vectors.tend()
        print(f"\n{size} entries, {'with' if vectors.has_index() else 'without'} an index", flush=True)
        every = max(size // ASKED_OF_EACH_KIND, 1)
        texts = [asked.text for asked in entries[::every][:ASKED_OF_EACH_KIND]]
        texts += [OPENING + text for text in texts]
        texts += [asked.text for asked in held_out[:ASKED_OF_EACH_KIND]]
        found = timed(both, texts)
        print_times(found)
        if size == TARGET_ENTRIES and (misses := found[BEYOND].get(("this", "miss"))):
            print(
                f"  p95 of a miss beyond embedding: {p95(misses):.1f} ms; meant are {MOST_MILLISECONDS} at most"
            )


def print_times(found: dict[str, Times]) -> None:
    print(f"  {'':24}{'n':>6}" + "".join(f"   {way:>30}" for way in found))
    print(f"  {'':24}{'':>6}" + len(found) * f"   {'per s':>10}{'p50 ms':>10}{'p95 ms':>10}")
    for key in sorted(found[BEYOND], key=lambda key: (key[0] != "this", key[1])):
        print(f"  {' '.join(key):24}{len(found[BEYOND][key]):6}", end="")
        for times in (found[way].get(key, [0.0]) for way in found):
            per_second = len(times) / max(sum(times) / 1000, 1e-9)
            print(f"   {per_second:10.0f}{statistics.median(times):10.2f}{p95(times):10.2f}", end="")
        print(flush=True)


def p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[18] if len(times) > 1 else times[0]


def measure_wrong(both: Both, known: Sequence[Asked], held_out: Sequence[Asked]) -> None:
    print(f"\n{len(known)} known questions, {len(held_out)} held-out ones asked", flush=True)
    for name, by_intent in (("an entry for each question", False), ("an entry for each intent", True)):
        both.begin(name)
        both.add(known, by_intent=by_intent)
        for whose, ask in both.asked():
            if whose == "this" or not by_intent:
                print_wrong(f"{whose}, {name}", held_out, ask)


def print_wrong(name: str, held_out: Sequence[Asked], ask: Callable[[str], tuple[str, str]]) -> None:
    served = [(asked.intent, ask(asked.text)[1]) for asked in held_out]
    hits = [(wanted, got) for wanted, got in served if got]
    wrong = sum(wanted != got for wanted, got in hits)
    share = f"{100 * wrong / len(hits):.1f} % of them wrong ({wrong})" if hits else "none wrong"
    print(f"  {name:40}{100 * len(hits) / len(served):5.1f} % served ({len(hits)}), {share}", flush=True)


def measure(questions: Path, sizes: Sequence[int]) -> None:
    known, held_out = read(questions)
    both = Both(known, max(*sizes, len(known)))
    print(gptcache_rival.missing() or "GPTCache: SQLite and faiss, as it comes")
    measure_wrong(both, known, held_out)
    both.begin("timed")
    measure_times(both, known, held_out, sizes)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("questions", type=Path)
    parser.add_argument("--entries", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    options = parser.parse_args()
    with empty_installation(CACHE_AUDIT_SHARE="0"):
        measure(options.questions, options.entries)


if __name__ == "__main__":
    main()
