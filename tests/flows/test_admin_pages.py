"""The admin in a real browser: adding, watching, testing; nothing hostile runs, nothing is blocked."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from chat.models import Citation, Message, Session
from knowledge import intake, tasks
from knowledge.models import Job, Source
from tests.factories import CollectionFactory, TextSourceFactory, UserFactory, ready_text
from tests.knowledge.revisions import chunk, ready_pdf, with_revision

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


def file(name, content):
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


def test_what_will_happen_is_said_before_anything_is_sent(admin):
    collection = CollectionFactory()
    same, other = b"%PDF-1.4 same", b"%PDF-1.4 other"
    intake.add_pdf(same, "there.pdf", collection=collection)
    intake.add_pdf(other, "guide.pdf", collection=collection)
    page = admin.open(reverse("admin:knowledge_source_add"))

    files = [file("copy.pdf", same), file("guide.pdf", b"%PDF-1.4 newer"), file("page.pdf", b"<html>")]
    page.locator("input[name=pdfs]").set_input_files(files)
    page.get_by_label("Web addresses").fill("https://example.org/\nno address")

    fates = page.locator(".k-fates li")
    expect(fates).to_have_count(5)
    expect(fates.nth(0)).to_contain_text("there already")
    expect(fates.nth(1)).to_contain_text("same name")
    expect(fates.nth(2)).to_contain_text("page.pdf is not a PDF")
    expect(fates.nth(3)).to_contain_text("new")
    expect(fates.nth(4)).to_contain_text("A space stands in it.")
    assert Source.objects.count() == 2


def test_what_is_left_out_is_not_sent_and_what_is_to_be_replaced_is(admin):
    collection = CollectionFactory()
    (source,) = intake.add_pdf(b"%PDF-1.4 old", "guide.pdf", collection=collection).added
    page = admin.open(reverse("admin:knowledge_source_add"))

    files = [file("guide.pdf", b"%PDF-1.4 new"), file("wrong.pdf", b"%PDF-1.4 wrong")]
    page.locator("input[name=pdfs]").set_input_files(files)
    page.get_by_label("Replace it").check()
    page.get_by_role("button", name="Leave out wrong.pdf").click()
    expect(page.locator(".k-fates li")).to_have_count(1)
    page.get_by_role("button", name="Add and read").click()

    expect(page.get_by_text("1 file replaced")).to_be_visible()
    source.refresh_from_db()
    assert source.original.read() == b"%PDF-1.4 new"
    assert Source.objects.count() == 1


def test_files_are_dropped_onto_those_that_were_chosen(admin):
    CollectionFactory()
    page = admin.open(reverse("admin:knowledge_source_add"))
    page.locator("input[name=pdfs]").set_input_files([file("a.pdf", b"%PDF-1.4 a")])

    page.evaluate(
        """() => {
            const dropped = new DataTransfer();
            dropped.items.add(new File(["%PDF-1.4 b"], "b.pdf"));
            const event = new DragEvent("drop", {dataTransfer: dropped, bubbles: true, cancelable: true});
            document.querySelector("[data-drop-zone]").dispatchEvent(event);
        }"""
    )

    expect(page.locator(".k-fates li")).to_contain_text(["a.pdf", "b.pdf"])


def test_a_click_on_a_chunk_shows_its_place_and_a_click_in_the_text_its_chunk(admin):
    source = ready_pdf("Seal air leaks first. Then insulate.", "Check the ducts.")
    for words in ("Seal air leaks first.", "Then insulate.", "Check the ducts."):
        chunk(source, words)
    page = admin.open(reverse("admin:knowledge_source_reading", args=[source.pk]))
    lit = page.locator(".k-run.k-on")

    page.locator("#chunk-2").click()
    expect(lit).to_have_text("Then insulate.")
    page.get_by_text("Seal air leaks first.").first.click()
    expect(lit).to_have_text("Seal air leaks first.")
    expect(page.locator(".k-piece.k-on")).to_have_attribute("id", "chunk-1")

    expect(page.get_by_alt_text("Picture of page 1")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_alt_text("Picture of page 2")).to_be_visible()


def test_two_revisions_are_compared(admin):
    source = ready_text("It was 120 degrees.")
    with_revision(source, "It was 125 degrees.", number=2)
    page = admin.open(reverse("admin:knowledge_source_change", args=[source.pk]))

    page.get_by_role("navigation", name="Pages of this source").get_by_role(
        "link", name="What changed"
    ).click()

    expect(page.locator(".k-changes del")).to_have_text("120")
    expect(page.locator(".k-changes ins")).to_have_text("125")


def test_chosen_sources_are_moved(admin):
    sources = [TextSourceFactory(title=title) for title in ("First", "Second")]
    target = CollectionFactory(name="Archive")
    page = admin.open(reverse("admin:knowledge_source_changelist"))

    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("move")
    page.get_by_role("button", name="Run").click()
    page.get_by_label("Collection").select_option("Archive")
    page.get_by_role("button", name="Move").click()

    expect(page.get_by_text("2 sources changed.")).to_be_visible()
    assert {Source.objects.get(pk=source.pk).collection for source in sources} == {target}


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


def test_an_administrator_says_who_cares_for_a_collection(admin):
    collection, curator = CollectionFactory(), UserFactory(email="curator@example.com", is_staff=True)
    page = admin.open(reverse("admin:knowledge_collection_change", args=[collection.pk]))

    page.get_by_label("curator@example.com").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(f"**{reverse('admin:knowledge_collection_changelist')}")

    assert list(collection.curators.all()) == [curator]


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_hostile_runs_and_no_page_is_wider_than_the_screen(admin, administrator, width):
    source = ready_text(f"{PAYLOAD} Set the water heater to 120 degrees to save energy.", title=PAYLOAD)
    with_revision(source, f"{PAYLOAD} Set it to 125 degrees.{PAYLOAD}", number=2)
    chunk(source, PAYLOAD)
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
        reverse("admin:knowledge_source_reading", args=[source.pk]),
        reverse("admin:knowledge_source_differences", args=[source.pk]),
        f"{reverse('admin:knowledge_chunk_changelist')}?source__id__exact={source.pk}",
        reverse("admin:knowledge_chunk_change", args=[source.chunks.first().pk]),
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
