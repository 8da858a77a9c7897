"""The settings as a whole, each time in a process of their own."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
KEY = "k" * 50


def environment(tmp_path: Path, **variables: str) -> dict[str, str]:
    base = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "DATA_DIR": str(tmp_path / "data")}
    return base | {"DJANGO_SETTINGS_MODULE": "assistant_project.settings"} | variables


def python(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=env,
        timeout=60,
        check=False,
    )


def setting(name: str, env: dict[str, str]) -> str:
    ended = python("-c", f"from django.conf import settings; print(settings.{name})", env=env)
    assert ended.stderr == ""
    return ended.stdout.strip()


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DEBUG": "perhaps"}, "DEBUG is 'perhaps'"),
        ({"DEBUG": "false", "ALLOWED_HOSTS": "example.org"}, "SECRET_KEY is missing"),
        ({"DEBUG": "false", "SECRET_KEY": KEY}, "ALLOWED_HOSTS is missing"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is shorter"),
        ({"DATABASE_URL": "rubbish"}, "DATABASE_URL must be"),
        ({"DATA_DIR": "/dev/null"}, "DATA_DIR cannot be made"),
        ({"FETCH_ALLOWED_PORTS": "http"}, "FETCH_ALLOWED_PORTS is 'http'"),
        ({"TIME_ZONE": "Mars"}, "TIME_ZONE is 'Mars'"),
        ({"RETRIEVAL_VECTOR_SHARE": "2"}, "RETRIEVAL_VECTOR_SHARE is 2"),
        ({"QUESTION_RATE": "often"}, "QUESTION_RATE is 'often'"),
        ({"WORKERS": "1"}, "WORKERS is 1"),
        ({"ADMIN_EMAIL": "me"}, "ADMIN_EMAIL is 'me'"),
        ({"EMAIL_BACKEND": "smtp"}, "EMAIL_HOST is missing"),
        ({"ENV_FILE": "/dev/null.env"}, "ENV_FILE is '/dev/null.env': there is no such file"),
    ],
)
def test_a_wrong_value_stops_a_command_with_one_sentence(tmp_path, variables, sentence):
    ended = python("manage.py", "migrate", env=environment(tmp_path, **variables))

    assert ended.returncode == 1
    assert ended.stderr.startswith(sentence)
    assert "Traceback" not in ended.stderr


def test_production_starts_with_a_key_and_a_host(tmp_path):
    env = environment(tmp_path, DEBUG="false", SECRET_KEY=KEY, ALLOWED_HOSTS="example.org")

    assert setting("ALLOWED_HOSTS", env) == "['example.org']"


def test_the_database_address_is_used_instead_of_the_embedded_server(tmp_path):
    env = environment(tmp_path, DATABASE_URL="postgres://someone@db.example.org:5433/shelf")

    assert setting("EMBEDDED_POSTGRES", env) == "False"
    assert setting("DATABASES['default']['HOST']", env) == "db.example.org"


def test_the_secret_key_of_development_is_made_once_for_its_owner_alone(tmp_path):
    env = environment(tmp_path)

    first, second = setting("SECRET_KEY", env), setting("SECRET_KEY", env)

    assert first == second
    assert len(first) >= 50
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600


def test_two_first_starts_at_once_agree_on_the_secret_key(tmp_path):
    env = environment(tmp_path)
    both = "python -c 'from django.conf import settings; print(settings.SECRET_KEY)'"

    ended = subprocess.run(
        ["sh", "-c", f"{both} & {both}; wait"],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=env | {"PATH": f"{Path(sys.executable).parent}:{env['PATH']}"},
        check=True,
    )

    first, second = ended.stdout.split()
    assert first == second


@pytest.mark.parametrize("debug", ["true", "false"])
def test_logs_tell_refused_requests_once_without_the_tokens_of_links(tmp_path, debug):
    env = environment(tmp_path, DEBUG=debug, SECRET_KEY=KEY, ALLOWED_HOSTS="example.org")
    program = """
import django, logging
django.setup()
pages = ("verify-email", "reset-password", "confirm-email")
for logger in ("django.security.csrf", "django.request", "django.server", "assistant_project"):
    for page in pages:
        logging.getLogger(logger).warning("Refused: %s", f"/{page}/se.cr-et_/")
try:
    raise ValueError("/verify-email/se.cr-et_")
except ValueError:
    logging.getLogger("django.request").exception("An error below %s", "/sources/1/")
"""

    ended = python("-c", program, env=env)

    assert "se.cr-et_" not in ended.stderr + ended.stdout
    assert ended.stderr.count("Refused: /verify-email/…/") == 4
    assert ended.stderr.count("Refused:") == 12
    assert ended.stderr.count("An error below /sources/1/") == 1


def test_every_setting_is_explained_in_the_example():
    read = set(
        re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', (PROJECT / "assistant_project" / "settings.py").read_text())
    )
    explained = set(re.findall(r"^#([A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))

    assert explained == read | {"ENV_FILE"}


def test_a_setting_that_is_misspelt_is_told(tmp_path):
    dotenv = tmp_path / "of-the-site.env"
    dotenv.write_text("CHAT_MODLE=llama3")

    ended = python("manage.py", "check", env=environment(tmp_path, ENV_FILE=str(dotenv)))

    assert ended.returncode == 0
    assert "No setting is called CHAT_MODLE." in ended.stderr
    assert "Did you mean CHAT_MODEL?" in ended.stderr
