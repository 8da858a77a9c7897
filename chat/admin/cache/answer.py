"""Entries of the cache: to look at, approve, mend and take away."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
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

from assistant_project.admin.ago import ago
from chat.admin.cache import marks
from chat.admin.cache.entry_form import APPROVE, EntryForm
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
from chat.cache.verified import AnswerGone, AnswerRefused
from chat.cache.visible import visible_answers
from chat.models import CachedAnswer, CachedPassage, CachedQuestion

EXCERPT = 120
SOURCES_SHOWN = 2


ACTS: dict[str, tuple[Callable[..., Any], Any]] = {
    "approve": (verified.approve, gettext_lazy("Approved.")),
    "expire": (lambda answer, _by: verified.expire(answer), gettext_lazy("Expired.")),
    "withdraw": (lambda answer, _by: verified.withdraw(answer), gettext_lazy("Withdrawn.")),
}
"""By name: what to do with an entry and a curator; what the history says of it."""


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
    change_form_before_template = "admin/chat/entry_approval.html"
    change_form_outer_after_template = "admin/chat/entry_details.html"
    warn_unsaved_form = True
    empty_title = gettext_lazy("No answer is kept yet")
    empty_text = gettext_lazy(
        "Answers that may be given again appear here, with the questions that lead to them. You can also write one."
    )
    add_text = gettext_lazy("Write a verified answer")

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
        return ago(answer.made_at)

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
        done, gone = 0, 0
        for answer in answers:
            try:
                self._act(request, answer, name)
            except AnswerGone:
                gone += 1
            except AnswerRefused as refused:
                self.message_user(request, str(refused), messages.ERROR)
            else:
                done += 1
        if done:
            text = ngettext("%d answer changed.", "%d answers changed.", done) % done
            self.message_user(request, text, messages.SUCCESS)
        if gone:
            self.message_user(request, left_out(gone, approved=done if name == "approve" else 0))

    def _act(self, request: HttpRequest, answer: CachedAnswer, name: str) -> None:
        """Raises AnswerRefused."""
        act, words = ACTS[name]
        act(answer, request.user)
        self.log_change(request, answer, str(words))

    # --- pages ---

    def get_urls(self) -> list[URLPattern]:
        act = self.admin_site.admin_view(require_POST(self.act))
        return [path("<int:pk>/act/", act, name="chat_cachedanswer_act"), *super().get_urls()]

    def act(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Expire or withdraw one, from its page."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        answer = get_object_or_404(visible_answers(request.user), pk=pk)
        name = request.POST.get("act", "")
        if name in ACTS:
            try:
                self._act(request, answer, name)
                self.message_user(request, ACTS[name][1], messages.SUCCESS)
            except AnswerRefused as refused:
                self.message_user(request, str(refused), messages.ERROR)
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
        """Nothing yet: who approves it does so with the phrasings that are about to be saved."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        content, review_by = form.cleaned_data["content"], form.cleaned_data["review_by"]
        if "content" in form.changed_data:
            verified.edit(form.instance, content, request.user, review_by)
        elif form.approves:
            verified.approve(form.instance, request.user, review_by)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        changed = [*(phrasing for phrasing, _fields in formset.changed_objects), *formset.new_objects]
        if changed or formset.deleted_objects:
            verified.change_phrasings(form.instance, changed, formset.deleted_objects)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """What the history says."""
        changed = super().construct_change_message(request, form, formsets, add)
        return changed or (_("Approved.") if form.approves else changed)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if APPROVE not in request.POST:
            return super().response_change(request, obj)
        obj.refresh_from_db(fields=["review_by"])
        text = _("Approved until %s.") % formats.date_format(obj.review_by)
        self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(request.get_full_path())


def left_out(gone: int, *, approved: int) -> str:
    """Why chosen entries are not there any more: approving one takes those for the same question away."""
    if approved:
        return (
            ngettext(
                "%d answer was left out: its question is answered by one that you approved.",
                "%d answers were left out: their questions are answered by one that you approved.",
                gone,
            )
            % gone
        )
    return ngettext("%d answer is gone by now.", "%d answers are gone by now.", gone) % gone
