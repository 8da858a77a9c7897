"""A passage that a cached answer cites, with the hashes of the chunks that it was made of."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.cache.answer import CachedAnswer
from knowledge.models import Source


class CachedPassage(models.Model):
    answer = models.ForeignKey(CachedAnswer, models.CASCADE, related_name="passages", db_index=False)
    number = models.PositiveSmallIntegerField(_("number"))
    source = models.ForeignKey(Source, models.SET_NULL, null=True, related_name="+", verbose_name=_("source"))
    """Empty when the source was deleted: the answer is not given any more."""
    content_hashes = ArrayField(models.CharField(max_length=64), verbose_name=_("content hashes"))
    title = models.CharField(_("title"), max_length=500)
    heading = models.TextField(_("heading"), blank=True)
    page = models.PositiveIntegerField(_("page"), null=True, blank=True)
    text = models.TextField(_("passage"))

    class Meta:
        verbose_name = _("cited passage")
        verbose_name_plural = _("cited passages")
        ordering = ["answer", "number"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "number"], name="chat_cached_passage_once"),
            models.CheckConstraint(
                condition=models.Q(content_hashes__len__gt=0), name="chat_cached_passage_has_chunks"
            ),
        ]

    def __str__(self) -> str:
        return f"[{self.number}] {self.title}"
