"""Adding sources: addresses, texts and uploaded files, and what is refused."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chat.models import Citation, Message, Session
from knowledge import intake, tasks
from knowledge.models import Collection, Job, Original, Source
from tests.factories import CollectionFactory, TextSourceFactory, ready_text
from tests.pdf import pdf_with_text

pytestmark = pytest.mark.django_db

SOURCES = "/api/v1/sources/"
GUIDE = pdf_with_text(["Set the water heater\nto 120 degrees Fahrenheit.", "Caulk the windows in autumn."])
OTHER = pdf_with_text(["Set the water heater\nto 110 degrees Fahrenheit."])


def upload(client, content=GUIDE, name="guide.pdf", **fields):
    file = SimpleUploadedFile(name, content, "application/pdf")
    return client.post(SOURCES, {"file": file, **fields}, format="multipart")


def replace(client, source_id, content, name="guide.pdf"):
    file = SimpleUploadedFile(name, content, "application/pdf")
    return client.put(f"{SOURCES}{source_id}/file/", {"file": file}, format="multipart")


# --- addresses and texts ---


def test_an_address_becomes_a_source_with_a_job(by_curator, curator):
    CollectionFactory(slug="web")

    added = by_curator.post(
        SOURCES,
        {"url": "example.org/a#b", "collection": "web", "refresh_interval": "weekly", "title": "Start"},
    )

    told = added.json()
    assert (added.status_code, told["duplicate"], told["status"]) == (201, False, "reading")
    assert (told["url"], told["name"], told["collection"]) == ("https://example.org/a", "Start", "web")
    assert (told["owner"], told["refresh_interval"]) == (curator.email, "weekly")
    assert told["job"]["state"] == Job.State.QUEUED


@pytest.mark.parametrize(
    "offer", [{"url": "https://example.org/"}, {"title": "Hours", "text": "From nine to five."}]
)
def test_what_is_there_already_is_told_not_refused(by_curator, offer):
    first = by_curator.post(SOURCES, offer).json()

    again = by_curator.post(SOURCES, offer)

    assert (again.status_code, again.json()["duplicate"], again.json()["id"]) == (200, True, first["id"])
    assert Source.objects.count() == 1


def test_several_addresses_have_an_outcome_each(by_curator):
    there = by_curator.post(SOURCES, {"url": "https://example.org/"}).json()["id"]

    answer = by_curator.post(SOURCES, {"urls": ["https://example.com/", "example.org", "ftp://example.org"]})

    added, duplicate, refused = answer.json()["outcomes"]
    assert answer.status_code == 207
    assert (added["outcome"], Source.objects.get(pk=added["source_id"]).url) == (
        "added",
        "https://example.com/",
    )
    assert (duplicate["outcome"], duplicate["source_id"]) == ("duplicate", there)
    assert (refused["outcome"], refused["source_id"], refused["url"]) == (
        "refused",
        None,
        "ftp://example.org",
    )
    assert "https://" in refused["detail"]


def test_without_a_collection_the_oldest_one_is_taken_and_made_if_there_is_none(by_curator):
    told = by_curator.post(SOURCES, {"url": "https://example.org/"}).json()

    assert told["collection"] == Collection.objects.get().slug == "library"


def test_a_text_is_read_until_it_answers(by_curator):
    told = by_curator.post(SOURCES, {"title": "Hours", "text": "The shop opens at nine."}).json()

    tasks.read(told["job"]["id"])

    ready = by_curator.get(f"{SOURCES}{told['id']}/").json()
    assert (ready["status"], ready["job"]["state"], ready["chunk_count"]) == ("ready", "done", 1)


@pytest.mark.parametrize(
    ("offer", "field"),
    [
        ({}, "non_field_errors"),
        ([], "non_field_errors"),
        ({"url": "https://example.org/", "text": "x", "title": "x"}, "non_field_errors"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://example.org/\0"}, "url"),
        ({"url": ["https://example.org/"]}, "url"),
        ({"urls": "https://example.org/"}, "urls"),
        ({"urls": []}, "urls"),
        ({"urls": ["https://example.org/"] * (intake.ADDRESSES_AT_ONCE + 1)}, "urls"),
        ({"text": "No title."}, "title"),
        ({"url": "https://example.org/", "collection": "nothing-like-it"}, "collection"),
        ({"url": "https://example.org/", "refresh_interval": "hourly"}, "refresh_interval"),
    ],
)
def test_an_offer_that_makes_no_sense_is_refused_by_name(by_curator, offer, field):
    refused = by_curator.post(SOURCES, offer)

    assert (refused.status_code, list(refused.json()["fields"])) == (400, [field])
    assert not Source.objects.exists()


def test_too_long_a_text_is_refused(by_curator):
    refused = by_curator.post(SOURCES, {"title": "Long", "text": "x" * (intake.TEXT_CHARACTERS + 1)})

    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_another_media_type_is_not_taken(by_curator, media_type):
    assert by_curator.post(SOURCES, b"url=x", content_type=media_type).status_code == 415


def test_a_form_is_taken_for_uploads_only(by_curator):
    source = TextSourceFactory()

    changed = by_curator.patch(f"{SOURCES}{source.pk}/", {"title": "New"}, format="multipart")

    assert changed.status_code == 415


# --- files ---


def test_an_uploaded_pdf_is_read_and_its_chunks_name_the_page(by_curator):
    told = upload(by_curator, title="Energy", collection=CollectionFactory().slug).json()
    before = (told["status"], told["file_name"], told["job"]["state"])

    tasks.read(told["job"]["id"])

    ready = by_curator.get(f"{SOURCES}{told['id']}/").json()
    chunks = by_curator.get(f"{SOURCES}{told['id']}/chunks/").json()["results"]
    assert before == ("reading", "guide.pdf", "queued")
    assert (ready["status"], ready["page_count"], ready["name"]) == ("ready", 2, "Energy")
    assert "120 degrees" in chunks[0]["text"]
    assert chunks[0]["page_url"] == f"/sources/{told['id']}/pages/1/?passage={chunks[0]['id']}"


def test_the_same_file_again_is_told_not_refused(by_curator):
    first = upload(by_curator).json()

    again = upload(by_curator, name="copy.pdf")

    assert (again.status_code, again.json()["duplicate"], again.json()["id"]) == (200, True, first["id"])


def test_another_file_of_the_same_name_is_refused_with_the_way_on(by_curator):
    there = upload(by_curator).json()["id"]

    refused = upload(by_curator, OTHER)

    assert (refused.status_code, refused.json()["code"]) == (409, "same_name")
    assert f"/api/v1/sources/{there}/file/" in refused.json()["detail"]
    assert replace(by_curator, there, OTHER).status_code == 200
    assert Source.objects.get().original.read() == OTHER


def test_a_replaced_file_answers_until_the_new_one_has_been_read(by_curator):
    told = upload(by_curator).json()
    tasks.read(told["job"]["id"])
    live = Source.objects.get().chunks.live()

    job = replace(by_curator, told["id"], OTHER, "new.pdf").json()["job"]["id"]
    before = "".join(live.values_list("text", flat=True))
    tasks.read(job)

    assert "120 degrees" in before
    assert "110 degrees" in live.get().text
    assert Source.objects.get().file_name == "new.pdf"


def test_only_what_was_uploaded_has_a_file_to_replace(by_curator):
    refused = replace(by_curator, ready_text().pk, GUIDE)

    assert (refused.status_code, refused.json()["code"]) == (400, "unusable")
    assert "not uploaded" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"<html>", 400, "guide.pdf is not a PDF. Save the document as a PDF and upload that."),
        (b"%PDF-1.7" + b"0" * intake.PDF_BYTES, 413, "50 MB"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_a_sentence(by_curator, content, status, words):
    there = upload(by_curator).json()["id"]

    for refused in (upload(by_curator, content), replace(by_curator, there, content)):
        assert refused.status_code == status
        assert words in refused.json()["detail"]
    assert Source.objects.get().original.read() == GUIDE


def test_an_empty_file_and_no_file_are_refused_by_name(by_curator):
    empty, missing = upload(by_curator, b""), by_curator.post(SOURCES, {"title": "x"}, format="multipart")
    words = by_curator.post(SOURCES, {"file": "words"}, format="multipart")

    for refused in (empty, missing, words):
        assert (refused.status_code, list(refused.json()["fields"])) == (400, ["file"])


def test_a_damaged_form_is_refused(by_curator):
    refused = by_curator.post(SOURCES, b"no parts", content_type="multipart/form-data; boundary=")

    assert (refused.status_code, refused.json()["code"]) == (400, "parse_error")


def test_a_form_with_more_fields_than_are_taken_is_refused(by_curator, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3

    refused = upload(by_curator, a="1", b="2", c="3", d="4")

    assert (refused.status_code, refused.json()["code"]) == (400, "parse_error")


def test_a_damaged_pdf_is_taken_and_its_job_says_what_is_wrong(by_curator):
    told = upload(by_curator, b"%PDF-1.7 and then nothing that a reader knows").json()

    tasks.read(told["job"]["id"])

    failed = by_curator.get(f"{SOURCES}{told['id']}/").json()
    assert (failed["status"], failed["job"]["state"]) == ("failed", "failed")
    assert failed["status_detail"] == failed["job"]["error"] != ""


# --- deleting ---


def test_deleting_takes_the_file_unless_another_source_needs_it(
    by_curator, django_capture_on_commit_callbacks
):
    first = upload(by_curator, collection=CollectionFactory().slug).json()["id"]
    second = upload(by_curator, collection=CollectionFactory().slug).json()["id"]
    kept = Original.objects.get()

    with django_capture_on_commit_callbacks(execute=True):
        by_curator.delete(f"{SOURCES}{first}/")
    while_needed = kept.read()
    with django_capture_on_commit_callbacks(execute=True):
        by_curator.delete(f"{SOURCES}{second}/")

    assert while_needed == GUIDE
    assert not Original.objects.exists()
    assert not kept.file.storage.exists(kept.file.name)


def test_citations_in_conversations_keep_their_text(by_curator, curator):
    source = ready_text(title="Heating")
    message = Message.objects.create(
        session=Session.objects.create(user=curator),
        role="assistant",
        kind="extract",
        content="120 degrees [1]",
    )
    Citation.objects.create(
        message=message, number=1, source=source, title="Heating", text="Set it to 120 degrees.", url="/x"
    )

    by_curator.delete(f"{SOURCES}{source.pk}/")

    citation = message.citations.get()
    assert (citation.source, citation.title, citation.text) == (None, "Heating", "Set it to 120 degrees.")
