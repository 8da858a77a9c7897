"""What a page leaves out of an answer because it tells of sources or conversations that are closed to who looks."""

from typing import Any

from chat.cache.visible import visible_answers
from chat.models import Message
from chat.visible import visible_sessions, visible_trace
from knowledge.models import Collection, Source
from knowledge.models.collection import CURATE_ALL


def readable_trace(answer: Message, user: Any) -> dict[str, Any]:
    """How an answer came about, as far as it may be told."""
    trace = visible_trace(answer.trace, user)
    if user.has_perm(CURATE_ALL):
        return trace
    found = trace.get("candidates", [])
    candidates = _readable(found, user)
    if "candidates" in trace:
        trace["candidates"] = candidates
    if "nearest" in trace:
        named = {(candidate["title"], candidate["page"]) for candidate in candidates}
        trace["nearest"] = [one for one in trace["nearest"] if (one["title"], one["page"]) in named]
    if len(candidates) < len(found) or not visible_sessions(user).filter(pk=answer.session_id).exists():
        trace.pop("prompt", None)  # it holds passages and what was said before
    if "cache" in trace:
        trace["cache"] = _readable_decision(trace["cache"], user)
    return trace


def _readable(candidates: list[dict[str, Any]], user: Any) -> list[dict[str, Any]]:
    sources = Source.objects.filter(collection__in=Collection.objects.visible_to(user))
    named = [candidate["source_id"] for candidate in candidates]
    readable = set(sources.filter(pk__in=named).values_list("pk", flat=True))
    return [candidate for candidate in candidates if candidate["source_id"] in readable]


def _readable_decision(told: dict[str, Any], user: Any) -> dict[str, Any]:
    """Questions of others are named only if their answer may be seen."""
    entry = told.get("entry")
    if entry is not None and visible_answers(user).filter(pk=entry).exists():
        return told
    named = {name: "" for name in ("phrasing", "nearest") if name in told}
    return {name: value for name, value in told.items() if name != "entry"} | named


def without_selection(question: Message | None, user: Any) -> Message | None:
    """What a reader has selected may be of a source that is closed."""
    if question is not None and not user.has_perm(CURATE_ALL):
        question.selected_text = ""
    return question
