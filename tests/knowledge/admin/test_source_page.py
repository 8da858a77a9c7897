"""The page of one source: what was read, and its settings."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from knowledge import intake
from knowledge.admin.reading import page_runs
from knowledge.models import Job, Revision, Source
from tests.factories import CollectionFactory, TextSourceFactory, ready_text

PDF = b"%PDF-1.4 first"


def address(source):
    return reverse("admin:knowledge_source_change", args=[source.pk])


def settings_of(source, **changes):
    """What the form posts if nothing but `changes` is touched."""
    fields = {
        "title": source.title,
        "collection": source.collection_id,
        "owner": source.owner_id or "",
        "review_by": "",
    }
    fields |= {"enabled": "on"} if source.enabled else {}
    if source.kind == Source.Kind.URL:
        fields |= {"url": source.url, "refresh_interval": source.refresh_interval}
    if source.kind == Source.Kind.TEXT:
        fields |= {"text": source.text}
    return {name: value for name, value in (fields | changes).items() if value is not None}


@pytest.fixture
def page_source(db):
    return Source.objects.create(
        kind=Source.Kind.URL, url="https://example.org/guide", collection=CollectionFactory(), title="Guide"
    )


@pytest.fixture
def pdf_source(db):
    return intake.add_pdf(PDF, "guide.pdf", collection=CollectionFactory()).added[0]


def test_the_report_names_pages_without_text(curator_client):
    source = ready_text()
    pages = [(1, 900, False), (2, 0, False), (3, 0, True), (4, 0, True)]
    report = {
        "reader": "pdfium",
        "seconds": 0.5,
        "page_count": 5,
        "warnings": ["The file is damaged; <b>most</b> of it could be read."],
        "pages": [
            {"number": n, "characters": characters, "has_images": images} for n, characters, images in pages
        ],
    }
    Revision.objects.filter(pk=source.live_revision_id).update(report=report)

    page = curator_client.get(address(source)).content.decode()

    assert "pdfium" in page
    reading = reverse("admin:knowledge_source_reading", args=[source.pk])
    assert f'Empty pages: <a class="k-link" href="{reading}?page=2#page">2</a>' in page
    assert f'Pages with a picture but no text: <a class="k-link" href="{reading}?page=3#page">3–4</a>' in page
    assert "1 page was not read." in page
    assert "&lt;b&gt;most&lt;/b&gt;" in page


def test_the_report_notes_what_was_left_out_as_information(curator_client):
    source = ready_text()
    notes = [
        "A running head was left out on 2 of 3 pages: “The <b>Handbook</b>”",
        "The page number was left out.",
    ]
    Revision.objects.filter(pk=source.live_revision_id).update(report={"notes": notes})

    page = curator_client.get(address(source)).content.decode()

    (shown,) = re.findall(r'<p class="k-note k-grey">(A running head.*?)</p>', page)
    assert "The &lt;b&gt;Handbook&lt;/b&gt;”<br>The page number" in shown


def test_pages_that_follow_each_other_are_named_as_a_range():
    assert page_runs([1, 2, 3, 7, 9, 10]) == [(1, "1–3"), (7, "7"), (9, "9–10")]
    assert page_runs([]) == []


def test_a_source_that_was_never_read_says_what_will_appear(curator_client, pdf_source):
    page = curator_client.get(address(pdf_source)).content.decode()

    assert "As soon as a worker has read the source" in page


def test_moving_it_takes_its_chunks_along(curator_client):
    source, target = ready_text(), CollectionFactory()

    curator_client.post(address(source), settings_of(source, collection=target.pk))

    source.refresh_from_db()
    assert source.collection == target
    assert set(source.chunks.values_list("collection", flat=True)) == {target.pk}


def test_disabling_it_silences_its_chunks(curator_client):
    source = ready_text()

    curator_client.post(address(source), settings_of(source, enabled=None))

    source.refresh_from_db()
    assert not source.enabled
    assert not source.chunks.filter(live=True).exists()


def test_a_refresh_interval_sets_the_next_refresh(curator_client, page_source):
    curator_client.post(address(page_source), settings_of(page_source, refresh_interval="daily"))

    page_source.refresh_from_db()
    assert page_source.refresh_interval == "daily"
    assert page_source.next_refresh_at is not None


def test_a_changed_text_is_read_again(curator_client):
    source = ready_text()

    curator_client.post(address(source), settings_of(source, text="We open at ten."))

    source.refresh_from_db()
    assert source.text == "We open at ten."
    assert source.jobs.filter(state=Job.State.QUEUED, purpose=Job.Purpose.REREAD).count() == 1


def test_a_changed_address_is_read_again(curator_client, page_source):
    curator_client.post(address(page_source), settings_of(page_source, url="https://example.org/new"))

    page_source.refresh_from_db()
    assert page_source.url == "https://example.org/new"
    assert page_source.jobs.count() == 1


def test_settings_that_do_not_touch_the_document_ask_for_no_reading(curator_client, page_source):
    curator_client.post(
        address(page_source), settings_of(page_source, title="Better title", review_by="2030-01-31")
    )

    page_source.refresh_from_db()
    assert (page_source.title, str(page_source.review_by)) == ("Better title", "2030-01-31")
    assert not page_source.jobs.exists()


def test_an_address_that_is_there_already_is_refused(curator_client, page_source):
    other = Source.objects.create(kind="url", url="https://example.org/2", collection=page_source.collection)

    page = curator_client.post(address(other), settings_of(other, url=page_source.url)).content.decode()

    assert "This collection has a source with this address already." in page


def test_the_settings_of_a_page_of_an_intranet_are_saved(curator_client, page_source):
    Source.objects.filter(pk=page_source.pk).update(url="http://wiki/start")
    page_source.refresh_from_db()

    curator_client.post(address(page_source), settings_of(page_source, title="Better title"))

    page_source.refresh_from_db()
    assert (page_source.title, page_source.url) == ("Better title", "http://wiki/start")


@pytest.mark.parametrize("url", ["no address", "ftp://example.org/"])
def test_what_is_no_address_is_refused(curator_client, page_source, url):
    page = curator_client.post(address(page_source), settings_of(page_source, url=url)).content.decode()

    page_source.refresh_from_db()
    assert page_source.url == "https://example.org/guide"
    assert "https:// or http://" in page


def test_a_pdf_is_replaced_and_read_again(curator_client, pdf_source):
    file = SimpleUploadedFile("guide-2.pdf", b"%PDF-1.4 second")

    curator_client.post(address(pdf_source), settings_of(pdf_source, replacement=file))

    pdf_source.refresh_from_db()
    assert pdf_source.original.read() == b"%PDF-1.4 second"
    assert pdf_source.file_name == "guide-2.pdf"
    assert pdf_source.jobs.get().purpose == Job.Purpose.REREAD


def test_a_replacement_that_is_no_pdf_is_refused(curator_client, pdf_source):
    file = SimpleUploadedFile("guide.pdf", b"words")

    page = curator_client.post(
        address(pdf_source), settings_of(pdf_source, replacement=file)
    ).content.decode()

    pdf_source.refresh_from_db()
    assert pdf_source.original.read() == PDF
    assert "guide.pdf is not a PDF. Save the document as a PDF and upload that." in page


def test_a_text_cannot_get_a_file(curator_client):
    source = TextSourceFactory()
    file = SimpleUploadedFile("guide.pdf", PDF)

    curator_client.post(address(source), settings_of(source, replacement=file))

    source.refresh_from_db()
    assert source.original is None


@pytest.mark.parametrize(("given", "purpose"), [({}, "refresh"), ({"forced": "1"}, "reread")])
def test_its_buttons_ask_for_a_reading(curator_client, page_source, given, purpose):
    curator_client.post(reverse("admin:knowledge_source_refresh", args=[page_source.pk]), given)

    assert page_source.jobs.get().purpose == purpose


def test_a_link_alone_starts_no_reading(curator_client, page_source):
    response = curator_client.get(reverse("admin:knowledge_source_refresh", args=[page_source.pk]))

    assert response.status_code == 405
    assert not page_source.jobs.exists()


def test_who_may_only_look_sees_no_button_and_cannot_post(onlooker_client, page_source):
    refresh = reverse("admin:knowledge_source_refresh", args=[page_source.pk])

    page = onlooker_client.get(address(page_source)).content.decode()
    refused = [
        onlooker_client.post(refresh).status_code,
        onlooker_client.post(address(page_source), settings_of(page_source, title="Mine")).status_code,
    ]

    page_source.refresh_from_db()
    assert refresh not in page
    assert refused == [403, 403]
    assert page_source.title == "Guide"


def test_who_may_only_look_sees_the_page_of_a_pdf(onlooker_client, pdf_source):
    page = onlooker_client.get(address(pdf_source)).content.decode()

    assert "guide.pdf" in page
    assert 'type="file"' not in page


def test_where_reading_failed_nothing_is_promised(curator_client):
    source = TextSourceFactory()
    source.note_failure("The server says that there is no such page.")

    page = curator_client.get(reverse("admin:knowledge_source_change", args=[source.pk])).content.decode()

    assert "there is no such page" in page
    assert "As soon as a worker has read the source" not in page
