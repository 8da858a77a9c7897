"""Images that go along with a question, in a real browser."""

import pytest
from playwright.sync_api import expect

from chat.models import Message
from tests.flows.chat import answers
from tests.flows.pictures import png

pytestmark = pytest.mark.browser


@pytest.fixture
def model(model_server, settings):
    """One that reads images."""
    settings.CHAT_MODEL = "test-model"
    settings.VISION_MODEL = "vision-model"
    settings.OPENAI_BASE_URL = model_server.url
    return model_server


def image(name="tank.png", size=(40, 30)):
    return {"name": name, "mimeType": "image/png", "buffer": png(*size)}


def drop(page, event, content, name, media_type):
    """A file that comes with a paste or a drop."""
    page.evaluate(
        """([event, bytes, name, type]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(bytes)], name, { type }));
            const data = { bubbles: true, cancelable: true };
            const target = document.querySelector("#question");
            target.dispatchEvent(event === "paste"
                ? new ClipboardEvent(event, { ...data, clipboardData: transfer })
                : new DragEvent(event, { ...data, dataTransfer: transfer }));
        }""",
        [event, list(content), name, media_type],
    )


def test_a_chosen_image_goes_along_and_can_be_seen(visit, model):
    page = visit.open()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add images").click()
    chooser.value.set_files([image(), image("label.png")])
    expect(page.get_by_role("img", name="tank.png")).to_be_visible()
    page.get_by_role("button", name="Remove label.png").click()
    model.behave(answer="A tank.")

    visit.ask("What is this?")

    expect(answers(page)).to_contain_text("A tank.")
    expect(page.locator(".question").get_by_role("img", name="tank.png")).to_be_visible()
    expect(page.locator("#pictures li")).to_have_count(0)
    assert Message.objects.get(role="user").images == [{"media_type": "image/png", "bytes": len(png(40, 30))}]
    (body,) = model.bodies("/v1/chat/completions")
    assert "data:image/png;base64," in str(body["messages"][-1])


@pytest.mark.parametrize("event", ["paste", "drop"])
def test_an_image_is_taken_by_paste_and_by_drop(visit, model, event):
    page = visit.open()

    drop(page, event, png(40, 30), "shot.png", "image/png")

    expect(page.locator("#pictures").get_by_role("img", name="shot.png")).to_be_visible()


def test_a_large_image_is_made_smaller_before_it_is_sent(visit, model):
    page = visit.open()
    page.locator("#image-files").set_input_files([image(size=(4000, 1000))])
    expect(page.locator("#pictures li")).to_have_count(1)
    model.behave(answer="A tank.")

    visit.ask("What is this?")

    expect(answers(page)).to_have_count(1)
    assert Message.objects.get(role="user").images[0]["media_type"] == "image/jpeg"


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [(b"%PDF-1.7", "guide.pdf", "application/pdf"), (b"no image", "tank.png", "image/png")],
    ids=["not an image", "a damaged image"],
)
def test_what_is_no_image_is_refused_with_a_sentence(visit, model, content, name, media_type):
    page = visit.open()

    drop(page, "drop", content, name, media_type)

    expect(page.get_by_role("alert")).to_contain_text("This is no image that can be read")
    expect(page.locator("#pictures li")).to_have_count(0)


def test_more_images_than_a_question_takes_are_refused_with_a_sentence(visit, model):
    page = visit.open()

    page.locator("#image-files").set_input_files([image(f"{n}.png") for n in range(5)])

    expect(page.get_by_role("alert")).to_contain_text("At most 4 images")
    expect(page.locator("#pictures li")).to_have_count(4)


def test_a_question_that_is_refused_keeps_its_images(visit, model):
    page = visit.open()
    page.locator("#image-files").set_input_files([image()])
    expect(page.locator("#pictures li")).to_have_count(1)
    visit.context.set_offline(True)

    visit.ask("What is this?")

    expect(page.get_by_role("alert")).to_contain_text("Your question is still here")
    expect(page.locator("#pictures").get_by_role("img", name="tank.png")).to_be_visible()
