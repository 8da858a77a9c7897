"""An answer while it is written, in a real browser: easy to read already, and nothing but text."""

import pytest
from playwright.sync_api import expect

from tests.factories import ready_text

pytestmark = pytest.mark.browser

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
ANSWER = """### Water

Set **the thermostat** ~~not~~ to *120* degrees [1].

- Use `heater()`.

```
a * b * c
```
<b>2 * 3 * 4</b>
[1"""
READ = """Water

Set the thermostat not to 120 degrees 1.

• Use heater().


a * b * c

<b>2 * 3 * 4</b>
[1"""


@pytest.fixture
def written(visit, model_server, settings):
    """The answer as far as it has come, from a model that then falls silent."""
    settings.CHAT_MODEL = "test-model"
    settings.OPENAI_BASE_URL = model_server.url
    tokens = [ANSWER[start : start + 3] for start in range(0, len(ANSWER), 3)]
    model_server.behave(answer=[*tokens, "end"], hang_after=len(tokens))
    ready_text(HEATER)
    visit.open()
    visit.ask("How hot should the water heater be?")
    return visit.page.locator(".answer-text.streaming")


def test_marks_are_not_shown_and_what_is_marked_is(written):
    expect(written).to_have_text(READ, use_inner_text=True)

    assert written.locator("strong").all_text_contents() == ["Water", "the thermostat"]
    assert written.locator("s").all_text_contents() == ["not"]
    assert written.locator("em").all_text_contents() == ["120"]
    assert written.locator("code").all_text_contents() == ["heater()"]
    assert written.locator(".cite").all_text_contents() == ["1"]
    expect(written.locator("b")).to_have_count(0)
