"""The form of a tool server. What its headers hold goes in and never comes out.

So their field is not called as the model calls them: the admin would show that to who may only look.
"""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldBooleanWidget

from assistant_project.sealed import SealBrokenError
from chat.admin.tools.headers import HeadersField
from chat.models import ToolServer

WHERE_RESULTS_COME_FROM = {"url", "new_headers", "without_headers"}
"""Fields by which the same call may give something else."""


class ServerForm(forms.ModelForm):
    assistants = ToolServer.assistants.field.formfield(widget=UnfoldAdminCheckboxSelectMultipleWidget())
    new_headers = HeadersField(label=gettext_lazy("Headers"), required=False)
    without_headers = forms.BooleanField(
        label=gettext_lazy("Remove the stored headers"), required=False, widget=UnfoldBooleanWidget()
    )

    class Meta:
        model = ToolServer
        fields = ("name", "url", "is_enabled", "assistants", "call_seconds")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_headers"].help_text = told_of_headers(self.instance)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        given = self.cleaned_data
        if given.get("new_headers") and given.get("without_headers"):
            raise ValidationError({"without_headers": _("Write headers, or remove them: not both.")})
        if self._would_send_them_elsewhere():
            sentence = _(
                "The address leads to another server. Write its headers anew, or remove the stored ones."
            )
            raise ValidationError({"new_headers": sentence})
        return cleaned

    def _would_send_them_elsewhere(self) -> bool:
        """Whether the stored headers, which nobody can read here, would go to a server that they are not meant for."""
        given = self.cleaned_data
        if not self.instance.sealed_headers or given.get("new_headers") or given.get("without_headers"):
            return False
        return origin(self.initial["url"]) != origin(given.get("url") or self.initial["url"])

    def save(self, commit: bool = True) -> Any:
        if self.cleaned_data["new_headers"] or self.cleaned_data["without_headers"]:
            self.instance.headers = self.cleaned_data["new_headers"]
        return super().save(commit)


def told_of_headers(server: ToolServer) -> str:
    """What is stored, by name, and what becomes of it."""
    how = _("One a line, as “Authorization: Bearer …”. Stored encrypted, and never shown again.")
    try:
        names = ", ".join(server.headers)
    except SealBrokenError:
        return _("The stored headers cannot be read: SECRET_KEY has changed. Write them anew.") + " " + how
    if not names:
        return how
    stored = _("Stored: %(names)s. Leave this empty to keep them; what you write takes the place of all.")
    return stored % {"names": names} + " " + how


def told_of_danger(server: ToolServer) -> str:
    """Empty if there is none. It is for an administrator to say whether the network between can be trusted."""
    if not server.sends_headers_openly:
        return ""
    return _(
        "Its headers go over the network in the open, because the address begins with http. Write https, "
        "unless nobody else can listen between this site and the server."
    )


def origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port
