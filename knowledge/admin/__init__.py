"""The admin of collections, sources, what was read of them, and the work behind it."""

from knowledge.admin import chunk, collection, delivery, job, queue, revision, source  # noqa: F401
