"""How often the answer cache serves, and how often wrongly: tables by threshold, and a stream with labels.

    python -m tests.benchmarks.cache_stream QUESTIONS.jsonl [--questions 5000]

A line of the file is {"text", "intent"}; questions of one intent have one answer. `manage.py calibrate_cache` is run
twice: with the embedder that comes along, and with one on a server of OpenAI's protocol, which knows a text by its
words and their parts. Each prints the default state beside a plain threshold at the same hit rate, and the stream at
targets of 1, 2 and 5 %.
"""

import argparse
import hashlib
import re
from functools import cache
from pathlib import Path

import numpy as np

from tests.benchmarks.installation import empty_installation

DIMENSIONS = 384
PART = 4
"""Letters of a part of a word."""


def vector(text: str) -> list[float]:
    """The sum of constant directions of its words and their parts; long words, which say more, weigh more."""
    total = np.zeros(DIMENSIONS)
    for word in re.findall(r"\w+", text.lower()) or [text]:
        total += len(word) * _direction(word)
        marked = f"<{word}>"
        for start in range(len(marked) - PART + 1):
            total += _direction(marked[start : start + PART])
    return [float(value) for value in total]


@cache
def _direction(part: str) -> np.ndarray:
    seed = int.from_bytes(hashlib.md5(part.encode()).digest())
    return np.random.default_rng(seed).standard_normal(DIMENSIONS)


def measure(arguments: list[str]) -> None:
    from django.core.management import call_command
    from django.test.utils import override_settings

    from tests.model_server import ModelServer

    print("# the embedder that comes along", flush=True)
    call_command("calibrate_cache", *arguments)
    with ModelServer() as server:
        server.behave(embed=vector)
        print("\n# an embedder on a server of OpenAI's protocol", flush=True)
        with override_settings(OPENAI_BASE_URL=server.url, EMBEDDING_MODEL="words-and-parts"):
            call_command("calibrate_cache", *arguments)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--questions", type=int, default=5_000, help="length of the stream")
    options = parser.parse_args()
    unset = dict.fromkeys(("EMBEDDING_MODEL", "EMBEDDINGS_CLASS", "OPENAI_BASE_URL", "CACHE_AUDIT_SHARE"), "")
    with empty_installation(**unset):
        measure([str(options.file), "--questions", str(options.questions)])


if __name__ == "__main__":
    main()
