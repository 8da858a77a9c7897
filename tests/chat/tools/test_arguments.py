"""Arguments are held against what a tool says it takes, whatever it says."""

import socket

import pytest
from jsonschema import Draft202012Validator

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


@pytest.mark.parametrize(
    "draft", ["http://json-schema.org/draft-07/schema#", Draft202012Validator.META_SCHEMA["$id"]]
)
def test_a_part_that_names_a_draft_is_as_bounded_as_the_rest(draft):
    doubled = {f"d{number}": {"allOf": [{"$ref": f"#/$defs/d{number + 1}"}] * 2} for number in range(40)}
    schema = {
        "$defs": doubled | {"d40": {}},
        "properties": {
            "text": {"$schema": draft, "pattern": "^(a+)+$"},
            "more": {"$schema": draft, "$ref": "#/$defs/d0"},
        },
    }

    assert check(schema, {"text": "a" * 60 + "!"}) is None
    assert refusal(schema, {"more": 1}) == "the schema of the tool cannot be used"


def test_a_property_may_be_called_as_the_name_of_a_draft():
    schema = {"properties": {"$schema": {"type": "string"}}, "additionalProperties": False}

    assert check(schema, {"$schema": "x"}) is None


def test_what_is_tried_of_a_schema_without_references_is_bounded_too():
    schema = {"unevaluatedProperties": False}
    for _ in range(60):  # each of them has those within it tried three times
        schema = {"unevaluatedProperties": False, "allOf": [schema]}

    assert refusal(schema, {}) == "the schema of the tool cannot be used"


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/required/s3cr3t", "required": ["city"]},
        {"$ref": "#/title", "title": "no schema"},
        {"$id": "http://[", "properties": {"city": {"$ref": "x"}}},
    ],
)
def test_a_reference_to_what_is_no_schema_refuses_all(schema):
    assert refusal(schema, {"city": "x"}) == "the schema of the tool cannot be used"


def test_what_takes_long_is_given_up():
    schema = {"properties": {"rows": {"allOf": [{"uniqueItems": True}] * 700}}}

    assert (
        refusal(schema, {"rows": [{"row": row} for row in range(300)]})
        == "the schema of the tool cannot be used"
    )


def test_what_is_nested_too_deeply_is_no_schema():
    schema = {}
    for _ in range(300):
        schema = {"not": schema}

    assert not is_schema({"type": "object", "properties": {"city": schema}})
