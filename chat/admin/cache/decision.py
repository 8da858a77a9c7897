"""What the cache decided about questions that resembled known ones; a curator says whether that was right."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from assistant_project.admin.ago import ago
from assistant_project.admin.read_only import ReadOnlyAdmin
from chat.admin.cache import marks
from chat.admin.cache.filters import Filter
from chat.cache import labels
from chat.cache.visible import visible_decisions
from chat.models import CacheDecision
from chat.visible import visible_messages

EXCERPT = 200
Label = CacheDecision.Label


class OpenFilter(Filter):
    title = gettext_lazy("to be judged")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("waits", gettext_lazy("waits for a label")),
            ("unsure", gettext_lazy("cannot be told by comparing")),
            ("both", gettext_lazy("either")),
        ]

    def conditions(self) -> dict[str, Q]:
        waits, unsure = Q(label=""), Q(label=Label.UNSURE)
        return {"waits": waits, "unsure": unsure, "both": waits | unsure}


@admin.register(CacheDecision)
class CacheDecisionAdmin(ReadOnlyAdmin):
    list_display = ("questions", "answers", "outcome_", "judged", "figures", "decided")
    list_display_links = ("questions",)
    list_filter = (OpenFilter, "outcome", "label", "labelled_by", "gate_state", "created_at")
    list_filter_sheet = True
    list_per_page = 50
    list_fullwidth = True
    list_select_related = ("message",)
    search_fields = ("question", "phrasing")
    search_help_text = gettext_lazy("Search in questions and phrasings")
    actions = ("same", "different")
    fields = ("embedder", "labelled_at", "created_at")
    readonly_fields = fields
    change_form_outer_before_template = "admin/chat/decision.html"
    empty_title = gettext_lazy("Nothing decided yet")
    empty_text = gettext_lazy(
        "As soon as a question resembles one that was answered before, it appears here with both answers."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return visible_decisions(request.user).order_by("-pk")

    # --- columns ---

    @admin.display(description=gettext_lazy("asked, and known"))
    def questions(self, decision: CacheDecision) -> str:
        return format_html(
            '<span class="k-pair"><strong>{}</strong><span>{}</span></span>',
            decision.question or _("(forgotten with its conversation)"),
            decision.phrasing or "–",
        )

    @admin.display(description=gettext_lazy("answered, and in the cache"))
    def answers(self, decision: CacheDecision) -> str:
        answered = decision.message.content if decision.message else "–"
        return format_html(
            '<span class="k-pair"><span>{}</span><span>{}</span></span>',
            Truncator(answered).chars(EXCERPT),
            Truncator(decision.cached_content or "–").chars(EXCERPT),
        )

    @admin.display(description=gettext_lazy("outcome"), ordering="outcome")
    def outcome_(self, decision: CacheDecision) -> str:
        return format_html('<span class="k-sentence">{}</span>', decision.get_outcome_display())

    @admin.display(description=gettext_lazy("judged"), ordering="label")
    def judged(self, decision: CacheDecision) -> str:
        by = decision.get_labelled_by_display() if decision.label else ""
        return format_html('{}<span class="k-sentence k-quiet">{}</span>', marks.judged(decision), by)

    @admin.display(description=gettext_lazy("cosine, margin"), ordering="cosine")
    def figures(self, decision: CacheDecision) -> str:
        return format_html(
            '<span class="k-figures">{} <small>{}</small><small>{}</small></span>',
            number_format(decision.cosine, 3),
            f"{'+' if decision.margin > 0 else ''}{number_format(decision.margin, 3)}",
            marks.gate_state(decision.gate_state),
        )

    @admin.display(description=gettext_lazy("age"), ordering="created_at")
    def decided(self, decision: CacheDecision) -> str:
        return ago(decision.created_at)

    # --- labels ---

    def has_label_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("chat.change_cachedecision"))

    @admin.action(description=gettext_lazy("The same answer"), permissions=["label"])
    def same(self, request: HttpRequest, decisions: QuerySet[Any]) -> None:
        self._label(request, decisions, Label.SAME)

    @admin.action(description=gettext_lazy("Not the same"), permissions=["label"])
    def different(self, request: HttpRequest, decisions: QuerySet[Any]) -> None:
        self._label(request, decisions, Label.DIFFERENT)

    def _label(self, request: HttpRequest, decisions: QuerySet[Any], label: str) -> None:
        rows = list(decisions)
        for decision in rows:
            labels.label(decision, label, CacheDecision.LabelledBy.CURATOR)
            self.log_change(request, decision, str(Label(label).label))
        n = len(rows)
        self.message_user(
            request, ngettext("%d decision judged.", "%d decisions judged.", n) % n, messages.SUCCESS
        )

    def get_urls(self) -> list[URLPattern]:
        judge = self.admin_site.admin_view(require_POST(self.judge))
        return [path("<int:pk>/judge/", judge, name="chat_cachedecision_judge"), *super().get_urls()]

    def judge(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Label one, from its page."""
        if not self.has_label_permission(request):
            raise PermissionDenied
        decision = get_object_or_404(visible_decisions(request.user), pk=pk)
        label = request.POST.get("label")
        if label in (Label.SAME, Label.DIFFERENT):
            self._label(request, visible_decisions(request.user).filter(pk=decision.pk), label)
        return HttpResponseRedirect(reverse("admin:chat_cachedecision_change", args=[pk]))

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        decision = kwargs["obj"]
        context |= {
            "decision": decision,
            "judged": marks.judged(decision),
            "gate_state": marks.gate_state(decision.gate_state),
            "may_judge": self.has_label_permission(request),
            "may_see_message": request.user.has_perm("chat.view_message")
            and visible_messages(request.user).filter(pk=decision.message_id).exists(),
            "title": _("Decision of the cache"),
        }
        return super().render_change_form(request, context, *args, **kwargs)
