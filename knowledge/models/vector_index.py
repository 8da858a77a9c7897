"""HNSW indexes over `embedding` columns: one for each table and embedder, made when it is worth it."""

from dataclasses import dataclass

from django.db import connection

HALFVEC_INDEX_LIMIT = 4000
"""Dimensions that an HNSW index over halfvec can hold."""

IS_THERE = "EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass(%s) AND indisvalid)"
"""Of the index that the parameter names."""
SCANNED_ON = (
    "set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.ef_search', '100', true)"
)
"""Prepares a transaction: with a filter, a scan with its usual settings finds next to nothing."""


@dataclass(frozen=True)
class VectorIndex:
    """The vectors of one embedder in one table, as far as a condition holds."""

    table: str
    embedder: int
    dimensions: int
    condition: str = "true"
    """SQL over the table's own columns."""

    @property
    def name(self) -> str:
        return f"{self.table}_embedding_{self.embedder}"

    @property
    def is_possible(self) -> bool:
        return self.dimensions <= HALFVEC_INDEX_LIMIT

    def make(self) -> None:
        """Build it without locking anyone out. Not inside a transaction.

        Only rows that fulfil the condition enter it: a row that is filled step by step before enters once. A build
        that was interrupted leaves an invalid index behind, which is dropped first.
        """
        with connection.cursor() as cursor:
            cursor.execute("SET maintenance_work_mem = '512MB'")
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {self.name}")
            cursor.execute(
                f"CREATE INDEX CONCURRENTLY {self.name} ON {self.table} "
                f"USING hnsw ((embedding::halfvec({int(self.dimensions)})) halfvec_cosine_ops) "
                f"WHERE embedder_id = {int(self.embedder)} AND {self.condition}"
            )
            cursor.execute("RESET maintenance_work_mem")

    def exists(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {IS_THERE}", [self.name])
            (found,) = cursor.fetchone()
        return bool(found)


def indexed_distance(dimensions: int, parameter: str) -> str:
    """The distance to a named parameter as the index serves it; the exact one has no casts to a length."""
    return f"embedding::halfvec({int(dimensions)}) <=> %({parameter})s::halfvec({int(dimensions)})"
