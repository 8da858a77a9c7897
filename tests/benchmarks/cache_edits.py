"""How many minimal edits the answer cache would take for the question that they were made of.

    python -m tests.benchmarks.cache_edits [QUESTIONS.jsonl]

By family: how many pairs lie above a cosine of .80 and of .95 with the embedder that comes along, which share no guard
tells apart, and which share would be served: no guard tells them apart, and the cosine is .80 or more. The pairs are
made of templates, and of the questions of a file ({"text", "intent"} a line) if one is named.

The last line is of another kind: paraphrases, of which "told apart" is what the guards cost. With a file, the pairs of
one intent and of two are added to it.
"""

import argparse
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SERVED = 0.80
LEVELS = (0.82, 0.90, 0.95)


def measure(questions: Path | None) -> None:
    from tests.chat.cache.minimal_edits import minimal_edits, paraphrases

    print(f"{'family':16}{'pairs':>7}{'>= .80':>9}{'>= .95':>9}{'no guard':>10}{'served':>9}")
    rows = defaultdict(list)
    for pair, cosine in with_cosines([*minimal_edits(questions), *paraphrases()]):
        rows[pair.family].append((pair, cosine))
    for family, pairs in rows.items():
        print_family(family, pairs)
    if questions:
        measure_intents(questions)


def with_cosines(pairs: list[Any]) -> Iterable[tuple[Any, float]]:
    import numpy as np

    from knowledge.embeddings.local import LocalEmbeddings

    embed = LocalEmbeddings().embed_documents
    ours, theirs = np.array(embed([p.question for p in pairs])), np.array(embed([p.edit for p in pairs]))
    return zip(pairs, (ours * theirs).sum(axis=1), strict=True)


def print_family(family: str, pairs: list[tuple[Any, float]]) -> None:
    from chat.cache.guards import tell_apart

    alike = [not tell_apart(pair.question, pair.edit) for pair, _ in pairs]
    served = [no_guard and cosine >= SERVED for no_guard, (_, cosine) in zip(alike, pairs, strict=True)]
    above = [sum(cosine >= level for _, cosine in pairs) for level in (0.80, 0.95)]
    shares = [100 * count / len(pairs) for count in (*above, sum(alike), sum(served))]
    print(
        f"{family:16}{len(pairs):7}{shares[0]:8.1f}%{shares[1]:8.1f}%{shares[2]:9.1f}%{shares[3]:8.1f}%",
        flush=True,
    )


def measure_intents(questions: Path) -> None:
    """What the guards cost among questions of one intent, and save among those of two."""
    from chat.cache.guards import differences, read

    pairs = [
        (cosine, same, bool(differences(read(one), read(other))))
        for one, other, cosine, same in near_pairs(questions)
    ]
    print(
        f"\n{'cosine':9}{'same':>8}{'told apart':>12}{'other':>8}{'told apart':>12}{'wrong':>9}{'guarded':>9}"
    )
    for level in LEVELS:
        same = [apart for cosine, alike, apart in pairs if alike and cosine >= level]
        other = [apart for cosine, alike, apart in pairs if not alike and cosine >= level]
        print(
            f">= {level:.2f}  {len(same):8}{share(sum(same), len(same)):>12}{len(other):8}"
            f"{share(sum(other), len(other)):>12}{share(len(other), len(same) + len(other)):>9}"
            f"{share(other.count(False), same.count(False) + other.count(False)):>9}"
        )


def share(count: int, of: int) -> str:
    return f"{100 * count / of:.2f}%" if of else "-"


def near_pairs(questions: Path) -> Iterable[tuple[str, str, float, bool]]:
    """Each two questions with a cosine of the lowest level or more, and whether they have one intent."""
    import numpy as np

    from knowledge.benchmarking import read_lines
    from knowledge.embeddings.local import LocalEmbeddings

    intents = {row["text"].strip(): row["intent"] for row in read_lines(questions)}
    texts = list(intents)
    vectors = np.array(LocalEmbeddings().embed_documents(texts), dtype=np.float32)
    for at, vector in enumerate(vectors):
        cosines = vectors[at + 1 :] @ vector
        for after in np.flatnonzero(cosines >= LEVELS[0]):
            one, other = texts[at], texts[at + 1 + int(after)]
            yield one, other, float(cosines[after]), intents[one] == intents[other]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("questions", type=Path, nargs="?")
    options = parser.parse_args()
    if options.questions and not options.questions.is_file():
        sys.exit(f"There is no file {options.questions}.")
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "assistant_project.settings"}
        import django

        django.setup()
        measure(options.questions)


if __name__ == "__main__":
    main()
