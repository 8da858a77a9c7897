"""Which questions and answers the cache may have to do with."""

import re

from chat.cache import guards
from chat.followups import Standalone, points_back

LONGEST = 500
"""Characters. A longer question tells a story of its own."""

NOW = re.compile(
    r"""\b(?:today|tonight|tomorrow|yesterday|now|nowadays|currently|at\ the\ moment|at\ present|these\ days
    |so\ far|latest|newest|most\ recent|recently|what\ (?:time|day|date)\ is\ it
    |(?:this|next|last|coming|past)\ (?:morning|evening|night|week|weekend|month|quarter|year|summer|winter)
    |heute|jetzt|gerade|morgen|gestern|aktuell\w*|derzeit|diese[nrs]?\ (?:woche|monat|jahr)
    |aujourd'hui|maintenant|demain|hier|actuellement|hoy|ahora|mañana|ayer|actualmente)\b""",
    re.IGNORECASE | re.VERBOSE,
)
ME = re.compile(
    r"""\b(?:who\ am\ i|about\ me\b|my\ (?:name|age|birthday|e-?mail|phone\ number|address|salary|password\ is|balance)
    |my\ (?:last|previous|first|earlier)\ (?:question|message|answer)
    |(?:did|have|had)\ i\ (?:say|said|ask|asked|tell|told|mention|mentioned|write|written)
    |i\ (?:said|asked|told\ you|mentioned|wrote)|(?:you|we)\ (?:said|told\ me|mentioned|talked|discussed|just)
    |(?:this|our)\ (?:conversation|chat|discussion)|(?:do|can)\ you\ remember|i(?:'m|\ am)\ called|my\ name\ is
    |wer\ bin\ ich|mein\ name|ich\ (?:habe\ gesagt|heiße)|qui\ suis-je|je\ m'appelle|quién\ soy|me\ llamo)\b""",
    re.IGNORECASE | re.VERBOSE,
)
PRIVATE = re.compile(
    r"[^\s@]+@[^\s@]+\.\w+"  # an e-mail address
    r"|(?<![\w.])(?!\d{4}-\d\d-\d\d\b)\+?\d(?:[ ./()-]?\d){6,}(?!\w)"  # a telephone, account or card number
    r"|\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,}\b"  # an IBAN
)


def may_be_shared(question: str) -> bool:
    """Whether an answer to it may hold for others and later: not about now or me, and without private data."""
    if not question.strip() or len(question) > LONGEST:
        return False
    return not (NOW.search(question) or ME.search(question) or PRIVATE.search(question))


def stands_alone(question: Standalone, *, is_first: bool) -> bool:
    """Whether it is a first question, was rewritten by a model, or does not need the conversation in any way.

    The last is for English only, whose referring words are known best.
    """
    if is_first or question.rewritten:
        return True
    needs_nothing = question.search == question.text and not points_back(question.text)
    return needs_nothing and guards.read(question.text).english
