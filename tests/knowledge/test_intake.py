import pytest

from knowledge import intake
from knowledge.errors import TooLargeError, UnsupportedDocumentError
from knowledge.models import Job, Original, Source
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


def test_a_list_of_addresses_becomes_sources_with_jobs(collection):
    text = "https://example.com/a\n\n  http://example.com/b?x=1#part \nexample.org\n"

    added = intake.add_urls(text, collection=collection, refresh_interval="daily").added

    assert [source.url for source in added] == [
        "https://example.com/a", "http://example.com/b?x=1", "https://example.org/",
    ]  # fmt: skip
    assert Job.objects.open().count() == 3
    assert {source.refresh_interval for source in added} == {"daily"}


def test_an_address_that_is_there_already_is_named_as_duplicate(collection):
    (first,) = intake.add_urls("https://example.com/a", collection=collection).added

    again = intake.add_urls("https://example.com/a#top\nhttps://example.com/a", collection=collection)

    assert again.added == []
    assert {source.pk for source in again.duplicates} == {first.pk}


@pytest.mark.parametrize(
    "line",
    [
        "not an address",
        "ftp://example.com/x",
        "javascript:alert(1)",
        "https://",
        "https://[abc",
        "https://℀.com/",
        "http://example.com:99999/",
        "http://example.com:abc/",
    ],
)
def test_what_is_no_address_is_refused_with_a_sentence_and_the_rest_is_taken(line, collection):
    result = intake.add_urls(f"{line}\nhttps://example.com/", collection=collection)

    assert [offer for offer, _ in result.refused] == [line]
    assert "https://" in result.refused[0][1]
    assert len(result.added) == 1


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("https://example.com/a https://example.com/b", "A space stands in it."),
        ("www.example.com/a b", "A space stands in it."),
        ("https://ada:secret@example.com/", "The address holds a user name or password."),
        ("https://ada@example.com/", "The address holds a user name or password."),
        ("https://example.com/" + "a" * 2_000, "The address is too long: 2,000 characters"),
    ],
)
def test_what_is_wrong_with_an_address_is_said(line, sentence, collection):
    ((_offer, reason),) = intake.add_urls(line, collection=collection).refused

    assert reason.startswith(sentence)


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("http://wiki/start", "http://wiki/start"),
        ("wiki:8080/start", "https://wiki:8080/start"),
        ("192.0.2.7:8080", "https://192.0.2.7:8080/"),
        ("http://[2001:db8::7]:8080/start", "http://[2001:db8::7]:8080/start"),
        ("https://example.com/a,", "https://example.com/a"),
        ("https://example.com/a;", "https://example.com/a"),
    ],
)
def test_addresses_are_taken_as_people_write_them(line, url, collection):
    (added,) = intake.add_urls(line, collection=collection).added

    assert added.url == url


def test_more_addresses_than_are_taken_at_once_are_named(collection):
    text = "\n".join(f"https://example.com/{n}" for n in range(intake.ADDRESSES_AT_ONCE + 1))

    result = intake.add_urls(text, collection=collection)

    assert (len(result.added), len(result.refused)) == (intake.ADDRESSES_AT_ONCE, 1)


def test_a_pdf_is_kept_with_its_bytes(collection):
    (source,) = intake.add_pdf(PDF, "guide.pdf", collection=collection).added

    assert source.original.read() == PDF
    assert source.file_name == "guide.pdf"
    assert Job.objects.open().get().source == source


def test_the_same_pdf_again_is_a_duplicate(collection):
    (source,) = intake.add_pdf(PDF, "guide.pdf", collection=collection).added

    assert intake.add_pdf(PDF, "copy.pdf", collection=collection).duplicates == [source]
    assert Original.objects.count() == 1


def test_another_pdf_of_the_same_name_is_offered_as_replacement_and_replaces_it(collection):
    (source,) = intake.add_pdf(PDF, "guide.pdf", collection=collection).added

    offer = intake.add_pdf(OTHER_PDF, "guide.pdf", collection=collection)
    ((there, content),) = offer.replaceable
    assert (there, content) == (source, OTHER_PDF)

    intake.replace_pdf(there, content)
    source.refresh_from_db()
    assert source.original.read() == OTHER_PDF
    assert Job.objects.open().get().purpose == Job.Purpose.REREAD


def test_the_same_pdf_in_two_collections_is_stored_once(collection):
    intake.add_pdf(PDF, "guide.pdf", collection=collection)
    intake.add_pdf(PDF, "guide.pdf", collection=CollectionFactory())

    assert Source.objects.count() == 2
    assert Original.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (b"", UnsupportedDocumentError, "empty"),
        (b"<html>log in</html>", UnsupportedDocumentError, "not a PDF"),
        (b"%PDF-" + b"x" * (intake.PDF_BYTES + 1), TooLargeError, "50 MB"),
    ],
)
def test_what_is_no_pdf_is_refused_with_a_sentence(content, error, words, collection):
    with pytest.raises(error, match=words):
        intake.add_pdf(content, "guide.pdf", collection=collection)

    assert not Source.objects.exists()


def test_a_text_is_added_and_the_same_text_again_is_a_duplicate(collection):
    (source,) = intake.add_text("Note", "Turn it off.", collection=collection).added

    assert intake.add_text("Note", "Turn it off.", collection=collection).duplicates == [source]


@pytest.mark.parametrize(
    ("text", "error"),
    [("  \n", UnsupportedDocumentError), ("x" * (intake.TEXT_CHARACTERS + 1), TooLargeError)],
)
def test_an_empty_or_an_endless_text_is_refused(text, error, collection):
    with pytest.raises(error):
        intake.add_text("Note", text, collection=collection)
