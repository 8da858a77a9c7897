"""What changed between two revisions of a source, to be read rather than guessed."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget

from knowledge.admin import marks
from knowledge.differences import Change, Comparison, compare
from knowledge.ingestion.document import PAGE_BREAK
from knowledge.models import Revision


class RevisionChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return _("Revision %(number)s, %(state)s, %(day)s") % {
            "number": obj.number,
            "state": obj.get_state_display(),
            "day": marks.day(obj.created_at),
        }


class ChooseTwoForm(forms.Form):
    """Two revisions of one source."""

    old = RevisionChoiceField(
        Revision.objects.none(),
        label=gettext_lazy("From"),
        empty_label=None,
        to_field_name="number",
        widget=UnfoldAdminSelectWidget(),
    )
    new = RevisionChoiceField(
        Revision.objects.none(),
        label=gettext_lazy("To"),
        empty_label=None,
        to_field_name="number",
        widget=UnfoldAdminSelectWidget(),
    )

    def __init__(self, data: dict[str, Any], revisions: Any) -> None:
        super().__init__(data)
        for field in self.fields.values():
            field.queryset = revisions  # type: ignore[attr-defined]


def differences(request: HttpRequest, source: Any, model_admin: Any) -> HttpResponse:
    """The latest two revisions, or those that the address names by their numbers."""
    revisions = source.revisions.exclude(text="").defer("text", "report").order_by("-number")
    numbers = list(revisions.values_list("number", flat=True)[:2])
    latest = {"old": numbers[-1], "new": numbers[0]} if numbers else {}
    form = ChooseTwoForm(latest | request.GET.dict(), revisions)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("What changed: %(source)s") % {"source": source.name},
        "source": source,
        "original": source,
        "opts": model_admin.opts,
        "media": model_admin.media,
        "form": form,
        "is_alone": len(numbers) < 2,
    }
    if len(numbers) > 1 and form.is_valid():
        context |= _compared(form.cleaned_data["old"], form.cleaned_data["new"])
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "knowledge/admin/differences.html", context)


def _compared(old: Revision, new: Revision) -> dict[str, Any]:
    comparison = compare(old.text, new.text)
    return {
        "old": old,
        "new": new,
        "comparison": comparison,
        "changes": [(change, _page(change, new)) for change in comparison.changes],
        "not_shown": _not_shown(comparison),
        "title_changed": old.title != new.title,
    }


def _not_shown(comparison: Comparison) -> int:
    return comparison.count - len(comparison.changes)


def _page(change: Change, new: Revision) -> int | None:
    """The page of the new text on which a change begins."""
    if PAGE_BREAK not in new.text:
        return None
    return new.text.count(PAGE_BREAK, 0, change.offset) + 1
