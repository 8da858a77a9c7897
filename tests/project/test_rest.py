"""Bodies of requests that would cost much more to read than to send."""

import io

import pytest
from rest_framework.exceptions import ParseError

from assistant_project.errors import TooLargeError
from assistant_project.rest import MOST_VALUES, JSONParser


def read(text: str):
    return JSONParser().parse(io.BytesIO(text.encode()), parser_context={"encoding": "utf-8"})


@pytest.mark.parametrize("value", ["[]", "{}", "1", '""'])
def test_a_document_of_very_many_values_is_refused_before_it_is_read(value):
    with pytest.raises(TooLargeError):
        read(f"[{','.join([value] * (MOST_VALUES + 1))}]")


@pytest.mark.parametrize("text", ["a, b, [c], ", r"\", ", "\\\\\\n,"])
def test_what_stands_in_a_text_is_no_value(text):
    assert len(read(f'{{"text": "{text * MOST_VALUES}"}}')["text"]) > MOST_VALUES


def test_no_other_encoding_hides_values():
    text = f'["\u0122", {"[], " * MOST_VALUES}1]'.encode("utf-16-le")

    with pytest.raises(ParseError):
        JSONParser().parse(io.BytesIO(text), parser_context={"encoding": "utf-16-le"})


@pytest.mark.django_db
def test_what_is_refused_is_told_with_the_right_status(client):
    response = client.post("/api/v1/chat/", "[" + "[]," * MOST_VALUES + "1]", content_type="application/json")

    assert (response.status_code, response.json()["code"]) == (413, "too_large")
