"""Whether a question speaks of something that is not so."""

import re
from collections.abc import Sequence

from chat.cache.guards.reading import Reading
from chat.cache.guards.vocabulary import listed
from chat.cache.guards.words import Word

NEGATED, DENYING, FAILING = "negated", "denying", "failing"
"""By "not" and the like; by words such as "fail to"; by a word that may say so, or not."""

NEGATIONS = frozenset(
    listed("""
    not never no without none nothing nobody nowhere neither nor cannot hardly barely scarcely except
    excluding non avoid avoiding avoided prevent prevents preventing unless lacking lack lacks nicht kein
    keine keinen keinem keiner keines nie niemals ohne nichts niemand ausser ne pas jamais sans rien
    aucun aucune sauf nunca sin nada jamas ningun ninguna ninguno excepto 不 没 沒
""")
)
FAILURES = frozenset(
    listed("""
    fail fails failed failing failure failures unable impossible unsuccessful refuse refuses refused
    refusing stop stops stopped stopping decline declined declines missing unavailable inability
    unrecognized unrecognised unauthorized unauthorised unknown wrong incorrect incorrectly problem
    problems issue issues broken trouble rejected denied blocked deny invalid instead rather other
    strange unfamiliar error
""")
)
"""Each says in other words what a negation may say: "my card was declined", "my card did not work"."""
DENIALS = (
    re.compile(r"\b(?:stop|stops|stopped|stopping|quit|quits|cease|ceases|refrain from|keep from) \w+ing\b"),
    re.compile(r"\b(?:fail|fails|failed|failing|refuse|refuses|refused|forget|forgot|decline|neglect) to\b"),
    re.compile(r"\b(?:apart from|but not|free of|opt out|anything but|all but)\b"),
    re.compile(r"\b(?:unable|impossible)\b"),
    re.compile(r"(?<!少 )な い(?! と い け)|(?<!す み )(?<!れ )ま せ ん(?! か)"),
)
QUESTION_FOLLOWS = r"(?:what|how|why|if|whether|where|when|who|which)\b"
UNCERTAIN = "know|understand|sure|certain|see|get|remember|clear|find out|figure out"
EMPTY_WORDS = re.compile(
    r"\bwhy (?:do|can|could|would) not (?:i|we|you)\b(?= (?:just|try))|"
    rf"\b(?:(?:i|we) (?:do|did|am|are|could|can) not (?:{UNCERTAIN}) (?:{QUESTION_FOLLOWS}|(?=the (?:reason|way)))|"
    rf"(?<!you )not (?:sure|certain|clear) (?={QUESTION_FOLLOWS})|(?:whether )?or not|if not|why not|"
    r"no (?:matter|problem|doubt|worries|idea)|do not worry|not to mention)|"
    r"(?P<verb>[\u4e00-\u9fff]) [不没沒] (?P=verb)|不 [同过過错錯但仅僅]|了 [没沒]$"
)
"""Negations that deny nothing of what is asked."""


def found(words: Sequence[Word]) -> frozenset[str]:
    """In which ways the text says that something is not so."""
    kept = EMPTY_WORDS.sub(" ", " ".join(word.text for word in words))
    texts = kept.split()
    ways = {
        NEGATED: not NEGATIONS.isdisjoint(texts),
        DENYING: any(denial.search(kept) for denial in DENIALS),
        FAILING: not FAILURES.isdisjoint(texts),
    }
    return frozenset(way for way, used in ways.items() if used)


def count(words: Sequence[Word]) -> int:
    """How many words deny."""
    texts = EMPTY_WORDS.sub(" ", " ".join(word.text for word in words)).split()
    return sum(text in NEGATIONS or text in ("unable", "impossible") for text in texts)


def differ(asked: Reading, known: Reading) -> bool:
    """Only one of them denies, and the other does not say the same by another word; or, with the same words
    otherwise, one denies more often."""
    if asked.content == known.content and asked.negations != known.negations:
        return True
    ours, theirs = bool(asked.negation - {FAILING}), bool(known.negation - {FAILING})
    if ours == theirs:
        return False
    denying, other = (asked, known) if ours else (known, asked)
    return not (FAILING in other.negation and FAILING not in denying.negation)
