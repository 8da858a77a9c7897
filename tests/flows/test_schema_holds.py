"""The running server against its own schema: whatever it is sent, it answers as documented and never with a 5xx."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from assistant_project.accounts import tokens
from assistant_project.accounts.models import ApiKey
from chat.models import Message, Session
from tests.factories import UserFactory, ready_text

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
EXAMPLES = 5
"""Random requests to each operation, the same in every run; those that the schema's limits suggest come on top."""
WOULD_END_THE_RUN = "DELETE /api/v1/sessions/$|POST /api/v1/auth/logout/"
# Credentials of schemathesis' own making would take the place of those that it is given.
SIGNED_IN = ("--exclude-name-regex", WOULD_END_THE_RUN, "--generation-with-security-parameters", "false")


@pytest.fixture
def owner(site, settings):
    """An administrator, whom no rate holds up; the last one, who cannot be deleted."""
    settings.RATES = dict.fromkeys(settings.RATES, "1000000/min")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return UserFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def tried_out(site, owner, tmp_path):
    config = tmp_path / "schemathesis.toml"
    config.write_text(
        "\n".join(
            [
                *("[parameters]", *rows_in_paths(owner)),
                *("[[operations]]", 'include-method = "DELETE"'),
                *("[operations.parameters]", *rows_in_paths(owner)),
            ]
        )
    )

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        """Have schemathesis call each operation with requests that are right and wrong."""
        command = [
            *(SCHEMATHESIS, "--config-file", config, "run", f"{site}/api/schema/?format=json"),
            *("--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing"),
            *("--max-examples", str(EXAMPLES), "--generation-deterministic"),
            *("--continue-on-failure", "--no-color", *options),
        ]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)

    return run


def rows_in_paths(owner) -> list[str]:
    """One of each that a path can name, so that requests get further than to a 404."""
    session = Session.objects.create(user=owner)
    Message.objects.create(session=session, role="user", content="How warm?")
    answer = Message.objects.create(session=session, role="assistant", content="120 °F.", kind="extract")
    source = ready_text()
    return [
        f'"path.session_id" = "{session.pk}"',
        f'"path.message_id" = {answer.pk}',
        f'"path.id" = {source.pk}',
        f'"path.slug" = "{source.collection.slug}"',
    ]


def assert_all_held(run: subprocess.CompletedProcess[str]) -> None:
    assert run.returncode == 0, run.stdout + run.stderr
    counts = re.search(r"Selected: (\d+)/\d+\s+Tested: (\d+)", run.stdout)
    assert counts, run.stdout
    assert counts[1] == counts[2] != "0"


def test_it_holds_for_whoever_brings_no_credentials(tried_out):
    assert_all_held(tried_out())


def test_it_holds_for_an_administrator(tried_out, owner):
    access = tokens.issue(owner).access

    assert_all_held(tried_out("--header", f"Authorization: Bearer {access}", *SIGNED_IN))


def test_it_holds_for_a_key_with_every_scope(tried_out, owner):
    _, key = ApiKey.objects.issue(owner, name="All", scopes=ApiKey.Scope.values)

    assert_all_held(tried_out("--header", f"X-API-Key: {key}", *SIGNED_IN))
