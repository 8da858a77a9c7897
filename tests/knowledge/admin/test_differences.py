"""What changed between two revisions of a source."""

import pytest
from django.urls import reverse

from tests.factories import UserFactory, read, ready_text
from tests.knowledge.revisions import ready_pdf, with_revision


@pytest.fixture(autouse=True)
def originals(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def address(source):
    return reverse("admin:knowledge_source_differences", args=[source.pk])


def with_texts(*texts):
    source = ready_text(texts[0])
    for number, text in enumerate(texts[1:], start=2):
        with_revision(source, text, number=number)
    return source


def test_the_latest_two_revisions_are_compared_unless_somebody_chooses(curator_client):
    source = with_texts("It was 110 degrees.", "It was 120 degrees.", "It was 125 degrees.")

    page = curator_client.get(address(source)).text

    assert "<del>120</del>" in page
    assert "<ins>125</ins>" in page


def test_any_two_can_be_compared(curator_client):
    source = with_texts("It was 110 degrees.", "It was 120 degrees.", "It was 125 degrees.")

    page = curator_client.get(address(source), {"old": 1, "new": 2}).text

    assert "<del>110</del>" in page
    assert "<ins>120</ins>" in page


def test_a_change_leads_to_its_page(curator_client):
    source = ready_pdf("The first page.", "It was 120 degrees.")
    with_revision(source, "The first page.\fIt was 125 degrees.", source.original, number=2)

    page = curator_client.get(address(source)).text

    assert f"{reverse('admin:knowledge_source_reading', args=[source.pk])}?page=2#page" in page


def test_equal_texts_say_so(curator_client):
    page = curator_client.get(address(with_texts("The same.", "The  same."))).text

    assert "No word has changed" in page


def test_a_single_revision_says_what_will_appear(curator_client):
    page = curator_client.get(address(ready_text())).text

    assert "There is one revision only." in page


@pytest.mark.parametrize("chosen", [{"old": "99"}, {"old": "x"}, {"new": "-1"}])
def test_a_revision_that_does_not_exist_is_refused_with_a_sentence(curator_client, chosen):
    page = curator_client.get(address(with_texts("One.", "Two.")), chosen)

    assert page.status_code == 200
    assert "comparison" not in page.context
    assert page.context["form"].errors


def test_text_cannot_bring_markup(curator_client):
    page = curator_client.get(address(with_texts("Nothing.", "<script>alert(1)</script>"))).text

    assert "<script>alert(1)" not in page


def test_each_revision_of_the_source_links_to_what_changed(curator_client):
    source = ready_text("It was 120 degrees.")
    source.text = "It was 125 degrees."
    source.save()
    read(source, purpose="reread")

    page = curator_client.get(reverse("admin:knowledge_source_change", args=[source.pk])).text

    assert f"{address(source)}?new=2&amp;old=1" in page


def test_staff_without_the_permission_see_nothing(client, db):
    client.force_login(UserFactory(is_staff=True))

    assert client.get(address(ready_text())).status_code == 403
