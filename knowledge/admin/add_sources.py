"""One page to add PDFs, addresses and texts. What cannot be taken is said, and nothing typed is lost."""

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.forms import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from knowledge import intake
from knowledge.admin.preview import FILES_AT_ONCE
from knowledge.curation import NothingToCurateError, curates_something, default_collection, nothing_to_curate
from knowledge.errors import KnowledgeError
from knowledge.models import Collection, Original, Source

SALT = "knowledge.replace"
AN_HOUR = 3600


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several uploaded files, none of them opened yet."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [file for file in data or [] if file]


class AddSourcesForm(forms.Form):
    pdfs = FilesField(
        label=gettext_lazy("PDFs"),
        required=False,
        widget=FilesInput(attrs={"accept": "application/pdf,.pdf", "multiple": True}),
    )
    addresses = forms.CharField(
        label=gettext_lazy("Web addresses"),
        required=False,
        widget=UnfoldAdminTextareaWidget(
            attrs={"rows": 5, "placeholder": "https://example.org/guide", "spellcheck": "false"}
        ),
        help_text=gettext_lazy("One address a line; many can be pasted at once."),
    )
    refresh_interval = forms.ChoiceField(
        label=gettext_lazy("Look for changes"),
        choices=Source.Refresh.choices,
        initial=Source.Refresh.WEEKLY,
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text=gettext_lazy(
            "How often web pages are read again. Files and texts change only by your hand."
        ),
    )
    title = forms.CharField(
        label=gettext_lazy("Title of the text"),
        max_length=500,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=intake.TEXT_CHARACTERS,
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8}),
    )
    collection = forms.ModelChoiceField(
        Collection.objects.none(),
        label=gettext_lazy("Collection"),
        required=False,
        empty_label=None,
        widget=UnfoldAdminSelectWidget(),
        help_text=gettext_lazy(
            "It decides who may read the sources, and in which language words are reduced to stems."
        ),
    )

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("knowledge/source_admin.css",)}
        js = (Script("knowledge/drop_zone.js", type="module"),)

    def __init__(self, *args: Any, curated: QuerySet[Collection], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["collection"].queryset = curated  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        given = self.cleaned_data
        if given.get("text", "").strip() and not given.get("title", "").strip():
            self.add_error("title", _("Give the text a title: readers see it beside each citation."))
        if not any((given.get("pdfs"), given.get("addresses"), given.get("text", "").strip())):
            raise forms.ValidationError(_("Choose a PDF, paste an address, or write a text."))
        return given


@dataclass
class Outcome:
    """What came of everything that was offered at once."""

    added: list[Source] = field(default_factory=list)
    replaced: list[Source] = field(default_factory=list)
    duplicates: list[Source] = field(default_factory=list)
    replaceable: list[dict[str, Any]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def note(self, result: intake.Intake) -> None:
        self.added += result.added
        self.duplicates += result.duplicates
        self.refused += result.refused
        self.replaceable += [
            {"source": source, "token": offer(source, content)} for source, content in result.replaceable
        ]

    @property
    def is_complete(self) -> bool:
        """Everything that was offered will be read."""
        return not (self.duplicates or self.replaceable or self.refused)


def offer(source: Source, content: bytes) -> str:
    """Keeps the bytes; the token lets them take the place of the source's file within an hour."""
    original = Original.objects.keep(content, "application/pdf")
    return signing.dumps({"source": source.pk, "original": original.pk}, salt=SALT)


class AddSources:
    """The page for one request."""

    def __init__(self, model_admin: Any, request: HttpRequest) -> None:
        self.model_admin = model_admin
        self.request = request
        self.curated = Collection.objects.curated_by(request.user)

    def respond(self) -> HttpResponse:
        if self.request.method != "POST":
            initial = {"collection": self.request.GET.get("collection")}
            return self._page(AddSourcesForm(initial=initial, curated=self.curated))
        form = AddSourcesForm(self.request.POST, self.request.FILES, curated=self.curated)
        if not form.is_valid():
            return self._page(form)
        try:
            outcome = self._take(form.cleaned_data)
        except NothingToCurateError as error:
            form.add_error(None, str(error))
            return self._page(form)
        for source in outcome.added:
            self.model_admin.log_addition(self.request, source, [{"added": {}}])
        if outcome.is_complete:
            return self._to_the_list(outcome)
        return self._page(self._what_is_left(form, outcome), outcome)

    def _take(self, given: dict[str, Any]) -> Outcome:
        outcome = Outcome()
        common: dict[str, Any] = {
            "collection": given["collection"] or default_collection(self.request.user),
            "owner": self.request.user,
        }
        for file in given["pdfs"]:
            content = file.read(intake.PDF_BYTES + 1)
            self._try(outcome, file.name, self._add_or_replace, outcome, content, file.name, **common)
        if given["addresses"]:
            interval = given["refresh_interval"] or Source.Refresh.NEVER
            outcome.note(intake.add_urls(given["addresses"], refresh_interval=interval, **common))
        if given["text"].strip():
            self._try(outcome, given["title"], intake.add_text, given["title"], given["text"], **common)
        return outcome

    def _add_or_replace(self, outcome: Outcome, content: bytes, name: str, **common: Any) -> intake.Intake:
        """A file that takes the place of another one, if that was wanted when the page asked."""
        result = intake.add_pdf(content, name, **common)
        if name not in self.request.POST.getlist("replace"):
            return result
        if not self.model_admin.has_change_permission(self.request):
            return result
        for source, _content in result.replaceable:
            self._replace(source, content)
            outcome.replaced.append(source)
        return replace(result, replaceable=[])

    def _replace(self, source: Source, content: bytes) -> None:
        intake.replace_pdf(source, content, user=self.request.user)
        self.model_admin.log_change(self.request, source, [{"changed": {"fields": [_("file")]}}])

    @staticmethod
    def _try(outcome: Outcome, name: str, add: Any, *args: Any, **common: Any) -> None:
        try:
            outcome.note(add(*args, **common))
        except KnowledgeError as error:
            outcome.refused.append((name, str(error)))

    def _what_is_left(self, form: AddSourcesForm, outcome: Outcome) -> AddSourcesForm:
        """The form again, with what was refused to be mended."""
        given = form.cleaned_data
        refused = {name for name, _reason in outcome.refused}
        lines = [line for line in given["addresses"].splitlines() if line.strip() in refused]
        kept = {"collection": given["collection"], "refresh_interval": given["refresh_interval"]}
        if given["title"] in refused:
            kept |= {"title": given["title"], "text": given["text"]}
        return AddSourcesForm(initial=kept | {"addresses": "\n".join(lines)}, curated=self.curated)

    def replace(self) -> HttpResponse:
        """Put a kept file in the place of a source's, as the token says."""
        try:
            token = signing.loads(self.request.POST.get("token", ""), salt=SALT, max_age=AN_HOUR)
        except signing.BadSignature:
            messages.error(self.request, _("This offer is more than an hour old. Upload the file again."))
            return HttpResponseRedirect(reverse("admin:knowledge_source_add"))
        source = get_object_or_404(self.model_admin.get_queryset(self.request), pk=token["source"])
        original = get_object_or_404(Original, pk=token["original"])
        self._replace(source, original.read())
        messages.success(self.request, _("The new file will be read; until then the old one answers."))
        return HttpResponseRedirect(reverse("admin:knowledge_source_change", args=[source.pk]))

    def _to_the_list(self, outcome: Outcome) -> HttpResponse:
        added, replaced = len(outcome.added), len(outcome.replaced)
        text = ngettext(
            "%d source added. A worker reads it now.", "%d sources added. The workers read them now.", added
        )
        if added:
            messages.success(self.request, text % added)
        text = ngettext(
            "%d file replaced; the old one answers until the new one has been read.",
            "%d files replaced; the old ones answer until the new ones have been read.",
            replaced,
        )
        if replaced:
            messages.success(self.request, text % replaced)
        return HttpResponseRedirect(reverse("admin:knowledge_source_changelist"))

    def _page(self, form: AddSourcesForm, outcome: Outcome | None = None) -> HttpResponse:
        context = {
            **self.model_admin.admin_site.each_context(self.request),
            "title": _("Add sources"),
            "form": form,
            "media": form.media,
            "outcome": outcome,
            "may_change": self.model_admin.has_change_permission(self.request),
            "files_at_once": FILES_AT_ONCE,
            "max_megabytes": intake.PDF_BYTES // 1024 // 1024,
            "has_collections": self.curated.exists(),
            "nothing_to_curate": "" if curates_something(self.request.user) else nothing_to_curate(),
        }
        self.request.current_app = self.model_admin.admin_site.name
        return TemplateResponse(self.request, "knowledge/admin/add_sources.html", context)
