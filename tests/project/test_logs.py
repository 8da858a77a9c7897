"""Lines of the logs, and the id by which those of one request belong together."""

import json
import logging
import re
import sys

import pytest
from django_q.models import OrmQ
from django_q.signals import pre_execute
from django_q.signing import SignedPackage

from assistant_project import request_id
from assistant_project.asgi import application
from assistant_project.log_lines import JSONLines, RequestIdFilter
from assistant_project.request_id import WithRequestId
from knowledge import tasks
from tests.project.requests import get
from tests.project.test_settings import environment, python, setting

MADE = re.compile(rb"[0-9a-f]{32}")


@pytest.fixture
def within():
    """The id of the request in which a test runs."""
    token = request_id.current.set("request-of-the-test")
    yield "request-of-the-test"
    request_id.current.reset(token)


def written(formatter: logging.Formatter, **record) -> str:
    """The line of a record that has passed the filter."""
    made = logging.makeLogRecord({"levelname": "INFO", "name": "chat", **record})
    assert RequestIdFilter().filter(made)
    return formatter.format(made)


async def test_a_response_carries_an_id_of_its_own():
    first, second = await get(application, "/health/live"), await get(application, "/health/live")

    assert MADE.fullmatch(first.headers[b"x-request-id"])
    assert first.headers[b"x-request-id"] != second.headers[b"x-request-id"]


async def test_the_id_of_a_proxy_is_kept():
    answer = await get(application, "/health/live", [(b"x-request-id", b"proxy-1.0_42")])

    assert answer.headers[b"x-request-id"] == b"proxy-1.0_42"


@pytest.mark.parametrize(
    "sent", [b"", b"short", b"x" * 129, b"two words", b"line\nbreak", b"<script>alert", b"\xff" * 9]
)
async def test_an_id_that_is_not_sane_is_replaced(sent):
    answer = await get(application, "/health/live", [(b"x-request-id", sent)])

    assert MADE.fullmatch(answer.headers[b"x-request-id"])


async def test_code_below_a_request_knows_its_id():
    seen = []

    async def application(scope, receive, send):
        seen.append(request_id.current.get())
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body"})

    await get(WithRequestId(application), "/", [(b"x-request-id", b"12345678")])

    assert seen == ["12345678"]


async def test_what_is_no_http_is_passed_on_as_it_is():
    seen = []

    async def application(*call):
        seen.append(call)

    await WithRequestId(application)({"type": "lifespan"}, "receive", "send")

    assert seen == [({"type": "lifespan"}, "receive", "send")]


def test_a_line_of_json_tells_who_what_and_for_which_request(within):
    line = json.loads(written(JSONLines(), msg="answer %s failed", args=(7,), levelname="ERROR", created=0.0))

    assert line["message"] == "answer 7 failed"
    assert (line["level"], line["logger"], line["request_id"]) == ("ERROR", "chat", within)
    assert line["time"] == "1970-01-01T00:00:00+00:00"


def test_a_line_of_json_holds_the_fields_of_its_record():
    line = json.loads(written(JSONLines(), msg="GET", fields={"status": "200", "seconds": 0.25}))

    assert (line["status"], line["seconds"]) == ("200", 0.25)


def test_an_exception_stays_within_its_line_and_without_the_tokens_of_links():
    try:
        raise ValueError("/verify-email/se.cr-et")
    except ValueError:
        line = written(JSONLines(), msg="Refused: /reset-password/se.cr-et", exc_info=sys.exc_info())

    assert "\n" not in line
    assert "se.cr-et" not in line
    assert json.loads(line)["exception"].endswith("ValueError: /verify-email/…")


def test_outside_of_a_request_there_is_no_id():
    assert json.loads(written(JSONLines(), msg="started"))["request_id"] == "-"


@pytest.mark.parametrize("form", ["text", "json"])
def test_each_process_logs_in_the_form_that_is_set(tmp_path, form):
    program = "import django, logging; django.setup(); logging.getLogger('uvicorn.error').warning('It runs')"

    ended = python("-c", program, env=environment(tmp_path, LOG_FORMAT=form))

    (line,) = ended.stderr.splitlines()
    if form == "json":
        assert json.loads(line)["message"] == "It runs"
    else:
        assert line.endswith("WARNING uvicorn.error [-] It runs")


def test_the_server_never_tells_whole_addresses(tmp_path):
    program = "import django, logging; django.setup(); logging.getLogger('uvicorn.access').info('/?q=secret')"

    assert python("-c", program, env=environment(tmp_path)).stderr == ""


def test_a_form_that_there_is_not_stops_the_start(tmp_path):
    ended = python("manage.py", "migrate", env=environment(tmp_path, LOG_FORMAT="xml"))

    assert ended.stderr.startswith("LOG_FORMAT is 'xml'")


def test_requests_are_logged_only_if_that_is_wanted(tmp_path):
    level = "LOGGING['loggers']['assistant_project.metrics.process']['level']"

    assert setting(level, environment(tmp_path)) == "WARNING"
    assert setting(level, environment(tmp_path, LOG_REQUESTS="true")) == "INFO"


@pytest.mark.django_db(transaction=True)
def test_a_job_carries_the_id_of_the_request_that_asked_for_it(within):
    tasks.later("knowledge.tasks.beat")

    assert SignedPackage.loads(OrmQ.objects.get().payload)["request_id"] == within


@pytest.mark.parametrize(("task", "known"), [({"request_id": "of-the-task"}, "of-the-task"), ({}, "")])
def test_a_worker_logs_each_task_for_the_request_that_asked_for_it(within, task, known):
    pre_execute.send(sender="django_q", func=tasks.beat, task=task)

    assert request_id.current.get() == known
