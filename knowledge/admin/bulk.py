"""Changes of many sources that need one more answer first: where to, how often."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminSelectWidget

from knowledge import intake
from knowledge.errors import KnowledgeError
from knowledge.models import Collection, Source
from knowledge.tasks import SourceGoneError

NAMED = 12
"""So many of the chosen are named on the page, and so many of those that could not be changed."""


class BulkForm(forms.Form):
    """One field of a source, for many."""

    changes: ClassVar[str]
    """The name of the field."""
    title: ClassVar[Any]
    button: ClassVar[Any]

    def __init__(self, data: Any, request: HttpRequest) -> None:
        super().__init__(data)

    @staticmethod
    def fits(source: Source) -> bool:
        return True


class MoveForm(BulkForm):
    changes = "collection"
    title = gettext_lazy("Move to a collection")
    button = gettext_lazy("Move")
    collection = forms.ModelChoiceField(
        Collection.objects.none(),
        label=gettext_lazy("Collection"),
        empty_label=None,
        widget=UnfoldAdminSelectWidget(),
        help_text=gettext_lazy("Its readers may read them at once, and those of the old one no longer."),
    )

    def __init__(self, data: Any, request: HttpRequest) -> None:
        super().__init__(data, request)
        self.fields["collection"].queryset = Collection.objects.curated_by(request.user)  # type: ignore[attr-defined]


class IntervalForm(BulkForm):
    changes = "refresh_interval"
    title = gettext_lazy("Set how often they are read again")
    button = gettext_lazy("Set")
    refresh_interval = forms.ChoiceField(
        label=gettext_lazy("Look for changes"),
        choices=Source.Refresh.choices,
        initial=Source.Refresh.WEEKLY,
        widget=UnfoldAdminSelectWidget(),
        help_text=gettext_lazy("This concerns web pages; files and texts change only by your hand."),
    )

    @staticmethod
    def fits(source: Source) -> bool:
        return source.kind == Source.Kind.URL


@dataclass
class BulkChange:
    """One action for one request: asks first, and changes when it has been answered."""

    model_admin: Any
    request: HttpRequest
    sources: QuerySet[Any]
    form_class: type[BulkForm]

    def respond(self) -> HttpResponse | None:
        is_answer = "apply" in self.request.POST
        form = self.form_class(self.request.POST if is_answer else None, self.request)
        if not (is_answer and form.is_valid()):
            return self._page(form)
        self._apply(form)
        return None

    def _apply(self, form: BulkForm) -> None:
        value = form.cleaned_data[form.changes]
        changed, refused = 0, []
        for source in self.sources:
            if not form.fits(source) or getattr(source, form.changes) == value:
                continue
            try:
                intake.change(source, {form.changes: value}, user=self.request.user)
            except (KnowledgeError, SourceGoneError) as error:
                refused.append(f"{source.name}: {error}")
                continue
            changed += 1
            label = str(form.fields[form.changes].label)
            self.model_admin.log_change(self.request, source, [{"changed": {"fields": [label]}}])
        self._tell(changed, refused)

    def _tell(self, changed: int, refused: list[str]) -> None:
        text = ngettext("%d source changed.", "%d sources changed.", changed) % changed
        self.model_admin.message_user(self.request, text, messages.SUCCESS)
        for sentence in refused[:NAMED]:
            self.model_admin.message_user(self.request, sentence, messages.WARNING)
        if more := len(refused[NAMED:]):
            text = ngettext("%d more could not be changed.", "%d more could not be changed.", more) % more
            self.model_admin.message_user(self.request, text, messages.WARNING)

    def _page(self, form: BulkForm) -> HttpResponse:
        is_all = self.request.POST.get("select_across") == "1"
        chosen = self.request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
        number = self.sources.count()
        context = {
            **self.model_admin.admin_site.each_context(self.request),
            "title": form.title,
            "opts": self.model_admin.opts,
            "media": self.model_admin.media + form.media,
            "form": form,
            "field": form[form.changes],
            "action": self.request.POST["action"],
            "sources": self.sources[:NAMED],
            "number": number,
            "not_named": max(number - NAMED, 0),
            "is_all": is_all,
            "chosen": chosen[:1] if is_all else chosen,  # all the others need not travel: the filters say it
            "checkbox": helpers.ACTION_CHECKBOX_NAME,
        }
        self.request.current_app = self.model_admin.admin_site.name
        return TemplateResponse(self.request, "knowledge/admin/bulk_change.html", context)
