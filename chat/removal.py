"""Takes conversations away: at once out of everybody's reach, then piece by piece, however long they are."""

import math
import time
import uuid
from collections.abc import Sequence

from django.db import transaction

from chat.models import Message, Session
from chat.models.session import SessionQuerySet

NOBODY = uuid.UUID(int=0)
"""The visitor to whom conversations belong that are being deleted: no browser carries this number."""
SESSIONS_AT_ONCE = 100
MESSAGES_AT_ONCE = 1_000


def remove(sessions: SessionQuerySet, *, until: float = math.inf) -> int:
    """Delete conversations with all that belongs to them; how many. `until` as time.monotonic() tells it.

    Each step is a short transaction. Where a process dies between them, `finish` does the rest.
    """
    removed = 0
    while time.monotonic() < until and (taken := _take(sessions)):
        _sweep(taken)
        removed += len(taken)
    return removed


def finish() -> None:
    """Delete what was taken away and is there still."""
    begun = Session.objects.filter(visitor=NOBODY).order_by("pk").values_list("pk", flat=True)
    if left := list(begun[:SESSIONS_AT_ONCE]):
        _sweep(left)


@transaction.atomic
def _take(sessions: SessionQuerySet) -> list[uuid.UUID]:
    """Some of them, out of reach. One that was locked is looked at again: it may have been continued meanwhile."""
    chosen = sessions.exclude(visitor=NOBODY).order_by("pk").select_for_update()
    taken = list(chosen.values_list("pk", flat=True)[:SESSIONS_AT_ONCE])
    Session.objects.filter(pk__in=taken).update(user=None, visitor=NOBODY)
    return taken


def _sweep(taken: Sequence[uuid.UUID]) -> None:
    while _delete_messages(taken):
        pass
    with transaction.atomic():
        locked = list(Session.objects.filter(pk__in=taken).select_for_update().values_list("pk", flat=True))
        Session.objects.filter(pk__in=locked, messages__isnull=True).delete()


@transaction.atomic
def _delete_messages(taken: Sequence[uuid.UUID]) -> int:
    """Locked before what refers to them is looked up; those that somebody else deletes are left to them."""
    messages = Message.objects.filter(session__in=taken).order_by().select_for_update(skip_locked=True)
    chosen = list(messages.values_list("pk", flat=True)[:MESSAGES_AT_ONCE])
    Message.objects.filter(pk__in=chosen).only("pk").delete()
    return len(chosen)
