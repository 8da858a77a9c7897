"""What is answered again: entries, what was decided about them, and how sure the cache must be."""

from chat.admin.cache import answer, decision, trust  # noqa: F401
