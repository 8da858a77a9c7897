"""What a model writes is laid out so that it can be read, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.chat.conversations import conversation
from tests.factories import UserFactory

pytestmark = pytest.mark.browser

ARABIC = "اضبط السخان على `120`.\n\n```\nheater.set(120)\n```"
REMARK = "Air is let out of it by hand whenever it is louder than a refrigerator in the next room."
TABLE = f"|Part|Watts|Price|Weight|Delivered|Remark|\n|-|-:|-:|-:|-|-|\n|Radiator|4,500|400 €|30 kg|Monday|{REMARK}|"


@pytest.fixture
def shown(visit):
    """Shows an answer on a screen of a width."""

    def show(answer, width=1440):
        talk = conversation(UserFactory(), ("How hot?", answer))
        visit.page.set_viewport_size({"width": width, "height": 844})
        visit.sign_in(talk.user)
        return visit.open(talk.get_absolute_url()).locator(".answer-text")

    return show


def test_code_runs_from_left_to_right_in_an_answer_that_does_not(shown):
    answer = shown(ARABIC)

    expect(answer.locator("p")).to_have_css("direction", "rtl")
    expect(answer.locator("pre")).to_have_css("direction", "ltr")
    start = answer.locator("pre").evaluate("pre => pre.getBoundingClientRect().left")
    assert answer.locator("pre code").evaluate("code => code.getBoundingClientRect().left") - start < 30


def test_code_is_copied_by_itself(visit, shown):
    answer = shown("Set it:\n\n```python\nheater.set(120)\n```\n\nThen save it:\n\n```\nheater.save()\n```")
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=visit.site)

    answer.get_by_role("button", name="Copy code").last.click()

    expect(visit.page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    assert visit.page.evaluate("navigator.clipboard.readText()") == "heater.save()\n"


def test_a_wide_table_is_scrolled_on_a_phone_and_not_squeezed(shown):
    table = shown(TABLE, width=390).locator("table")

    assert table.evaluate("table => table.scrollWidth > table.clientWidth")
    assert table.get_by_role("cell", name=REMARK).bounding_box()["width"] >= 180


def test_the_columns_of_a_table_are_aligned_as_the_model_says(shown):
    table = shown(TABLE).locator("table")

    expect(table.get_by_role("columnheader", name="Watts")).to_have_css("text-align", "right")
    expect(table.get_by_role("cell", name="4,500")).to_have_css("text-align", "right")
    expect(table.get_by_role("cell", name="Radiator")).to_have_css("text-align", "start")
