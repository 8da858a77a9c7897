"""Minimal edits of questions that other people wrote: one function for each family, None where nothing fits."""

import re
from collections.abc import Iterable, Iterator

NUMBER = re.compile(r"\d+")
NOUN_PHRASE = re.compile(r"\b(my|the|a|an|any) (?=[a-z])", re.IGNORECASE)
INVERTED = re.compile(
    r"\b(can|do|does|did|is|are|was|were|will|would|should|have|has) (i|you|it|my|the|this|there)\b",
    re.IGNORECASE,
)
PLAIN = re.compile(r"\b(can|is|are|was|were|will|would|should|has|could|am) (?!not\b)", re.IGNORECASE)
NEGATIVE = re.compile(r"n't\b|\b(?:not|never|no|cannot|without)\b", re.IGNORECASE)
OPENING = re.compile(r"^(how many|how much|how long|how often|why|when|where|who|how|what)\b", re.IGNORECASE)
OTHER_OPENINGS = {"why": "when", "when": "why", "where": "when", "who": "why", "how": "why", "what": "when"}
NAME = re.compile(r"(?<=[a-z] )(?!I\b|I')[A-Z][A-Za-z]+\b")
STANDS_FOR = ("Lumora", "Brixen", "QTX", "Halvard")
INSERTED = ("portable", "regional", "spare", "company")
WAY = re.compile(r"\bfrom (\w+) (?:in)?to (\w+)\b", re.IGNORECASE)
PEOPLE = (("anna", "peter"), ("nadine", "oskar"), ("Mr Hale", "Ms Brandt"))


def derived_edits(questions: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Each question, an edit of it, and the family of the edit."""
    for at, question in enumerate(questions):
        edits = {
            "number": with_another_number(question, at),
            "spelled number": with_a_spelled_number(question),
            "negation": negated(question),
            "question word": with_another_question_word(question),
            "name": with_another_name(question, at),
            "direction": turned_round(question),
            "insertion": with_a_word_inserted(question, at),
        }
        yield from ((question, edit, family) for family, edit in edits.items() if edit and edit != question)
        ours, theirs = (f"{question.rstrip(' ?.!')} for {person}?" for person in PEOPLE[at % len(PEOPLE)])
        yield ours, theirs, "name" if ours[-2:-1].isupper() or " M" in ours[-12:] else "lower-case name"


def with_another_number(question: str, at: int) -> str | None:
    if NUMBER.search(question):
        return NUMBER.sub(lambda number: str(int(number[0]) + 1 + at % 7), question, count=1)
    return NOUN_PHRASE.sub(lambda found: f"{found[1]} {2 + at % 30} ", question, count=1)


def with_a_spelled_number(question: str) -> str | None:
    return NOUN_PHRASE.sub(lambda found: f"{found[1]} second ", question, count=1)


def negated(question: str) -> str | None:
    if NEGATIVE.search(question):
        return None
    if INVERTED.search(question):
        return INVERTED.sub(r"\1 \2 not", question, count=1)
    return PLAIN.sub(r"\1 not ", question, count=1)


def with_another_question_word(question: str) -> str | None:
    match = OPENING.match(question)
    if not match:
        return None
    other = OTHER_OPENINGS.get(match[1].lower(), "why")
    return other.capitalize() + question[match.end() :]


def with_another_name(question: str, at: int) -> str | None:
    return NAME.sub(STANDS_FOR[at % len(STANDS_FOR)], question, count=1)


def with_a_word_inserted(question: str, at: int) -> str | None:
    return NOUN_PHRASE.sub(lambda found: f"{found[1]} {INSERTED[at % len(INSERTED)]} ", question, count=1)


def turned_round(question: str) -> str | None:
    return WAY.sub(r"from \2 to \1", question, count=1)
