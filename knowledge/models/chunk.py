"""A part of a revision, small enough to be found and quoted, with its two indexes: lexemes and vector."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models, transaction
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField, SparseVectorField

from knowledge import lexical
from knowledge.models.collection import Collection
from knowledge.models.corpus import Corpus
from knowledge.models.embedder import Embedder
from knowledge.models.revision import Revision
from knowledge.models.source import Source

HEADING_SEPARATOR = " › "

# Okapi BM25 (Robertson & Zaragoza 2009, eq. 3.15) without the IDF, which the query brings along. Two lexemes that share
# a dimension are added up: a sparsevec may not name a dimension twice.
WEIGH = f"""
UPDATE knowledge_chunk AS chunk SET bm25 = weighed.vector, length = weighed.length
FROM (
    SELECT id, coalesce(sum(total), 0) AS length,
        ('{{' || coalesce(string_agg(dimension || ':' || weight, ',' ORDER BY dimension), '')
            || '}}/{lexical.DIMENSIONS}')::sparsevec AS vector
    FROM (
        SELECT id, dimension, sum(frequency) AS total,
            sum(frequency * {lexical.K1 + 1}
                / (frequency + {lexical.K1} * ({1 - lexical.B} + {lexical.B} * all_lexemes / %(average)s))) AS weight
        FROM (
            SELECT chunk.id, {lexical.DIMENSION_SQL} AS dimension,
                coalesce(cardinality(word.positions), 1)::float AS frequency,
                sum(coalesce(cardinality(word.positions), 1)) OVER (PARTITION BY chunk.id) AS all_lexemes
            FROM knowledge_chunk AS chunk LEFT JOIN LATERAL unnest(chunk.search) AS word ON true
            WHERE chunk.id = ANY(%(ids)s)
        ) AS lexemes GROUP BY id, dimension
    ) AS dimensions GROUP BY id
) AS weighed
WHERE chunk.id = weighed.id
"""  # noqa: S608  (numbers and column names of our own)

AVERAGE_LENGTH = """
SELECT coalesce(avg(length), 0) FROM (
    SELECT (SELECT sum(coalesce(cardinality(word.positions), 1)) FROM unnest(chunk.search) AS word) AS length
    FROM knowledge_chunk AS chunk WHERE chunk.id = ANY(%s)
) AS lengths
"""


def text_hash(heading: str, text: str) -> str:
    """SHA-256 of what a chunk says. chat.cache computes it in SQL as well, to see that nothing was changed."""
    return hashlib.sha256(f"{heading}\x1f{text}".encode()).hexdigest()


class RegConfigField(models.CharField):
    """The name of a text-search configuration, as PostgreSQL's own type."""

    def db_type(self, connection: Any) -> str:
        return "regconfig"


class ChunkQuerySet(models.QuerySet["Chunk"]):
    def live(self) -> "ChunkQuerySet":
        """Those that answers may quote."""
        return self.filter(live=True)

    def visible_to(self, user: Any) -> "ChunkQuerySet":
        return self.filter(collection__in=Collection.objects.visible_to(user))

    def in_collections(self, collections: Iterable[Collection]) -> "ChunkQuerySet":
        return self.filter(collection__in=collections)

    def weigh(self, average_length: float) -> None:
        """Fill lengths and BM25 weights, for an average length in lexemes; the text does not leave the database."""
        ids = list(self.values_list("pk", flat=True))
        with connection.cursor() as cursor:
            cursor.execute(WEIGH, {"average": max(average_length, 1.0), "ids": ids})

    def average_length(self) -> float:
        """Mean number of lexemes, counted from the search column."""
        ids = list(self.values_list("pk", flat=True))
        with connection.cursor() as cursor:
            cursor.execute(AVERAGE_LENGTH, [ids])
            (average,) = cursor.fetchone()
        return float(average)

    def locked(self) -> "ChunkQuerySet":
        """The same rows, locked until the transaction ends, always in the order of their keys."""
        rows = self.order_by("pk").select_for_update(of=("self",), no_key=True)
        return Chunk.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))

    def speak(self) -> int:
        """Let answers quote them."""
        return self._set_live(True)

    def silence(self) -> int:
        """Keep answers from quoting them."""
        return self._set_live(False)

    def _set_live(self, live: bool) -> int:
        with transaction.atomic():
            flipped = self.exclude(live=live).locked().update(live=live)
            Corpus.objects.note_changes(flipped)
        return flipped

    def embeddings_by_hash(self, embedder: Embedder) -> dict[str, str]:
        """The vectors that are there already, as literals, by content hash: unchanged text is not embedded again."""
        rows = self.filter(embedder=embedder, embedding__isnull=False)
        return dict(rows.values_list("content_hash", Cast("embedding", models.TextField())))


