import gzip

import pytest

from knowledge.errors import FetchError, GoneError, NoTextError
from knowledge.ingestion.fetch import fetch_url
from knowledge.ingestion.fetch.media import HTML
from tests.knowledge.ingestion.site import PAGE, page


def test_a_page_comes_with_its_bytes_kind_charset_and_validators(site, policy):
    site.pages["/page"] = page(
        PAGE, kind="text/html; charset=ISO-8859-2", ETag='"7"', Last_Modified="Mon, 05 Jan"
    )

    document = fetch_url(site.url("/page"), policy=policy)

    assert document.content == PAGE
    assert (document.media_type, document.charset) == (HTML, "iso-8859-2")
    assert (document.etag, document.last_modified) == ('"7"', "Mon, 05 Jan")
    assert document.name == site.url("/page")


def test_a_packed_page_is_unpacked(site, policy):
    site.pages["/"] = page(gzip.compress(PAGE), Content_Encoding="gzip")

    assert fetch_url(site.url(), policy=policy).content == PAGE


def test_an_unchanged_page_is_none(site, policy):
    site.pages["/"] = page(b"", status=304)

    assert fetch_url(site.url(), etag='"7"', last_modified="Mon, 05 Jan", policy=policy) is None
    assert site.headers[0]["If-None-Match"] == '"7"'
    assert site.headers[0]["If-Modified-Since"] == "Mon, 05 Jan"


def test_unchanged_is_an_error_when_nobody_asked_for_changes(site, policy):
    site.pages["/"] = page(b"", status=304)

    with pytest.raises(FetchError, match="status 304"):
        fetch_url(site.url(), policy=policy)


@pytest.mark.parametrize("etag", ["x" * 256, "caf\xe9"])
def test_a_validator_that_cannot_be_stored_or_sent_back_is_left_out(site, policy, etag):
    site.pages["/"] = page(PAGE, ETag=etag)

    assert fetch_url(site.url(), policy=policy).etag == ""


def test_the_request_names_the_product(site, policy):
    fetch_url(site.url(), policy=policy)

    assert site.headers[0]["User-Agent"].startswith("KnowledgeAssistant/")


def test_nothing_of_the_environment_is_used(site, policy, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    assert fetch_url(site.url(), policy=policy).content == PAGE


@pytest.mark.parametrize(
    ("status", "error", "sentence"),
    [
        (404, GoneError, "does not exist"),
        (410, GoneError, "does not exist"),
        (401, FetchError, "sign-in"),
        (403, FetchError, "does not let"),
        (429, FetchError, "too many requests"),
        (204, FetchError, "without the page"),
        (302, FetchError, "without the page"),
        (500, FetchError, "problem of its own"),
        (503, FetchError, "problem of its own"),
    ],
)
def test_a_status_is_a_sentence(site, policy, status, error, sentence):
    site.pages["/"] = page(b"", status=status)

    with pytest.raises(error, match=sentence) as raised:
        fetch_url(site.url(), policy=policy)

    assert type(raised.value) is error


def test_an_empty_page_is_an_error(site, policy):
    site.pages["/"] = page(b"")

    with pytest.raises(NoTextError, match="empty"):
        fetch_url(site.url(), policy=policy)
