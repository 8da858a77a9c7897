"""What is shown of an entry beside its text and its phrasings."""

from typing import Any

from django.utils import timezone

from chat.admin.cache import marks
from chat.admin.message import rating
from chat.cache import cited
from chat.models import CachedAnswer
from knowledge.models import Source

DECISIONS, RATED = 20, 20


def what_is_known(answer: CachedAnswer, user: Any) -> dict[str, Any]:
    """The template's context, as far as this person may see it."""
    known = {
        "answer": answer,
        "standing": marks.standing(answer),
        "is_expired": bool(answer.expires_at and answer.expires_at <= timezone.now()),
        "passages": _passages(answer),
        "hits": marks.number(answer.hits),
        "saved_tokens": marks.number(answer.hits * (answer.prompt_tokens + answer.completion_tokens)),
    }
    if user.has_perm("chat.view_cachedecision"):
        decisions = answer.decisions.order_by("-pk")[:DECISIONS]
        known["decisions"] = [(decision, marks.judged(decision)) for decision in decisions]
    if user.has_perm("chat.view_message"):
        rated = answer.messages.filter(feedback__isnull=False).select_related("feedback").order_by("-pk")
        known["rated"] = [(message, rating(message)) for message in rated[:RATED]]
    return known


def _passages(answer: CachedAnswer) -> list[dict[str, Any]]:
    """Each with where a reader sees it, and whether its source still says so."""
    changed = set(cited.outdated(answer))
    passages = list(answer.passages.order_by("number"))
    sources = (
        Source.objects.select_related("live_revision")
        .defer("text", "live_revision__text", "live_revision__report")
        .in_bulk([passage.source_id for passage in passages if passage.source_id])
    )
    return [
        {
            "passage": passage,
            "url": sources[passage.source_id].page_url(passage.page) if passage.source_id in sources else "",
            "is_outdated": passage in changed,
        }
        for passage in passages
    ]