class Chunk(models.Model):
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="chunks")
    source = models.ForeignKey(Source, models.CASCADE, related_name="chunks")
    collection = models.ForeignKey(Collection, models.CASCADE, related_name="chunks", db_index=False)
    ordinal = models.PositiveIntegerField(_("number"))
    heading = models.TextField(_("heading"), blank=True, help_text=_("Title and headings above the text."))
    text = models.TextField(_("text"))
    first_page = models.PositiveIntegerField(_("first page"), null=True)
    last_page = models.PositiveIntegerField(_("last page"), null=True)
    start = models.PositiveIntegerField(_("first character"))
    end = models.PositiveIntegerField(_("after the last character"))
    page_breaks = ArrayField(
        models.PositiveIntegerField(),
        default=list,
        help_text=_("Offsets in the text at which a new page begins."),
    )
    content_hash = models.CharField(_("content hash"), max_length=64)
    embedder = models.ForeignKey(Embedder, models.PROTECT, related_name="chunks", db_index=False)
    config = RegConfigField(max_length=40)
    length = models.PositiveIntegerField(_("lexemes"), default=0)
    search = models.GeneratedField(
        expression=Func(
            F("config"),
            Concat(F("heading"), Value(" ", output_field=models.TextField()), F("text")),
            function="to_tsvector",
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    bm25 = SparseVectorField(dimensions=lexical.DIMENSIONS, null=True)
    embedding = HalfVectorField(null=True)
    live = models.BooleanField(_("answers"), default=False)

    objects = ChunkQuerySet.as_manager()

    class Meta:
        verbose_name = _("chunk")
        verbose_name_plural = _("chunks")
        ordering = ["revision", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "ordinal"], name="knowledge_chunk_once"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="knowledge_chunk_has_text"),
            models.CheckConstraint(
                condition=Q(live=False) | Q(bm25__isnull=False, embedding__isnull=False),
                name="knowledge_chunk_live_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(first_page__isnull=True, last_page__isnull=True)
                | Q(last_page__gte=F("first_page")),
                name="knowledge_chunk_pages_in_order",
            ),
        ]
        indexes = [
            # Both hold live rows only: a row enters once, when it goes live, however often it is written before.
            GinIndex(fields=["search"], name="knowledge_chunk_search", condition=Q(live=True)),
            models.Index(fields=["content_hash"], name="knowledge_chunk_hash", condition=Q(live=True)),
            models.Index(
                fields=["collection", "embedder"], name="knowledge_chunk_collection", condition=Q(live=True)
            ),
        ]

    def __str__(self) -> str:
        return gettext("Chunk %(number)s of %(source)s") % {"number": self.ordinal + 1, "source": self.source}

    @property
    def is_what_was_hashed(self) -> bool:
        return self.content_hash == text_hash(self.heading, self.text)

    @property
    def page_label(self) -> str:
        if self.first_page is None:
            return ""
        return (
            f"{self.first_page}"
            if self.first_page == self.last_page
            else f"{self.first_page}–{self.last_page}"
        )
