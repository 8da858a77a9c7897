"""What is kept for a time only."""

import datetime
import time

from django.conf import settings
from django.utils import timezone

from chat.models import IdempotencyKey, Session
from chat.removal import remove

KEYS_KEPT = datetime.timedelta(days=1)


def forget_old() -> int:
    """Delete conversations that nobody has continued for RETENTION_DAYS; how many. What was used is still counted.

    It may run twice at once, and stops before the worker would be stopped: the next day goes on.
    """
    if not settings.RETENTION_DAYS:
        return 0
    oldest = timezone.now() - datetime.timedelta(days=settings.RETENTION_DAYS)
    return remove(
        Session.objects.filter(updated_at__lt=oldest), until=time.monotonic() + settings.JOB_TIMEOUT / 2
    )


def forget_keys() -> int:
    """Idempotency keys hold for a day."""
    return IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEYS_KEPT).delete()[0]
