"""Keeps the cache small: what is of no more use goes, then what is of the least. Verified entries never go."""

import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from chat.cache import removal
from chat.models import CachedAnswer, CacheDecision
from chat.models.cache.answer import CachedAnswerQuerySet

ENDED_KEPT = datetime.timedelta(days=1)
"""What is no longer given stays so long, for staff to see why."""
LABELLED_KEPT = 20_000
"""Labelled decisions of each embedder: calibration learns from them."""
DECISIONS_KEPT = datetime.timedelta(days=365)
"""Those without a label, where conversations are kept for ever."""
MESSAGE_COMES_WITHIN = datetime.timedelta(hours=1)

# How useful an entry is: what a hit saves (milliseconds and tokens, each counting one), times hits an hour. The hit and
# the day on top give a new entry its chance. What is not given any more has no use at all.
LEAST_USEFUL = """
SELECT id FROM chat_cachedanswer WHERE verified_at IS NULL
ORDER BY
    state = 'live' AND expires_at > now() DESC,
    (hits + 1) / (extract(epoch FROM now() - made_at) / 3600 + 24)
        * (milliseconds + prompt_tokens + completion_tokens + 1) DESC,
    id DESC
OFFSET %s
"""
OLD_LABELS = """
DELETE FROM chat_cachedecision WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY embedder_id ORDER BY id DESC) AS place
        FROM chat_cachedecision WHERE label <> ''
    ) AS labelled WHERE place > %s
)
"""


def evict() -> None:
    """Delete entries that ended a day ago, and the least useful ones beyond CACHE_ENTRIES."""
    ended = CachedAnswer.objects.written().filter(expires_at__lt=timezone.now() - ENDED_KEPT)
    removal.delete(ended, skip_locked=True)
    removal.delete(_beyond(settings.CACHE_ENTRIES), skip_locked=True)


def _beyond(entries: int) -> CachedAnswerQuerySet:
    with connection.cursor() as cursor:
        cursor.execute(LEAST_USEFUL, [entries])
        return CachedAnswer.objects.filter(pk__in=[pk for (pk,) in cursor.fetchall()])


def forget_decisions(*, labelled_kept: int = LABELLED_KEPT) -> None:
    """Empty the texts of decisions with the conversations that they come from, and delete what nobody learns from."""
    now = timezone.now()
    oldest = now - datetime.timedelta(days=settings.RETENTION_DAYS) if settings.RETENTION_DAYS else None
    gone = Q(message__isnull=True, created_at__lt=now - MESSAGE_COMES_WITHIN)
    if oldest:
        gone |= Q(created_at__lt=oldest)
    texts = dict.fromkeys(("question", "phrasing", "cached_content"), "")
    with transaction.atomic(), connection.cursor() as cursor:
        CacheDecision.objects.filter(gone).exclude(**texts).update(**texts, waits=False)
        unlabelled = CacheDecision.objects.filter(label="", waits=False)
        unlabelled.filter(created_at__lt=oldest or now - DECISIONS_KEPT).delete()
        cursor.execute(OLD_LABELS, [labelled_kept])
