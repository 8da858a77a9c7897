"""Entries of the cache: to look at, approve, mend and take away."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from chat.admin.cache import marks
from chat.admin.cache.entry_page import what_is_known
from chat.admin.cache.filters import (
    CollectionFilter,
    ReviewFilter,
    SourceFilter,
    TrustedFilter,
    VerifiedFilter,
)
from chat.admin.cache.phrasings import PhrasingInline
from chat.admin.cache.writing import WritingPage
from chat.cache import verified
from chat.cache.verified import AnswerRefused
from chat.cache.visible import visible_answers
from chat.models import CachedAnswer, CachedPassage, CachedQuestion

EXCERPT = 120
SOURCES_SHOWN = 2


ACTS: dict[str, tuple[Callable[..., Any], Any]] = {
    "approve": (verified.approve, gettext_lazy("Approved.")),
    "expire": (lambda answer, *_unused: verified.expire(answer), gettext_lazy("Expired.")),
    "withdraw": (lambda answer, *_unused: verified.withdraw(answer), gettext_lazy("Withdrawn.")),
}
"""By name: what to do with an entry, a curator and a review date; what the history says of it."""


class EntryForm(forms.ModelForm):
    """Its text: whoever changes it approves it."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if "content" in self.cleaned_data and self.changed_data:
            try:
                self.cleaned_data["content"] = verified.checked(
                    self.cleaned_data["content"], list(self.instance.passages.all())
                )
                verified.refuse_outdated(self.instance)
            except AnswerRefused as refused:
                raise ValidationError(str(refused)) from None
        return cleaned


