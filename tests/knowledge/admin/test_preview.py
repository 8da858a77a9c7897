"""What the page that adds sources says before anything is sent."""

import json

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from knowledge import intake
from knowledge.admin.preview import FILES_AT_ONCE
from knowledge.models import Source
from tests.factories import CollectionFactory, UserFactory

PREVIEW = reverse("admin:knowledge_source_preview")
PDF = b"%PDF-1.4 first"


@pytest.fixture(autouse=True)
def originals(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def collection(db):
    return CollectionFactory(name="Guides")


def file(name, **changes):
    return {"name": name, "size": 20, "begins_as_pdf": True, "sha256": "0" * 64} | changes


def ask(client, collection, *files, addresses=""):
    given = {"collection": collection.pk, "addresses": addresses, "offered": json.dumps(files)}
    return client.post(PREVIEW, given)


def test_new_files_and_addresses_are_counted(curator_client, collection):
    page = ask(curator_client, collection, file("a.pdf"), addresses="https://example.org/").text

    assert page.count("1 new") == 2
    assert "a.pdf" in page
    assert not Source.objects.exists()


def test_a_file_of_the_same_name_may_be_replaced_there_and_then(curator_client, collection):
    (source,) = intake.add_pdf(PDF, "guide.pdf", collection=collection).added

    page = ask(curator_client, collection, file("guide.pdf")).text

    assert '<input type="checkbox" name="replace" value="guide.pdf">' in page
    assert reverse("admin:knowledge_source_change", args=[source.pk]) in page


def test_what_cannot_be_taken_says_why(curator_client, collection):
    page = ask(curator_client, collection, file("page.pdf", begins_as_pdf=False), addresses="no address").text

    assert "page.pdf is not a PDF. Save the document as a PDF and upload that." in page
    assert "A space stands in it." in page


def test_names_cannot_bring_markup(curator_client, collection):
    name = '"><script>alert(1)</script>'

    page = ask(curator_client, collection, file(name), addresses=name).text

    assert "<script>" not in page


def test_without_a_choice_the_oldest_collection_counts(curator_client, collection):
    intake.add_urls("https://example.org/", collection=collection)

    page = curator_client.post(PREVIEW, {"addresses": "https://example.org/"}).text

    assert "1 there already" in page


@pytest.mark.parametrize(
    "offered",
    [
        "{",
        '{"name": 1}',
        '["a.pdf"]',
        '[{"name": "a.pdf"}]',
        '[{"name": "a.pdf", "size": "x", "begins_as_pdf": 1}]',
    ],
)
def test_what_no_page_of_ours_sends_is_refused(curator_client, collection, offered):
    response = curator_client.post(PREVIEW, {"offered": offered})

    assert response.status_code == 400


def test_no_more_files_are_looked_at_than_one_form_may_hold(curator_client, collection):
    files = [file(f"{n}.pdf", sha256=f"{n:064}") for n in range(FILES_AT_ONCE + 1)]

    page = ask(curator_client, collection, *files).text

    assert f"{FILES_AT_ONCE} new" in page


def test_what_a_curator_does_not_care_for_is_not_told(client, collection):
    intake.add_urls("https://example.org/", collection=collection)
    curator = UserFactory(is_staff=True)
    curator.user_permissions.set(Permission.objects.filter(codename="add_source"))
    client.force_login(curator)

    response = ask(client, collection, addresses="https://example.org/")

    assert response.status_code == 400


def test_it_takes_the_permission_to_add(onlooker_client, collection):
    assert ask(onlooker_client, collection, addresses="https://example.org/").status_code == 403


def test_it_is_posted_only(curator_client):
    assert curator_client.get(PREVIEW).status_code == 405
