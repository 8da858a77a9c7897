"""What a citation opens."""

import pytest
from django.urls import reverse

from knowledge.models import Chunk, Original, Source
from tests.factories import CollectionFactory, UserFactory, ready_text
from tests.knowledge.revisions import chunk, ready_pdf, with_revision

pytestmark = pytest.mark.django_db


def test_a_page_shows_its_text_with_the_passage_marked_and_its_picture(client):
    source = ready_pdf("First page.", "Heaters. Set it to 120 °F. Save energy.", "Third page.")
    passage = chunk(source, "Set it to 120 °F.")

    response = client.get(source.page_url(2, passage.pk))

    assert response.status_code == 200
    assert 'Heaters. <mark id="passage">Set it to 120 °F.</mark> Save energy.' in response.text
    assert f"/sources/{source.pk}/pages/2.png?of=" in response.text
    assert "<span>2 of 3</span>" in response.text
    assert "First page" not in response.text


def test_a_page_brings_the_viewer_with_the_place_of_the_document_and_the_passage(client):
    source = ready_pdf("First page.", "Heaters. Set it & save </script>.", "Third page.")
    passage = chunk(source, "Set it & save </script>.")

    response = client.get(source.page_url(2, passage.pk))

    assert f'data-url="/sources/{source.pk}/original/"' in response.text
    assert f'data-size="{source.original.size}"' in response.text
    assert source.original.sha256 in response.text
    assert '[[2, "Set it \\u0026 save \\u003C/script\\u003E."]]' in response.text


def test_only_the_page_of_the_viewer_names_workers(client):
    source = ready_pdf("One.")

    policy = client.get(source.page_url(1))["Content-Security-Policy"]

    assert "worker-src 'self'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "worker-src" not in client.get("/")["Content-Security-Policy"]


def test_the_text_as_it_was_read_is_a_view_of_its_own_that_the_steps_keep(client):
    source = ready_pdf("One.", "Two.", "Three.")
    passage = chunk(source, "Two.")
    viewer = client.get(source.page_url(2, passage.pk)).text
    assert f'href="?passage={passage.pk}&amp;view=text&amp;back=%2F"' in viewer

    text = client.get(f"{source.page_url(2, passage.pk)}&view=text").text

    assert 'id="viewer"' not in text
    assert "<noscript>" not in text
    assert 'alt="Picture of page 2"' in text
    assert f"/pages/3/?passage={passage.pk}&amp;view=text&amp;back=%2F" in text
    assert f'href="?passage={passage.pk}&amp;back=%2F"' in text


def test_a_passage_over_two_pages_is_marked_on_both(client):
    source = ready_pdf("Before. It begins", "and ends. After.")
    passage = chunk(source, "It begins\fand ends.")

    first = client.get(source.page_url(1, passage.pk))
    second = client.get(source.page_url(2, passage.pk))

    assert 'Before. <mark id="passage">It begins</mark>' in first.text
    assert '<mark id="passage">and ends.</mark> After.' in second.text


def test_from_a_page_one_comes_to_its_neighbours_and_keeps_the_passage(client):
    source = ready_pdf("One.", "Two.", "Three.")
    passage = chunk(source, "Two.")

    middle = client.get(source.page_url(2, passage.pk)).text
    first = client.get(source.page_url(1)).text
    last = client.get(source.page_url(3)).text

    assert f'rel="prev" href="/sources/{source.pk}/pages/1/?passage={passage.pk}' in middle
    assert f'rel="next" href="/sources/{source.pk}/pages/3/?passage={passage.pk}' in middle
    assert 'rel="prev"' not in first
    assert 'rel="next"' not in last


@pytest.mark.parametrize("number", [0, 3, 10**12])
def test_a_page_that_the_document_does_not_have_is_not_found(client, number):
    source = ready_pdf("One.", "Two.")

    assert client.get(source.page_url(1).replace("/1/", f"/{number}/")).status_code == 404
    assert client.get(f"/sources/{source.pk}/pages/{number}.png").status_code == 404


def test_a_page_without_text_says_so(client):
    source = ready_pdf("One.", "")

    assert "No text was found on this page." in client.get(source.page_url(2)).text


def test_a_passage_of_an_earlier_reading_is_not_marked_at_a_wrong_place(client):
    source = ready_pdf("Set it to 120 °F.")
    passage = chunk(source, "Set it to 120 °F.")
    with_revision(source, "Now it says something else.", source.original, number=2)

    response = client.get(source.page_url(1, passage.pk))

    assert "<mark" not in response.text
    assert "has been read again since" in response.text


@pytest.mark.parametrize(
    "query", ["passage=x", "passage=-1", "passage=99999999999999999999", "passage=", "part=x"]
)
def test_a_passage_that_does_not_exist_is_passed_over(client, query):
    source = ready_pdf("One.")

    response = client.get(f"{source.page_url(1)}?{query}")

    assert response.status_code == 200
    assert "<mark" not in response.text


def test_a_passage_of_another_source_is_not_shown(client):
    secret = ready_pdf("The secret plan.", collection=CollectionFactory(access="signed_in"))
    passage = chunk(secret, "The secret plan.")
    source = ready_pdf("Nothing here.")

    response = client.get(source.page_url(1, passage.pk))

    assert "<mark" not in response.text
    assert "secret" not in response.text


def test_what_one_may_not_read_looks_as_if_it_did_not_exist(client):
    secret = ready_pdf("The secret plan.", collection=CollectionFactory(access="signed_in"))
    missing = secret.pk + 1
    paths = ["", "pages/1/", "pages/1.png", "original/"]

    answers = [client.get(f"/sources/{pk}/{path}") for pk in (secret.pk, missing) for path in paths]

    assert [answer.status_code for answer in answers] == [404] * 8


