"""Measures retrieval on a judged collection, through the product's own ingestion, in a scratch schema."""

import json
import math
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection

from knowledge import embeddings, retrieval
from knowledge.ingestion import ingest
from knowledge.ingestion.store import refresh_statistics
from knowledge.models import Collection, Job, Source

DEPTH = 100
RRF_K = 60
Ranking = list[str]
Judgements = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class JudgedCollection:
    documents: list[dict[str, str]]
    queries: dict[str, str]
    judgements: Judgements
    """query → document → grade"""

    @classmethod
    def load(cls, folder: Path) -> "JudgedCollection":
        """From corpus.jsonl {id, title, text}, queries.jsonl {id, text} and qrels.tsv (query, document, grade)."""
        judgements: dict[str, dict[str, float]] = {}
        for line in (folder / "qrels.tsv").read_text().splitlines():
            query, document, grade = line.split("\t")
            if float(grade) > 0:
                judgements.setdefault(query, {})[document] = float(grade)
        queries = {str(row["id"]): row["text"] for row in read_lines(folder / "queries.jsonl")}
        judged = {query: text for query, text in queries.items() if query in judgements}
        return cls(list(read_lines(folder / "corpus.jsonl")), judged, judgements)


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open() as lines:
        for line in lines:
            yield json.loads(line)


@contextmanager
def scratch_schema() -> Iterator[None]:
    """Empty copies of the knowledge tables in a schema of their own, which is dropped at the end."""
    tables = [
        model._meta.db_table
        for model in apps.get_app_config("knowledge").get_models(include_auto_created=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS benchmark CASCADE")
        cursor.execute("CREATE SCHEMA benchmark")
        for table in tables:
            cursor.execute(f"CREATE TABLE benchmark.{table} (LIKE public.{table} INCLUDING ALL)")
        cursor.execute("SET search_path TO benchmark, public")
        try:
            yield
        finally:
            cursor.execute("SET search_path TO DEFAULT")
            cursor.execute("DROP SCHEMA benchmark CASCADE")


def ingest_documents(collection: Collection, documents: list[dict[str, str]]) -> dict[int, str]:
    """Every document becomes a text source that the ordinary job reads. Returns source id → document id."""
    ids: dict[int, str] = {}
    for document in documents:
        text = document["text"].strip() or document["title"].strip()
        if not text:  # a judged collection may hold empty documents; they cannot be found
            continue
        source = Source.objects.create(
            collection=collection, kind=Source.Kind.TEXT, title=document["title"][:500], text=text
        )
        job = Job.objects.claim(Job.objects.create(source=source).pk)
        assert job is not None
        ingest(job)
        ids[source.pk] = str(document["id"])
    refresh_statistics()
    return ids


def run(judged: JudgedCollection) -> dict[str, Any]:
    """All figures: ours, vectors alone, and `ts_rank_cd` joined with vectors by reciprocal ranks."""
    with scratch_schema():
        collection = Collection.objects.create(name="Benchmark", slug="benchmark")
        started = time.perf_counter()
        ids = ingest_documents(collection, judged.documents)
        seconds = time.perf_counter() - started
        languages = {collection.pk: collection.language}

        def ours(question: str) -> Ranking:
            rows, _, _ = retrieval.ranked_chunks(question, languages, limit=3 * DEPTH, copies=3 * DEPTH)
            return best_of_each([ids[row["source_id"]] for row in rows])

        def vectors(question: str) -> Ranking:
            return best_of_each(ids[source] for source in nearest_sources(question))

        def reciprocal(question: str) -> Ranking:
            by_words = best_of_each(ids[source] for source in ts_rank_sources(question, collection.language))
            return fuse_by_rank([by_words, vectors(question)])

        result: dict[str, Any] = {"documents": len(ids), "documents_per_second": len(ids) / seconds}
        result["chunks"] = collection.chunks.count()
        for name, rank in {"this": ours, "vectors": vectors, "ts_rank_cd+vectors (RRF)": reciprocal}.items():
            result[name] = measure(judged, rank)
    return result


def measure(judged: JudgedCollection, rank: Callable[[str], Ranking]) -> dict[str, float]:
    times, rankings = [], {}
    for query, text in judged.queries.items():
        started = time.perf_counter()
        rankings[query] = rank(text)
        times.append(1000 * (time.perf_counter() - started))
    scores = {
        "ndcg@10": [ndcg(rankings[query], judged.judgements[query], 10) for query in rankings],
        "recall@10": [recall(rankings[query], judged.judgements[query], 10) for query in rankings],
        "recall@100": [recall(rankings[query], judged.judgements[query], 100) for query in rankings],
    }
    quantiles = statistics.quantiles(times, n=20, method="inclusive") if len(times) > 1 else times * 19
    return {
        **{name: statistics.fmean(values) for name, values in scores.items()},
        "p50_ms": statistics.median(times),
        "p95_ms": quantiles[18],
    }


def ndcg(ranking: Ranking, grades: Mapping[str, float], depth: int) -> float:
    """Normalised discounted cumulative gain with linear gains (Järvelin & Kekäläinen 2002)."""
    gain = sum(
        grades.get(document, 0) / math.log2(place + 2) for place, document in enumerate(ranking[:depth])
    )
    ideal = sorted(grades.values(), reverse=True)[:depth]
    return gain / sum(grade / math.log2(place + 2) for place, grade in enumerate(ideal))


def recall(ranking: Ranking, grades: Mapping[str, float], depth: int) -> float:
    return len(set(ranking[:depth]) & set(grades)) / len(grades)


def best_of_each(documents: Any) -> Ranking:
    """A document's best chunk counts: each document once, at its first place."""
    return list(dict.fromkeys(documents))[:DEPTH]


def nearest_sources(question: str) -> list[int]:
    vector = embeddings.embed_question(question).tolist()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT source_id FROM knowledge_chunk WHERE live ORDER BY embedding <=> %s::halfvec LIMIT %s",
            [str(vector), 3 * DEPTH],
        )
        return [source for (source,) in cursor.fetchall()]


def ts_rank_sources(question: str, language: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT source_id FROM knowledge_chunk, (SELECT replace("
            "plainto_tsquery(%(language)s::regconfig, %(question)s)::text, '&', '|')::tsquery AS words) AS query "
            "WHERE live AND search @@ words ORDER BY ts_rank_cd(search, words) DESC LIMIT %(limit)s",
            {"language": language, "question": question, "limit": 3 * DEPTH},
        )
        return [source for (source,) in cursor.fetchall()]


def fuse_by_rank(rankings: list[Ranking]) -> Ranking:
    """Reciprocal rank fusion (Cormack, Clarke & Büttcher 2009)."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for place, document in enumerate(ranking, start=1):
            scores[document] = scores.get(document, 0.0) + 1 / (RRF_K + place)
    return sorted(scores, key=lambda document: -scores[document])[:DEPTH]
