"""Arguments are held against what a tool says it takes, whatever it says."""

import socket

import pytest

from chat.tools.arguments import ArgumentsRefused, check, is_schema

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def refusal(schema, arguments):
    with pytest.raises(ArgumentsRefused) as caught:
        check(schema, arguments)
    return str(caught.value)


@pytest.mark.parametrize(
    ("schema", "arguments"),
    [
        ({}, {"anything": 1}),
        (CITY, {"city": "Boston"}),
        (CITY | {"additionalProperties": False}, {"city": "Boston"}),
        (
            {"$defs": {"city": {"type": "string"}}, "properties": {"city": {"$ref": "#/$defs/city"}}},
            {"city": "x"},
        ),
        ({"properties": {"pattern": {"type": "string"}}, "additionalProperties": False}, {"pattern": "a+"}),
        ({"patternProperties": {"^x": {}}, "additionalProperties": False}, {"x1": 1}),
    ],
)
def test_what_fits_passes(schema, arguments):
    assert check(schema, arguments) is None


@pytest.mark.parametrize(
    ("schema", "arguments", "why"),
    [
        (CITY, {}, "'city' is a required property"),
        (CITY, {"city": 7}, "$.city: 7 is not of type 'string'"),
        (CITY | {"additionalProperties": False}, {"city": "x", "secret": 1}, "'secret' was unexpected"),
        ({"properties": {"days": {"enum": [1, 2]}}}, {"days": 3}, "3 is not one of [1, 2]"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(schema, arguments, why):
    assert why in refusal(schema, arguments)


def test_a_reason_is_short():
    assert len(refusal(CITY, {"city": ["x" * 5_000]})) <= 300


def test_nothing_that_a_schema_refers_to_is_fetched():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/schema.json"

        assert refusal({"$ref": address}, {"city": "x"}) == "the schema of the tool cannot be used"

        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_regular_expression_that_takes_for_ever_is_not_tried():
    for_ever = {"pattern": "^(a+)+$", "type": "string"}
    schema = {
        "properties": {"text": for_ever},
        "patternProperties": {"^(t+)+$": {}},
        "additionalProperties": False,
    }

    assert check(schema, {"text": "a" * 60 + "!"}) is None


def test_a_schema_that_doubles_again_and_again_is_given_up():
    doubled = {"$defs": {"d0": {"type": "string"}}, "$ref": "#/$defs/d40"}
    for number in range(1, 41):
        doubled["$defs"][f"d{number}"] = {"allOf": [{"$ref": f"#/$defs/d{number - 1}"}] * 2}

    assert refusal(doubled, {}) == "the schema of the tool cannot be used"


@pytest.mark.parametrize("schema", [{"$ref": "#"}, {"$ref": "#/nowhere"}])
def test_a_schema_that_leads_nowhere_refuses_all(schema):
    assert refusal(schema, {"city": "x"}) == "the schema of the tool cannot be used"


@pytest.mark.parametrize("schema", [{}, {"type": 7}, {"type": "string"}, {"type": "object", "properties": 5}])
def test_what_describes_no_arguments_is_no_schema(schema):
    assert not is_schema(schema)


def test_a_sound_schema_is_one():
    assert is_schema(CITY)
