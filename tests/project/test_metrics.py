"""The figures for Prometheus: who may see them, what they tell, and that dashboard and documentation know them."""

import datetime
import json
import re
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from assistant_project.asgi import application
from assistant_project.metrics.process import REGISTRY, Measured, route_of
from chat.answering import places
from chat.models import (
    Assistant,
    CachedAnswer,
    CacheUsage,
    DailyUsage,
    Message,
    Session,
    Tool,
    ToolServer,
    ToolUsage,
)
from knowledge import tasks
from knowledge.models import Delivery, Heartbeat, Job
from tests.factories import TextSourceFactory, UserFactory
from tests.project.requests import get
from tests.project.test_settings import environment, python

PROJECT = Path(__file__).parents[2]
DASHBOARD = PROJECT / "docs" / "grafana" / "dashboard.json"
TOKEN = "t" * 20
NETWORKS = [ip_network("10.20.0.0/16"), ip_network("fd00::/8")]


@pytest.fixture
def with_token(settings):
    settings.METRICS, settings.METRICS_TOKEN = "token", TOKEN


@pytest.fixture
def scrape(client, with_token):
    """The samples that Prometheus would take, as {name: {labels, in the order of their names: value}}."""

    def scraped() -> dict[str, dict[tuple[str, ...], float]]:
        response = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        samples: dict[str, dict[tuple[str, ...], float]] = {}
        for family in text_string_to_metric_families(response.content.decode()):
            for sample in family.samples:
                samples.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
        return samples

    return scraped


def answer(**fields) -> Message:
    session = Session.objects.create(user=UserFactory(), assistant=Assistant.objects.default())
    told = {"role": "assistant", "state": "complete", "kind": "generated", "content": "It is."} | fields
    return Message.objects.create(session=session, **told)


def ended_job(seconds: float, *, state: str = "done", ago: float = 60) -> Job:
    ended = timezone.now() - datetime.timedelta(seconds=ago)
    started = ended - datetime.timedelta(seconds=seconds)
    return Job.objects.create(source=TextSourceFactory(), state=state, started_at=started, finished_at=ended)


# --- who may see them


@pytest.mark.parametrize("sent", [None, "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"])
def test_whoever_does_not_know_the_token_is_refused(client, with_token, sent):
    response = client.get("/metrics", headers={"Authorization": sent} if sent else {})

    assert (response.status_code, response.content) == (401, b"")
    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.django_db
def test_whoever_knows_the_token_is_told(client, with_token):
    response = client.get("/metrics", headers={"Authorization": f"bearer {TOKEN}"})

    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status"),
    [("10.20.3.4", 200), ("10.21.0.1", 404), ("fd00::5", 200), ("2001:db8::1", 404), ("nowhere", 404)],
)
def test_only_the_named_networks_are_told_without_a_token(client, settings, address, status):
    settings.METRICS, settings.METRICS_NETWORKS = "networks", NETWORKS

    assert client.get("/metrics", REMOTE_ADDR=address).status_code == status


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"METRICS": "open"}, "METRICS is 'open'"),
        ({"METRICS": "token", "METRICS_TOKEN": "short"}, "METRICS_TOKEN is missing or short"),
        ({"METRICS": "networks"}, "METRICS_NETWORKS is missing"),
        ({"METRICS_NETWORKS": "10.20.0.1/16"}, "METRICS_NETWORKS is '10.20.0.1/16'"),
    ],
)
def test_a_door_that_would_stand_open_or_shut_by_mistake_stops_the_start(tmp_path, variables, sentence):
    ended = python("manage.py", "migrate", env=environment(tmp_path, **variables))

    assert ended.stderr.startswith(sentence)


@pytest.mark.django_db
def test_inside_they_are_told_without_tls(client, scrape, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert scrape()["assistant_database_up"] == {(): 1}


# --- requests and streams of the process


async def test_a_request_counts_by_the_pattern_of_its_address():
    labels = {"method": "GET", "route": "/health/live", "status": "200"}
    before = REGISTRY.get_sample_value("assistant_http_requests_total", labels) or 0

    await get(application, "/health/live")

    assert REGISTRY.get_sample_value("assistant_http_requests_total", labels) == before + 1


async def test_a_request_that_ends_before_its_response_counts_as_such():
    async def failing(scope, receive, send):
        raise ValueError("broken")

    labels = {"method": "other", "route": "other", "status": "none"}
    before = REGISTRY.get_sample_value("assistant_http_requests_total", labels) or 0

    with pytest.raises(ValueError, match="broken"):
        await Measured(failing)({"type": "http", "method": "BREW", "path": "/pot"}, None, None)

    assert REGISTRY.get_sample_value("assistant_http_requests_total", labels) == before + 1


async def test_what_is_no_http_is_not_counted():
    seen = []

    async def application(*call):
        seen.append(call)

    await Measured(application)({"type": "lifespan"}, "receive", "send")

    assert seen == [({"type": "lifespan"}, "receive", "send")]


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", "/"),
        ("/sources/7/", "/sources/<int:pk>/"),
        ("/mcp", "/mcp"),
        ("/mcp/", "/mcp"),
        ("/wp-login.php", "other"),
        ("/static/chat/session.js", "other"),
    ],
)
def test_addresses_without_end_make_few_routes(path, route):
    assert route_of(path) == route


