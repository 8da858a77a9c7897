"""Backups that must not be made, and those that must not be restored."""

import json
import tarfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from assistant_project.backup import archive, database
from knowledge.models import Original
from tests.factories import TextSourceFactory

CONTENT = b"The boiler is red."


def manifest(dump: Path, **fields) -> archive.Manifest:
    usual = {"made_at": "2030-01-01", "migrations": [], "originals": 0, "lost": []}
    return archive.Manifest(**(usual | {"dump_sha256": archive.sha256_of(dump)} | fields))


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "dump"
    path.write_bytes(b"rows")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup"


def test_what_was_written_is_unpacked(tmp_path, dump, file):
    original = tmp_path / "original"
    original.write_bytes(CONTENT)
    name = f"ab/{archive.sha256_of(original)}"
    with archive.Writer(file) as writer:
        writer.add_file(archive.DUMP, dump)
        added = writer.add_original(name, original)
        writer.finish(manifest(dump, originals=1))

    found = archive.unpack(file, tmp_path / "unpacked")

    assert added
    assert found.originals == 1
    assert (tmp_path / "unpacked" / "originals" / name).read_bytes() == CONTENT


def test_a_backup_whose_end_is_missing_is_refused(tmp_path, dump, file):
    with archive.Writer(file) as writer:
        writer.add_file(archive.DUMP, dump)

    with pytest.raises(archive.BackupError, match="incomplete"):
        archive.unpack(file, tmp_path)


def test_a_file_that_was_cut_off_is_refused(tmp_path, dump, file):
    with archive.Writer(file) as writer:
        writer.add_file(archive.DUMP, dump)
        writer.finish(manifest(dump))
    file.write_bytes(file.read_bytes()[:514])

    with pytest.raises(archive.BackupError, match="damaged"):
        archive.unpack(file, tmp_path)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"dump_sha256": "0" * 64}, "dump of the database in this backup is damaged"),
        ({"originals": 3}, "should hold 3 originals and holds 0"),
        ({"format": 99}, "newer version"),
    ],
)
def test_a_backup_that_is_not_what_it_says_is_refused(tmp_path, dump, file, fields, sentence):
    with archive.Writer(file) as writer:
        writer.add_file(archive.DUMP, dump)
        writer.finish(manifest(dump, **fields))

    with pytest.raises(archive.BackupError, match=sentence):
        archive.unpack(file, tmp_path / "unpacked")


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[]", b"{}", b'{"format": 1}'])
def test_a_manifest_that_is_damaged_is_told_in_a_sentence(tmp_path, dump, file, content):
    damaged = tmp_path / "manifest"
    damaged.write_bytes(content)
    with archive.Writer(file) as writer:
        writer.add_file(archive.DUMP, dump)
        writer.add_file(archive.MANIFEST, damaged)

    with pytest.raises(archive.BackupError, match="says what is in it, is damaged"):
        archive.unpack(file, tmp_path / "unpacked")


def test_a_damaged_original_in_a_backup_is_refused(tmp_path, dump, file):
    with archive.Writer(file) as writer:
        writer.add_file(f"originals/ab/{'0' * 64}", dump)

    with pytest.raises(archive.BackupError, match=r"original 0000.* is damaged"):
        archive.unpack(file, tmp_path)


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "originals/ab/../../outside", "notes.txt"])
def test_a_file_with_other_parts_writes_nothing(tmp_path, dump, file, name):
    with tarfile.open(file, "w") as tar:
        tar.add(dump, name)

    with pytest.raises(archive.BackupError, match="does not belong"):
        archive.unpack(file, tmp_path / "unpacked")

    assert not (tmp_path / "unpacked").exists()
    assert not (tmp_path / "outside").exists()


def test_a_link_under_a_right_name_is_refused(tmp_path, file):
    link = tarfile.TarInfo(archive.DUMP)
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open(file, "w") as tar:
        tar.addfile(link)

    with pytest.raises(archive.BackupError, match="does not belong"):
        archive.unpack(file, tmp_path / "unpacked")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 no archive at all"])
def test_what_is_no_backup_is_refused(tmp_path, file, content):
    file.write_bytes(content)

    with pytest.raises(archive.BackupError):
        archive.unpack(file, tmp_path)


def test_a_backup_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(archive.BackupError, match="cannot be read"):
        archive.unpack(tmp_path / "nothing", tmp_path)


def test_a_database_that_a_newer_version_has_changed_is_refused():
    with pytest.raises(archive.BackupError, match=r"chat\.9999_later is not known"):
        database.check_migrations(["chat.0001_initial", "chat.9999_later"])


@pytest.mark.django_db(transaction=True)
def test_a_backup_never_takes_the_place_of_another_file(file):
    file.write_text("precious")

    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(file))

    assert file.read_text() == "precious"


@pytest.mark.django_db(transaction=True)
def test_a_backup_in_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("backup", str(tmp_path / "nowhere" / "backup"))


@pytest.mark.django_db(transaction=True)
def test_an_installation_with_content_is_never_restored_over(file):
    source = TextSourceFactory()
    call_command("backup", str(file))

    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", str(file))

    source.refresh_from_db()


@pytest.mark.django_db(transaction=True)
def test_an_original_that_is_lost_is_named_and_the_rest_is_saved(tmp_path, file, capsys):
    lost = Original.objects.keep(b"The boiler is blue.", "application/pdf")
    Path(settings.MEDIA_ROOT, lost.file.name).unlink()
    kept = Original.objects.keep(CONTENT, "application/pdf")

    call_command("backup", str(file))

    found = archive.unpack(file, tmp_path / "unpacked")
    assert lost.sha256 in capsys.readouterr().err
    assert found.lost == [lost.file.name]
    assert (tmp_path / "unpacked" / "originals" / kept.file.name).read_bytes() == CONTENT


def test_the_manifest_is_written_last(dump, file):
    with archive.Writer(file) as writer:
        writer.add_file(archive.DUMP, dump)
        writer.finish(manifest(dump))

    with tarfile.open(file) as tar:
        last = tar.getmembers()[-1]
        content = tar.extractfile(last)
        assert last.name == archive.MANIFEST
        assert json.load(content)["format"] == archive.FORMAT
