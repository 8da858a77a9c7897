"""What the cache decided about a question that resembled a known one, and whether that was right."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat.models.cache.answer import CachedAnswer
from chat.models.message import Message
from knowledge.models import Embedder


class CacheDecisionQuerySet(models.QuerySet["CacheDecision"]):
    def labelled(self) -> "CacheDecisionQuerySet":
        return self.exclude(label="")

    def waiting(self) -> "CacheDecisionQuerySet":
        """Those whose answer was written afresh and has not been compared yet."""
        return self.filter(waits=True)


class CacheDecision(models.Model):
    class Outcome(models.TextChoices):
        SERVED = "served", _("answered from the cache")
        AUDITED = "audited", _("would have been; answered afresh to compare")
        AFRESH = "afresh", _("answered afresh because the reader asked for it")
        MISSED = "missed", _("not sure enough")
        STRANGER = "stranger", _("written for one other person only")

    class Label(models.TextChoices):
        SAME = "same", _("the same answer")
        DIFFERENT = "different", _("another answer")
        UNSURE = "unsure", _("cannot be told by comparing")

    class LabelledBy(models.TextChoices):
        COMPARISON = "comparison", _("comparison of the answers")
        READER = "reader", _("reader")
        CURATOR = "curator", _("curator")

    embedder = models.ForeignKey(Embedder, models.CASCADE, related_name="+", verbose_name=_("embedder"))
    answer = models.ForeignKey(
        CachedAnswer,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name=_("cached answer"),
    )
    message = models.ForeignKey(
        Message,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="cache_decisions",
        verbose_name=_("message"),
        help_text=_("What the reader was answered."),
    )
    question = models.TextField(_("question"), blank=True)
    """Emptied when conversations of its age are forgotten; what was decided stays."""
    phrasing = models.TextField(_("nearest phrasing"), blank=True)
    cached_content = models.TextField(_("answer in the cache at the time"), blank=True)
    cosine = models.FloatField(_("cosine"))
    margin = models.FloatField(_("margin"))
    votes = models.FloatField(_("votes"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    gate_state = models.CharField(_("state of the gate"), max_length=10)
    waits = models.BooleanField(_("waits to be compared"), default=False)
    label = models.CharField(_("label"), max_length=10, choices=Label, blank=True)
    labelled_by = models.CharField(_("labelled by"), max_length=10, choices=LabelledBy, blank=True)
    labelled_at = models.DateTimeField(_("labelled"), null=True, blank=True)
    created_at = models.DateTimeField(_("decided"), auto_now_add=True, db_index=True)

    objects = CacheDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("cache decision")
        verbose_name_plural = _("cache decisions")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(label="", labelled_by="")
                | Q(label__in=["same", "different", "unsure"]) & ~Q(labelled_by=""),
                name="chat_cache_decision_label_has_author",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="chat_cache_decision_waits", condition=Q(waits=True)),
            models.Index(
                fields=["embedder", "id"], name="chat_cache_decision_labels", condition=~Q(label="")
            ),
        ]

    def __str__(self) -> str:
        return self.question[:80]
