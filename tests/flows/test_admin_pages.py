"""The admin in a real browser: adding, watching, testing; nothing hostile runs, nothing is blocked."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from chat.models import Citation, Message, Session
from knowledge import tasks
from knowledge.models import Job, Source
from tests.factories import CollectionFactory, TextSourceFactory, UserFactory, ready_text

pytestmark = pytest.mark.browser

PASSWORD = "a long pass phrase 42"
PAYLOAD = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


@pytest.fixture
def administrator(transactional_db):
    return UserFactory(email="admin@example.com", password=PASSWORD, is_staff=True, is_superuser=True)


@pytest.fixture
def admin(visit, administrator):
    """A visit by somebody who is signed in."""
    client = Client()
    client.force_login(administrator)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    visit.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": visit.site}])
    return visit


def test_staff_sign_in_and_see_the_first_steps(visit, administrator):
    page = visit.open(reverse("admin:index"))

    page.get_by_label("E-mail").fill(administrator.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_role("heading", name="First steps")).to_be_visible()


def test_a_text_is_added_and_its_reading_is_watched(admin):
    CollectionFactory()
    page = admin.open(reverse("admin:knowledge_source_add"))

    page.get_by_text("A text of your own").click()
    page.get_by_label("Title of the text").fill("Opening hours")
    page.get_by_label("Text", exact=True).fill(
        "Our office opens at nine on weekdays, and at ten on Saturdays."
    )
    page.get_by_role("button", name="Add and read").click()

    status = page.locator("[data-part=status]")
    expect(status).to_contain_text("waiting")
    job = Job.objects.claim(Job.objects.get().pk)
    job.progress("embedding", 256, 1024)
    expect(status).to_contain_text("Embedding: 256 of 1,024")
    Job.objects.restart(job.source)
    tasks.read(job.pk)
    expect(status).to_have_text("ready")
    expect(page.locator("[data-part=extent]")).to_contain_text("characters")
    expect(page.locator("[data-state=active]")).to_have_count(0)


def test_the_page_of_a_source_follows_its_job_and_keeps_what_is_being_typed(admin):
    source = TextSourceFactory(title="Guide")
    job = tasks.request_reading(source)
    page = admin.open(reverse("admin:knowledge_source_change", args=[source.pk]))

    page.get_by_label("Title").fill("A better title")
    tasks.read(job.pk)

    expect(page.locator("[data-part=overview]")).to_contain_text("ready")
    expect(page.locator("[data-part=reading]")).to_contain_text("Read it")
    expect(page.get_by_label("Title")).to_have_value("A better title")


def test_chosen_files_are_named_in_the_drop_zone(admin):
    page = admin.open(reverse("admin:knowledge_source_add"))

    files = [
        {"name": name, "mimeType": "application/pdf", "buffer": b"%PDF-1.4"} for name in ("a.pdf", "b.pdf")
    ]
    page.locator("input[name=pdfs]").set_input_files(files)

    expect(page.locator("[data-chosen]")).to_have_text("a.pdf\nb.pdf")


def test_the_search_test_marks_words_and_says_what_the_assistant_would_do(admin):
    ready_text(title="Guide")
    page = admin.open(reverse("admin:knowledge_source_search_test"))

    page.get_by_label("Question").fill("Which temperature for the water heater?")
    page.get_by_role("button", name="Search", exact=True).click()

    expect(page.get_by_text("would answer", exact=True)).to_be_visible()
    expect(page.locator("mark").first).to_have_text("water")


def test_the_fields_for_groups_appear_when_they_matter(admin):
    collection = CollectionFactory()
    page = admin.open(reverse("admin:knowledge_collection_change", args=[collection.pk]))
    groups = page.locator(".field-groups")

    expect(groups).to_be_hidden()
    page.get_by_label("Who may read it").select_option("groups")

    expect(groups).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_hostile_runs_and_no_page_is_wider_than_the_screen(admin, administrator, width):
    source = ready_text(f"{PAYLOAD} Set the water heater to 120 degrees to save energy.", title=PAYLOAD)
    failed = TextSourceFactory(title=PAYLOAD)
    failed.note_failure(PAYLOAD)
    session = Session.objects.create(user=administrator, title=PAYLOAD)
    Message.objects.create(session=session, role="user", content=PAYLOAD)
    answer = Message.objects.create(
        session=session, role="assistant", content=PAYLOAD, kind="extract", trace={PAYLOAD: 1}
    )
    Citation.objects.create(
        message=answer, number=1, title=PAYLOAD, heading=PAYLOAD, text=PAYLOAD, source=source
    )
    admin.page.set_viewport_size({"width": width, "height": 900})
    search = reverse("admin:knowledge_source_search_test")

    too_wide = []
    for address in (
        reverse("admin:index"),
        reverse("admin:knowledge_source_changelist"),
        reverse("admin:knowledge_source_change", args=[source.pk]),
        reverse("admin:knowledge_source_change", args=[failed.pk]),
        reverse("admin:knowledge_source_delete", args=[source.pk]),
        reverse("admin:knowledge_revision_change", args=[source.live_revision_id]),
        f"{reverse('admin:knowledge_chunk_changelist')}?source__id__exact={source.pk}",
        reverse("admin:knowledge_chunk_change", args=[source.chunks.get().pk]),
        f"{search}?question=water+heater",
        reverse("admin:knowledge_job_changelist"),
        reverse("admin:chat_message_changelist"),
        reverse("admin:chat_message_change", args=[answer.pk]),
        reverse("admin:chat_session_change", args=[session.pk]),
    ):
        page = admin.open(address)
        expect(page.locator("#content")).to_be_visible()
        if page.evaluate("document.documentElement.scrollWidth") > width:
            too_wide.append(address)

    assert too_wide == []
    assert admin.page.locator("img[src=x]").count() == 0
    assert Source.objects.count() == 2