def test_a_reader_opens_what_is_for_signed_in_users(client):
    source = ready_pdf("The plan.", collection=CollectionFactory(access="signed_in"))
    client.force_login(UserFactory())

    assert "The plan." in client.get(source.page_url(1)).text


def test_a_disabled_source_is_closed_to_readers_and_open_to_staff(client):
    source = ready_pdf("Draft.", enabled=False)

    assert client.get(source.page_url(1)).status_code == 404
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert client.get(source.page_url(1)).status_code == 200


def test_the_picture_of_a_page_is_a_png_that_the_browser_may_keep(client):
    source = ready_pdf("One.")

    response = client.get(f"/sources/{source.pk}/pages/1.png")

    assert response.content.startswith(b"\x89PNG")
    assert response["Content-Type"] == "image/png"
    assert "private" in response["Cache-Control"]


def test_a_page_that_cannot_be_drawn_has_no_picture(client):
    source = ready_pdf("One.")
    with_revision(source, "One.", Original.objects.keep(b"%PDF-1.7 broken", "application/pdf"), number=2)

    assert client.get(f"/sources/{source.pk}/pages/1.png").status_code == 404
    assert client.get(source.page_url(1)).status_code == 200


def test_the_original_is_saved_and_never_shown_in_this_sites_name(client):
    source = ready_pdf("One.")

    response = client.get(reverse("knowledge:original", args=[source.pk]))

    assert response.content == source.original.read()
    assert response["Content-Disposition"] == 'attachment; filename="guide.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_the_original_of_a_web_page_is_named_after_its_title(client):
    page = Original.objects.keep(b"<script>alert(1)</script>", "text/html")
    source = Source.objects.create(
        kind=Source.Kind.URL, url="https://example.org/", title='A "page"', collection=CollectionFactory()
    )
    with_revision(source, "A page.", page)

    response = client.get(reverse("knowledge:original", args=[source.pk]))

    assert response["Content-Disposition"] == 'attachment; filename="a-page.html"'


def test_a_text_has_no_original_and_no_pages(client):
    source = ready_text()

    assert client.get(f"/sources/{source.pk}/original/").status_code == 404
    assert client.get(f"/sources/{source.pk}/pages/1/").status_code == 404


def test_an_original_that_was_lost_is_not_found(client):
    source = ready_pdf("One.")
    source.original.file.storage.delete(source.original.file.name)

    assert client.get(f"/sources/{source.pk}/original/").status_code == 404


def test_a_pdf_opens_at_the_page_of_the_passage(client):
    source = ready_pdf("One.", "Two.")
    passage = chunk(source, "Two.")
    Chunk.objects.filter(pk=passage.pk).update(first_page=2, last_page=2)

    assert client.get(source.get_absolute_url()).url == source.page_url(1)
    assert client.get(f"{source.get_absolute_url()}?passage={passage.pk}").url == source.page_url(
        2, passage.pk
    )


def test_a_text_is_shown_with_the_passage_marked(client):
    source = ready_text("Heaters are hot. " * 3, title="Heaters")
    passage = source.chunks.get()

    response = client.get(source.page_url(None, passage.pk))

    assert f'<mark id="passage">{passage.text}</mark>' in response.text
    assert "Heaters" in response.text


def test_of_a_long_text_the_part_with_the_passage_is_shown(client):
    source = ready_text()
    with_revision(source, "filler words\n" * 200_000 + "The needle.\n" + "filler words\n" * 200_000, number=2)
    passage = chunk(source, "The needle.")

    response = client.get(source.page_url(None, passage.pk))

    assert '<mark id="passage">The needle.</mark>' in response.text
    assert len(response.content) < 40_000
    assert 'rel="prev"' in response.text
    assert 'rel="next"' in response.text


def test_a_part_that_the_text_does_not_have_is_not_found(client):
    source = ready_text()

    assert client.get(f"{source.get_absolute_url()}?part=1").status_code == 200
    assert client.get(f"{source.get_absolute_url()}?part=2").status_code == 404


def test_markup_in_a_text_is_shown_as_text(client):
    source = ready_text("<script>alert(1)</script> is markup.", title="<b>Markup</b>")

    response = client.get(source.get_absolute_url())

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in response.text
    assert "&lt;b&gt;Markup&lt;/b&gt;" in response.text
    assert "<script>alert" not in response.text


def test_staff_see_that_a_source_has_not_been_read_yet(client):
    source = Source.objects.create(kind=Source.Kind.TEXT, text="Later.", collection=CollectionFactory())
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    assert "has not been read yet" in client.get(source.get_absolute_url()).text


def test_the_way_back_leads_to_the_conversation_from_page_to_page(client):
    source = ready_pdf("One.", "Two.")
    conversation = "/c/8d4f8a52-3a4c-4f6f-9a5e-0c2f0f5b7a11/"

    first = client.get(source.page_url(1), headers={"Referer": f"http://testserver{conversation}"}).text
    second = client.get(source.page_url(2), {"back": conversation}).text

    assert f'<a href="{conversation}">Back to the conversation</a>' in first
    assert "back=%2Fc%2F8d4f8a52-3a4c-4f6f-9a5e-0c2f0f5b7a11%2F" in first
    assert f'<a href="{conversation}">Back to the conversation</a>' in second


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "/admin/",
        "http://testserver//evil.example/",
        "\\\\evil.example",
    ],
)
def test_the_way_back_leads_nowhere_else(client, back):
    source = ready_pdf("One.")

    response = client.get(source.page_url(1), {"back": back}, headers={"Referer": back})

    assert '<a href="/">Back to the conversation</a>' in response.text
