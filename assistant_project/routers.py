"""Which database answers what."""

from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS

REPLICA = "replica"


class RetrievalRouter:
    """Searches may go to the read replica; whatever else is asked goes to the primary.

    Who searches says so by a hint, `router.db_for_read(Chunk, retrieval=True)`: pages and workers must read what they
    have just written, and rights are always asked of the primary.
    """

    def db_for_read(self, model: Any, *, retrieval: bool = False, **hints: Any) -> str | None:
        return REPLICA if retrieval and REPLICA in settings.DATABASES else None

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        """The replica gets its tables from the primary."""
        return None if db == DEFAULT_DB_ALIAS else False
