"""What a reader of a chosen group would be answered, and why: beneath the search test, or on its own page."""

from typing import Any, ClassVar

from django import forms
from django.contrib.admin import AdminSite
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from assistant_project.limits.budgets import BudgetSpent
from chat.admin import trace
from chat.admin.answer_page import openable, remarks, with_doubts
from chat.admin.money import money
from chat.answering import QUESTION_LENGTH
from chat.answering.again import GIVEN_AGAIN
from chat.answering.storing import NOT_IN_THE_SOURCES
from chat.answering.trial import Trial, choice_for, try_out
from chat.models import Assistant, Message, Tool
from chat.visible import visible_trace
from knowledge.models import Collection
from knowledge.models.viewers import viewer_choices, viewer_named


class TrialForm(forms.Form):
    question = forms.CharField(
        label=gettext_lazy("Question"),
        max_length=QUESTION_LENGTH,
        widget=UnfoldAdminTextInputWidget(
            attrs={"placeholder": gettext_lazy("As a reader would ask it"), "class": "k-wide"}
        ),
    )
    assistant = forms.ModelChoiceField(
        Assistant.objects.all(),
        label=gettext_lazy("Assistant"),
        required=False,
        empty_label=None,
        widget=UnfoldAdminSelectWidget(),
    )
    viewer = forms.ChoiceField(
        label=gettext_lazy("Asked by"), required=False, widget=UnfoldAdminSelectWidget()
    )

    class Media:
        css: ClassVar = {"all": ["chat/admin.css"]}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["viewer"].choices = viewer_choices(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.errors:
            self._refuse_what_no_reader_gets(self.reader, self.answering)
        return cleaned

    def _refuse_what_no_reader_gets(self, reader: Any, assistant: Assistant) -> None:
        if not Assistant.objects.usable_by(reader).filter(pk=assistant.pk).exists():
            raise ValidationError(
                _("Such a reader may not use this assistant. Choose another one, or change who may use it.")
            )
        if _asks_closed_tools(assistant, self.user):
            raise ValidationError(
                _("This assistant may ask tools, and you may not use it: its answer cannot be shown to you.")
            )
        if hidden := _hidden(assistant, reader, self.user):
            raise ValidationError(
                ngettext(
                    "Such a reader may read %d collection that you may not, so the answer cannot be shown to you.",
                    "Such a reader may read %d collections that you may not, so the answer cannot be shown to you.",
                    hidden,
                )
                % hidden
            )

    @property
    def answering(self) -> Assistant:
        return self.cleaned_data["assistant"] or Assistant.objects.default()

    @property
    def reader(self) -> Any:
        return viewer_named(self.cleaned_data["viewer"], self.user)


def _asks_closed_tools(assistant: Assistant, user: Any) -> bool:
    """Whether the answer may tell what this person could neither look up nor be told as a reader."""
    if user.has_perm("chat.view_toolserver") or Assistant.objects.usable_by(user).contains(assistant):
        return False
    return Tool.objects.usable_by(assistant).exists()


def _hidden(assistant: Assistant, reader: Any, user: Any) -> int:
    """How many collections an answer to the reader may quote that this person may not read."""
    quoted = Collection.objects.visible_to(reader)
    if narrowed := list(assistant.collections.values_list("pk", flat=True)):
        quoted = quoted.filter(pk__in=narrowed)
    return quoted.exclude(pk__in=Collection.objects.visible_to(user)).count()


def trial(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The page, or with `part` in the address what the search test shows of it.

    A model is asked by POST only, because it costs something.
    """
    given = request.POST if request.method == "POST" else request.GET
    initial = {"viewer": "anyone", "assistant": Assistant.objects.default().pk}
    filled = {name: given.get(name) or initial.get(name, "") for name in ("question", "assistant", "viewer")}
    form = TrialForm(filled if "question" in given else None, initial=initial, user=request.user)
    context: dict[str, Any] = {"form": form, "title": _("Answer on trial"), "is_part": "part" in request.GET}
    if form.is_valid():
        choice = choice_for(form.answering, form.reader)
        context |= {"costs": choice.costs_tokens, "calls_tools": bool(choice.tools)}
        if request.method == "POST" or not choice.costs_tokens:
            context |= answered(form, choice, request.user, fresh="fresh" in request.POST)
    if not context["is_part"]:
        context |= site.each_context(request)
        request.current_app = site.name
    template = "trial_answer" if context["is_part"] else "trial"
    return TemplateResponse(request, f"chat/admin/{template}.html", context)


def answered(form: TrialForm, choice: Any, user: Any, *, fresh: bool) -> dict[str, Any]:
    """The template's context once it was tried."""
    question = form.cleaned_data["question"]
    try:
        made = try_out(question, choice, reader=form.reader, by=user, fresh=fresh)
    except BudgetSpent as spent:
        return {"refusal": spent.detail}
    told = visible_trace(made.trace, user)
    how = trace.read(told, asked=question, timings=made.draft.timings, cited=made.checked.cited)
    cited = [passage for passage in made.draft.evidence if passage.number in made.checked.cited]
    return {
        "made": made,
        "is_given_again": made.draft.kind in GIVEN_AGAIN,
        "label": Message.Kind(made.draft.kind).label,
        "content": _content(made),
        "remarks": _remarks(made),
        "cited": sorted(cited, key=lambda passage: passage.number),
        "how": how,
        "openable": openable(how.candidates, (), user),
        "cost": money(made.cost) if made.cost else "",
    }


def _content(made: Trial) -> str:
    if made.draft.kind == Message.Kind.ABSTAINED:
        return escape(_(NOT_IN_THE_SOURCES))
    return with_doubts(made.checked.text, made.checked.unsupported if _is_written(made) else ())


def _remarks(made: Trial) -> list[str]:
    return remarks(
        {
            "unsupported": _is_written(made) and made.checked.unsupported,
            "uncited": _is_written(made) and not made.checked.cited,
            "truncated": made.draft.usage.truncated,
        }
    )


def _is_written(made: Trial) -> bool:
    return made.draft.kind in {Message.Kind.GENERATED, Message.Kind.EXTRACT}
