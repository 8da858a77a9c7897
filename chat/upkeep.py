"""What must be done for conversations every minute."""

import datetime

from django.conf import settings
from django.utils import timezone

from chat import removal, retention
from chat.cache import upkeep as cache
from chat.models import Message, ToolResult

MARGIN = datetime.timedelta(minutes=1)


def tend() -> None:
    """End answers that nobody writes any more, because their process died.

    Then forget idempotency keys and results of tools that have run out, and what is left of conversations that were
    being deleted, and look after the cache.
    """
    longest = datetime.timedelta(seconds=settings.TOOLS_SECONDS + settings.CHAT_WHOLE_SECONDS) + MARGIN
    Message.objects.interrupt_streaming(timezone.now() - longest)
    retention.forget_keys()
    ToolResult.objects.forget_expired()
    removal.finish()
    cache.tend()
