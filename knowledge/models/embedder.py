"""An embedding model that chunks were embedded with. Vectors of two embedders are never compared."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from knowledge import embeddings
from knowledge.models.vector_index import VectorIndex

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
    def index(self) -> VectorIndex:
        return VectorIndex("knowledge_chunk", self.pk, self.dimensions, condition="live")

    @property
    def index_name(self) -> str:
        return self.index.name

    @property
    def can_be_indexed(self) -> bool:
        return self.index.is_possible

    def make_index(self) -> None:
        """Not inside a transaction."""
        self.index.make()

    def has_index(self) -> bool:
        return self.index.exists()

    @property
    def needs_index(self) -> bool:
        """Below some ten thousand chunks an exact scan is as fast, and there is nothing to maintain."""
        enough = self.can_be_indexed and self.chunks.filter(live=True).count() >= INDEX_FROM_CHUNKS
        return enough and not self.has_index()
