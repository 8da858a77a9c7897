"""What a member of the staff may look at of conversations: answers that rest on what they may read themselves."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from chat.models import Citation, Message, Session
from chat.models.message import MessageQuerySet
from knowledge.models import Collection, Source
from knowledge.models.collection import CURATE_ALL

SAYS_NOTHING = Q(kind__in=[Message.Kind.ABSTAINED, Message.Kind.GREETING]) | Q(content="")
"""Answers without anything that a source says."""


def visible_messages(user: Any) -> MessageQuerySet:
    """Messages that cite nothing which is closed to this person; an answer that cites nothing may rest on anything."""
    if user.has_perm(CURATE_ALL):
        return Message.objects.all()
    cited = Citation.objects.filter(message=OuterRef("pk"))
    rests_on_something = SAYS_NOTHING | Q(role=Message.Role.USER) | Exists(cited)
    readable = Message.objects.filter(rests_on_something).exclude(Exists(_closed(cited, user)))
    return readable.exclude(_retells(user))


def visible_sessions(user: Any) -> QuerySet[Session]:
    """Conversations all of whose messages this person may see, and none about a text that a reader had selected."""
    if user.has_perm(CURATE_ALL):
        return Session.objects.all()
    cited = Citation.objects.filter(message__session=OuterRef("pk"))
    hidden = Message.objects.filter(session=OuterRef("pk"), role=Message.Role.ASSISTANT).exclude(SAYS_NOTHING)
    uncited = hidden.exclude(Exists(Citation.objects.filter(message=OuterRef("pk"))))
    selected = Message.objects.filter(session=OuterRef("pk")).exclude(selected_text="")
    closed = Exists(_closed(cited, user)) | Exists(uncited) | Exists(selected)
    return Session.objects.exclude(closed)


def visible_trace(trace: Mapping[str, Any], user: Any) -> dict[str, Any]:
    """How an answer came about, without what this person may not know of tools and of closed collections."""
    return _without_weights(_without_tools(trace, user), user)


def _without_tools(trace: Mapping[str, Any], user: Any) -> dict[str, Any]:
    """A trace; what tools gave, which may be anything, is left out for who does not care for their servers."""
    if "tools" not in trace or user.has_perm("chat.view_toolserver"):
        return dict(trace)
    return {name: told for name, told in trace.items() if name not in {"tools", "prompt"}}


def _without_weights(trace: Mapping[str, Any], user: Any) -> dict[str, Any]:
    """A trace; how much a stem weighed, which tells whether the word stands in any source, is for who cares for all."""
    if not trace.get("terms") or user.has_perm(CURATE_ALL):
        return dict(trace)
    return {**trace, "terms": dict.fromkeys(sorted(trace["terms"]))}


def _retells(user: Any) -> Q:
    """Follow-ups that were made to stand alone, in other words than were asked, from what is closed to this person."""
    asked = Message.objects.filter(
        session=OuterRef("session"), role=Message.Role.USER, content=OuterRef("standalone_question")
    )
    is_open = Exists(visible_sessions(user).filter(pk=OuterRef("session")))
    return ~Q(standalone_question="") & ~Exists(asked) & ~is_open


def _closed(citations: QuerySet[Citation], user: Any) -> QuerySet[Citation]:
    """Those of sources that this person may not read, or that are gone: nobody knows who might have read them."""
    readable = Collection.objects.visible_to(user).values("pk")
    return citations.exclude(source__in=Source.objects.filter(collection__in=readable))
