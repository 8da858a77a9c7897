"""The terminal: add sources and ask."""

import json

import pytest
from django.core.management import CommandError, call_command

from chat.models import Session
from knowledge.models import Collection, Source
from tests.factories import UserFactory, ready_text

pytestmark = pytest.mark.django_db(transaction=True)

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."


@pytest.fixture
def administrator():
    return UserFactory(is_superuser=True)


def test_files_are_added_read_and_asked_about(tmp_path, administrator, capsys):
    (tmp_path / "heating.txt").write_text(HEATER)
    call_command("ingest", str(tmp_path / "heating.txt"), collection="house")

    call_command("ask", "How hot should the water heater be?", "--json")

    said = capsys.readouterr().out
    assert "1 of 1 can be asked about now." in said
    answer = json.loads(said[said.index("{") :])
    assert set(answer) == {"answer", "kind", "citations", "timings"}
    assert set(answer["citations"][0]) == {"number", "title", "url", "page", "text"}
    assert "120 degrees" in answer["answer"]
    assert Source.objects.get().collection == Collection.objects.get(slug="house")
    assert not Session.objects.exists()


def test_a_folder_means_the_files_in_it_and_what_fails_is_said(tmp_path, capsys):
    (tmp_path / "a.txt").write_text(HEATER)
    (tmp_path / "b.pdf").write_bytes(b"<html>log in</html>")
    (tmp_path / "c.png").write_bytes(b"ignored")

    with pytest.raises(CommandError, match="1 could not be read"):
        call_command("ingest", str(tmp_path))

    said = capsys.readouterr().out
    assert "b.pdf is not a PDF" in said
    assert "1 of 2 can be asked about now." in said


def test_adding_the_same_file_again_reads_it_again_and_adds_nothing(tmp_path, capsys):
    (tmp_path / "heating.txt").write_text(HEATER)

    for _ in range(2):
        call_command("ingest", str(tmp_path / "heating.txt"))

    assert "unchanged" in capsys.readouterr().out
    assert Source.objects.count() == 1


@pytest.mark.parametrize("what", ["/nowhere/at/all.pdf", "ftp://example.com/x"])
def test_what_cannot_be_added_is_a_sentence(what, capsys):
    with pytest.raises(CommandError):
        call_command("ingest", what)

    assert what in capsys.readouterr().out


def test_asking_as_somebody_gives_that_persons_answer(administrator, capsys):
    ready_text(HEATER, collection__access=Collection.Access.GROUPS)
    reader = UserFactory()

    call_command("ask", "How hot should the water heater be?", "--as", reader.email)

    assert "do not answer" in capsys.readouterr().out


def test_as_long_as_there_is_no_administrator_a_visitor_asks(capsys):
    ready_text(HEATER)
    ready_text("The boiler is set to 160 degrees.", collection__access=Collection.Access.SIGNED_IN)

    call_command("ask", "How hot should the water heater be?")

    said = capsys.readouterr().out
    assert "120 degrees" in said
    assert "160" not in said
    assert not Session.objects.exists()


def test_asking_as_nobody_known_is_refused(administrator):
    with pytest.raises(CommandError, match="There is no such user"):
        call_command("ask", "How hot?", "--as", "nobody@example.com")


def test_an_empty_question_is_refused(administrator):
    with pytest.raises(CommandError, match="Write a question"):
        call_command("ask", "  ")


def test_an_edited_text_file_takes_the_place_of_the_old_one(tmp_path, capsys):
    note = tmp_path / "cat.txt"
    for name in ("Minka", "Felix"):
        note.write_text(f"The office cat is called {name}.")
        call_command("ingest", str(note))

    assert Source.objects.get().live_revision.text == "The office cat is called Felix."


def test_two_files_of_the_same_name_do_not_replace_each_other(tmp_path, capsys):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "note.txt").write_text(f"This is the note of {folder}.")

    with pytest.raises(CommandError, match="1 could not be read"):
        call_command("ingest", *(str(tmp_path / folder / "note.txt") for folder in ("a", "b")))

    assert "Rename one of them" in capsys.readouterr().out
    assert Source.objects.get().text == "This is the note of a."


def test_an_empty_folder_and_a_strange_short_name_are_refused(tmp_path):
    with pytest.raises(CommandError, match="no PDF and no text"):
        call_command("ingest", str(tmp_path))
    (tmp_path / "a.txt").write_text(HEATER)
    with pytest.raises(CommandError, match="short name"):
        call_command("ingest", str(tmp_path), collection="My Docs & Co/x")
