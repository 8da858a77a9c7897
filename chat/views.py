"""The chat page: a conversation, new or stored, and the form to ask in. It works without JavaScript too."""

import datetime
import math
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from assistant_project.limits.sentences import try_again
from assistant_project.limits.throttles import haste
from chat.answering import Details, QuestionRefused, collect, open_question
from chat.formatting import excerpt, marked, quoted_spans
from chat.models import Citation, Message, Session
from chat.models.session import SessionQuerySet
from chat.records import SHOWN, message_payload
from chat.visitors import asker_of
from knowledge.models import Source
from knowledge.models.chunk import HEADING_SEPARATOR

CONVERSATIONS_SHOWN = 50
SOURCES_NAMED = 5


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """A new conversation. POST asks, in the conversation that the form names or in a new one."""
    if request.method != "POST":
        return _page(request)
    asked = request.POST.get("message", "")
    session_id = _uuid(request.POST.get("session_id"))
    details = Details(session_id=session_id, fresh=bool(request.POST.get("fresh")))
    try:
        _refuse_haste(request)
        question = open_question(asked, asker=asker_of(request, begin=True), details=details)
        answer = async_to_sync(collect)(question)
    except QuestionRefused as refused:
        session = _own_sessions(request).filter(pk=session_id).first() if session_id else None
        return _page(request, session=session, draft=asked, refused=refused)
    return redirect(f"{question.session.get_absolute_url()}#message-{answer['id']}")


@never_cache
@require_GET
def session(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    return _page(request, session=get_object_or_404(_own_sessions(request), pk=session_id))


@never_cache
@require_GET
def message(request: HttpRequest, session_id: uuid.UUID, message_id: int) -> HttpResponse:
    """One answer as it stands in the page, for the script that has streamed it."""
    conversation = get_object_or_404(_own_sessions(request), pk=session_id)
    answers = conversation.messages.filter(role=Message.Role.ASSISTANT)
    answer = get_object_or_404(answers, pk=message_id)
    asked = conversation.messages.filter(role=Message.Role.USER, pk__lt=answer.pk).last()
    shown = list(_shown([answer], request, question=asked.content if asked else ""))
    return render(request, "chat/_message.html", {"message": shown[0]})


def _page(
    request: HttpRequest,
    *,
    session: Session | None = None,
    draft: str = "",
    refused: QuestionRefused | None = None,
) -> HttpResponse:
    messages = session.messages.prefetch_related(*SHOWN) if session else ()
    answering = Source.objects.visible_to(request.user).answering()
    newest = answering.select_related("live_revision").defer(
        "text", "live_revision__text", "live_revision__report"
    )
    context = {
        "session": session,
        "messages": list(_shown(messages, request)),
        "conversations": _own_sessions(request)[:CONVERSATIONS_SHOWN],
        "source_count": answering.count(),
        "newest_sources": newest[:SOURCES_NAMED],
        "may_ask": request.user.is_authenticated or settings.ANONYMOUS_MAY_ASK,
        "draft": draft,
        "refused": refused,
    }
    response = render(request, "chat/page.html", context, status=refused.status if refused else 200)
    if refused and refused.wait:
        response["Retry-After"] = str(math.ceil(refused.wait))
    return response


def _shown(
    messages: Iterable[Message], request: HttpRequest, *, question: str = ""
) -> Iterator[dict[str, Any]]:
    """Messages as the template takes them; an answer knows the question before it, to ask it once more."""
    messages = list(messages)
    citations = [citation for message in messages for citation in message.citations.all()]
    cited = {citation.source_id for citation in citations if citation.source_id is not None}
    readable = set(Source.objects.visible_to(request.user).filter(pk__in=cited).values_list("pk", flat=True))
    for message in messages:
        if message.role == Message.Role.USER:
            question = message.content
        payload = message_payload(message)
        yield payload | {
            "html": mark_safe(payload["html"]),  # noqa: S308 - sanitised by answer_html
            "created_at": message.created_at,
            "cached_at": message.cached_at,
            "question": question,
            "sources": list(dict.fromkeys(citation.title for citation in message.citations.all())),
            "citations": [
                _card(citation, message.content, readable=citation.source_id in readable)
                for citation in message.citations.all()
            ],
        }


def _card(citation: Citation, answer: str, *, readable: bool) -> dict[str, Any]:
    """A citation with the words that the answer quotes marked; without a link once the source is gone."""
    quoted = quoted_spans(citation.text, answer)
    return {
        "citation": citation,
        "path": citation.heading.removeprefix(citation.title).removeprefix(HEADING_SEPARATOR),
        "age": _age(citation.source_read_at),
        "url": citation.url if readable else "",
        "is_page_of_ours": citation.url.startswith("/"),
        "excerpt": excerpt(citation.text, quoted),
        "passage": marked(citation.text, quoted),
    }


def _age(read_at: datetime.datetime | None) -> str:
    """As people say it: "3 weeks"; empty if it is unknown or less than a minute."""
    if read_at is None or timezone.now() - read_at < datetime.timedelta(minutes=1):
        return ""
    return timesince(read_at, depth=1)


def _own_sessions(request: HttpRequest) -> SessionQuerySet:
    asker = asker_of(request)
    return Session.objects.of(asker.user, asker.visitor)


def _refuse_haste(request: HttpRequest) -> None:
    """The limits of the REST door hold for the plain form as well."""
    if wait := haste(request):
        detail = f"{_('Too many questions.')} {try_again(wait)}"
        raise QuestionRefused("throttled", detail, status=429, wait=wait)


def _uuid(text: str | None) -> uuid.UUID | None:
    """None for a new conversation; a number that nobody has for what is not a number."""
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)
