"""A passage that an answer rests on, copied: history does not change when a source does."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.message import Message
from knowledge.models import Chunk, Source


class Citation(models.Model):
    message = models.ForeignKey(Message, models.CASCADE, related_name="citations", verbose_name=_("answer"))
    number = models.PositiveSmallIntegerField(_("number"))
    source = models.ForeignKey(Source, models.SET_NULL, null=True, blank=True, related_name="citations")
    chunk = models.ForeignKey(Chunk, models.SET_NULL, null=True, blank=True, related_name="+")
    title = models.CharField(_("title"), max_length=500)
    heading = models.TextField(_("heading"), blank=True)
    page = models.PositiveIntegerField(_("page"), null=True, blank=True)
    last_page = models.PositiveIntegerField(_("last page"), null=True, blank=True)
    text = models.TextField(_("passage"))
    url = models.CharField(_("address"), max_length=2000, blank=True)
    source_read_at = models.DateTimeField(_("source read"), null=True, blank=True)

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["message", "number"]
        constraints = [models.UniqueConstraint(fields=["message", "number"], name="chat_citation_once")]

    def __str__(self) -> str:
        return f"[{self.number}] {self.title}"

    @property
    def _is_page_gone(self) -> bool:
        """Our own page of a source goes with it; the page on the web does not."""
        return self.source_id is None and self.url.startswith("/")

    def payload(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "title": self.title,
            "heading": self.heading,
            "page": self.page,
            "last_page": self.last_page,
            "url": "" if self._is_page_gone else self.url,
            "text": self.text,
            "source_id": self.source_id,
            "source_read_at": self.source_read_at.isoformat() if self.source_read_at else None,
        }
