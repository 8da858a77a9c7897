"""Questions and answers, with the passages that each answer rests on and how it came about."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistant_project.admin.ago import ago
from assistant_project.admin.period_filter import PeriodFilter
from assistant_project.admin.read_only import ReadOnlyAdmin
from chat.admin.answer_page import what_is_known
from chat.admin.message_filters import AnsweringAssistantFilter, FeedbackFilter, KindFilter
from chat.admin.people import asker, told
from chat.admin.readable import readable_trace
from chat.admin.tabs import tabs
from chat.models import Feedback, Message
from chat.visible import visible_messages

QUESTION, ANSWER = 140, 180
TABS = (
    (gettext_lazy("All"), "", ""),
    (gettext_lazy("Not answered"), "kind", Message.Kind.ABSTAINED.value),
    (gettext_lazy("Not helpful"), "feedback", "not_helpful"),
    (gettext_lazy("With a comment"), "feedback", "comment"),
    (gettext_lazy("Failed"), "state__exact", Message.State.FAILED.value),
)
COLOURS = {
    Message.Kind.GENERATED: "green",
    Message.Kind.EXTRACT: "green",
    Message.Kind.VERIFIED: "green",
    Message.Kind.CACHED: "blue",
    Message.Kind.ABSTAINED: "orange",
}


def label(message: Message) -> str:
    """The kind of a complete answer, otherwise what became of it, as a coloured label."""
    if message.state == Message.State.FAILED:
        text, colour = message.get_state_display(), "red"
    elif message.state == Message.State.COMPLETE and message.kind:
        text, colour = message.get_kind_display(), COLOURS.get(Message.Kind(message.kind), "grey")
    else:
        text, colour = message.get_state_display(), "grey"
    return format_html('<span class="k-label k-{}">{}</span>', colour, text)


def rating(answer: Message) -> str:
    """What its reader thinks of an answer, as a coloured label; empty if that is not known."""
    feedback = getattr(answer, "feedback", None)
    if feedback is None:
        return ""
    colour = "green" if feedback.rating == Feedback.Rating.HELPFUL else "red"
    return format_html('<span class="k-label k-{}">{}</span>', colour, feedback.get_rating_display())


def address_to_answer(answer: Any, user: Any) -> str:
    """Where a curator writes a verified answer to the same question; empty for who may not."""
    question = answer.standalone_question or answer.question
    if not question or not user.has_perm("chat.add_cachedanswer"):
        return ""
    return f"{reverse('admin:chat_cachedanswer_add')}?{urlencode({'question': question})}"


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ("asked", "answered", "result", "rated", "person", "age")
    list_display_links = ("asked",)
    list_filter = (KindFilter, "state", FeedbackFilter, AnsweringAssistantFilter, PeriodFilter)
    list_filter_sheet = True
    list_per_page = 50
    show_full_result_count = False
    list_fullwidth = True
    list_before_template = "chat/admin/tabs.html"
    ordering = ("-pk",)
    search_fields = ("standalone_question", "content")
    search_help_text = gettext_lazy("Search in questions and answers")
    change_form_outer_before_template = "chat/admin/answer.html"
    empty_title = gettext_lazy("No question yet")
    empty_text = gettext_lazy(
        "What readers ask, and what they get, appears here with the passages it rests on."
    )

    class Media:
        css: ClassVar = {"all": ["chat/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        answers = visible_messages(request.user).answers_with_questions()
        return answers.select_related("session", "session__user", "feedback")

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Message | None:
        answer: Message | None = super().get_object(request, object_id, from_field)
        if answer is not None:
            answer.trace = readable_trace(answer, request.user)
        return answer

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """No address asks for what a trace holds: a page shows only the part of it that is open to who looks."""
        return not lookup.startswith("trace") and super().lookup_allowed(lookup, value, request)

    def get_list_display(self, request: HttpRequest) -> list[str]:
        return told(request, self.list_display)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """None: the page says it better than a form."""
        return []

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "tabs": tabs(request, TABS)})

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        answer = kwargs["obj"]
        context |= what_is_known(answer, request.user)
        context |= {
            "label": label(answer),
            "rating": rating(answer),
            "person": asker(request, answer.session),
            "write_url": address_to_answer(answer, request.user),
            "title": _("Answer"),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("question"))
    def asked(self, answer: Any) -> str:
        question = Truncator(answer.question or "–").chars(QUESTION)
        return format_html('<span class="k-name" dir="auto">{}</span>', question)

    @admin.display(description=gettext_lazy("answer"))
    def answered(self, answer: Message) -> str:
        text = Truncator(answer.error_detail or answer.content).chars(ANSWER)
        return format_html('<span class="k-sentence" dir="auto">{}</span>', text)

    @admin.display(description=gettext_lazy("result"), ordering="kind")
    def result(self, answer: Message) -> str:
        return label(answer)

    @admin.display(description=gettext_lazy("feedback"))
    def rated(self, answer: Message) -> str:
        return rating(answer)

    @admin.display(description=gettext_lazy("person"))
    def person(self, answer: Message) -> str:
        return str(answer.session.user or _("anonymous"))

    @admin.display(description=gettext_lazy("asked"), ordering="pk")
    def age(self, answer: Message) -> str:
        return ago(answer.created_at)
