"""Makes a follow-up question stand alone: "And how much does that save?" needs what was asked before.

A chat model rewrites it. Without one, or if the model fails, the search takes the question along that named the topic:
the last one before that stands alone. Measured by tests/benchmarks/followups.py.
"""

import logging
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chat.citations import without_marks
from chat.prompts import standalone_question_messages
from chat.writers import Usage, WriterError, complete

logger = logging.getLogger(__name__)

Turn = tuple[str, str]
"""(role, content); roles "user" and "assistant"."""

TURNS = 8
"""That a model is shown."""
TURN_LENGTH = 500
"""Characters of an earlier turn that count."""
LONG_QUESTION = 1_000
"""Characters. A longer question is searched as it is: a rewrite could only lose something."""

SHORT, LONG = 4, 12
"""Words: a question of so few leaves something out; in a longer one "it" refers to the question itself."""
WORD = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]{1,2}|[^\W_]+")
"""Scripts without spaces: about two characters a word."""
OPENING = "and but or so und aber oder et mais y pero ma mas maar"
OPENINGS = frozenset(OPENING.split())
OPENING_PAIRS = frozenset({("what", "about"), ("how", "about"), ("what", "if")})
REFERRING = """
it its they them their theirs this that these those he him his she her hers
else other another others then instead former latter same
dies diese diesem diesen dieser dieses dessen deren ihm ihn ihnen dort
dabei dadurch dafür dagegen daher damit danach daran darauf daraus darin darüber davon dazu
ça cela ceci celui celle ceux celles cet cette elle elles
eso esto ese esa esos esas ello ella ellos ellas
questo questa questi queste quello quella ciò
isso isto disso nisso ele ela eles elas
dat deze daarvan daarmee daarvoor ervan ermee ervoor
"""
REFERENCES = frozenset(REFERRING.split())
"""Words that point back in one of these languages and are common in none of the others. A question in another language
is searched as it is, unless it is very short."""

QUESTION_MARKS = ("?", "？", "؟", ";")
FULL_STOPS = (".", "!", "。", "！", "۔", "।")
QUOTES = " \t\r\n\"'`*“”„«»"
LABEL = re.compile(r"\A[\w -]{0,30}(?:question|frage) ?:[\s*]*", re.IGNORECASE)
"""Such as "Standalone question:", which small models put before it."""


@dataclass(frozen=True)
class Standalone:
    """A question that can be understood without its conversation."""

    text: str
    """As it is kept, and given to the writer."""
    search: str
    """What retrieval is asked."""
    rewritten: bool = False
    """By a chat model."""
    usage: Usage = field(default_factory=Usage)
    """What the rewriting took, used or not."""


async def standalone_question(question: str, history: Sequence[Turn]) -> Standalone:
    """The question, with what it leaves out because it was said before. A model that fails does not fail it.

    history: earlier turns, oldest first; the topic is looked for in all of them, a model sees the last ones.
    """
    earlier = [content[:TURN_LENGTH] for role, content in history if role == "user"]
    if not earlier or len(question) > LONG_QUESTION:
        return Standalone(question, question)
    combined = Standalone(question, with_topic(question, earlier))
    recent = [(role, content[:TURN_LENGTH]) for role, content in history[-TURNS:]]
    messages = standalone_question_messages(question, recent, delimiter=secrets.token_hex(8))
    try:
        completion = await complete(messages)
    except WriterError as error:
        logger.warning("a follow-up was not rewritten: %s", error.code)
        return replace(combined, usage=error.usage)
    if completion is None:
        return combined
    rewrite = LABEL.sub("", completion.text.strip(QUOTES), count=1).strip(QUOTES)
    if completion.usage.truncated or not is_rewrite(rewrite, of=question):
        return replace(combined, usage=completion.usage)
    return Standalone(rewrite, rewrite, rewrite != question, completion.usage)


def with_topic(question: str, earlier: Sequence[str]) -> str:
    """What to search for: the question, after the one that named its topic if it refers back."""
    if not earlier or not refers_back(question):
        return question
    topic = next((asked for asked in reversed(earlier) if not refers_back(asked)), earlier[0])
    return f"{topic} {question}"


def refers_back(question: str) -> bool:
    """Whether the question seems to need an earlier one: it is very short, or begins or points back like one."""
    words = WORD.findall(question.lower())
    if len(words) <= SHORT or words[0] in OPENINGS or tuple(words[:2]) in OPENING_PAIRS:
        return True
    return len(words) <= LONG and not REFERENCES.isdisjoint(words)


def points_back(question: str) -> bool:
    """Whether anything in it, however long it is, may stand for something that was said before."""
    return refers_back(question) or not REFERENCES.isdisjoint(WORD.findall(question.lower()))


def is_rewrite(text: str, *, of: str) -> bool:
    """Whether a model's text can be a question in other words; not an answer, a comment or nothing."""
    if not text or "\n" in text or len(text) > 2 * len(of) + TURN_LENGTH or without_marks(text) != text:
        return False
    if text.endswith(QUESTION_MARKS):
        return True
    asked = of.rstrip()
    return not asked.endswith(QUESTION_MARKS) and (
        asked.endswith(FULL_STOPS) or not text.endswith(FULL_STOPS)
    )
