"""The tools of a server, on its page: to be allowed, as they describe themselves."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold.admin import StackedInline
from unfold.widgets import UnfoldBooleanWidget

from chat.models import Tool, ToolResult
from chat.models.tools.result import key_of
from chat.tools.statistics import Use, use_of, with_use

ARGUMENTS = 30
"""Shown of a tool in words; the schema below shows all."""


def description_of(tool: Tool) -> str:
    """Stands for what a tool says of itself."""
    return key_of({"says": tool.description, "takes": tool.input_schema, "reads": tool.reads_only})


class SeenField(forms.CharField):
    """What the page showed, to be compared with what is there."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class ToolForm(forms.ModelForm):
    seen = SeenField(required=False)

    class Meta:
        model = Tool
        fields = ("is_allowed", "cache_seconds")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = description_of(self.instance)

    def clean(self) -> dict[str, Any] | None:
        """Nobody allows what they have not seen: a tool may describe itself anew while the page is open."""
        cleaned = super().clean()
        if self.allows and self.cleaned_data["seen"] != self.initial["seen"]:
            self.data = {**self.data.dict(), self.add_prefix("seen"): self.initial["seen"]}  # type: ignore[attr-defined]
            sentence = _(
                "It describes itself otherwise than when this page was opened. Read it again, then save."
            )
            raise ValidationError({"is_allowed": sentence})
        return cleaned

    @property
    def told(self) -> "Told":
        return Told(self.instance)

    @property
    def allows(self) -> bool:
        return "is_allowed" in self.changed_data and self.cleaned_data["is_allowed"]

    def save(self, commit: bool = True) -> Any:
        if self.allows:
            self.instance.changed_at = None
        tool = super().save(commit)
        if "cache_seconds" in self.changed_data:
            ToolResult.objects.shorten(tool)
        return tool


def what_was_changed(form: ToolForm) -> list[str]:
    """As sentences for the history."""
    tool, sentences = form.instance, []
    if DELETION_FIELD_NAME in form.changed_data:
        return [_("Deleted: %s.") % tool.name]
    if "is_allowed" in form.changed_data:
        sentences.append((_("Allowed: %s.") if tool.is_allowed else _("No longer allowed: %s.")) % tool.name)
    if "cache_seconds" in form.changed_data:
        told = {"tool": tool.name, "seconds": tool.cache_seconds}
        sentences.append(_("Results of %(tool)s hold for %(seconds)s seconds.") % told)
    return sentences


def arguments_in_words(schema: Any) -> list[str]:
    """Each argument of a JSON schema as “city: string, required”. A server may have written anything."""
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    if not isinstance(properties, Mapping):
        return []
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    return [_argument(name, told, name in needed) for name, told in list(properties.items())[:ARGUMENTS]]


def _argument(name: str, told: Any, is_required: bool) -> str:
    kind = told.get("type") if isinstance(told, Mapping) else None
    kinds = [one for one in (kind if isinstance(kind, list) else [kind]) if isinstance(one, str)]
    words = f"{name}: {' | '.join(kinds) or _('anything')}"
    return _("%(argument)s, required") % {"argument": words} if is_required else words


@dataclass(frozen=True)
class Told:
    """What a page shows of a tool beside its columns."""

    tool: Tool

    @property
    def use(self) -> Use:
        return use_of(self.tool)

    @property
    def arguments(self) -> list[str]:
        return arguments_in_words(self.tool.input_schema)

    @property
    def schema(self) -> str:
        return json.dumps(self.tool.input_schema, ensure_ascii=False, indent=2)

    @property
    def hides_something(self) -> bool:
        """Whether it holds characters that a person does not see and a model reads (Unicode's category Cf)."""
        text = self.tool.name + self.tool.description + self.schema
        return any(unicodedata.category(character) == "Cf" for character in text)


class ToolFormSet(BaseInlineFormSet):
    """Only a tool that its server no longer offers can be deleted: another one would be back when it is asked again."""

    deletion_widget = UnfoldBooleanWidget

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if form.instance.gone_at is None:
            form.fields.pop(DELETION_FIELD_NAME, None)


class ToolInline(StackedInline):
    model = Tool
    form = ToolForm
    formset = ToolFormSet
    fields = ("is_allowed", "cache_seconds", "seen")
    template = "chat/admin/tools/tools.html"
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With their use; those that are no longer offered last."""
        tools = with_use(super().get_queryset(request), "usage")
        return tools.select_related("server").order_by(F("gone_at").asc(nulls_first=True), "name")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
