"""What a tool gave for certain arguments, kept for a while."""

import datetime
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import ExpressionWrapper, F
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models.tools.tool import Tool


def key_of(arguments: Mapping[str, Any]) -> str:
    """The same for the same arguments in any order."""
    return hashlib.sha256(json.dumps(arguments, sort_keys=True).encode()).hexdigest()


class ToolResultQuerySet(models.QuerySet["ToolResult"]):
    def take(self, tool: Tool, arguments: Mapping[str, Any]) -> str | None:
        """What the tool gave to these arguments, counted, if it still holds."""
        held = self.filter(tool=tool, key=key_of(arguments), expires_at__gt=timezone.now())
        content = held.values_list("content", flat=True).first()
        if content is not None:
            held.update(hits=F("hits") + 1)
        return content

    def keep(self, tool: Tool, arguments: Mapping[str, Any], content: str) -> None:
        """For as long as results of the tool hold."""
        if not tool.cache_seconds:
            return
        now = timezone.now()
        values = {
            "arguments": arguments,
            "content": content,
            "made_at": now,
            "expires_at": now + datetime.timedelta(seconds=tool.cache_seconds),
            "hits": 0,
        }
        self.update_or_create(tool=tool, key=key_of(arguments), defaults=values)

    def shorten(self, tool: Tool) -> None:
        """Have none hold for longer than the tool's results do by now."""
        longest = ExpressionWrapper(
            F("made_at") + datetime.timedelta(seconds=tool.cache_seconds), models.DateTimeField()
        )
        self.filter(tool=tool).update(expires_at=Least("expires_at", longest))

    def forget_expired(self) -> int:
        return self.filter(expires_at__lte=timezone.now()).delete()[0]


class ToolResult(models.Model):
    tool = models.ForeignKey(Tool, models.CASCADE, related_name="results", verbose_name=_("tool"))
    key = models.CharField(_("key"), max_length=64)
    arguments = models.JSONField(_("arguments"))
    content = models.TextField(_("result"))
    made_at = models.DateTimeField(_("given"))
    expires_at = models.DateTimeField(_("holds until"))
    hits = models.PositiveIntegerField(_("used again"), default=0)

    objects = ToolResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("tool result")
        verbose_name_plural = _("tool results")
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(fields=["tool", "key"], name="chat_toolresult_once"),
        ]
        indexes = [models.Index(fields=["expires_at"], name="chat_toolresult_expires")]

    def __str__(self) -> str:
        return f"{self.tool}, {self.made_at:%Y-%m-%d %H:%M}"
