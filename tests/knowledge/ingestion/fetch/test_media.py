import pytest

from knowledge.errors import FetchError, UnsupportedDocumentError
from knowledge.ingestion.fetch import fetch_url
from knowledge.ingestion.fetch.media import HTML, PDF, TEXT, media_type
from tests.knowledge.ingestion.site import page, redirect, stalling


@pytest.mark.parametrize(
    ("content", "declared", "kind"),
    [
        (b"%PDF-1.7 ...", "text/html", PDF),
        (b"\xef\xbb\xbf  %PDF-1.4", "", PDF),
        (b"damaged from the first byte", "application/pdf", PDF),
        (b"<!DOCTYPE html><svg></svg>", "", HTML),
        (b"\xef\xbb\xbf\n<p>Without a root", "text/html", HTML),
        (b'<?xml version="1.0"?><html xmlns="x">', "application/xhtml+xml", HTML),
        ("<html>".encode("utf-16"), "text/html", HTML),
        (b"words alone", "text/html", HTML),
        (b"# Heading", "text/markdown", TEXT),
        (b"no header at all", "", TEXT),
        ("Größe".encode("latin-1"), "text/plain", TEXT),
    ],
)
def test_the_first_bytes_decide_and_then_the_header(content, declared, kind):
    assert media_type(content, declared) == kind


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "image/png"),
        (b"PK\x03\x04\x14\x00", "application/octet-stream"),
        (b"PK\x03\x04\x14\x00", "text/html"),
        (b"<svg xmlns='x'>", "image/svg+xml"),
        (b'<?xml version="1.0"?><rss version="2.0">', "application/rss+xml"),
        (b"<records>", "application/xml"),
        (b'{"a": 1}', "application/json"),
    ],
)
def test_other_kinds_are_refused(content, declared):
    with pytest.raises(UnsupportedDocumentError, match="Only web pages, PDFs and plain text"):
        media_type(content, declared)


def test_a_picture_is_refused_before_it_has_arrived(site, policy):
    site.pages["/"] = stalling(b"\x89PNG\x00" * 1_000, kind="image/png")

    with pytest.raises(UnsupportedDocumentError, match="image/png"):
        fetch_url(site.url(), policy=policy)


@pytest.mark.parametrize(("path", "kind"), [("/guide.PDF?v=2", "text/html"), ("/guide", "application/pdf")])
def test_a_login_page_in_place_of_a_pdf_is_an_error(site, policy, path, kind):
    site.pages[path] = page(b"<html>Sign in</html>", kind=kind)

    with pytest.raises(FetchError, match="promises a PDF"):
        fetch_url(site.url(path), policy=policy)


def test_a_pdf_link_that_redirects_to_a_login_page_is_an_error(site, policy):
    site.pages["/guide.pdf"] = redirect("/login")
    site.pages["/login"] = page(b"<html>Sign in</html>")

    with pytest.raises(FetchError, match="promises a PDF"):
        fetch_url(site.url("/guide.pdf"), policy=policy)
