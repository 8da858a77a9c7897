"""Takes a message apart that asks several things at once, because one search for all of them finds half.

Measured on joined pairs of questions by tests/benchmarks/joined_questions.py.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chat.followups import with_topic
from knowledge.retrieval import Passage, Search

MOST_PARTS = 4
PASSAGES = 6
"""Of the parts together, but at least two of each; and as many of the whole as of a part."""
WORDS = 3
"""A part of fewer is no question of its own: "Why?"."""
VERBS = "is|are|was|were|do|does|did|can|could|should|would|will|must|may|has|have"
VERBEN = "ist|sind|war|kann|können|muss|müssen|darf|dürfen|soll|sollen|gibt|wird|werden|hat|haben"
ASKING = {
    "and|or|also|but": (
        rf"what|how|why|(?:when|where|who)\s+(?:{VERBS})|which\s+[\w-]+\s+(?:{VERBS})"
        rf"|(?:{VERBS})\s+(?:i|we|you|it|they|he|she|there|the|an?|my|our|your|this|that|these|those|any)"
    ),
    "und|oder|aber": (
        r"was|wie|warum|wieso|weshalb|wof[üu]r|womit|wieviel\w*|welche[rnms]?"
        rf"|(?:wann|wo|wer|wen|wem)\s+(?:{VERBEN})"
        rf"|(?:{VERBEN})\s+(?:ich|man|wir|sie|es|das|die|der|eine?[rnms]?|mein\w*|unser\w*)"
    ),
    "et|ou": r"quel(?:le)?s?|quand|comment|combien|pourquoi|est-ce|peut-on|faut-il",
    "y|o": r"qué|cuál(?:es)?|cuándo|cómo|cuánt[oa]s?|dónde|por\s+qué",
}
"""Words that join two questions, and those with which the second begins: rather too few than parts of one question."""
JOINTS = "|".join(rf",?\s+(?:{joining})\s+(?=(?:{asking})\b)" for joining, asking in ASKING.items())
BORDER = re.compile(rf"(?<=\?)\s+|(?<=？)\s*|(?<=؟)\s+|{JOINTS}", re.IGNORECASE)
QUOTED = re.compile(r"`[^`]*`|(?<!\w)\"[^\"]*\"|“[^”]*”|„[^“”]*[“”]|«[^»]*»|「[^」]*」")
"""Code and the words of others: what asks in there is not asked."""
JOINED = re.compile(rf"(?:{'|'.join(ASKING)}),?\s+", re.IGNORECASE)
QUESTION = re.compile("|".join(ASKING.values()), re.IGNORECASE)
MARKS = ("?", "？", "؟")


@dataclass(frozen=True)
class Part:
    """One of the questions of a message."""

    question: str
    """As it was asked."""
    search: str
    """With the topic that it refers back to."""


def parts(message: str) -> list[Part]:
    """The questions of a message; none if it is one, or too many."""
    asked: list[str] = []
    plain = " ".join(message.split())  # of many blanks in a row, each may begin a border
    for piece in filter(None, map(str.strip, _pieces(plain))):
        joining = JOINED.match(piece) if asked else None
        question = piece[joining.end() :] if joining else piece
        if not asked or question.endswith(MARKS) or QUESTION.match(question):
            asked.append(question)
    if not 2 <= len(asked) <= MOST_PARTS or any(len(question.split()) < WORDS for question in asked):
        return []
    return [Part(question, with_topic(question, asked[:number])) for number, question in enumerate(asked)]


def _pieces(message: str) -> Iterator[str]:
    """What stands between the borders that are not within a quotation."""
    quoted = [range(*match.span()) for match in QUOTED.finditer(message)]
    start = 0
    for border in BORDER.finditer(message):
        if not any(border.start() in words for words in quoted):
            yield message[start : border.start()]
            start = border.end()
    yield message[start:]


def joined(searches: Sequence[Search]) -> Search:
    """What the searches for a message and its parts found, as one: the best of each, no passage twice."""
    each = max(2, PASSAGES // (len(searches) - 1))
    taken: list[Passage] = []
    for search in filter(lambda search: search.answerable, searches):
        there = {chunk for passage in taken for chunk in passage.chunk_ids}
        best = [passage for passage in search.passages if passage.score >= search.floor / 2][:each]
        taken += [passage for passage in best if not there.issuperset(passage.chunk_ids)]
    return Search(
        tuple(sorted(taken, key=lambda passage: -passage.score)),
        {term: weight for search in searches for term, weight in search.term_weights.items()},
        searches[0].floor,
        next((search.degraded for search in searches if search.degraded), ""),
    )
