"""One reading of a source. The live one answers while the next is built beside it."""

from typing import Any

from django.db import models
from django.db.models import Max, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge.models.embedder import Embedder
from knowledge.models.original import Original
from knowledge.models.source import Source


class RevisionQuerySet(models.QuerySet["Revision"]):
    def to_build(self, source: Source) -> "Revision":
        """The revision that is built beside the live one; what an interrupted job had begun is taken up again."""
        building = self.filter(source=source, state=Revision.State.BUILDING).first()
        if building:
            return building
        last = self.filter(source=source).aggregate(last=Max("number"))["last"] or 0
        return self.create(source=source, number=last + 1)


class Revision(models.Model):
    class State(models.TextChoices):
        BUILDING = "building", _("being built")
        LIVE = "live", _("live")
        SUPERSEDED = "superseded", _("superseded")
        REJECTED = "rejected", _("rejected")

    source = models.ForeignKey(Source, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.BUILDING)
    title = models.CharField(_("title"), max_length=500, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    text = models.TextField(_("text"), blank=True, help_text=_("Pages are parted by form feeds."))
    content_hash = models.CharField(_("content hash"), max_length=64, blank=True)
    original = models.ForeignKey(
        Original, models.PROTECT, null=True, blank=True, related_name="revisions", verbose_name=_("original")
    )
    embedder = models.ForeignKey(Embedder, models.PROTECT, null=True, blank=True, related_name="revisions")
    report: Any = models.JSONField(_("reading report"), default=dict, blank=True)
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    live_at = models.DateTimeField(_("live since"), null=True, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["source", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="knowledge_revision_once"),
            models.UniqueConstraint(
                fields=["source"], condition=Q(state="live"), name="knowledge_revision_one_live"
            ),
            models.UniqueConstraint(
                fields=["source"], condition=Q(state="building"), name="knowledge_revision_one_building"
            ),
            models.CheckConstraint(
                condition=~Q(state="live") | Q(live_at__isnull=False) & ~Q(text=""),
                name="knowledge_revision_live_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Revision %(number)s of %(source)s") % {"number": self.number, "source": self.source}

    def page_text(self, page: int) -> str:
        """The text of a page, 1-based; empty if there is no such page."""
        pages = self.text.split("\f")
        return pages[page - 1] if 1 <= page <= len(pages) else ""
