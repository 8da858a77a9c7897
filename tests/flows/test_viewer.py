"""The viewer of PDFs, in a real browser: it opens at the page, marks the passage, and loads what it needs only."""

import io
import random
import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader, PdfWriter

from knowledge.models import Job, Original, Source
from tests.factories import CollectionFactory, read
from tests.knowledge.ingestion.pdf_files import lines, pdf, stream, text
from tests.knowledge.revisions import chunk

pytestmark = pytest.mark.browser

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
WORDS = (
    "door",
    "attic",
    "cellar",
    "window",
    "roof",
    "stair",
    "lamp",
    "shelf",
    "floor",
    "garden",
    "fence",
    "tank",
)


def ready(content: bytes) -> Source:
    original = Original.objects.keep(content, "application/pdf")
    source = Source.objects.create(
        kind=Source.Kind.PDF, original=original, title="Saving energy", collection=CollectionFactory()
    )
    job = read(source)
    assert job.state == Job.State.DONE, job.error
    return source


def filler(seed: object, *, rows: int = 3) -> str:
    """Lines that no other page has, since what is on every page counts as a running head."""
    chosen = random.Random(str(seed))
    return "|".join(" ".join(chosen.choices(WORDS, k=7)) for _ in range(rows))


def guide(*pages: str) -> Source:
    return ready(pdf([lines(page) for page in pages]))


def address(source: Source, words: str, page: int) -> str:
    """Where a citation of the chunk with these words leads."""
    return source.page_url(page, source.chunks.get(text__contains=words).pk)


def first_mark(page):
    return page.locator(".text-layer mark").first


def marked(page) -> str:
    """The marked words, without regard to spaces and the ends of lines."""
    expect(page.locator("#viewer-pages")).to_have_attribute("aria-busy", "false")
    return re.sub(r"\s", "", "".join(page.locator(".text-layer mark").all_text_contents()))


def test_a_document_opens_at_the_page_with_the_passage_marked_in_view(visit):
    source = guide(
        *[filler(number, rows=30) for number in range(1, 8)], f"{HEATER}|{filler(8)}", filler(9, rows=30)
    )

    page = visit.open(address(source, "thermostat", 8))

    assert marked(page).startswith("Setthethermostatofthewaterheaterto120degreesFahrenheit.")
    expect(first_mark(page)).to_be_in_viewport()
    expect(page.get_by_label("Page", exact=True)).to_have_value("8")
    expect(page.get_by_text("of 9", exact=True)).to_be_visible()
    expect(page.get_by_role("group", name="Page 8").locator("canvas")).to_be_visible()
    expect(page.locator(".plain")).to_be_hidden()
    expect(page.locator("#viewer-status")).to_be_empty()


def test_words_that_are_broken_at_the_ends_of_lines_are_marked(visit):
    source = guide(f"Use a recommen-|ded and certified heater.|{filler(1)}")

    page = visit.open(address(source, "recommended", 1))

    assert marked(page).startswith("Usearecommen-dedandcertifiedheater.")


def test_a_passage_in_one_of_two_columns_is_marked_there_only(visit):
    left = "Left one tells of|rooms and doors and|of the cellar below|with all its shelves.|"
    right = "Right one tells of|lamps and of light|that is left burning|when nobody is there.|"
    source = ready(pdf([lines(left * 6, x=50) + lines(right * 6, x=330)]))
    column = source.live_revision.text.split("Right")[0].strip()

    page = visit.open(source.page_url(1, chunk(source, column).pk))

    assert marked(page) == re.sub(r"[\s|]", "", left * 6)


def test_a_passage_on_a_page_that_lies_on_its_side_is_marked_where_it_stands(visit):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([lines(f"{HEATER}|{filler(1)}", y=600)]))))
    writer.pages[0].rotate(90)
    turned = io.BytesIO()
    writer.write(turned)
    source = ready(turned.getvalue())

    page = visit.open(address(source, "thermostat", 1))

    assert marked(page).startswith("Setthethermostat")
    sheet, mark = page.locator(".sheet").bounding_box(), first_mark(page).bounding_box()
    assert sheet["width"] > sheet["height"]
    assert mark["height"] > 10 * mark["width"]
    # What stands 600 of 800 above the foot and 50 of 600 from the left stands, turned, there from the left and the top.
    assert (mark["x"] - sheet["x"]) / sheet["width"] == pytest.approx(600 / 800, abs=0.03)
    assert (mark["y"] - sheet["y"]) / sheet["height"] == pytest.approx(50 / 600, abs=0.03)


def test_a_passage_over_two_pages_is_marked_on_both(visit):
    source = guide(f"{filler(1)}|And set the thermostat", "of the heater lower at night.")

    page = visit.open(address(source, "thermostat", 1))

    assert "setthethermostat" in marked(page)
    expect(page.get_by_role("group", name="Page 2").locator("mark")).to_have_text(
        "of the heater lower at night."
    )


def test_of_a_long_document_only_what_is_near_is_drawn(visit):
    source = guide(*[filler(number) for number in range(1, 61)])

    page = visit.open(source.page_url(30))
    expect(page.get_by_role("group", name="Page 30", exact=True).locator("canvas")).to_be_visible()

    assert page.locator(".sheet").count() == 60
    assert page.locator(".sheet canvas").count() < 10
    page.get_by_label("Page", exact=True).fill("55")
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="Page 55", exact=True).locator("canvas")).to_be_visible()
    expect(page.get_by_role("group", name="Page 30", exact=True).locator("canvas")).to_have_count(0)
    expect(page).to_have_url(re.compile(rf"/sources/{source.pk}/pages/55/"))


