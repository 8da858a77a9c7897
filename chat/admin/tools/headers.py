"""The headers of a tool server, written down by a person and never shown again."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminTextareaWidget

MOST = 20
NAME_LENGTH, VALUE_LENGTH = 100, 4_000
NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A token (RFC 9110, 5.6.2)."""
VALUE = re.compile(r"[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?")
"""A field value (RFC 9110, 5.5), of ASCII alone."""
OF_THE_CONNECTION = {
    *("host", "content-length", "connection", "keep-alive", "proxy-connection", "te", "trailer"),
    *(
        "transfer-encoding",
        "upgrade",
        "expect",
        "accept",
        "accept-encoding",
        "content-type",
        "content-encoding",
    ),
}
"""Those that belong to one connection or message (RFC 9110, 7.6.1): whoever sends it sets them."""


class HeadersField(forms.CharField):
    """Cleaned: the values by name. Its errors name lines and headers, never a value."""

    def __init__(self, **options: Any) -> None:
        plain = {"rows": 4, "autocomplete": "off", "spellcheck": "false", "class": "k-code"}
        super().__init__(strip=False, widget=UnfoldAdminTextareaWidget(attrs=plain), **options)

    def clean(self, value: Any) -> dict[str, str]:
        text = super().clean(value).replace("\r\n", "\n")
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        if len(lines) > MOST:
            sentence = _("These are %(n)d lines. Leave at most %(most)d.")
            raise ValidationError(sentence, params={"n": len(lines), "most": MOST})
        headers: dict[str, str] = {}
        for number, line in lines:
            name, value = header(number, line)
            if name.lower() in map(str.lower, headers):
                raise ValidationError(_("“%(name)s” is there twice."), params={"name": name})
            headers[name] = value
        return headers


def header(number: int, line: str) -> tuple[str, str]:
    """Name and value of a line. Raises ValidationError."""
    name, colon, value = (part.strip(" \t") for part in line.partition(":"))
    if not colon or not NAME.fullmatch(name) or len(name) > NAME_LENGTH:
        raise ValidationError(
            _("Line %(number)d is no header. Write “Name: value”."), params={"number": number}
        )
    if name.lower() in OF_THE_CONNECTION:
        raise ValidationError(_("“%(name)s” is set by the connection itself."), params={"name": name})
    if not VALUE.fullmatch(value) or len(value) > VALUE_LENGTH:
        sentence = _(
            "The value of “%(name)s” is empty, longer than %(most)d characters, or holds others than ASCII."
        )
        raise ValidationError(sentence, params={"name": name, "most": VALUE_LENGTH})
    return name, value