@pytest.mark.django_db
def test_open_answers_are_told_as_they_are(scrape):
    places.take()
    try:
        assert scrape()["assistant_open_answers"] == {(): 1}
    finally:
        places.leave()


# --- what is stored


@pytest.mark.django_db
def test_recent_answers_are_told_by_what_became_of_them(scrape):
    answer(prompt_tokens=100, completion_tokens=20)
    answer(kind="cached")
    answer(state="failed", kind="generated", error_code="busy", prompt_tokens=50)
    answer(state="streaming", kind="")
    old = answer(kind="verified")
    Message.objects.filter(pk=old.pk).update(created_at=timezone.now() - datetime.timedelta(minutes=6))

    samples = scrape()

    assert samples["assistant_recent_answers"] == {
        ("generated", "complete"): 1,
        ("cached", "complete"): 1,
        ("generated", "failed"): 1,
        ("", "streaming"): 1,
    }
    assert samples["assistant_recent_tokens"] == {("prompt",): 150, ("completion",): 20}
    assert samples["assistant_answers_being_written"] == {(): 1}


@pytest.mark.django_db
def test_waiting_is_told_in_seconds_of_written_answers_only(scrape):
    times = {"understood": 10, "looked_up": 30, "found": 130, "first_token": 400, "written": 2_000}
    answer(timings=times)
    answer(kind="cached", timings={"written": 5})

    samples = scrape()

    assert set(samples["assistant_recent_first_token_seconds"].values()) == {0.4}
    assert set(samples["assistant_recent_answer_seconds"].values()) == {2.0}
    assert set(samples["assistant_recent_retrieval_seconds"].values()) == {0.1}
    assert set(samples["assistant_recent_retrieval_seconds"]) == {("0.5",), ("0.95",), ("0.99",)}


@pytest.mark.django_db
def test_where_the_cache_is_off_retrieval_begins_when_the_question_is_understood(scrape):
    answer(kind="extract", timings={"understood": 10, "found": 60})

    assert set(scrape()["assistant_recent_retrieval_seconds"].values()) == {0.05}


@pytest.mark.django_db
def test_where_nothing_happened_no_time_is_told(scrape):
    samples = scrape()

    assert "assistant_recent_first_token_seconds" not in samples
    assert "assistant_worker_seen_timestamp_seconds" not in samples
    assert samples["assistant_oldest_job_seconds"] == {(): 0}


@pytest.mark.django_db
def test_the_day_is_told_of_everybody_together(scrape, settings):
    settings.CURRENCY = "EUR"
    DailyUsage.objects.add(UserFactory(), questions=2, prompt_tokens=30, cost=Decimal("0.25"))
    DailyUsage.objects.add(None, questions=1, completion_tokens=4)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    DailyUsage.objects.create(user=None, day=yesterday, questions=9)

    samples = scrape()

    assert samples["assistant_questions_today"] == {(): 3}
    assert samples["assistant_tokens_today"] == {("prompt",): 30, ("completion",): 4}
    assert samples["assistant_cost_today"] == {("EUR",): 0.25}


@pytest.mark.django_db
def test_the_cache_is_told_by_level(scrape):
    CacheUsage.objects.add(lookups=3, exact=1, similar=1, saved_tokens=70)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    CacheUsage.objects.create(day=yesterday, lookups=2, verified=2, audited=1)
    CachedAnswer.objects.create(
        scope="s", content="It is.", expires_at=timezone.now(), assistant=Assistant.objects.default()
    )

    samples = scrape()

    assert samples["assistant_cache_lookups_total"] == {(): 5}
    assert samples["assistant_cache_hits_total"] == {("exact",): 1, ("verified",): 2, ("similar",): 1}
    assert samples["assistant_cache_audits_total"] == {(): 1}
    assert samples["assistant_cache_saved_tokens_total"] == {(): 70}
    assert samples["assistant_cache_entries"] == {("live",): 1}


