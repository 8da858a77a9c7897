"""The page that adds PDFs, addresses and texts."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from knowledge import intake
from knowledge.models import Collection, Original, Source
from tests.factories import CollectionFactory, UserFactory

ADD = reverse("admin:knowledge_source_add")
LIST = reverse("admin:knowledge_source_changelist")
REPLACE = reverse("admin:knowledge_source_replace")
PDF = b"%PDF-1.4 first"
OTHER_PDF = b"%PDF-1.4 second"


@pytest.fixture
def collection(db):
    return CollectionFactory(name="Guides")


def pdf(name, content=PDF):
    return SimpleUploadedFile(name, content, "application/pdf")


def add(client, collection, **given):
    return client.post(ADD, {"collection": collection.pk, "refresh_interval": "weekly", **given})


def test_pdfs_addresses_and_a_text_are_added_at_once(curator_client, administrator, collection):
    response = add(
        curator_client,
        collection,
        pdfs=[pdf("a.pdf"), pdf("b.pdf", OTHER_PDF)],
        addresses="https://example.org/one\nhttps://example.org/two\n",
        title="Hours",
        text="We open at nine.",
    )

    assert response.headers["Location"] == LIST
    added = Source.objects.filter(collection=collection, owner=administrator)
    assert sorted(added.values_list("kind", flat=True)) == ["pdf", "pdf", "text", "url", "url"]
    assert set(added.filter(kind="url").values_list("refresh_interval", flat=True)) == {"weekly"}
    assert all(source.jobs.count() == 1 for source in added)


def test_what_is_refused_stays_in_the_form_and_the_rest_is_added(curator_client, collection):
    page = add(curator_client, collection, addresses="https://example.org/good\nno address")

    assert Source.objects.get().url == "https://example.org/good"
    assert "A space stands in it." in page.content.decode()
    assert page.context["form"]["addresses"].value() == "no address"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"just words", "is not a PDF. Save the document as a PDF and upload that."),
        (b"", "is empty."),
        (b"%PDF-" + b"0" * intake.PDF_BYTES, "50 MB are taken at most."),
    ],
)
def test_a_bad_upload_is_refused_with_its_reason(curator_client, collection, content, reason):
    page = add(curator_client, collection, pdfs=[pdf("guide.pdf", content)])

    assert reason in page.content.decode()
    assert not Source.objects.exists()


def test_the_same_file_again_is_named_as_a_duplicate(curator_client, collection):
    add(curator_client, collection, pdfs=[pdf("guide.pdf")])
    first = Source.objects.get()

    page = add(curator_client, collection, pdfs=[pdf("copy.pdf")]).content.decode()

    assert "There already, nothing to do" in page
    assert reverse("admin:knowledge_source_change", args=[first.pk]) in page
    assert Source.objects.count() == 1


def test_another_file_of_the_same_name_can_take_its_place(curator_client, collection):
    add(curator_client, collection, pdfs=[pdf("guide.pdf")])
    source = Source.objects.get()

    page = add(curator_client, collection, pdfs=[pdf("guide.pdf", OTHER_PDF)])
    token = page.context["outcome"].replaceable[0]["token"]
    response = curator_client.post(REPLACE, {"token": token})

    source.refresh_from_db()
    assert response.headers["Location"] == reverse("admin:knowledge_source_change", args=[source.pk])
    assert source.original.read() == OTHER_PDF
    assert Source.objects.count() == 1


def test_a_file_that_was_to_replace_another_does_so_at_once(curator_client, collection):
    add(curator_client, collection, pdfs=[pdf("guide.pdf")])
    source = Source.objects.get()

    response = add(curator_client, collection, pdfs=[pdf("guide.pdf", OTHER_PDF)], replace=["guide.pdf"])

    source.refresh_from_db()
    assert response.headers["Location"] == LIST
    assert source.original.read() == OTHER_PDF
    assert Source.objects.count() == 1


def test_only_the_files_that_were_named_are_replaced(curator_client, collection):
    add(curator_client, collection, pdfs=[pdf("a.pdf"), pdf("b.pdf", b"%PDF-1.4 third")])
    files = [pdf("a.pdf", OTHER_PDF), pdf("b.pdf", b"%PDF-1.4 fourth")]

    page = add(curator_client, collection, pdfs=files, replace=["a.pdf"])

    assert [source.file_name for source in page.context["outcome"].replaced] == ["a.pdf"]
    assert [offer["source"].file_name for offer in page.context["outcome"].replaceable] == ["b.pdf"]
    assert Source.objects.get(file_name="b.pdf").original.read() == b"%PDF-1.4 third"


def test_who_may_add_but_not_change_replaces_nothing(client, collection):
    intake.add_pdf(PDF, "guide.pdf", collection=collection)
    helper = UserFactory(is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename="add_source"))
    collection.curators.add(helper)
    client.force_login(helper)

    add(client, collection, pdfs=[pdf("guide.pdf", OTHER_PDF)], replace=["guide.pdf"])

    assert Source.objects.get().original.read() == PDF


def test_a_forged_offer_replaces_nothing(curator_client, collection):
    add(curator_client, collection, pdfs=[pdf("guide.pdf")])
    Original.objects.keep(OTHER_PDF, "application/pdf")

    response = curator_client.post(REPLACE, {"token": "forged"}, follow=True)

    assert "Upload the file again." in response.content.decode()
    assert Source.objects.get().original.read() == PDF


def test_a_text_needs_a_title_and_is_kept_meanwhile(curator_client, collection):
    page = add(curator_client, collection, text="We open at nine.").content.decode()

    assert "Give the text a title" in page
    assert "We open at nine.</textarea>" in page
    assert not Source.objects.exists()


def test_nothing_at_all_is_refused(curator_client, collection):
    page = add(curator_client, collection).content.decode()

    assert "Choose a PDF, paste an address, or write a text." in page


def test_the_first_source_brings_a_collection_with_it(curator_client):
    curator_client.post(ADD, {"addresses": "https://example.org/one"})

    assert Source.objects.get().collection == Collection.objects.get()


def test_staff_who_may_only_look_cannot_add(onlooker_client, collection):
    assert onlooker_client.get(ADD).status_code == 403
    assert add(onlooker_client, collection, addresses="https://example.org/one").status_code == 403
    assert onlooker_client.post(REPLACE, {"token": "any"}).status_code == 403
    assert not Source.objects.exists()
