"""How often a tool was called, by day. It outlives the conversations."""

import datetime

from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models.tools.tool import Tool
from chat.models.usage import addition

COUNTED = ("calls", "kept", "failed", "milliseconds")
ADD = addition("chat_toolusage", ("tool_id", "day"), COUNTED)


class ToolUsageQuerySet(models.QuerySet["ToolUsage"]):
    def add(self, tool: Tool, **more: int) -> None:
        """Count more for today."""
        counts = [more.get(name, 0) for name in COUNTED]
        with connection.cursor() as cursor:
            cursor.execute(ADD, [tool.pk, timezone.localdate(), *counts])

    def since(self, day: datetime.date) -> "ToolUsageQuerySet":
        return self.filter(day__gte=day)


class ToolUsage(models.Model):
    tool = models.ForeignKey(Tool, models.CASCADE, related_name="usage", verbose_name=_("tool"))
    day = models.DateField(_("day"))
    calls = models.PositiveIntegerField(
        _("calls"), default=0, help_text=_("Sent to the server, whatever became of them.")
    )
    kept = models.PositiveIntegerField(
        _("from kept results"), default=0, help_text=_("Answered without asking the server.")
    )
    failed = models.PositiveIntegerField(_("failed"), default=0)
    milliseconds = models.PositiveBigIntegerField(
        _("milliseconds"), default=0, help_text=_("Of all calls together.")
    )

    objects = ToolUsageQuerySet.as_manager()

    class Meta:
        verbose_name = _("tool usage")
        verbose_name_plural = _("tool usage")
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["tool", "day"], name="chat_toolusage_once_a_day")]

    def __str__(self) -> str:
        return f"{self.tool}, {self.day}"
