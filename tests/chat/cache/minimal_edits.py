"""Pairs of questions that differ in one thing only and ask for different answers; and pairs that ask for the same.

`minimal_edits()` makes the first kind of templates and, if a file of questions is named, of those too; `paraphrases()`
makes the second kind. Nothing is drawn by chance: the same call gives the same pairs.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.chat.cache import edit_templates, more_edit_templates
from tests.chat.cache.derived_edits import derived_edits
from tests.chat.cache.paraphrase_templates import PARAPHRASES, REQUESTS, TASKS


class Pair(NamedTuple):
    question: str
    edit: str
    family: str


FAMILIES = {
    "number": "NUMBERS",
    "spelled number": "SPELLED_NUMBERS",
    "date": "DATES",
    "unit": "UNITS",
    "version": "VERSIONS",
    "negation": "NEGATIONS",
    "antonym": "OPPOSITES",
    "name": "NAMES",
    "lower-case name": "LOWER_CASE_NAMES",
    "direction": "DIRECTIONS",
    "question word": "QUESTION_WORDS",
    "insertion": "INSERTIONS",
}

CONTRACTIONS = (("What is", "What's"), ("Where is", "Where's"), ("do not", "don't"), ("is not", "isn't"))


def _contracted(text: str) -> str:
    for long, short in CONTRACTIONS:
        text = text.replace(long, short)
    return text


def _lower(text: str) -> str:
    """In small letters, as people type; but not where a letter is a unit or a name."""
    return text[:1].lower() + text[1:]


SURFACES: tuple[Callable[[str], str], ...] = (
    str,
    lambda text: text.rstrip("?."),
    _lower,
    lambda text: f"  {text} ".replace(" ", "  ", 2),
    lambda text: f"Hello, {_lower(text)}",
    _contracted,
    lambda text: text.replace("?", " ?"),
    lambda text: f"{text.rstrip('?.')}, please?",
    lambda text: _lower(text).rstrip("?.") + "??",
    lambda text: text.lower(),
    lambda text: text.rstrip("?.") + " - thanks!",
)
"""Ways of writing one question; the two of a pair need not be written in the same way."""


def minimal_edits(questions: Path | None = None) -> list[Pair]:
    """A question and the same with one thing exchanged, each in two ways of writing.

    questions: a file of JSON objects, one a line, with "text"; further edits are made of each.
    """
    made = [
        Pair(SURFACES[at % len(SURFACES)](one), SURFACES[(at * way) % len(SURFACES)](other), family)
        for family in FAMILIES
        for at, (one, other) in enumerate(_exchanges(family))
        for way in (1, 3)
    ]
    return made + [Pair(*edit) for edit in derived_edits(_texts(questions) if questions else ())]


def _texts(questions: Path) -> list[str]:
    rows = (json.loads(line) for line in questions.read_text("utf-8").splitlines() if line.strip())
    return list(dict.fromkeys(row["text"].strip() for row in rows))


def _exchanges(family: str) -> Iterator[tuple[str, str]]:
    for module in (edit_templates, more_edit_templates):
        for line in getattr(module, FAMILIES[family]).strip().splitlines():
            template, _, choices = line.partition(" = ")
            for choice in choices.split(", "):
                one, _, other = choice.partition("|")
                if other and "{0}" in template:
                    yield template.format(one, other), template.format(other, one)
                elif other:
                    yield _filled(template, one), _filled(template, other)


def _filled(template: str, choice: str) -> str:
    """The template with one of its choices, which may be empty."""
    return " ".join(template.format(choice).split())


def paraphrases() -> list[Pair]:
    """Pairs that ask for the same."""
    requests = [line.partition(" = ") for line in REQUESTS.strip().splitlines()]
    pairs = [
        (one.format(task), other.format(task))
        for task in TASKS.strip().splitlines()
        for one, _, other in requests
    ]
    singles = [line.partition(" = ") for line in PARAPHRASES.strip().splitlines()]
    return [
        Pair(one, other, "paraphrase")
        for one, other in (*pairs, *((one, other) for one, _, other in singles))
    ]
