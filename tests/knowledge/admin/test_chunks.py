"""Chunks in reading order, and revisions page by page."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from knowledge.admin.revision import PART, parts_of
from tests.factories import ready_text

LIST = reverse("admin:knowledge_chunk_changelist")
LONG_TEXT = "\n\n".join(f"Paragraph {n} about heaters. " + "Words go on. " * 60 for n in range(12))


def chunks_of(client, source):
    return client.get(LIST, {"source__id__exact": source.pk})


def test_the_chunks_of_one_source_come_in_reading_order(curator_client):
    source, _other = ready_text(LONG_TEXT), ready_text("Another text, about windows and doors.")

    page = chunks_of(curator_client, source)

    shown = [chunk.ordinal for chunk in page.context["cl"].result_list]
    assert shown == list(range(source.chunks.count()))
    assert len(shown) > 2


def test_each_chunk_leads_to_its_place_in_the_text(curator_client):
    source = ready_text(LONG_TEXT)

    page = chunks_of(curator_client, source).text

    assert f"{reverse('admin:knowledge_source_reading', args=[source.pk])}?chunk=2#text-2" in page


def test_vectors_are_not_loaded_for_the_list(curator_client):
    source = ready_text(LONG_TEXT)

    with CaptureQueriesContext(connection) as captured:
        chunks_of(curator_client, source)

    assert not [query for query in captured if '"knowledge_chunk"."embedding"' in query["sql"]]


def test_the_list_takes_as_many_queries_for_many_chunks_as_for_one(curator_client):
    counts = []
    for source in (ready_text(), ready_text(LONG_TEXT)):
        with CaptureQueriesContext(connection) as captured:
            chunks_of(curator_client, source)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_chunks_and_revisions_cannot_be_changed(curator_client):
    source = ready_text()
    chunk = reverse("admin:knowledge_chunk_change", args=[source.chunks.get().pk])
    revision = reverse("admin:knowledge_revision_change", args=[source.live_revision_id])

    assert [curator_client.post(chunk).status_code, curator_client.post(revision).status_code] == [403, 403]


def test_the_page_of_a_chunk_leads_back_to_its_source_and_says_how_to_mend_it(curator_client):
    source = ready_text(title="Heaters")

    page = curator_client.get(reverse("admin:knowledge_chunk_change", args=[source.chunks.get().pk])).text

    assert "Chunk 1 of Heaters" in page
    assert f'href="{reverse("admin:knowledge_source_reading", args=[source.pk])}"' in page
    assert "To mend it, mend the source" in page


def test_the_page_of_a_revision_names_its_source(curator_client):
    source = ready_text(title="Heaters")

    page = curator_client.get(reverse("admin:knowledge_revision_change", args=[source.live_revision_id])).text

    assert "Revision 1 of Heaters" in page


def test_a_revision_shows_its_text_escaped(curator_client):
    source = ready_text("Set it to <script>alert(1)</script> 120 degrees Fahrenheit.")

    page = curator_client.get(reverse("admin:knowledge_revision_change", args=[source.live_revision_id]))

    assert "&lt;script&gt;alert(1)&lt;/script&gt; 120 degrees" in page.content.decode()


def test_a_paged_text_is_cut_into_its_pages():
    assert parts_of("one\ftwo\f\ffour") == ["one", "two", "", "four"]


def test_a_long_text_without_pages_is_cut_between_paragraphs():
    text = "\n\n".join(["word " * 1000] * 10)

    parts = parts_of(text)

    assert "\n\n".join(parts) == text
    assert all(len(part) < 2 * PART for part in parts)
    assert len(parts) > 1