@admin.register(CachedAnswer)
class CachedAnswerAdmin(ModelAdmin):
    form = EntryForm
    inlines = (PhrasingInline,)
    list_display = ("asked", "answered", "standing", "hits", "saved", "made", "expires", "sources")
    list_display_links = ("asked",)
    list_filter = (
        "state",
        VerifiedFilter,
        ReviewFilter,
        TrustedFilter,
        ("assistant", admin.RelatedOnlyFieldListFilter),
        CollectionFilter,
        SourceFilter,
        "made_at",
    )
    list_filter_sheet = True
    list_per_page = 50
    list_fullwidth = True
    search_fields = ("content", "questions__text")
    search_help_text = gettext_lazy("Search in phrasings and answers")
    actions = ("approve", "expire", "withdraw", "merge")
    fields = ("content",)
    change_form_outer_before_template = "admin/chat/entry_head.html"
    change_form_outer_after_template = "admin/chat/entry_details.html"
    warn_unsaved_form = True
    empty_title = gettext_lazy("No answer is kept yet")
    empty_text = gettext_lazy(
        "Answers that may be given again appear here, with the questions that lead to them. You can also write one."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        asked = CachedQuestion.objects.filter(answer=OuterRef("pk"), same=True).order_by()
        passages = CachedPassage.objects.only("answer", "number", "title", "source").order_by("number")
        return (
            visible_answers(request.user)
            .annotate(
                question=Subquery(asked.order_by("pk").values("text")[:1]),
                phrasing_count=Subquery(asked.values("answer").annotate(n=Count("pk")).values("n")),
            )
            .prefetch_related(Prefetch("passages", passages, to_attr="cited"))
            .order_by(*self.get_ordering(request) or ("-made_at", "-pk"))
        )

    # --- columns ---

    @admin.display(description=gettext_lazy("question"))
    def asked(self, answer: Any) -> str:
        more = (answer.phrasing_count or 1) - 1
        also = ngettext("and %d more phrasing", "and %d more phrasings", more) % more if more else ""
        question = Truncator(answer.question or "–").chars(EXCERPT)
        return format_html('<span class="k-name">{}<small>{}</small></span>', question, also)

    @admin.display(description=gettext_lazy("answer"), ordering="content")
    def answered(self, answer: CachedAnswer) -> str:
        return format_html('<span class="k-sentence">{}</span>', Truncator(answer.content).chars(EXCERPT))

    @admin.display(description=gettext_lazy("standing"), ordering="verified_at")
    def standing(self, answer: CachedAnswer) -> str:
        return marks.standing(answer)

    @admin.display(description=gettext_lazy("saved tokens"))
    def saved(self, answer: CachedAnswer) -> str:
        return marks.number(answer.hits * (answer.prompt_tokens + answer.completion_tokens))

    @admin.display(description=gettext_lazy("made"), ordering="made_at")
    def made(self, answer: CachedAnswer) -> str:
        return marks.ago(answer.made_at)

    @admin.display(description=gettext_lazy("expires"), ordering="expires_at", empty_value="–")
    def expires(self, answer: CachedAnswer) -> Any:
        if answer.expires_at is None and answer.review_by:
            return _("review by %s") % formats.date_format(answer.review_by)
        return answer.expires_at

    @admin.display(description=gettext_lazy("sources"))
    def sources(self, answer: Any) -> str:
        titles = list(dict.fromkeys(passage.title for passage in answer.cited))
        shown = [(Truncator(title).chars(40),) for title in titles[:SOURCES_SHOWN]]
        if more := len(titles) - SOURCES_SHOWN:
            shown += [(_("and %d more") % more,)] if more > 0 else []
        return format_html_join("", '<span class="k-source">{}</span>', shown) or marks.NOTHING

    # --- what a curator does to one or to several ---

    @admin.action(
        description=gettext_lazy("Approve: it is right, review it in six months"), permissions=["change"]
    )
    def approve(self, request: HttpRequest, answers: QuerySet[Any]) -> None:
        self._each(request, answers, "approve")

    @admin.action(
        description=gettext_lazy("Expire now: the next reader gets a new answer"), permissions=["change"]
    )
    def expire(self, request: HttpRequest, answers: QuerySet[Any]) -> None:
        self._each(request, answers, "expire")

    @admin.action(
        description=gettext_lazy("Withdraw: it is wrong, keep it to look at"), permissions=["change"]
    )
    def withdraw(self, request: HttpRequest, answers: QuerySet[Any]) -> None:
        self._each(request, answers, "withdraw")

    @admin.action(description=gettext_lazy("Merge: they are one answer"), permissions=["change", "delete"])
    def merge(self, request: HttpRequest, answers: QuerySet[Any]) -> None:
        try:
            kept = verified.merge(list(answers))
        except AnswerRefused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return
        self.log_change(request, kept, _("Merged with other entries."))
        self.message_user(request, _("They are one answer now, with the phrasings of all."), messages.SUCCESS)

    def _each(self, request: HttpRequest, answers: QuerySet[Any], name: str) -> None:
        done = 0
        for answer in answers:
            done += self._act(request, answer, name)
        if done:
            text = ngettext("%d answer changed.", "%d answers changed.", done) % done
            self.message_user(request, text, messages.SUCCESS)

    def _act(self, request: HttpRequest, answer: CachedAnswer, name: str, review_by: Any = None) -> bool:
        """Whether it could be done; if not, why is said."""
        act, words = ACTS[name]
        try:
            act(answer, request.user, review_by)
        except AnswerRefused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return False
        self.log_change(request, answer, str(words))
        return True

    # --- pages ---

    def get_urls(self) -> list[URLPattern]:
        act = self.admin_site.admin_view(require_POST(self.act))
        return [path("<int:pk>/act/", act, name="chat_cachedanswer_act"), *super().get_urls()]

    def act(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Approve, expire or withdraw one, from its page."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        answer = get_object_or_404(visible_answers(request.user), pk=pk)
        name = request.POST.get("act", "")
        date = request.POST.get("review_by", "")
        try:
            review_by = forms.DateField(required=False).clean(date) if name == "approve" else None
        except ValidationError:
            self.message_user(request, _("“%s” is not a date.") % date, messages.ERROR)
        else:
            if name in ACTS and self._act(request, answer, name, review_by):
                self.message_user(request, _("Done."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:chat_cachedanswer_change", args=[pk]))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return WritingPage(self, request).respond()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except AnswerRefused as refused:  # somebody else was quicker than this form
            self.message_user(request, str(refused), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context |= what_is_known(kwargs["obj"], request.user)
        context |= {
            "may_change": self.has_change_permission(request),
            "write_anew_url": self._address_to_write_anew(request, kwargs["obj"]),
            "show_save_and_add_another": False,
            "title": _("Cached answer"),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def _address_to_write_anew(self, request: HttpRequest, answer: CachedAnswer) -> str:
        """Empty for who may not."""
        may = self.has_add_permission(request)
        return f"{reverse('admin:chat_cachedanswer_add')}?answer={answer.pk}" if may else ""

    def save_model(self, request: HttpRequest, obj: CachedAnswer, form: Any, change: bool) -> None:
        if "content" in form.changed_data:
            verified.edit(obj, form.cleaned_data["content"], request.user)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        changed = [*(phrasing for phrasing, _fields in formset.changed_objects), *formset.new_objects]
        if changed or formset.deleted_objects:
            verified.change_phrasings(form.instance, changed, formset.deleted_objects)
