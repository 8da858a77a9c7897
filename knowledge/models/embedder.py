"""An embedding model that chunks were embedded with. Vectors of two embedders are never compared."""

from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from knowledge import embeddings

HALFVEC_INDEX_LIMIT = 4000
"""Dimensions that an HNSW index over halfvec can hold."""
INDEX_FROM_CHUNKS = 40_000


class EmbedderQuerySet(models.QuerySet["Embedder"]):
    def in_force(self) -> "Embedder":
        """The row of the model that the settings name; made the first time it is asked for."""
        configured = embeddings.embedder_in_force()
        embedder, _made = self.get_or_create(
            provider=configured.provider, model=configured.model, dimensions=configured.dimensions
        )
        return embedder


class Embedder(models.Model):
    provider = models.CharField(_("provider"), max_length=200)
    model = models.CharField(_("model"), max_length=200)
    dimensions = models.PositiveIntegerField(_("dimensions"))
    created_at = models.DateTimeField(_("first used"), auto_now_add=True)

    objects = EmbedderQuerySet.as_manager()

    class Meta:
        verbose_name = _("embedder")
        verbose_name_plural = _("embedders")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "model", "dimensions"], name="knowledge_embedder_once"
            ),
            models.CheckConstraint(condition=Q(dimensions__gt=0), name="knowledge_embedder_has_dimensions"),
        ]

    def __str__(self) -> str:
        return f"{self.model} ({self.dimensions})"

    @property
    def index_name(self) -> str:
        return f"knowledge_chunk_embedding_{self.pk}"

    @property
    def can_be_indexed(self) -> bool:
        return self.dimensions <= HALFVEC_INDEX_LIMIT

    def make_index(self) -> None:
        """Build the partial HNSW index without locking anyone out. Not inside a transaction.

        Only live rows enter it, so a row that is filled step by step while its revision is built enters once. A build
        that was interrupted leaves an invalid index behind, which is dropped first.
        """
        with connection.cursor() as cursor:
            cursor.execute("SET maintenance_work_mem = '512MB'")
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {self.index_name}")
            cursor.execute(
                f"CREATE INDEX CONCURRENTLY {self.index_name} ON knowledge_chunk "
                f"USING hnsw ((embedding::halfvec({int(self.dimensions)})) halfvec_cosine_ops) "
                f"WHERE embedder_id = {int(self.pk)} AND live"
            )
            cursor.execute("RESET maintenance_work_mem")

    def has_index(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass(%s) AND indisvalid)",
                [self.index_name],
            )
            (found,) = cursor.fetchone()
        return bool(found)

    @property
    def needs_index(self) -> bool:
        """Below some ten thousand chunks an exact scan is as fast, and there is nothing to maintain."""
        enough = self.can_be_indexed and self.chunks.filter(live=True).count() >= INDEX_FROM_CHUNKS
        return enough and not self.has_index()
