"""`manage.py benchmark retrieval DIR [--json]`."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from knowledge import benchmarking


class Command(BaseCommand):
    help = "Measures retrieval on a folder with corpus.jsonl, queries.jsonl and qrels.tsv."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["retrieval"])
        parser.add_argument("folder", type=Path)
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            judged = benchmarking.JudgedCollection.load(options["folder"])
        except (OSError, ValueError, KeyError) as error:
            raise CommandError(f"{options['folder']} is not a judged collection: {error}") from error
        result = benchmarking.run(judged)
        self.stdout.write(json.dumps(result, indent=2) if options["json"] else as_table(result))


def as_table(result: dict[str, Any]) -> str:
    lines = [
        f"{result['documents']} documents, {result['chunks']} chunks, {result['documents_per_second']:.0f} documents/s",
        f"{'':26}{'nDCG@10':>10}{'recall@10':>11}{'recall@100':>12}{'p50 ms':>9}{'p95 ms':>9}",
    ]
    for name, row in result.items():
        if isinstance(row, dict):
            lines.append(
                f"{name:26}{row['ndcg@10']:>10.3f}{row['recall@10']:>11.3f}{row['recall@100']:>12.3f}"
                f"{row['p50_ms']:>9.1f}{row['p95_ms']:>9.1f}"
            )
    return "\n".join(lines)
