"""Backup, destruction, restore: the same answers, the same bytes."""

import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from knowledge.models import Original, Source
from tests.factories import TextSourceFactory, read
from tests.flows.web import Web
from tests.flows.worker import PROJECT, database_url, environment
from tests.pdf import pdf_with_text

pytestmark = pytest.mark.django_db(transaction=True)

ROOMS = ("kitchen", "cellar", "attic", "garage", "hall", "library", "nursery", "pantry", "study", "workshop")


@pytest.fixture
def restored(tmp_path: Path) -> Iterator[dict[str, str]]:
    """What tells a process to be another installation: an empty database and an empty folder."""
    name = f"{connection.settings_dict['NAME']}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield {"DATABASE_URL": database_url(name), "DATA_DIR": str(tmp_path / "restored"), "SECRET_KEY": ""}
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def manage(*arguments: str, **environ: str) -> str:
    ended = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=environment(**environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def rooms_with_temperatures() -> None:
    for number, room in enumerate(ROOMS):
        read(TextSourceFactory(text=f"The {room} is heated to {15 + number} degrees.", title=room))
        read(
            TextSourceFactory(
                text=f"The thermostat of the {room} hangs on hook {40 + number}.", title=f"{room} 2"
            )
        )


def replies(web: Web) -> list[tuple]:
    questions = [f"To how many degrees is the {room} heated?" for room in ROOMS]
    questions += [f"On which hook hangs the thermostat of the {room}?" for room in ROOMS]
    answers = [web.ask(question) for question in questions]
    return [
        (answer["content"], [(cited["title"], cited["text"]) for cited in answer["citations"]])
        for answer in answers
    ]


def test_a_restored_installation_gives_the_same_answers_from_the_same_bytes(tmp_path, restored):
    rooms_with_temperatures()
    original = Original.objects.keep(pdf_with_text(["The boiler is red."]), "application/pdf")
    read(TextSourceFactory(kind=Source.Kind.PDF, text="", original=original, file_name="boiler.pdf"))

    call_command("backup", str(tmp_path / "backup"))
    said = manage("restore", str(tmp_path / "backup"), **restored)
    with Web() as before, Web(**restored) as after:
        answers = replies(before)
        answers_again = replies(after)

    assert "originals in it: 1" in said
    assert answers_again == answers
    assert all(citations for _, citations in answers)
    kept = Path(restored["DATA_DIR"], "originals", original.file.name)
    assert kept.read_bytes() == original.read()


def test_a_backup_is_readable_for_its_owner_alone(tmp_path):
    call_command("backup", str(tmp_path / "backup"))

    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["backup"]


def test_a_key_that_is_kept_in_the_folder_goes_along(tmp_path, restored):
    call_command("backup", str(tmp_path / "backup"))

    manage("restore", str(tmp_path / "backup"), **restored)

    assert Path(restored["DATA_DIR"], "secret_key").read_text() == settings.SECRET_KEY
