import resource
from dataclasses import replace

import pytest

from knowledge.errors import FetchError, TooLargeError
from knowledge.ingestion.fetch import fetch_url
from knowledge.ingestion.fetch.media import PDF
from tests.knowledge.ingestion.site import (
    PAGE,
    cut_in_a_chunk,
    cut_short,
    drip_body,
    drip_headers,
    gzip_bomb,
    hang_up,
    page,
    silence,
)


def test_a_page_may_be_as_large_as_the_limit(site, policy):
    site.pages["/"] = page(b"<" * 5_000)

    assert len(fetch_url(site.url(), policy=replace(policy, max_page_bytes=5_000)).content) == 5_000


def test_a_page_above_the_limit_is_refused(site, policy):
    site.pages["/"] = page(b"<" * 5_001)

    with pytest.raises(TooLargeError, match=r"page is larger than 0\.005 MB"):
        fetch_url(site.url(), policy=replace(policy, max_page_bytes=5_000))


def test_a_pdf_has_a_limit_of_its_own(site, policy):
    site.pages["/"] = page(b"%PDF-" + b"x" * 9_995)
    roomy = replace(policy, max_page_bytes=5_000, max_pdf_bytes=10_000)

    assert fetch_url(site.url(), policy=roomy).media_type == PDF
    with pytest.raises(TooLargeError, match="PDF is larger"):
        fetch_url(site.url(), policy=replace(roomy, max_pdf_bytes=9_999))


def test_a_gzip_bomb_is_stopped_at_the_limit_without_taking_memory(site, policy):
    site.pages["/"] = gzip_bomb(megabytes=300)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(TooLargeError):
        fetch_url(site.url(), policy=replace(policy, max_page_bytes=1_000_000))

    kilobytes_more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert kilobytes_more < 50_000


@pytest.mark.parametrize("slow", [drip_body, drip_headers, silence])
def test_a_server_that_takes_too_long_is_cut_off(site, policy, slow):
    site.pages["/"] = slow

    with pytest.raises(FetchError, match=r"within 0\.5 seconds"):
        fetch_url(site.url(), policy=replace(policy, seconds=0.5))


@pytest.mark.parametrize("cut", [cut_short(PAGE), cut_in_a_chunk, hang_up])
def test_an_answer_that_breaks_off_is_an_error(site, policy, cut):
    site.pages["/"] = cut

    with pytest.raises(FetchError, match="broke off"):
        fetch_url(site.url(), policy=policy)


def test_a_body_that_cannot_be_unpacked_is_an_error(site, policy):
    site.pages["/"] = page(b"not packed at all", Content_Encoding="gzip")

    with pytest.raises(FetchError, match="cannot be unpacked"):
        fetch_url(site.url(), policy=policy)