def test_of_a_large_document_only_parts_are_fetched(visit):
    texts = [lines(f"{HEATER}|{filler(1)}"), *[lines(filler(number)) for number in range(2, 9)]]
    content = pdf(texts, extra=[stream(random.Random(0).randbytes(3 * 2**20))])
    source = ready(content)
    sizes: list[int] = []
    visit.context.on(
        "response",
        lambda response: (
            "/original/" in response.url and sizes.append(int(response.headers["content-length"]))
        ),
    )

    page = visit.open(address(source, "thermostat", 1))

    assert marked(page)
    assert sum(sizes) < source.original.size / 4, sizes


def test_steps_zoom_and_width_work_by_keyboard(visit):
    source = guide(filler(1), filler(2), filler(3))
    page = visit.open(source.page_url(1))
    expect(page.locator("#viewer-zoom")).to_have_text("150 %")
    pages = page.get_by_role("region", name="Pages")
    expect(pages).to_be_focused()
    number = page.get_by_label("Page", exact=True)

    page.keyboard.press("ArrowRight")
    expect(number).to_have_value("2")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(number).to_have_value("2")
    page.keyboard.press("-")
    expect(page.locator("#viewer-zoom")).to_have_text("125 %")
    expect(number).to_have_value("2")
    page.keyboard.press("+")
    expect(page.locator("#viewer-zoom")).to_have_text("150 %")
    page.get_by_role("button", name="Fit to the width").press("Enter")
    expect(page.get_by_role("button", name="Fit to the width")).to_have_attribute("aria-pressed", "true")
    assert page.locator(".sheet").first.bounding_box()["width"] == pytest.approx(1400, abs=25)


def test_one_returns_to_the_passage(visit):
    source = guide(f"{HEATER}|{filler(1)}", *[filler(number) for number in range(2, 7)])
    page = visit.open(address(source, "thermostat", 1))
    assert marked(page)
    page.get_by_label("Page", exact=True).fill("6")
    page.keyboard.press("Enter")
    expect(first_mark(page)).not_to_be_in_viewport()

    page.get_by_role("button", name="To the passage").click()

    expect(first_mark(page)).to_be_in_viewport()


def test_a_passage_that_is_not_in_the_document_is_owned_up_to(visit):
    source = guide(f"{HEATER}|{filler(1)}")
    passage = source.chunks.get()
    elsewhere = Original.objects.keep(pdf([lines("Something else entirely.")]), "application/pdf")
    type(source.live_revision).objects.filter(pk=source.live_revision_id).update(original=elsewhere)

    page = visit.open(source.page_url(1, passage.pk))

    expect(page.get_by_role("status")).to_contain_text("The passage was not found in the document.")
    page.get_by_role("link", name="The text as it was read").click()
    expect(page.locator("mark#passage")).to_contain_text("thermostat")
    page.get_by_role("link", name="The document itself").click()
    expect(page.get_by_text("Something else entirely.")).to_be_attached()


@pytest.mark.parametrize("missing", ["pdf.min.mjs", "pdf.worker.min.mjs", "/original/"])
def test_where_the_viewer_fails_the_picture_of_the_page_stands_in(visit, missing):
    source = guide(f"{HEATER}|{filler(1)}")
    visit.page.route(f"**/*{missing}*", lambda route: route.abort())
    visit.page.clock.install()

    page = visit.open(address(source, "thermostat", 1))
    for _ in range(4):  # a part is asked for once more after a while
        page.clock.run_for(5_000)

    picture = page.get_by_role("img", name="Picture of page 1")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 1000
    expect(page.get_by_text("The document could not be opened here.")).to_be_visible()
    expect(page.locator(".text #passage")).to_contain_text("thermostat")
    expect(page.locator("#viewer")).to_have_count(0)


def test_without_javascript_the_picture_and_the_text_are_shown(chromium, site):
    source = guide(f"{HEATER}|{filler(1)}", f"Of lamps.|{filler(2)}")
    page = chromium.new_context(java_script_enabled=False).new_page()

    page.goto(site + address(source, "thermostat", 1))

    expect(page.get_by_role("img", name="Picture of page 1")).to_be_visible()
    expect(page.locator(".text #passage")).to_contain_text("thermostat")
    expect(page.locator("#viewer")).to_be_hidden()
    page.get_by_role("link", name="Next").first.click()
    expect(page.get_by_text("Of lamps.")).to_be_visible()
    page.context.close()


def test_a_document_runs_no_script_and_asks_nobody(visit):
    action = b"<</Type/Action/S/JavaScript/JS(app.alert\\('hello'\\))>>"
    content = pdf([lines(HEATER) + text(50, 500, "https://elsewhere.example/")]).replace(
        b"/Type/Catalog", b"/Type/Catalog/OpenAction" + action
    )
    source = ready(content)

    page = visit.open(source.page_url(1))

    expect(page.get_by_role("group", name="Page 1", exact=True).locator("canvas")).to_be_visible()
    assert page.locator(".viewer-pages a").count() == 0
    visit.assert_unharmed()


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_the_viewer_is_as_wide_as_the_screen_and_no_wider(visit, width):
    source = guide(f"{HEATER}|{filler(1)}")
    visit.page.set_viewport_size({"width": width, "height": 800})

    page = visit.open(address(source, "thermostat", 1))

    assert marked(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    assert page.locator("#viewer-pages").evaluate("box => box.scrollWidth <= box.clientWidth")
    expect(page.get_by_role("button", name=re.compile("assage$"))).to_be_in_viewport()
