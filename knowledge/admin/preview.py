"""What will happen with files and addresses, told before they are sent."""

from collections import Counter
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from knowledge import forecast
from knowledge.forecast import Fate, Forecast, OfferedFile
from knowledge.intake import TEXT_CHARACTERS
from knowledge.models import Collection

FILES_AT_ONCE = 100
"""Django's own limit for one form (DATA_UPLOAD_MAX_NUMBER_FILES)."""


class OfferedFilesField(forms.JSONField):
    """A list of {name, size, begins_as_pdf, sha256}."""

    def clean(self, value: Any) -> list[OfferedFile]:
        given = super().clean(value) or []
        try:
            return [self._file(**entry) for entry in given[:FILES_AT_ONCE]]
        except (TypeError, ValueError, AttributeError) as error:
            raise forms.ValidationError("malformed") from error

    @staticmethod
    def _file(*, name: Any, size: Any, begins_as_pdf: Any, sha256: Any = "") -> OfferedFile:
        return OfferedFile(str(name)[:255], int(size), bool(begins_as_pdf), str(sha256)[:64])


class PreviewForm(forms.Form):
    collection = forms.ModelChoiceField(Collection.objects.none(), required=False)
    offered = OfferedFilesField(required=False)
    addresses = forms.CharField(required=False, max_length=TEXT_CHARACTERS)

    def __init__(self, data: Any, curated: QuerySet[Collection]) -> None:
        super().__init__(data)
        self.fields["collection"].queryset = curated  # type: ignore[attr-defined]


def preview(request: HttpRequest, *, may_change: bool) -> HttpResponse:
    """A piece of HTML for the page; 400 for what no page of ours would send."""
    curated = Collection.objects.curated_by(request.user)
    form = PreviewForm(request.POST, curated)
    if not form.is_valid():
        return HttpResponse(status=400)
    given = form.cleaned_data
    collection = given["collection"] or curated.order_by("pk").first()
    files = forecast.of_files(given["offered"], collection)
    addresses = forecast.of_addresses(given["addresses"], collection)
    context = {
        "files": files,
        "addresses": addresses,
        "collection": collection,
        "may_change": may_change,
        "file_counts": counts(files),
        "address_counts": counts(addresses),
    }
    return render(request, "knowledge/admin/add_preview.html", context)


def counts(forecasts: list[Forecast]) -> dict[str, int]:
    """How many of each fate, for those that occur."""
    counted = Counter(forecast.fate for forecast in forecasts)
    return {fate.value: counted[fate] for fate in Fate if counted[fate]}
