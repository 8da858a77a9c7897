"""The ways to ask for an entry, on its page."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from unfold.admin import TabularInline
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminTextareaWidget

from chat.models import CachedQuestion


class PhrasingFormSet(PaginationInlineFormSet):
    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms and _text(form)]
        if not any(form.cleaned_data.get("same") for form in kept):
            raise ValidationError(_("Keep at least one phrasing that asks for this answer."))


def _text(form: forms.ModelForm) -> str:
    return getattr(form, "cleaned_data", {}).get("text") or ""


class PhrasingInline(TabularInline):
    model = CachedQuestion
    formset = PhrasingFormSet
    fields = ("text", "same", "origin", "created_at")
    readonly_fields = ("origin", "created_at")
    extra = 0
    hide_title = True
    formfield_overrides: dict[Any, Any] = {
        models.TextField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 2})}
    }
