"""What would come of files and addresses, before they are sent."""

import hashlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge import forecast, intake
from knowledge.forecast import Fate, OfferedFile
from knowledge.models import Job, Source
from tests.factories import CollectionFactory

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4 one"
OTHER_PDF = b"%PDF-1.4 two"


@pytest.fixture(autouse=True)
def originals(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def collection():
    return CollectionFactory()


def offered(name, content=PDF, **changes):
    known = {"size": len(content), "begins_as_pdf": True, "sha256": hashlib.sha256(content).hexdigest()}
    return OfferedFile(name, **(known | changes))


def fates(forecasts):
    return [(each.offer, each.fate) for each in forecasts]


def test_a_file_that_is_not_there_is_new(collection):
    assert fates(forecast.of_files([offered("guide.pdf")], collection)) == [("guide.pdf", Fate.NEW)]


def test_the_same_bytes_are_a_duplicate_whatever_they_are_called(collection):
    (there,) = intake.add_pdf(PDF, "guide.pdf", collection=collection).added

    (found,) = forecast.of_files([offered("copy.pdf")], collection)

    assert (found.fate, found.source) == (Fate.DUPLICATE, there)


def test_another_file_of_the_same_name_can_replace_it(collection):
    (there,) = intake.add_pdf(PDF, "guide.pdf", collection=collection).added

    (found,) = forecast.of_files([offered("guide.pdf", OTHER_PDF)], collection)

    assert (found.fate, found.source) == (Fate.REPLACEABLE, there)


def test_a_file_of_another_collection_does_not_count(collection):
    intake.add_pdf(PDF, "guide.pdf", collection=CollectionFactory())

    assert fates(forecast.of_files([offered("guide.pdf")], collection)) == [("guide.pdf", Fate.NEW)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"begins_as_pdf": False}, "not a PDF"),
        ({"size": intake.PDF_BYTES + 1}, "50 MB"),
        ({"size": 0}, "empty"),
    ],
)
def test_what_cannot_be_taken_says_why(changes, words, collection):
    (found,) = forecast.of_files([offered("guide.pdf", **changes)], collection)

    assert found.fate is Fate.REFUSED
    assert words in found.reason


def test_the_same_file_twice_in_a_list_is_new_once(collection):
    found = forecast.of_files([offered("a.pdf"), offered("b.pdf")], collection)

    assert fates(found) == [("a.pdf", Fate.NEW), ("b.pdf", Fate.DUPLICATE)]


def test_two_files_of_one_name_in_a_list_are_told_apart(collection):
    found = forecast.of_files([offered("a.pdf"), offered("a.pdf", OTHER_PDF)], collection)

    assert [each.fate for each in found] == [Fate.NEW, Fate.REFUSED]
    assert "Rename one of them." in found[1].reason


def test_a_file_whose_hash_is_unknown_is_judged_by_its_name(collection):
    intake.add_pdf(PDF, "guide.pdf", collection=collection)

    found = forecast.of_files([offered("guide.pdf", sha256=""), offered("new.pdf", sha256="")], collection)

    assert [each.fate for each in found] == [Fate.REPLACEABLE, Fate.NEW]


def test_addresses_are_new_there_already_or_none(collection):
    (there,) = intake.add_urls("https://example.com/a", collection=collection).added
    text = "https://example.com/a#part\nexample.com/b\nhttps://example.com/b\nno address"

    found = forecast.of_addresses(text, collection)

    assert [each.fate for each in found] == [Fate.DUPLICATE, Fate.NEW, Fate.DUPLICATE, Fate.REFUSED]
    assert (found[0].source, found[2].source) == (there, None)
    assert "https://" in found[3].reason


def test_more_addresses_than_are_taken_at_once_are_refused(collection):
    text = "\n".join(f"https://example.com/{n}" for n in range(intake.ADDRESSES_AT_ONCE + 2))

    found = forecast.of_addresses(text, collection)

    assert [each.fate for each in found].count(Fate.REFUSED) == 2


def test_without_a_collection_everything_is_new():
    assert fates(forecast.of_files([offered("a.pdf")], None)) == [("a.pdf", Fate.NEW)]
    assert fates(forecast.of_addresses("example.com", None)) == [("example.com", Fate.NEW)]


def test_nothing_is_changed_and_a_thousand_offers_take_two_queries(collection):
    files = [offered(f"{n}.pdf", f"%PDF-{n}".encode()) for n in range(500)]
    text = "\n".join(f"https://example.com/{n}" for n in range(500))

    with CaptureQueriesContext(connection) as captured:
        forecast.of_files(files, collection)
        forecast.of_addresses(text, collection)

    assert len(captured) == 2
    assert not Source.objects.exists()
    assert not Job.objects.exists()
