"""Whether arguments fit what a tool says it takes: pure, and bounded, because tools are described by others."""

import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

STEPS = 20_000
"""Keywords of a schema that are tried at most; a short schema can have them double again and again."""
REFERENCE_STEPS = 20
"""For which one that refers to another place counts: that is looked for each time."""
REFERENCES = ("$ref", "$dynamicRef")
SECONDS = 0.5
"""Of the processor: some keywords compare everything with everything, and nothing else is done meanwhile."""
MESSAGE_LENGTH = 300


class ArgumentsRefused(Exception):  # noqa: N818  (a refusal is not an error)
    """They do not fit, or it cannot be told. Its text is for the model, which may mend them."""


def is_schema(schema: Mapping[str, Any]) -> bool:
    """Whether it describes arguments by name, in sound JSON Schema."""
    from jsonschema import Draft202012Validator, exceptions

    try:
        Draft202012Validator.check_schema(schema)
    except (exceptions.SchemaError, RecursionError):
        return False
    return schema.get("type") == "object"


def check(schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> None:
    """Raises ArgumentsRefused. `schema` is a sound one.

    Nothing that a schema refers to elsewhere is fetched. Its regular expressions are not tried: one can take for ever.
    """
    from jsonschema import Draft202012Validator, exceptions, validators
    from referencing import Registry

    known = Draft202012Validator.VALIDATORS
    bounds = _Bounds()
    untried = dict.fromkeys(("pattern", "patternProperties"), _passed)
    closed = {
        name: partial(_unless_patterns, known[name])
        for name in ("additionalProperties", "unevaluatedProperties")
    }
    keywords = {
        name: partial(_bounded, bounds, REFERENCE_STEPS if name in REFERENCES else 1, keyword)
        for name, keyword in (known | untried | closed).items()
    }
    bounded = validators.extend(Draft202012Validator, keywords)
    try:
        found = exceptions.best_match(
            bounded(_of_one_draft(schema), registry=Registry()).iter_errors(arguments)
        )
    except Exception:  # references to nowhere or to no schema, too much to try, figures beyond all bounds
        raise ArgumentsRefused("the schema of the tool cannot be used") from None
    if found:
        raise ArgumentsRefused(f"{found.json_path}: {found.message}"[:MESSAGE_LENGTH])


def _of_one_draft(schema: Any) -> Any:
    """The schema without the names of drafts, which would have parts of it checked by others, without bounds."""
    if isinstance(schema, Mapping):
        return {
            name: _of_one_draft(value)
            for name, value in schema.items()
            if not (name == "$schema" and isinstance(value, str))
        }
    return [_of_one_draft(value) for value in schema] if isinstance(schema, list) else schema


class _TooMuch(Exception):  # noqa: N818
    pass


class _Bounds:
    """Of one check."""

    def __init__(self) -> None:
        self._left, self._end = STEPS, time.thread_time() + SECONDS

    def take(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0 or time.thread_time() > self._end:
            raise _TooMuch


def _bounded(bounds: _Bounds, steps: int, keyword: Any, validator: Any, *rest: Any) -> Iterator[Any]:
    bounds.take(steps)
    yield from keyword(validator, *rest) or ()


def _passed(*_: Any) -> None:
    """Whatever it is, it fits."""


def _unless_patterns(check: Any, validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if "patternProperties" not in schema:
        yield from check(validator, value, instance, schema) or ()
