"""Questions and answers, with the passages that each answer rests on and the trace of how it came about."""

import json
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.admin.read_only import ReadOnlyAdmin
from chat.models import Feedback, Message

EXCERPT = 140
COLOURS = {
    Message.Kind.GENERATED: "green",
    Message.Kind.EXTRACT: "green",
    Message.Kind.VERIFIED: "green",
    Message.Kind.CACHED: "blue",
    Message.Kind.ABSTAINED: "orange",
}


class FeedbackFilter(admin.SimpleListFilter):
    title = gettext_lazy("feedback")
    parameter_name = "feedback"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("helpful", Feedback.Rating.HELPFUL.label),
            ("not_helpful", Feedback.Rating.NOT_HELPFUL.label),
            ("comment", gettext_lazy("with a comment")),
        ]

    def queryset(self, request: HttpRequest, answers: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "helpful":
                return answers.filter(feedback__rating=Feedback.Rating.HELPFUL)
            case "not_helpful":
                return answers.filter(feedback__rating=Feedback.Rating.NOT_HELPFUL)
            case "comment":
                return answers.filter(feedback__isnull=False).exclude(feedback__comment="")
        return answers


def label(message: Message) -> str:
    """The kind of a complete answer, otherwise what became of it, as a coloured label."""
    if message.state == Message.State.FAILED:
        text, colour = message.get_state_display(), "red"
    elif message.state == Message.State.COMPLETE and message.kind:
        text, colour = message.get_kind_display(), COLOURS[Message.Kind(message.kind)]
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
    list_display = ("asked", "answered", "result", "rated", "person", "created_at")
    list_display_links = ("asked",)
    list_filter = ("kind", "state", FeedbackFilter, "created_at")
    list_per_page = 50
    ordering = ("-pk",)
    list_fullwidth = True
    search_fields = ("content",)
    search_help_text = gettext_lazy("Search in answers")
    fields = (
        "standalone_question",
        "conversation",
        "created_at",
        "model",
        "tokens",
        "milliseconds",
        "how",
    )
    readonly_fields = fields
    change_form_outer_before_template = "chat/admin/answer.html"
    empty_title = gettext_lazy("No question yet")
    empty_text = gettext_lazy(
        "What readers ask, and what they get, appears here with the passages it rests on."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        answers = super().get_queryset(request).answers_with_questions()
        return answers.select_related("session", "session__user", "feedback")

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        answer = kwargs["obj"]
        citations = answer.citations.select_related("source").defer("source__text")
        context |= {
            "answer": answer,
            "label": label(answer),
            "citations": citations,
            "feedback": getattr(answer, "feedback", None),
            "rating": rating(answer),
            "write_url": address_to_answer(answer, request.user),
            "title": _("Answer"),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("question"))
    def asked(self, answer: Any) -> str:
        return format_html('<span class="k-name">{}</span>', Truncator(answer.question or "–").chars(EXCERPT))

    @admin.display(description=gettext_lazy("answer"))
    def answered(self, answer: Message) -> str:
        text = answer.error_detail or answer.content
        return format_html('<span class="k-sentence">{}</span>', Truncator(text).chars(EXCERPT))

    @admin.display(description=gettext_lazy("result"), ordering="kind")
    def result(self, answer: Message) -> str:
        return label(answer)

    @admin.display(description=gettext_lazy("feedback"), ordering="feedback__rating")
    def rated(self, answer: Message) -> str:
        return rating(answer)

    @admin.display(description=gettext_lazy("person"))
    def person(self, answer: Message) -> str:
        return str(answer.session.user or _("anonymous"))

    @admin.display(description=gettext_lazy("session"))
    def conversation(self, answer: Message) -> str:
        url = reverse("admin:chat_session_change", args=[answer.session_id])
        return format_html('<a class="k-link" href="{}">{}</a>', url, answer.session)

    @admin.display(description=gettext_lazy("tokens"))
    def tokens(self, answer: Message) -> str:
        counts = {"prompt": answer.prompt_tokens, "answer": answer.completion_tokens}
        return _("%(prompt)s in the prompt, %(answer)s in the answer") % counts

    @admin.display(description=gettext_lazy("milliseconds"))
    def milliseconds(self, answer: Message) -> str:
        return as_json(answer.timings)

    @admin.display(description=gettext_lazy("trace"))
    def how(self, answer: Message) -> str:
        return as_json(answer.trace)


def as_json(value: Any) -> str:
    """Indented and escaped."""
    return format_html('<pre class="k-json">{}</pre>', json.dumps(value, indent=2, ensure_ascii=False))
