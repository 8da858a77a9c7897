"""Text from what tools give."""

import math

import pytest
from mcp_types import (
    AudioContent,
    CallToolResult,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)

from chat.tools.results import NOTHING, RESULT_LENGTH, shortened, storable, text_of


def result(*blocks, structured=None):
    return CallToolResult(content=list(blocks), structured_content=structured)


def text(words):
    return TextContent(text=words)


def test_texts_stand_below_each_other():
    assert text_of(result(text("one"), text(" two "))) == "one\n\n two"


def test_data_is_used_where_there_is_no_text():
    assert text_of(result(structured={"count": 7, "unit": "Stück"})) == '{"count": 7, "unit": "Stück"}'
    assert text_of(result(text("seven"), structured={"count": 7})) == "seven"


def test_what_is_no_text_is_named_only():
    image = ImageContent(data="AAAA", mime_type="image/png")
    sound = AudioContent(data="AAAA", mime_type="audio/wav")
    link = ResourceLink(name="manual", title="The manual", uri="https://example.com/manual")
    resource = EmbeddedResource(resource=TextResourceContents(uri="file:///a", text="its words"))

    told = text_of(result(image, sound, link, resource))

    assert told == "(image)\n\n(audio)\n\nThe manual (https://example.com/manual)\n\nits words"


@pytest.mark.parametrize("empty", [result(), result(text("  \n"))])
def test_nothing_is_told_as_nothing(empty):
    assert text_of(empty) == NOTHING


def test_long_results_are_cut_and_say_so():
    told = text_of(result(text("x" * (RESULT_LENGTH + 1))))

    assert told.startswith("x" * RESULT_LENGTH)
    assert told.endswith(f"(Cut here: {RESULT_LENGTH} of {RESULT_LENGTH + 1} characters.)")
    assert shortened("short", 5) == "short"


def test_what_a_database_cannot_store_is_taken_out():
    assert text_of(result(text("a\x00b"))) == "ab"
    assert storable({"k\x00": ["\ud800", 1, math.nan, {"x": "y\x00"}]}) == {"k": ["?", 1, None, {"x": "y"}]}