@pytest.mark.django_db
def test_calls_of_tools_are_told_by_what_became_of_them(scrape):
    server = ToolServer.objects.create(name="Weather", url="https://tools.example/mcp")
    forecast = Tool.objects.create(server=server, name="forecast")
    ToolUsage.objects.add(forecast, calls=3, failed=1, milliseconds=1500)
    ToolUsage.objects.add(forecast, kept=2)
    ToolUsage.objects.filter(tool=forecast).update(day=timezone.localdate() - datetime.timedelta(days=40))
    ToolUsage.objects.add(forecast, calls=1, milliseconds=500)

    samples = scrape()

    labels = ("Weather", "forecast")
    assert samples["assistant_tool_calls_total"] == {
        ("done", *labels): 3,
        ("kept", *labels): 2,
        ("failed", *labels): 1,
    }
    assert samples["assistant_tool_seconds_total"] == {labels: 2.0}


@pytest.mark.django_db
def test_jobs_are_told_as_they_wait_and_as_they_end(scrape):
    waiting = Job.objects.create(source=TextSourceFactory())
    Job.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - datetime.timedelta(hours=1))
    ended_job(12)
    ended_job(12, state="failed")
    ended_job(99, ago=600)

    samples = scrape()

    assert samples["assistant_jobs"] == {("queued",): 1, ("running",): 0}
    assert samples["assistant_oldest_job_seconds"][()] == pytest.approx(3_600, abs=60)
    assert samples["assistant_recent_jobs"] == {("done",): 1, ("failed",): 1}
    assert samples["assistant_recent_ingestion_seconds"] == {("0.5",): 12, ("0.95",): 12, ("0.99",): 12}


@pytest.mark.django_db(transaction=True)
def test_the_queue_is_told_with_its_age_and_what_was_set_aside(scrape):
    tasks.later("knowledge.tasks.beat")
    Delivery.objects.create(message_id=-1, set_aside_at=timezone.now())
    Delivery.objects.create(message_id=-2)

    samples = scrape()

    assert samples["assistant_queue_messages"] == {(): 1}
    assert samples["assistant_queue_oldest_seconds"][()] < 60
    assert samples["assistant_set_aside_messages"] == {(): 1}


@pytest.mark.django_db
def test_the_workers_last_sign_of_life_is_told(scrape):
    seen = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
    Heartbeat.objects.create(name="worker", at=seen)

    assert scrape()["assistant_worker_seen_timestamp_seconds"] == {(): seen.timestamp()}


@pytest.mark.django_db
def test_the_database_is_asked_as_often_however_much_is_stored(scrape):
    with CaptureQueriesContext(connection) as before:
        scrape()
    for _ in range(5):
        answer()
        ended_job(1)
    with CaptureQueriesContext(connection) as after:
        scrape()

    assert len(after) == len(before) <= 15


@pytest.mark.django_db(transaction=True)
def test_without_the_database_the_process_still_tells_of_itself(scrape):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE chat_cacheusage RENAME TO elsewhere")
    try:
        samples = scrape()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO chat_cacheusage")

    assert samples["assistant_database_up"] == {(): 0}
    assert "assistant_open_answers" in samples
    assert "assistant_jobs" not in samples


# --- who draws them


@pytest.fixture
def figures(client, with_token, db) -> set[str]:
    """The names of all figures of ours, also of those that nothing has happened for yet."""
    tasks.beat()
    response = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    families = text_string_to_metric_families(response.content.decode())
    names = {f"{family.name}_total" if family.type == "counter" else family.name for family in families}
    return {name for name in names if name.startswith("assistant_")}


def mentioned(text: str) -> set[str]:
    """The figures of ours that a text names; the parts of a histogram by its name."""
    return {re.sub("_(bucket|sum|count)$", "", name) for name in re.findall(r"\bassistant_[a-z_]+", text)}


def test_the_dashboard_asks_for_figures_that_there_are(figures):
    panels = json.loads(DASHBOARD.read_text())["panels"]
    asked = mentioned(" ".join(target["expr"] for panel in panels for target in panel.get("targets", ())))

    assert "assistant_recent_first_token_seconds" in asked
    assert asked <= figures


def test_every_figure_is_explained_to_operators(figures):
    assert figures == mentioned((PROJECT / "docs" / "operations.md").read_text())
