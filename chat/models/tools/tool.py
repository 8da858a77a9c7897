"""One tool of a server, as it described itself when an administrator allowed it."""

import datetime

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.assistant import Assistant
from chat.models.tools.server import ToolServer

NAME_LENGTH = 200
LONGEST_KEPT = datetime.timedelta(days=7)


class ToolQuerySet(models.QuerySet["Tool"]):
    def usable(self) -> "ToolQuerySet":
        """Those that may be called now."""
        return self.filter(is_allowed=True, gone_at=None, server__is_enabled=True)

    def usable_by(self, assistant: Assistant) -> "ToolQuerySet":
        """Those that an assistant may call now, with their servers."""
        return self.usable().filter(server__assistants=assistant).select_related("server")


class Tool(models.Model):
    """What its server says of it is shown to the model only as an administrator has seen and allowed it."""

    server = models.ForeignKey(ToolServer, models.CASCADE, related_name="tools", verbose_name=_("server"))
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    description = models.TextField(_("description"), blank=True)
    input_schema = models.JSONField(_("arguments"), default=dict)
    reads_only = models.BooleanField(
        _("changes nothing"),
        null=True,
        help_text=_("By the word of its server, which may be silent or wrong."),
    )
    is_allowed = models.BooleanField(_("allowed"), default=False)
    cache_seconds = models.PositiveIntegerField(
        _("results hold for seconds"),
        default=300,
        validators=[MaxValueValidator(int(LONGEST_KEPT.total_seconds()))],
        help_text=_("The same arguments are not sent again within that time. 0: always."),
    )
    changed_at = models.DateTimeField(
        _("changed"),
        null=True,
        blank=True,
        help_text=_("It describes itself otherwise than when it was allowed."),
    )
    gone_at = models.DateTimeField(_("no longer offered"), null=True, blank=True)

    objects = ToolQuerySet.as_manager()

    class Meta:
        verbose_name = _("tool")
        verbose_name_plural = _("tools")
        ordering = ["server__name", "name"]
        constraints = [
            models.UniqueConstraint(fields=["server", "name"], name="chat_tool_once"),
        ]

    def __str__(self) -> str:
        return f"{self.server.name}: {self.name}"
