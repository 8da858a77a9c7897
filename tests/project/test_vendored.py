"""What was taken over from elsewhere says what it is."""

import re

import pytest

from tests.conftest import PROJECT

FOLDER = PROJECT / "templates" / "static" / "vendor" / "pdfjs"


@pytest.fixture(scope="module")
def pinned():
    """The version and the sum that `make vendor` insists on."""
    return dict(
        re.findall(r"^PDFJS_(VERSION|SHA256) := (\S+)$", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    )


def test_its_description_names_the_version_and_the_sum_that_are_fetched(pinned):
    described = (FOLDER / "README.md").read_text()

    assert f"| {pinned['VERSION']} |" in described
    assert pinned["SHA256"] in described


@pytest.mark.parametrize("name", ["pdf.min.mjs", "pdf.worker.min.mjs"])
def test_the_files_are_of_that_version(pinned, name):
    assert pinned["VERSION"] in (FOLDER / "build" / name).read_text()


@pytest.mark.parametrize(
    "licence",
    ["LICENSE", "cmaps/LICENSE", "standard_fonts/LICENSE_FOXIT", "wasm/LICENSE_OPENJPEG", "iccs/LICENSE"],
)
def test_the_licences_came_along(licence):
    assert (FOLDER / licence).stat().st_size > 0


def test_nothing_that_runs_scripts_of_documents_came_along():
    assert not list(FOLDER.rglob("*quickjs*")) + list(FOLDER.rglob("*sandbox*"))
