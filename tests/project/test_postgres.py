"""The embedded PostgreSQL: who starts it, who stops it, and what it survives."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from assistant_project import postgres

USER = """
import sys
from pathlib import Path
from assistant_project import postgres
with postgres.running(Path(sys.argv[1]), durable=False):
    print("in use", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_user(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that uses the database until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", USER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "in use\n"
        yield process


def connect(data_dir: Path) -> psycopg.Connection:
    found = postgres.database_settings(data_dir)
    return psycopg.connect(host=found["HOST"], port=found["PORT"], user=found["USER"], dbname=found["NAME"])


@pytest.fixture
def data_dir(scratch: Path) -> Path:
    return scratch / "data"


def test_asking_for_the_settings_starts_and_makes_nothing(data_dir):
    postgres.database_settings(data_dir)

    assert not data_dir.exists()


def test_the_server_runs_with_pgvector_while_it_is_used_and_stops_afterwards(data_dir):
    with postgres.running(data_dir, durable=False) as cluster, connect(data_dir) as connection:
        connection.execute("CREATE EXTENSION vector")
        (distance,) = connection.execute("SELECT '[0,3]'::vector <-> '[4,0]'").fetchone()

    assert distance == 5
    assert cluster.postmaster() is None


def test_it_stems_other_alphabets_whatever_the_locale_of_the_machine(data_dir):
    with postgres.running(data_dir, durable=False), connect(data_dir) as connection:
        (words,) = connection.execute("SELECT to_tsvector('german', 'ÄRZTE größer')::text").fetchone()

    assert words == "'arzt':1 'gross':2"


def test_it_listens_on_no_network_address(data_dir):
    with postgres.running(data_dir, durable=False), connect(data_dir) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_nobody_else_may_enter_the_data(data_dir):
    with postgres.running(data_dir, durable=False) as cluster:
        assert data_dir.stat().st_mode & 0o007 == 0
        assert cluster.socket_folder.stat().st_mode & 0o077 == 0


def test_whoever_leaves_first_does_not_stop_the_server_of_another(data_dir):
    with another_user(data_dir) as other:
        with postgres.running(data_dir) as cluster:
            pass

        assert cluster.postmaster()
        other.communicate()
    assert cluster.postmaster() is None


def test_whoever_leaves_last_stops_it_even_if_another_started_it(data_dir):
    with another_user(data_dir) as other, postgres.running(data_dir) as cluster:
        other.communicate()
        assert cluster.postmaster()

    assert cluster.postmaster() is None


def test_a_killed_user_does_not_keep_the_server_alive_for_ever(data_dir):
    with another_user(data_dir) as other:
        other.kill()
    cluster = postgres.Cluster(data_dir)
    assert cluster.postmaster()

    with postgres.running(data_dir):
        pass

    assert cluster.postmaster() is None


def test_a_killed_server_is_revived_with_what_was_committed(data_dir):
    with postgres.running(data_dir) as cluster:
        with connect(data_dir) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
        server = cluster.postmaster()
        server.kill()
        server.wait()

        assert cluster.revive() != server.pid
        with connect(data_dir) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (42,)


def test_a_pid_file_that_names_someone_elses_process_does_not_prevent_a_start(data_dir):
    with postgres.running(data_dir, durable=False) as cluster:
        pass
    for leftover in ("postmaster.pid", f".s.PGSQL.{postgres.PORT}.lock"):
        (cluster.folder / leftover).write_text(f"{os.getpid()}\n{cluster.folder}\n1700000000\n5432\n\n\n")

    with postgres.running(data_dir, durable=False), connect(data_dir) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_an_initialisation_that_was_cut_off_is_done_again(data_dir):
    draft = data_dir / "postgres.new"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text(postgres.VERSION)

    with postgres.running(data_dir, durable=False), connect(data_dir) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not draft.exists()


@pytest.mark.parametrize("name", ["d" * 120, "comma, space", "quote'", "dollar$(id)"])
def test_a_path_that_no_socket_bears_works_through_a_private_folder(scratch, name):
    data_dir = scratch / name
    folder = postgres.Cluster(data_dir).socket_folder

    with postgres.running(data_dir, durable=False), connect(data_dir) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        rights = folder.stat().st_mode & 0o777

    folder.rmdir()
    assert folder.parent == Path("/tmp")
    assert rights == 0o700


def test_a_socket_folder_that_someone_else_laid_out_is_refused(scratch):
    data_dir = scratch / ("d" * 120)
    trap = postgres.Cluster(data_dir).socket_folder
    trap.mkdir()
    trap.chmod(0o777)

    try:
        with pytest.raises(postgres.PostgresError, match="not a private folder"), postgres.running(data_dir):
            pass
    finally:
        trap.rmdir()


def test_data_of_another_version_are_refused(data_dir):
    folder = data_dir / "postgres"
    folder.mkdir(parents=True)
    (folder / "PG_VERSION").write_text("17\n")

    with pytest.raises(postgres.PostgresError, match="PostgreSQL 17"), postgres.running(data_dir):
        pass


def test_a_data_directory_that_is_a_file_is_refused(data_dir):
    data_dir.write_text("")

    with pytest.raises(postgres.PostgresError, match="DATA_DIR cannot be used"), postgres.running(data_dir):
        pass


def test_why_it_does_not_start_is_said(data_dir):
    with postgres.running(data_dir, durable=False) as cluster:
        pass
    (cluster.folder / "postgresql.auto.conf").write_text("no_such_setting = 1\n")

    with pytest.raises(postgres.PostgresError, match="no_such_setting"), postgres.running(data_dir):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends an account")
def test_root_opens_a_closed_folder_to_its_group_alone(scratch):
    closed = scratch / "closed"
    closed.mkdir(mode=0o700)

    with postgres.running(closed / "data", durable=False) as cluster:
        assert cluster.postmaster().uids().real != 0

    assert closed.stat().st_mode & 0o777 == 0o710
