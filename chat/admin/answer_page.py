"""What is shown of one answer: the texts, the passages, how it came about, and the ways to mend it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chat.admin import trace
from chat.admin.money import money
from chat.admin.readable import without_selection
from chat.models import Feedback, Message
from knowledge.models import Chunk, Collection, Source

Range = Sequence[int]
WITHOUT_SOURCES = {Message.Kind.GREETING}


def what_is_known(answer: Any, user: Any) -> dict[str, Any]:
    """The template's context, as far as this person may see it. The answer knows its `question`."""
    citations = list(answer.citations.select_related("source").defer("source__text"))
    asked = without_selection(question_before(answer), user)
    how = trace.read(
        answer.trace,
        asked=answer.question or "",
        timings=answer.timings,
        cited=[citation.number for citation in citations],
    )
    feedback = getattr(answer, "feedback", None)
    return {
        "answer": answer,
        "asked": asked,
        "content": with_doubts(answer.content, answer.trace.get("unsupported") or []),
        "remarks": remarks(answer.trace),
        "nearest": answer.trace.get("nearest") or [],
        "citations": citations,
        "feedback": feedback,
        "how": how,
        "openable": openable(how.candidates, citations, user),
        "cost": money(answer.cost) if answer.cost else "",
        "advice": advice(answer, feedback),
        "search_url": address_to_search(answer, how, user),
    }


def question_before(answer: Message) -> Message | None:
    """The message that it answers, with what came along with it."""
    before = Message.objects.filter(session=answer.session_id, role=Message.Role.USER, pk__lt=answer.pk)
    return before.order_by("-pk").first()


def with_doubts(text: str, ranges: Iterable[Range]) -> SafeString:
    """The text as safe HTML, marked where its passages do not bear it."""
    parts: list[tuple[str]] = []
    end = 0
    for first, last in sorted((first, last) for first, last in ranges):
        if end <= first < last <= len(text):
            parts += [(text[end:first],), (format_html("<mark>{}</mark>", text[first:last]),)]
            end = last
    return format_html_join("", "{}", [*parts, (text[end:],)])


def remarks(told: Mapping[str, Any]) -> list[str]:
    """What is wrong with a complete answer, as sentences."""
    sentences = {
        "unsupported": _("The marked statements are not borne out by the passages that they cite."),
        "uncited": _("It cites nothing."),
        "truncated": _("The model reached its limit of tokens: the end is missing."),
        "review_due": _("A source has changed since a curator verified it."),
    }
    return [sentence for name, sentence in sentences.items() if told.get(name)]


def advice(answer: Message, feedback: Feedback | None) -> str:
    """What to do about an answer that is not good; empty for one that nobody has complained about."""
    if answer.state == Message.State.FAILED:
        return _("Nothing is wrong with the sources. If it happens again, ask whoever runs this site.")
    if answer.kind == Message.Kind.ABSTAINED:
        return _(
            "If a source answers this, test the search to see why it was not found. If none does, add one, or write "
            "the answer yourself."
        )
    if feedback and feedback.rating == Feedback.Rating.NOT_HELPFUL:
        return _(
            "Compare the answer with its passages. If a passage is wrong, mend its source; if the wrong passages were "
            "found, test the search; or write the answer yourself."
        )
    return ""


def openable(rows: Iterable[Any], citations: Iterable[Any], user: Any) -> dict[str, set[int]]:
    """Which of their sources and chunks are still there and may be opened by this person."""
    shown = [*rows, *citations]
    curated = Collection.objects.curated_by(user)
    sources = Source.objects.filter(pk__in={row.source_id for row in shown}, collection__in=curated)
    chunks = Chunk.objects.live().filter(pk__in={row.chunk_id for row in shown}, collection__in=curated)
    return {
        "sources": set(sources.values_list("pk", flat=True))
        if user.has_perm("knowledge.view_source")
        else set(),
        "chunks": set(chunks.values_list("pk", flat=True))
        if user.has_perm("knowledge.view_chunk")
        else set(),
    }


def address_to_search(answer: Message, how: trace.Trace, user: Any) -> str:
    """The search test with what was searched for; empty for who may not, and for an answer without a question."""
    question = how.searched or answer.standalone_question or how.asked
    if not question or answer.kind in WITHOUT_SOURCES or not user.has_perm("knowledge.view_source"):
        return ""
    asked = {"question": question, "viewer": "signed-in" if answer.session.user_id else "anyone"}
    if answer.session.assistant_id:
        asked["assistant"] = str(answer.session.assistant_id)
    return f"{reverse('admin:knowledge_source_search_test')}?{urlencode(asked)}"
