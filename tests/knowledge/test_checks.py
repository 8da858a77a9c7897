import pytest
from django.conf import settings as django_settings
from django.db import connections

from assistant_project.routers import REPLICA
from knowledge import checks
from knowledge.models import Chunk, Embedder
from tests.factories import ready_text


@pytest.fixture
def replica(transactional_db, django_db_blocker):
    """Makes a second way to the test database, or one that leads nowhere, known to Django as the replica."""

    def known(**changes):
        connections.settings[REPLICA] = connections.settings["default"] | {"OPTIONS": {}} | changes

    with django_db_blocker.unblock():
        yield known
        connections[REPLICA].close()
    del connections[REPLICA], connections.settings[REPLICA]


def ids(problems):
    return [problem.id for problem in problems]


def test_the_timings_that_are_set_are_safe():
    assert checks.queue_timings_are_safe(None) == []


@pytest.mark.parametrize(("retry", "found"), [(2729, ["knowledge.E001"]), (2730, [])])
def test_a_message_that_would_be_handed_out_too_early_is_an_error(retry, found, settings):
    settings.Q_CLUSTER = django_settings.Q_CLUSTER | {
        "retry": retry,
        "timeout": 900,
        "workers": 2,
        "queue_limit": 1,
    }

    assert ids(checks.queue_timings_are_safe(None)) == found


@pytest.mark.parametrize(
    ("is_worker", "options", "found"),
    [(True, {"pool": True}, ["knowledge.E002"]), (True, {}, []), (False, {"pool": True}, [])],
)
def test_a_pool_in_the_worker_is_an_error(is_worker, options, found, settings):
    settings.IS_WORKER = is_worker
    settings.DATABASE = {"OPTIONS": options}

    assert ids(checks.worker_has_no_pool(None)) == found


@pytest.mark.parametrize(
    ("settings_of_models", "found"),
    [
        ({}, []),
        ({"EMBEDDINGS_CLASS": "tests.nowhere.Missing"}, ["knowledge.E008"]),
    ],
)
def test_an_embedding_model_that_cannot_be_made_is_an_error(settings_of_models, found, settings):
    for name, value in settings_of_models.items():
        setattr(settings, name, value)

    assert ids(checks.embedder_can_be_made(None)) == found


@pytest.mark.parametrize(
    ("postgres", "pgvector", "found"),
    [
        (180_004, "0.8.5", []),
        (140_000, "0.8.0", ["knowledge.E004"]),
        (160_000, "", ["knowledge.E005"]),
        (160_000, "0.7.4", ["knowledge.E006"]),
    ],
)
def test_a_database_that_is_too_old_is_an_error(postgres, pgvector, found):
    assert ids(checks._version_problems(postgres, pgvector)) == found


def test_too_few_connections_are_an_error(settings):
    settings.DATABASE_POOL_SIZE, settings.WORKERS = 80, 8

    assert ids(checks._connection_problems(100, database="default")) == []
    assert ids(checks._connection_problems(98, database="default")) == ["knowledge.E007"]


def test_the_replica_needs_as_many(replica, settings):
    settings.DATABASE_POOL_SIZE = 10_000
    replica()

    primary_s, replica_s = checks.databases_have_connections(None, databases=["default"])

    assert "the database default allows" in primary_s.msg
    assert "the database replica allows" in replica_s.msg


def test_a_replica_that_is_down_is_no_error(replica):
    replica(HOST="/nowhere")

    assert checks.databases_have_connections(None, databases=["default"]) == []


@pytest.mark.django_db
def test_this_database_is_able():
    assert checks.database_is_able(None, databases=["default"]) == []
    assert checks.databases_have_connections(None, databases=["default"]) == []


@pytest.mark.django_db
def test_chunks_of_another_model_are_a_warning():
    ready_text()
    assert checks.embedder_and_index_agree(None, databases=["default"]) == []

    Chunk.objects.update(
        embedder=Embedder.objects.create(provider="elsewhere", model="other", dimensions=256)
    )

    assert ids(checks.embedder_and_index_agree(None, databases=["default"])) == ["knowledge.W001"]


def test_without_a_database_nothing_is_asked_of_it():
    assert checks.database_is_able(None, databases=None) == []
    assert checks.databases_have_connections(None, databases=None) == []
    assert checks.embedder_and_index_agree(None, databases=None) == []


@pytest.mark.parametrize(("networks", "found"), [(["10.0.0.0/8"], []), (["ten"], ["knowledge.E009"])])
def test_a_network_that_is_none_is_an_error(networks, found, settings):
    settings.FETCH_ALLOWED_NETWORKS = networks

    assert ids(checks.fetch_policy_can_be_made(None)) == found
