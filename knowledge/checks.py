"""System checks: what must be right before anything is read or answered. `manage.py check --database default`."""

import math
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.utils import Error as DatabaseError

from knowledge import embeddings
from knowledge.ingestion.fetch import policy_in_force
from knowledge.models.embedder import INDEX_FROM_CHUNKS

PGVECTOR_AT_LEAST = (0, 8)
POSTGRES_AT_LEAST = 150_000


@register()
def queue_timings_are_safe(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A message must not be handed out again while its task may still run or wait in a worker's memory."""
    queue: Any = settings.Q_CLUSTER
    needed = (2 + math.ceil(queue["queue_limit"] / queue["workers"])) * (queue["timeout"] + 10)
    if queue["retry"] >= needed:
        return []
    return [
        Error(
            f"The queue hands a message out again after {queue['retry']} s, while its task may run until {needed} s.",
            hint=f"Set retry in Q_CLUSTER to at least {needed}.",
            id="knowledge.E001",
        )
    ]


@register()
def worker_has_no_pool(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """django-q2 forks its workers: a connection pool would be shared by processes and break."""
    pooled = settings.DATABASE.get("OPTIONS", {}).get("pool")
    if not (settings.IS_WORKER and pooled):
        return []
    return [
        Error(
            "The worker must not use a connection pool.", hint="Remove OPTIONS['pool'].", id="knowledge.E002"
        )
    ]


@register()
def embedder_can_be_made(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The embedding model can be made from the settings; nothing is asked of it yet."""
    try:
        embeddings.embedder_in_force()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="knowledge.E008")]
    return []


@register()
def fetch_policy_can_be_made(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The networks and ports that sources may be fetched from are written as such."""
    try:
        policy_in_force()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="knowledge.E009")]
    return []


@register(Tags.database)
def database_is_able(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """PostgreSQL and pgvector are new enough."""
    if not databases or "default" not in databases:
        return []
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int")
            (version,) = cursor.fetchone()
            cursor.execute("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
            extension = cursor.fetchone()
    except DatabaseError as error:
        return [Error(f"The database does not answer: {error}", id="knowledge.E003")]
    return _version_problems(version, extension[0] if extension else "")


@register(Tags.database)
def databases_have_connections(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Each server has enough; the replica, to which the web has another pool, is asked along with the primary."""
    problems: list[CheckMessage] = []
    for alias in connections if databases and "default" in databases else ():
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT current_setting('max_connections')::int")
                (allowed,) = cursor.fetchone()
        except DatabaseError:
            continue  # if it is the primary, the check above says so; without the replica it does everything
        problems += _connection_problems(allowed, database=alias)
    return problems


def _version_problems(version: int, pgvector: str) -> list[CheckMessage]:
    problems: list[CheckMessage] = []
    if version < POSTGRES_AT_LEAST:
        problems.append(Error("PostgreSQL 15 or newer is needed.", id="knowledge.E004"))
    if not pgvector:
        problems.append(
            Error(
                "This PostgreSQL has no pgvector.",
                hint="Install the extension `vector`, or leave DATABASE_URL empty for the embedded database.",
                id="knowledge.E005",
            )
        )
    elif tuple(int(part) for part in pgvector.split(".")[:2]) < PGVECTOR_AT_LEAST:
        problems.append(Error(f"pgvector is {pgvector}; 0.8 or newer is needed.", id="knowledge.E006"))
    return problems


def _connection_problems(allowed: int, *, database: str) -> list[CheckMessage]:
    """One web process with its pool, the workers with their supervisors, and a margin for a person with psql."""
    needed = settings.DATABASE_POOL_SIZE + settings.WORKERS + 5 + 5
    if needed < allowed:
        return []
    return [
        Error(
            f"One web process and the workers need up to {needed} connections; the database {database} "
            f"allows {allowed}.",
            hint="Lower DATABASE_POOL_SIZE or WORKERS, or raise max_connections.",
            id="knowledge.E007",
        )
    ]


@register(Tags.database)
def embedder_and_index_agree(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Chunks of another model are searched by words only until they are embedded again."""
    from knowledge.models import Chunk, Embedder

    if not databases or "default" not in databases:
        return []
    try:
        embedder = Embedder.objects.in_force()
        others = Chunk.objects.live().exclude(embedder=embedder).count()
        lacks_index = embedder.needs_index
    except DatabaseError:
        return []  # not migrated yet, or down: the check above says so
    problems: list[CheckMessage] = []
    if others:
        problems.append(
            Warning(
                f"{others} passages were embedded with another model than {embedder}. Until they are embedded again "
                "they are found by their words only.",
                hint="The workers do it by themselves; see Jobs in the admin.",
                id="knowledge.W001",
            )
        )
    if lacks_index:
        problems.append(
            Warning(
                f"There are more than {INDEX_FROM_CHUNKS} passages and no vector index yet.",
                hint="The workers build it within a few minutes.",
                id="knowledge.W002",
            )
        )
    return problems
