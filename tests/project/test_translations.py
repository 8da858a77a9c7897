"""German is complete: every sentence that is marked has one, made of the same parts, and it is the one in force."""

import gettext
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command

from assistant_project.management.commands.translations import DOMAINS, Messages

LOCALE = Path(__file__).parents[2] / "assistant_project" / "locale"
MESSAGES = "de/LC_MESSAGES"
each_file = pytest.mark.parametrize("domain", DOMAINS)
PLACEHOLDER = re.compile(r"%\(\w+\)|%s|%d|\{\w*\}")
TAG = re.compile(r"</?\w+")


@pytest.fixture
def gettext_tools() -> None:
    if shutil.which("xgettext") is None:
        missing = "There is no gettext on this machine (on Debian: apt-get install gettext)."
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)


def catalogue(path: Path) -> dict[str | tuple[str, int], str]:
    """What a compiled file says for each text, for each of its plural forms apart."""
    with path.open("rb") as file:
        translations = gettext.GNUTranslations(file)
    return {text: said for text, said in vars(translations)["_catalog"].items() if text}


def parts(text: str) -> list[str]:
    """What must be the same in every language: placeholders and tags."""
    return sorted(set(PLACEHOLDER.findall(text))) + sorted(TAG.findall(text))


def entries(path: Path, *chosen: str) -> set[str]:
    """The entries of a file, or those that are chosen of them, without comments and without the header."""
    command = ["msgattrib", "--no-obsolete", "--no-wrap", *chosen, str(path)]
    written = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    _header, *blocks = re.sub("^#.*\n", "", written, flags=re.MULTILINE).split("\n\n")
    return {block.strip() for block in blocks}


@each_file
def test_a_translation_has_the_parts_of_its_text(domain):
    german = catalogue(LOCALE / MESSAGES / f"{domain}.mo")
    alike = {text: said for text, said in german.items() if isinstance(text, str)}

    assert alike
    assert {text: said for text, said in alike.items() if parts(text) != parts(said)} == {}


@each_file
@pytest.mark.usefixtures("gettext_tools")
def test_every_text_has_a_translation_that_somebody_has_looked_at(domain):
    written = LOCALE / MESSAGES / f"{domain}.po"

    assert entries(written, "--untranslated") == set()
    assert entries(written, "--only-fuzzy") == set()


@each_file
@pytest.mark.usefixtures("gettext_tools")
def test_what_is_compiled_is_what_is_written(tmp_path, domain):
    written, compiled = LOCALE / MESSAGES / f"{domain}.po", tmp_path / "compiled.mo"

    subprocess.run(["msgfmt", "--check", str(written), "-o", str(compiled)], check=True)

    assert catalogue(compiled) == catalogue(LOCALE / MESSAGES / f"{domain}.mo")


@each_file
@pytest.mark.usefixtures("gettext_tools")
def test_collecting_the_texts_once_more_finds_nothing_new(tmp_path, settings, monkeypatch, domain):
    copied = tmp_path / "locale"
    shutil.copytree(LOCALE, copied)
    settings.LOCALE_PATHS = [copied]
    monkeypatch.chdir(LOCALE.parents[1])

    call_command(Messages(), domain=domain, locale=["de"], no_obsolete=True, no_location=True, verbosity=0)

    assert entries(copied / MESSAGES / f"{domain}.po") == entries(LOCALE / MESSAGES / f"{domain}.po")
