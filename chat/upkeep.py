"""What must be done for conversations every minute."""

import datetime

from django.conf import settings
from django.utils import timezone

from chat import removal, retention
from chat.cache import upkeep as cache
from chat.models import Message

MARGIN = datetime.timedelta(minutes=1)


def tend() -> None:
    """End answers that nobody writes any more: their process died, or their reader left before the first word.

    Then forget idempotency keys that have run out, and what is left of conversations that were being deleted, and look
    after the cache.
    """
    longest = datetime.timedelta(seconds=settings.CHAT_WHOLE_SECONDS) + MARGIN
    Message.objects.interrupt_streaming(timezone.now() - longest)
    retention.forget_keys()
    removal.finish()
    cache.tend()
