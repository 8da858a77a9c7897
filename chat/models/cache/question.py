"""A way to ask for a cached answer, or one that only looks alike."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from chat.models.cache.answer import CachedAnswer
from knowledge.models import Embedder


class CachedQuestion(models.Model):
    class Origin(models.TextChoices):
        ASKED = "asked", _("asked")
        JUDGED = "judged", _("judged by comparing answers")
        READER = "reader", _("by a reader's rating")
        CURATOR = "curator", _("by a curator")

    answer = models.ForeignKey(CachedAnswer, models.CASCADE, related_name="questions", db_index=False)
    scope = models.CharField(_("scope"), max_length=64, editable=False)
    """That of the answer, again: the lookup's filter."""
    text = models.TextField(_("question"), max_length=4_000)
    digest = models.CharField(max_length=64, editable=False)
    """SHA-256 of the normalised text (chat/cache/wording.py)."""
    same = models.BooleanField(
        _("asks for this answer"),
        default=True,
        help_text=_("If not, it looks alike, but this is not its answer."),
    )
    origin = models.CharField(_("from"), max_length=10, choices=Origin, default=Origin.ASKED)
    asker = models.CharField(max_length=64, blank=True, editable=False)
    """Keyed hash of who asked it so; empty for a curator's."""
    embedder = models.ForeignKey(Embedder, models.SET_NULL, null=True, related_name="+", db_index=False)
    embedding = HalfVectorField(null=True, editable=False)
    """Empty until it has been embedded with the model in force."""
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("phrasing")
        verbose_name_plural = _("phrasings")
        ordering = ["answer", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "digest"], name="chat_cached_question_once"),
        ]
        indexes = [
            models.Index(fields=["scope", "digest"], name="chat_cached_question_exact"),
            models.Index(fields=["asker"], name="chat_cached_question_asker", condition=~models.Q(asker="")),
        ]

    def __str__(self) -> str:
        return self.text[:80]
