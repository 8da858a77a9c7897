"""`python -m tests.benchmarks FOLDER`: every benchmark on the material of a folder.

The folder holds PDFs, judged collections (corpus.jsonl, queries.jsonl, qrels.tsv) in folders of their own, follow-up
questions (pairs.jsonl), and questions with intents (intents.jsonl). Name it as argument or in BENCHMARK_DATA. No
material comes with the project. The benchmarks of many streams at once, of old conversations, of a question that is
asked again and again over HTTP, and of what the chat page costs its reader need none.
"""

import os
import subprocess
import sys
from pathlib import Path

WITHOUT_MATERIAL = [
    [sys.executable, "-m", "tests.benchmarks.streams"],
    [sys.executable, "-m", "tests.benchmarks.retention"],
    [sys.executable, "-m", "tests.benchmarks.cache_http"],
    [sys.executable, "-m", "tests.benchmarks.chat_page"],
]


def commands(folder: Path) -> list[list[str]]:
    pdfs = sorted(folder.rglob("*.pdf"), key=lambda path: path.stat().st_size)
    judged = sorted(path.parent for path in folder.rglob("qrels.tsv"))
    followups = sorted(folder.rglob("pairs.jsonl"))
    return [
        *([sys.executable, "-m", "tests.benchmarks.ingestion", str(pdf)] for pdf in pdfs[-1:]),
        *([sys.executable, "manage.py", "benchmark", "retrieval", str(collection)] for collection in judged),
        *([sys.executable, "-m", "tests.benchmarks.followups", str(pairs)] for pairs in followups),
        *(
            [sys.executable, "-m", f"tests.benchmarks.{name}", str(questions)]
            for name in ("cache_edits", "cache_stream", "cache_lookup")
            for questions in sorted(folder.rglob("intents.jsonl"))
        ),
    ]


def main() -> None:
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("BENCHMARK_DATA", "")
    if not given or not (to_run := commands(Path(given))):
        sys.exit(
            "Name a folder with PDFs, judged collections or follow-up questions: make bench BENCHMARK_DATA=FOLDER"
        )
    for command in [*to_run, *WITHOUT_MATERIAL]:
        print("$", *command[1:], flush=True)
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
