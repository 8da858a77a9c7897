"""Verified answers that a curator should look at again: their review is due, or a reader has rejected them."""

from typing import Any

from django.db.models import Q
from django.utils import timezone

from chat.cache.visible import visible_answers
from chat.models import CachedAnswer

State = CachedAnswer.State


def due() -> Q:
    """A cited source has changed, or the date has come."""
    passed = Q(verified_at__isnull=False, state=State.LIVE, review_by__lte=timezone.localdate())
    return Q(state=State.REVIEW_DUE) | passed


def rejected() -> Q:
    """It did not help a reader, who cannot withdraw it: see chat/cache/ratings.py."""
    return Q(verified_at__isnull=False, state=State.LIVE) & ~Q(state_detail="")


def is_rejected(answer: CachedAnswer) -> bool:
    return answer.is_verified and answer.state == State.LIVE and bool(answer.state_detail)


def waiting(user: Any) -> int:
    """How many this member of the staff may look at."""
    return visible_answers(user).filter(due() | rejected()).count()
