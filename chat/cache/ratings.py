"""What a reader's rating does to the cache."""

from django.db import transaction
from django.utils.translation import gettext as _

from assistant_project.language import site_language
from chat.cache import labels
from chat.models import CachedAnswer, CacheDecision, Feedback, Message

State = CachedAnswer.State


@site_language()
def rated(message: Message, rating: int | None) -> None:
    """An answer that did not help is not given again, unless a curator has verified it: then the curators are told.

    rating: as it stands now, None if it was taken back. Taking it back or changing it brings nothing back to life. What
    has been written since for the same question keeps its place: only the text that was rated goes.
    """
    if rating != Feedback.Rating.NOT_HELPFUL:
        return
    with transaction.atomic():
        for decision in message.cache_decisions.filter(outcome=CacheDecision.Outcome.SERVED):
            labels.label(decision, CacheDecision.Label.DIFFERENT, CacheDecision.LabelledBy.READER)
        given = CachedAnswer.objects.filter(messages=message, state=State.LIVE)
        why = _("A reader found that it did not help.")
        given.verified().update(state_detail=why)
        given.written().filter(content=message.content).update(state=State.WITHDRAWN, state_detail=why)
