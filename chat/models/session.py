"""A conversation, of a user or of an anonymous visitor."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.models.assistant import Assistant

TITLE_LENGTH = 80
END_USER_LENGTH = 200


class SessionQuerySet(models.QuerySet["Session"]):
    def of(self, user: Any, visitor: uuid.UUID | None) -> "SessionQuerySet":
        """The conversations of a signed-in user, or of the visitor whose browser carries this number."""
        if user is not None and user.is_authenticated:
            return self.filter(user=user)
        return self.filter(visitor=visitor, user__isnull=True) if visitor else self.none()

    def listed(self) -> "SessionQuerySet":
        """Those that their owner finds again in a list: a program's single questions would bury them."""
        return self.filter(origin=Session.Origin.PAGE)


class Session(models.Model):
    class Origin(models.TextChoices):
        PAGE = "page", _("chat page or REST")
        OPENAI = "openai", _("OpenAI-compatible client")
        MCP = "mcp", _("MCP client")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="chat_sessions",
        verbose_name=_("user"),
    )
    visitor = models.UUIDField(_("anonymous visitor"), null=True, blank=True)
    assistant = models.ForeignKey(
        Assistant,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("assistant"),
    )
    origin = models.CharField(_("asked through"), max_length=10, choices=Origin, default=Origin.PAGE)
    end_user = models.CharField(
        _("end user"),
        max_length=END_USER_LENGTH,
        blank=True,
        help_text=_("As the calling program names whoever asked it."),
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    summarised_at = models.DateTimeField(_("summarised"), null=True, blank=True)
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last message"), auto_now=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["-updated_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False) ^ Q(visitor__isnull=False), name="chat_session_has_one_owner"
            ),
            models.CheckConstraint(
                condition=Q(origin__in=["page", "openai", "mcp"]), name="chat_session_origin_known"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-updated_at"], name="chat_session_of_user"),
            models.Index(
                fields=["user", "-updated_at"], name="chat_session_listed", condition=Q(origin="page")
            ),
            models.Index(fields=["updated_at"], name="chat_session_age"),
            models.Index(
                fields=["visitor"], name="chat_session_of_visitor", condition=Q(visitor__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title or gettext("New conversation")

    def get_absolute_url(self) -> str:
        return reverse("chat:session", args=[self.pk])
