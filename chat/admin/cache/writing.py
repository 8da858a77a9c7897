"""A page to write a verified answer: the curator searches, ticks what the marks [n] name, and saves.

Nothing typed is lost: searching again and what cannot be taken lead back to the same page.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from chat.admin.assistant import LinesField
from chat.admin.cache.fields import DateInput, TextField
from chat.cache import cited, verified
from chat.cache.verified import AnswerRefused
from chat.cache.visible import visible_answers
from chat.models import Assistant, CachedAnswer, Preferences
from knowledge import retrieval
from knowledge.models import Collection
from knowledge.retrieval import Passage

QUESTION_LENGTH = 500
PHRASINGS = 50
PASSAGES = 8
LANGUAGES = 12
TICK = re.compile(r"([1-9]\d{0,2}):(\d{1,18}(?:,\d{1,18})*)")


class WritingForm(forms.Form):
    question = forms.CharField(
        label=gettext_lazy("Question"),
        max_length=QUESTION_LENGTH,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": gettext_lazy("As a reader would ask it")}),
    )
    others = LinesField(
        label=gettext_lazy("Other phrasings"),
        most=PHRASINGS,
        length=QUESTION_LENGTH,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "One a line. The more differently they are worded, the more readers get this answer."
        ),
    )
    search = forms.CharField(
        label=gettext_lazy("Find passages for"),
        max_length=1_000,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": gettext_lazy("The question, if left empty")}),
    )
    content = TextField(
        label=gettext_lazy("Answer"),
        max_length=20_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8}),
        help_text=gettext_lazy("Mark with [1], [2] … which of the ticked passages a sentence rests on."),
    )
    assistant = forms.ModelChoiceField(
        Assistant.objects.all(),
        label=gettext_lazy("Given by"),
        required=False,
        empty_label=gettext_lazy("every assistant"),
        widget=UnfoldAdminSelectWidget(),
    )
    language = forms.CharField(
        label=gettext_lazy("Language"),
        max_length=40,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"list": "k-languages"}),
        help_text=gettext_lazy(
            "As readers prefer it, for example Deutsch; leave it empty for those who have chosen none."
        ),
    )
    review_by = forms.DateField(label=gettext_lazy("Review by"), required=False, widget=DateInput())
    collections = forms.ModelMultipleChoiceField(
        Collection.objects.none(),
        label=gettext_lazy("Only for readers of"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        help_text=gettext_lazy(
            "Whoever may read these and the collections of the ticked passages gets this answer. "
            "Choose at least one if no passage is ticked."
        ),
    )

    def __init__(self, *args: Any, readable: QuerySet[Collection], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["collections"].queryset = readable  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Offered:
    """A passage with the number by which the text may mark it."""

    number: int
    passage: Passage
    is_ticked: bool

    @property
    def value(self) -> str:
        return f"{self.number}:{','.join(map(str, self.passage.chunk_ids))}"


def languages() -> list[str]:
    """What readers prefer, the most frequent first."""
    chosen = Preferences.objects.exclude(language="").values("language")
    counted = chosen.annotate(readers=Count("pk")).order_by("-readers", "language")
    return list(counted.values_list("language", flat=True)[:LANGUAGES])


class WritingPage:
    """The page for one request."""

    def __init__(self, model_admin: Any, request: HttpRequest) -> None:
        self.model_admin = model_admin
        self.request = request
        self.readable = Collection.objects.visible_to(request.user)
        self.rewritten = self._rewritten()

    def respond(self) -> HttpResponse:
        posted = self.request.POST
        if self.request.method != "POST":
            return self._page(WritingForm(initial=self._initial(), readable=self.readable), self._cited())
        try:
            ticked = self._ticked(posted.getlist("passage"))
        except AnswerRefused as refused:
            messages.error(self.request, str(refused))
            ticked = {}
            return self._page(WritingForm(posted, readable=self.readable), ticked)
        if "find" in posted:
            typed = {name: posted.get(name) for name in posted} | {
                "collections": posted.getlist("collections")
            }
            return self._page(WritingForm(initial=typed, readable=self.readable), ticked)
        form = WritingForm(posted, readable=self.readable)
        if form.is_valid() and (entry := self._write(form, ticked)):
            return self._to(entry)
        return self._page(form, ticked)

    def _write(self, form: WritingForm, ticked: dict[int, Passage]) -> CachedAnswer | None:
        given = dict(form.cleaned_data)
        given.pop("search")
        given["collections"] = [collection.pk for collection in given["collections"]]
        try:
            return verified.write(**given, by=self.request.user, passages=ticked, instead_of=self.rewritten)
        except AnswerRefused as refused:
            form.add_error(None, ValidationError(str(refused)))
            return None

    def _rewritten(self) -> CachedAnswer | None:
        """The entry that is written anew, if the address names one that may be seen and changed."""
        pk = self.request.GET.get("answer", "")
        if not pk.isdecimal() or not self.model_admin.has_change_permission(self.request):
            return None
        return visible_answers(self.request.user).filter(pk=pk).first()

    def _initial(self) -> dict[str, Any]:
        """What the address names: a question, or an entry."""
        initial: dict[str, Any] = {"review_by": verified.usual_review_date().isoformat()}
        if self.rewritten is None:
            question = self.request.GET.get("question", "")[:QUESTION_LENGTH]
            return initial | {"question": question}
        entry = self.rewritten
        first = entry.questions.filter(same=True).order_by("pk").first()
        return initial | {
            "question": first.text if first else "",
            "content": entry.content,
            "assistant": entry.assistant_id,
            "language": entry.language,
            "collections": [] if entry.passages.exists() else entry.collections,
        }

    def _cited(self) -> dict[int, Passage]:
        """The passages of the rewritten entry that are still as they were."""
        if self.rewritten is None:
            return {}
        passages = list(self.rewritten.passages.all())
        groups = [cited.chunks_of(passage) for passage in passages]
        found = cited.passages_of(groups, self.request.user)
        return {
            passage.number: there
            for passage, group, there in zip(passages, groups, found, strict=True)
            if group and there
        }

    def _ticked(self, values: Sequence[str]) -> dict[int, Passage]:
        """The ticked passages by number; raises AnswerRefused if one is no longer there."""
        matches = [match for match in map(TICK.fullmatch, values) if match]
        groups = [[int(pk) for pk in match[2].split(",")] for match in matches]
        found = cited.passages_of(groups, self.request.user)
        if None in found:
            raise AnswerRefused(_("A ticked passage has changed in the meantime. Find the passages again."))
        return {int(match[1]): there for match, there in zip(matches, found, strict=True) if there}

    def _offered(self, form: WritingForm, ticked: dict[int, Passage]) -> list[Offered]:
        """The ticked passages under their numbers, and under free ones what the search finds beside them."""
        wanted = form["search"].value() or form["question"].value()
        found = retrieval.find_passages(wanted, user=self.request.user, limit=PASSAGES) if wanted else []
        chosen = {pk for passage in ticked.values() for pk in passage.chunk_ids}
        others = [passage for passage in found if not chosen & set(passage.chunk_ids)]
        free = (number for number in range(1, len(ticked) + len(others) + 1) if number not in ticked)
        offered = [Offered(number, passage, True) for number, passage in ticked.items()]
        offered += [Offered(number, passage, False) for number, passage in zip(free, others, strict=False)]
        return sorted(offered, key=lambda one: one.number)

    def _to(self, entry: CachedAnswer) -> HttpResponse:
        self.model_admin.log_addition(self.request, entry, [{"added": {}}])
        messages.success(self.request, _("Readers get this answer from now on."))
        return HttpResponseRedirect(reverse("admin:chat_cachedanswer_change", args=[entry.pk]))

    def _page(self, form: WritingForm, ticked: dict[int, Passage]) -> HttpResponse:
        context = {
            **self.model_admin.admin_site.each_context(self.request),
            "title": _("Write it anew") if self.rewritten else _("Write a verified answer"),
            "form": form,
            "media": self.model_admin.media + form.media,
            "offered": self._offered(form, ticked),
            "rewritten": self.rewritten,
            "languages": languages(),
            "has_searched": bool(form["search"].value() or form["question"].value()),
        }
        self.request.current_app = self.model_admin.admin_site.name
        return TemplateResponse(self.request, "admin/chat/write_answer.html", context)
