"""A question or an answer."""

import datetime
from typing import Any

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from chat.models.session import Session

WRITTEN_WITHIN = datetime.timedelta(minutes=3)


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: Any, visitor: Any) -> "MessageQuerySet":
        return self.filter(session__in=Session.objects.of(user, visitor))

    def answers_with_questions(self) -> models.QuerySet[Any]:
        """The answers, the latest first, each with the `question` that it answers."""
        asked = Message.objects.filter(
            session=OuterRef("session"), role=Message.Role.USER, pk__lt=OuterRef("pk")
        )
        question = Subquery(asked.order_by("-pk").values("content")[:1])
        return self.filter(role=Message.Role.ASSISTANT).annotate(question=question).order_by("-pk")

    def being_written(self, now: datetime.datetime) -> "MessageQuerySet":
        """Answers that somebody still waits for; an older one has most likely lost its writer."""
        return self.filter(state=Message.State.STREAMING, created_at__gt=now - WRITTEN_WITHIN)

    def interrupt_streaming(self, before: datetime.datetime) -> int:
        """Mark answers as failed whose process died while they streamed."""
        return self.filter(state=Message.State.STREAMING, created_at__lt=before).update(
            state=Message.State.FAILED,
            error_code="interrupted",
            error_detail=_("The server stopped while this answer was being written."),
        )


class Message(models.Model):
    class Role(models.TextChoices):
        USER = "user", _("reader")
        ASSISTANT = "assistant", _("assistant")

    class State(models.TextChoices):
        COMPLETE = "complete", _("complete")
        STREAMING = "streaming", _("being written")
        STOPPED = "stopped", _("stopped by the reader")
        FAILED = "failed", _("failed")

    class Kind(models.TextChoices):
        GENERATED = "generated", _("written by a model")
        CACHED = "cached", _("answered before")
        VERIFIED = "verified", _("verified by a curator")
        EXTRACT = "extract", _("quoted")
        ABSTAINED = "abstained", _("not answered by the sources")
        GREETING = "greeting", _("greeting")

    session = models.ForeignKey(Session, models.CASCADE, related_name="messages", verbose_name=_("session"))
    role = models.CharField(_("role"), max_length=10, choices=Role)
    content = models.TextField(_("content"), blank=True)
    selected_text = models.TextField(
        _("selected text"),
        blank=True,
        help_text=_("The only text that the question is about, if one was given."),
    )
    images: Any = models.JSONField(
        _("images"), default=list, blank=True, help_text=_("Type and size of each; they are not kept.")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.COMPLETE)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, blank=True)
    model = models.CharField(_("model"), max_length=200, blank=True)
    prompt_tokens = models.PositiveIntegerField(_("prompt tokens"), default=0)
    completion_tokens = models.PositiveIntegerField(_("completion tokens"), default=0)
    cost = models.DecimalField(
        _("cost"),
        max_digits=12,
        decimal_places=6,
        default=0,
        help_text=_("By MODEL_PRICES at the time, in CURRENCY; 0 for a model without a price."),
    )
    timings: Any = models.JSONField(_("milliseconds"), default=dict, blank=True)
    standalone_question = models.TextField(_("question as searched"), blank=True)
    cached_answer = models.ForeignKey(
        "chat.CachedAnswer",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("entry of the cache"),
        help_text=_("From which this answer was taken, or which was made of it."),
    )
    cached_at = models.DateTimeField(
        _("answered before"), null=True, blank=True, help_text=_("When an answer from the cache was written.")
    )
    trace: Any = models.JSONField(_("trace"), default=dict, blank=True)
    error_code = models.CharField(_("error code"), max_length=40, blank=True)
    error_detail = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role="user") | ~Q(kind="") | ~Q(state="complete"),
                name="chat_message_complete_answer_has_a_kind",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(error_code=""), name="chat_message_failure_has_a_code"
            ),
        ]
        indexes = [
            models.Index(fields=["session", "id"], name="chat_message_in_session"),
            models.Index(
                fields=["created_at"], name="chat_message_streaming", condition=Q(state="streaming")
            ),
            # The admin's lists and figures: the newest of a kind, those that failed, those of a period.
            models.Index(fields=["kind", "-id"], name="chat_message_of_kind", condition=Q(role="assistant")),
            models.Index(
                fields=["-id"],
                name="chat_message_not_complete",
                condition=Q(role="assistant") & ~Q(state="complete"),
            ),
            models.Index(
                fields=["created_at"],
                name="chat_message_answered",
                include=["id"],
                condition=Q(role="assistant"),
            ),
        ]

    def __str__(self) -> str:
        return self.content[:80]
