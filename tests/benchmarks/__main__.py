"""`python -m tests.benchmarks FOLDER`: every benchmark on the material of a folder.

The folder holds PDFs, and judged collections (corpus.jsonl, queries.jsonl, qrels.tsv) in folders of their own. Name it
as argument or in BENCHMARK_DATA. No material comes with the project.
"""

import os
import subprocess
import sys
from pathlib import Path


def commands(folder: Path) -> list[list[str]]:
    pdfs = sorted(folder.rglob("*.pdf"), key=lambda path: path.stat().st_size)
    judged = sorted(path.parent for path in folder.rglob("qrels.tsv"))
    return [
        *([sys.executable, "-m", "tests.benchmarks.ingestion", str(pdf)] for pdf in pdfs[-1:]),
        *([sys.executable, "manage.py", "benchmark", "retrieval", str(collection)] for collection in judged),
    ]


def main() -> None:
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("BENCHMARK_DATA", "")
    if not given or not (to_run := commands(Path(given))):
        sys.exit("Name a folder with PDFs or judged collections: make bench BENCHMARK_DATA=FOLDER")
    for command in to_run:
        print("$", *command[1:], flush=True)
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
