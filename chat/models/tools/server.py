"""A server that speaks the Model Context Protocol, which an administrator has entered."""

import json
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from assistant_project.sealed import seal, unseal
from chat.models.assistant import Assistant

LONGEST_CALL_SECONDS = 60


def check_address(url: str) -> None:
    """Raises ValidationError. Whether it may be opened is decided where the socket is opened."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        sound = False
    if not sound:
        raise ValidationError(_now("Write a whole address, for example https://tools.example.com/mcp."))
    if parts.username or parts.password:
        raise ValidationError(_now("Leave name and password out of the address. Put them into a header."))


def _is_this_machine(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


class ToolServer(models.Model):
    name = models.CharField(
        _("name"), max_length=80, unique=True, help_text=_("Readers see it where it is asked.")
    )
    url = models.CharField(
        _("address"),
        max_length=500,
        validators=[check_address],
        help_text=_("Where it speaks the Model Context Protocol over streamable HTTP."),
    )
    sealed_headers = models.TextField(_("headers, encrypted"), blank=True, editable=False)
    is_enabled = models.BooleanField(
        _("in use"), default=False, help_text=_("Assistants may ask it. Off until somebody decides so.")
    )
    assistants = models.ManyToManyField(
        Assistant,
        verbose_name=_("assistants"),
        blank=True,
        related_name="tool_servers",
        help_text=_("Which of them may use its tools. None chosen: none."),
    )
    call_seconds = models.PositiveSmallIntegerField(
        _("longest call in seconds"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_CALL_SECONDS)],
    )
    checked_at = models.DateTimeField(_("last asked for its tools"), null=True, blank=True, editable=False)
    error = models.TextField(_("what went wrong then"), blank=True, editable=False)

    class Meta:
        verbose_name = _("tool server")
        verbose_name_plural = _("tool servers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def sends_headers_openly(self) -> bool:
        """Over a network without TLS, where whoever listens can read them."""
        parts = urlsplit(self.url)
        return bool(self.sealed_headers) and parts.scheme == "http" and not _is_this_machine(parts.hostname)

    @property
    def headers(self) -> Mapping[str, str]:
        """Sent with every request. Raises SealBrokenError if SECRET_KEY has changed."""
        return json.loads(unseal(self.sealed_headers) or "{}")

    @headers.setter
    def headers(self, headers: Mapping[str, str]) -> None:
        self.sealed_headers = seal(json.dumps(dict(headers))) if headers else ""
