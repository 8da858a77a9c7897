"""The picture of a page beside its text and its chunks."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from knowledge.admin.page_by_page import PART_LENGTH
from knowledge.models import Revision
from tests.factories import TextSourceFactory, ready_text
from tests.knowledge.revisions import chunk, ready_pdf

FIRST, SECOND, THIRD = "Seal air leaks first.", "Then insulate the attic.", "Check the ducts last."


@pytest.fixture(autouse=True)
def originals(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def pdf(db):
    """Three pages; a chunk reaches from the first to the second one."""
    source = ready_pdf(FIRST, SECOND, THIRD)
    chunk(source, f"{FIRST}\f{SECOND}")
    chunk(source, THIRD)
    return source


def address(source):
    return reverse("admin:knowledge_source_reading", args=[source.pk])


def stretches(page):
    return [(each.text, [shown.number for shown in each.chunks]) for each in page.context["stretches"]]


def test_a_page_stands_beside_its_picture(curator_client, pdf):
    page = curator_client.get(address(pdf), {"page": 2})

    assert reverse("knowledge:page-image", args=[pdf.pk, 2]) in page.text
    assert SECOND in page.text
    assert FIRST not in [text for text, _ in stretches(page)]


def test_the_chunks_of_the_page_are_seen_with_their_boundaries(curator_client, pdf):
    page = curator_client.get(address(pdf), {"page": 3})

    assert stretches(page) == [(THIRD, [2])]
    assert 'id="text-2"' in page.text
    assert 'href="#text-2"' in page.text
    assert 'id="chunk-1"' not in page.text


def test_a_chunk_that_goes_over_a_page_says_so_on_both(curator_client, pdf):
    first, second = (curator_client.get(address(pdf), {"page": number}).text for number in (1, 2))

    assert ("goes on" in first, "begins earlier" in first) == (True, False)
    assert ("goes on" in second, "begins earlier" in second) == (False, True)


def test_a_chunk_is_found_by_its_number(curator_client, pdf):
    assert curator_client.get(address(pdf), {"chunk": 2}).context["number"] == 3


@pytest.mark.parametrize(
    ("asked", "shown"), [("0", 1), ("99", 3), ("-1", 1), ("x", 1), ("²", 1), ("9" * 30, 1)]
)
def test_a_page_that_does_not_exist_becomes_one_that_does(curator_client, pdf, asked, shown):
    assert curator_client.get(address(pdf), {"page": asked}).context["number"] == shown


@pytest.mark.parametrize("asked", ["0", "99", "x", "²", "9" * 30])
def test_a_chunk_that_does_not_exist_shows_the_first_page(curator_client, pdf, asked):
    assert curator_client.get(address(pdf), {"chunk": asked}).context["number"] == 1


def test_a_page_without_text_says_how_to_mend_it(curator_client):
    source = ready_pdf(FIRST, "")

    page = curator_client.get(address(source), {"page": 2})

    assert "run OCR on the file" in page.text


def test_a_page_tells_what_was_left_out_of_it(curator_client, pdf):
    left_out = {1: [], 2: ["The <b>Handbook</b>", "Page 2 of 3"], 3: []}
    pages = [{"number": n, "characters": 20, "left_out": lines} for n, lines in left_out.items()]
    Revision.objects.filter(pk=pdf.live_revision_id).update(report={"page_count": 3, "pages": pages})

    first, second = (curator_client.get(address(pdf), {"page": number}).text for number in (1, 2))

    assert "Left out as running head, running foot or page number:" not in first
    assert "The &lt;b&gt;Handbook&lt;/b&gt;" in second
    assert "Page 2 of 3" in second


def test_a_text_without_pages_is_shown_with_its_chunks_and_without_a_picture(curator_client):
    source = ready_text()

    page = curator_client.get(address(source))

    assert stretches(page) == [(source.text, [1])]
    assert "<img" not in page.text.split('id="content-main"')[1]


def test_a_long_text_is_shown_in_parts(curator_client):
    source = ready_text("\n\n".join(f"Paragraph {n}. " + "Words go on. " * 60 for n in range(30)))

    page = curator_client.get(address(source))

    assert page.context["count"] > 1
    assert sum(len(text) for text, _ in stretches(page)) <= PART_LENGTH


def test_a_source_that_was_never_read_says_what_will_appear(curator_client):
    page = curator_client.get(address(TextSourceFactory()))

    assert "Nothing has been read yet." in page.text


def test_text_cannot_bring_markup(curator_client):
    page = curator_client.get(address(ready_text("Set <script>alert(1)</script> to 120 degrees.")))

    assert "<script>alert(1)" not in page.text


def test_many_chunks_take_as_many_queries_as_one(curator_client):
    counts = []
    for text in ("Short.", "\n\n".join("Words go on. " * 100 for _ in range(6))):
        source = ready_text(text)
        with CaptureQueriesContext(connection) as captured:
            curator_client.get(address(source))
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_vectors_are_not_loaded(curator_client, pdf):
    with CaptureQueriesContext(connection) as captured:
        curator_client.get(address(pdf))

    assert not [query for query in captured if '"knowledge_chunk"."embedding"' in query["sql"]]


def test_what_is_missing_and_what_is_forbidden_are_not_shown(curator_client, client, pdf):
    assert curator_client.get(reverse("admin:knowledge_source_reading", args=[10**6])).status_code == 404
    assert client.get(address(pdf)).status_code == 302


def test_the_bars_of_the_report_lead_to_the_pages(curator_client, pdf):
    pages = [{"number": n, "characters": 20, "has_images": False} for n in (1, 2, 3)]
    pdf.live_revision.report = {"pages": pages, "page_count": 3}
    pdf.live_revision.save()

    report = curator_client.get(reverse("admin:knowledge_source_change", args=[pdf.pk])).text

    assert f"{address(pdf)}?page=3#page" in report
