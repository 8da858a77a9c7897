"""The chat page: a conversation, new or stored, and the form to ask in. It works without JavaScript too."""

import math
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods

from assistant_project.limits.sentences import try_again
from assistant_project.limits.throttles import haste
from chat.answering import Details, QuestionRefused, collect, open_question
from chat.assistants import assistant_in, assistants_open_to
from chat.images import MOST_IMAGES
from chat.models import Assistant, Preferences, Session, Tool
from chat.models.session import SessionQuerySet
from chat.transcripts import Transcript, answer_of, transcript
from chat.visitors import asker_of
from chat.writers import can_read_images, has_chat_model
from knowledge.models import Source

CONVERSATIONS_SHOWN = 50
SOURCES_NAMED = 5
LONGEST_NUMBER = 18
"""Digits of a number that the database can compare."""


@gzip_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """A new conversation. POST asks, in the conversation that the form names or in a new one."""
    if request.method != "POST":
        return _page(request, assistant=request.GET.get("assistant", ""))
    details = _details(request.POST)
    try:
        _refuse_haste(request)
        question = open_question(
            request.POST.get("message", ""), asker=asker_of(request, begin=True), details=details
        )
        answer = async_to_sync(collect)(question)
    except QuestionRefused as refused:
        session = _own_sessions(request).filter(pk=details.session_id).first() if details.session_id else None
        return _refused(request, refused, session)
    return redirect(f"{question.session.get_absolute_url()}#message-{answer['id']}")


@gzip_page
@never_cache
@require_GET
def session(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """A stored conversation: its latest messages, or those before the one that `?before=` names."""
    conversation = get_object_or_404(_own_sessions(request), pk=session_id)
    return _page(request, session=conversation, before=_number(request.GET.get("before", "")))


@gzip_page
@never_cache
@require_GET
def message(request: HttpRequest, session_id: uuid.UUID, message_id: int) -> HttpResponse:
    """One answer as it stands in the page, for the script that has streamed it."""
    conversation = get_object_or_404(_own_sessions(request), pk=session_id)
    answer = answer_of(conversation, message_id, request.user)
    if answer is None:
        raise Http404
    return render(request, "chat/_message.html", {"message": answer})


def _page(
    request: HttpRequest,
    *,
    session: Session | None = None,
    before: int | None = None,
    assistant: str = "",
    **more: Any,
) -> HttpResponse:
    shown = transcript(session, request.user, before=before) if session else Transcript([])
    assistants = assistants_open_to(request.user)
    chosen = _named(assistant, assistants) if assistant else assistant_in(session, assistants)
    conversations = list(_own_sessions(request).listed()[: CONVERSATIONS_SHOWN + 1])
    context = {
        "session": session,
        "messages": shown.messages,
        "earlier": shown.before,
        "is_past": before is not None,
        "assistants": assistants,
        "assistant": chosen,
        "conversations": conversations[:CONVERSATIONS_SHOWN],
        "more_conversations": len(conversations) > CONVERSATIONS_SHOWN,
        "may_ask": request.user.is_authenticated or settings.ANONYMOUS_MAY_ASK,
        "may_ask_tools": has_chat_model() and Tool.objects.usable_by(chosen).exists(),
        "most_images": MOST_IMAGES if can_read_images() else 0,
        "expertise": Preferences.objects.of(request.user).expertise,
        "levels": Preferences.Expertise.choices,
    }
    if not shown.messages:
        context |= _offer(request, chosen)
    return render(request, "chat/page.html", context | more)


def _offer(request: HttpRequest, assistant: Assistant) -> dict[str, Any]:
    """What the greeting tells of: the sources that the assistant would answer this reader from."""
    answering = Source.objects.visible_to(request.user).answering()
    if narrowed := assistant.collections.all():
        answering = answering.filter(collection__in=narrowed)
    newest = answering.select_related("live_revision").defer(
        "text", "live_revision__text", "live_revision__report"
    )
    return {"source_count": answering.count(), "newest_sources": newest[:SOURCES_NAMED]}


def _refused(request: HttpRequest, refused: QuestionRefused, session: Session | None) -> HttpResponse:
    """The page again, with the sentence that explains it, and with all that the reader had written."""
    chosen = {assistant.slug for assistant in assistants_open_to(request.user)}
    named = request.POST.get("assistant", "")
    response = _page(
        request,
        session=session,
        assistant=named if named in chosen else "",
        draft=request.POST.get("message", ""),
        about=request.POST.get("selected_text", ""),
        refused=refused,
    )
    response.status_code = refused.status
    if refused.wait:
        response["Retry-After"] = str(math.ceil(refused.wait))
    return response


def _named(slug: str, assistants: Sequence[Assistant]) -> Assistant:
    """One that is not open to the reader looks like one that there is not."""
    named = next((assistant for assistant in assistants if assistant.slug == slug), None)
    if named is None:
        raise Http404
    return named


def _details(form: QueryDict) -> Details:
    return Details(
        session_id=_uuid(form.get("session_id")),
        assistant=form.get("assistant", ""),
        selected_text=form.get("selected_text", ""),
        preferences=_preferences(form),
        fresh=bool(form.get("fresh")),
    )


def _preferences(form: QueryDict) -> Mapping[str, str]:
    """What the form says in place of what the account prefers."""
    expertise = form.get("expertise")
    if expertise is None or expertise not in ("", *Preferences.Expertise):
        return {}
    return {"expertise": expertise}


def _own_sessions(request: HttpRequest) -> SessionQuerySet:
    asker = asker_of(request)
    return Session.objects.of(asker.user, asker.visitor)


def _refuse_haste(request: HttpRequest) -> None:
    """The limits of the REST door hold for the plain form as well."""
    if wait := haste(request):
        detail = f"{_('Too many questions.')} {try_again(wait)}"
        raise QuestionRefused("throttled", detail, status=429, wait=wait)


def _number(text: str) -> int | None:
    """None for what is no number of a message."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None


def _uuid(text: str | None) -> uuid.UUID | None:
    """None for a new conversation; a number that nobody has for what is not a number."""
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)
