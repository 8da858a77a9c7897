"""Searches on a read replica, a real one that streams from the test database."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, connections, router

from assistant_project import postgres, unprivileged
from assistant_project.routers import REPLICA
from knowledge import retrieval
from knowledge.models import Chunk, Source
from knowledge.retrieval.replica import REST_SECONDS, Replica
from tests.factories import UserFactory, ready_text
from tests.flows.worker import eventually

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", REPLICA])

QUESTION = "How hot should the water heater be?"


def copy_of_the_primary(data_dir: Path) -> None:
    cluster = postgres.Cluster(data_dir, durable=False)
    cluster.make_folders()
    cluster.folder.mkdir(mode=0o700)
    unprivileged.give_away(cluster.folder)
    program = postgres.binaries() / "pg_basebackup"
    source = postgres.Cluster(settings.DATA_DIR).socket_folder
    subprocess.run(
        [program, f"--host={source}", f"--username={postgres.NAME}", f"--pgdata={cluster.folder}",
         "--checkpoint=fast", "--write-recovery-conf", "--no-sync"],
        check=True, cwd="/", **unprivileged.as_owner_of(cluster.folder, program),
    )  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def standby(tmp_path_factory, django_db_setup) -> Iterator[None]:
    """A running copy of the server of the tests, known to Django as the replica."""
    if not settings.EMBEDDED_POSTGRES:
        pytest.skip("A copy is made of the embedded PostgreSQL only.")
    data_dir = tmp_path_factory.mktemp("standby")
    copy_of_the_primary(data_dir)
    primary = connections.settings["default"]
    address = postgres.database_settings(data_dir) | {"NAME": primary["NAME"]}
    with postgres.running(data_dir, durable=False):
        connections.settings[REPLICA] = (
            primary | address | {"OPTIONS": {}, "TEST": primary["TEST"] | {"MIRROR": "default"}}
        )
        yield
        connections[REPLICA].close()
        del connections[REPLICA]
        del connections.settings[REPLICA]


def role(alias: str) -> str:
    """What a search would be answered by."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery()")
        return "replica" if cursor.fetchone()[0] else "primary"


def has_caught_up() -> bool:
    """Whether all that the primary has written stands on the replica: versions begin anew with each test."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
        [written] = cursor.fetchone()
    with connections[REPLICA].cursor() as cursor:
        cursor.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [written])
        return cursor.fetchone()[0]


@contextmanager
def lagging() -> Iterator[None]:
    """The replica does not follow the primary inside the block."""
    with connections[REPLICA].cursor() as cursor:
        cursor.execute("SELECT pg_wal_replay_pause()")
        eventually(lambda: replay_state(cursor) == "paused")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_wal_replay_resume()")


def replay_state(cursor) -> str:
    cursor.execute("SELECT pg_get_wal_replay_pause_state()")
    return cursor.fetchone()[0]


def test_a_replica_that_knows_what_the_primary_knows_is_searched():
    ready_text()
    eventually(has_caught_up)

    found = retrieval.find_passages(QUESTION, user=UserFactory())

    assert Replica().search(role) == "replica"
    assert "120 degrees" in found[0].text


def test_a_replica_finds_what_the_primary_finds():
    source = ready_text()
    ready_text("The boiler is red.", collection=source.collection)
    eventually(has_caught_up)
    languages = {source.collection_id: source.collection.language}

    by_primary, by_replica = (
        retrieval.ranked_chunks(QUESTION, languages, limit=8, using=alias) for alias in ("default", REPLICA)
    )

    assert by_replica == by_primary
    assert len(by_primary[0]) == 2


def test_a_source_that_was_taken_away_is_not_found_by_a_replica_that_lags():
    source = ready_text()
    eventually(has_caught_up)

    with lagging():
        Source.objects.filter(pk=source.pk).remove()
        found = retrieval.find_passages(QUESTION, user=UserFactory(is_superuser=True))
        chosen = Replica().search(role)
        replica_knows_it = Chunk.objects.using(REPLICA).filter(source=source.pk).exists()

    assert replica_knows_it
    assert chosen == "primary"
    assert found == []


def unless_on_the_replica(alias: str) -> str:
    if alias == REPLICA:
        raise OperationalError("down")
    return alias


def test_a_replica_that_is_down_costs_no_answer():
    eventually(has_caught_up)

    assert Replica().search(unless_on_the_replica) == "default"


def test_a_replica_that_failed_is_left_alone_for_a_while():
    eventually(has_caught_up)
    now = [0.0]
    replica = Replica(clock=lambda: now[0])
    replica.search(unless_on_the_replica)

    during = replica.search(role)
    now[0] = REST_SECONDS
    afterwards = replica.search(role)

    assert (during, afterwards) == ("primary", "replica")


def test_a_failure_of_the_primary_is_not_hidden():
    def fail(alias):
        raise OperationalError("down")

    with pytest.raises(OperationalError):
        Replica().search(fail)


def test_only_searches_go_to_the_replica_and_nothing_is_migrated_there():
    assert router.db_for_read(Chunk) == "default"
    assert router.db_for_read(Chunk, retrieval=True) == REPLICA
    assert router.db_for_write(Chunk) == "default"
    assert not router.allow_migrate(REPLICA, "knowledge")
    assert router.allow_migrate("default", "knowledge")
