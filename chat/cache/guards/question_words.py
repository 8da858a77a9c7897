"""What kind of thing a question asks for: a time, a place, a person, a reason, a number …"""

import re
from collections import Counter
from collections.abc import Sequence

from chat.cache.guards.reading import Reading
from chat.cache.guards.vocabulary import AUXILIARIES, listed
from chat.cache.guards.words import Word

SOFT = frozenset(("what", "how"))
MEASURES = {
    "many": "how many",
    "much": "how much",
    "long": "how long",
    "often": "how often",
    "frequently": "how often",
    "far": "how far",
    "old": "how old",
    "soon": "when",
    "quickly": "when",
    "come": "why",
    "big": "how big",
    "large": "how big",
    "tall": "how big",
    "high": "how high",
    "deep": "how big",
    "heavy": "how heavy",
    "fast": "how fast",
    "hot": "how hot",
    "warm": "how hot",
    "cold": "how hot",
    "late": "when",
    "early": "when",
}
OF_WHAT = {
    "time": "when",
    "date": "when",
    "day": "when",
    "year": "when",
    "month": "when",
    "place": "where",
    "location": "where",
    "country": "where",
    "reason": "why",
    "person": "who",
    "age": "how old",
    "distance": "how far",
    "number": "how many",
    "amount": "how much",
    "price": "how much",
    "cost": "how much",
    "for": "why",
    "purpose": "why",
    "causes": "why",
    "cause": "why",
    "caused": "why",
    "frequency": "how often",
    "duration": "how long",
}
PLAIN = {
    "who": "who",
    "whom": "who",
    "whose": "whose",
    "when": "when",
    "where": "where",
    "why": "why",
    "which": "which",
}
WORDS = frozenset((*PLAIN, *SOFT))
FOREIGN_SOFT = frozenset(listed("wie was comment que quoi como quel quelle welche welcher welches cual"))
FOREIGN = FOREIGN_SOFT | frozenset(
    listed("""
    wer wen wem wann wo wohin woher warum wieso weshalb wieviel qui quand pourquoi combien
    quien cuando donde cuanto cuanta cuantos cuantas
""")
)
COMMA_WORDS = frozenset((",", ";", "(", "and", "or", "but", "so", "then", "-"))
BEFORE_IN_A_FRAME = frozenset(
    listed("""
    tell me know understand wonder wondering explain show see ask asking sure idea find out figure learn
    check clear say question remember us of about clarify describe advise understanding knowing confused
    confirm
""")
)
PREPOSITIONS = frozenset(listed("to from for by with at on in since until till of about from"))
AMOUNT = (
    "costs?|prices?|fees?|charges?|rates?|amounts?|limits?|number|maximum|minimum|max|min|percentage|total|sum|"
    "balance|salary"
)
AMOUNTS = re.compile(rf"\bwhat (?:\w+ ){{0,5}}(?:{AMOUNT})\b")
WAITING = "until|till|before|takes?|taking|wait|arrives?|receive|get|come|delivery|shipping|process|transfers?|expect"
WAITS = re.compile(rf"\bhow long (?:\w+ ){{0,3}}(?:{WAITING})\b")
PLACES_TO_GO = re.compile(
    r"\bwhere (?:do|can|should|must|would|could|will) (?:i|we|you|one) (?:have to |need to )?go to\b"
)
REASONS = re.compile(
    r"\bwhat (?:is|was|are|were|would be)? ?(?:the|a|your|my)? ?(?:reasons?|purpose|point|causes?)\b"
)
POLITE = frozenset(listed("hi hello hey please pls thanks thank you so and but ok okay"))
REQUESTED = BEFORE_IN_A_FRAME | frozenset(listed("help give send provide let please kindly"))
"""What follows in "can you …" where it only asks for an answer."""
LAST_OF_A_REASON = frozenset(listed("reason reasons purpose point cause causes caused for"))


def found(words: Sequence[Word]) -> frozenset[str]:
    """The kinds of question that a text asks; "when" and the like as conjunctions ask nothing."""
    kinds: set[str] = set()
    for at, word in enumerate(words):
        if word.text in WORDS and _asks(words, at, anything=bool(kinds)):
            kinds |= _kinds(words, at)
    text = " ".join(word.text for word in words if word.kind != "mark")
    return frozenset(kinds | (_paraphrased(text) if kinds else set()))


def standing(words: Sequence[Word], *, english: bool) -> tuple[str, ...]:
    """The question words of a text, whether they ask or join."""
    return tuple(word.text for word in words if word.text in WORDS or (not english and word.text in FOREIGN))


def yes_or_no(words: Sequence[Word]) -> bool:
    """Whether a sentence of the text begins with "can I", "is it" and the like; "can you tell me" only asks."""
    opening = True
    for at, word in enumerate(words):
        opening = opening or word.begins
        if opening and word.text in AUXILIARIES and not _requests(words, at):
            return True
        opening = word.kind == "mark" or (opening and word.text in POLITE)
    return False


def _requests(words: Sequence[Word], at: int) -> bool:
    return _text(words, at + 1) == "you" and _text(words, at + 2) in REQUESTED


def _kinds(words: Sequence[Word], at: int) -> set[str]:
    word, after = words[at].text, _text(words, at + 1)
    if word == "how":
        return {MEASURES.get(after, "how")}
    if (
        word in ("what", "which")
        and after in OF_WHAT
        and not (word == "which" and after in ("number", "for"))
    ):
        return {OF_WHAT[after], word}
    return {PLAIN.get(word, word)}


def _paraphrased(text: str) -> set[str]:
    """The hard question words that could stand for what is asked with other words."""
    kinds = set()
    if AMOUNTS.search(text):
        kinds |= {"how much", "how many"}
    if WAITS.search(text):
        kinds.add("when")
    if REASONS.search(text) or ("what" in text and text.rpartition(" ")[2] in LAST_OF_A_REASON):
        kinds.add("why")
    if PLACES_TO_GO.search(text):
        kinds.add("how")
    return kinds


def _asks(words: Sequence[Word], at: int, *, anything: bool) -> bool:
    """Whether a question word asks, where it stands; anything: whether something is asked before it."""
    before, after = _text(words, at - 1), _text(words, at + 1)
    inverted = after in AUXILIARIES or after in ("it", "exactly") or after in MEASURES
    if at == 0 or words[at].begins or before in COMMA_WORDS or words[at - 1].kind == "mark":
        return inverted or words[at].text in SOFT or not _clause(words, at, anything)
    if before in BEFORE_IN_A_FRAME:
        return not anything or words[at].text not in ("when", "where", "who", "which")
    if before in PREPOSITIONS and (at == 1 or words[at - 1].begins):
        return True
    if at == len(words) - 1 or words[at + 1].kind == "mark":
        return True
    return words[at].text in ("why", "how", "what") or (
        inverted and not anything and words[at].text in ("when", "where", "why")
    )


def _clause(words: Sequence[Word], at: int, anything: bool) -> bool:
    """Whether it begins a clause that depends on another: "When I lose my card, what …"."""
    if words[at].text not in ("when", "where", "who", "which", "whose"):
        return False
    rest = [word.text for word in words[at + 1 :]]
    return anything or "," in rest or any(text in WORDS for text in rest)


def _text(words: Sequence[Word], at: int) -> str:
    return words[at].text if 0 <= at < len(words) else ""


def _exchanged(asked: Reading, known: Reading) -> bool:
    """A question word on each side that the other lacks, one of them hard."""
    ours = Counter(asked.question_words) - Counter(known.question_words)
    theirs = Counter(known.question_words) - Counter(asked.question_words)
    together = {*ours, *theirs}
    if len(asked.question_words) == len(known.question_words) == 1 and asked.asks & known.asks:
        return False
    return bool(ours and theirs) and not (
        together <= SOFT | FOREIGN_SOFT or together <= {"what", "which"} or together <= {"who", "whom"}
    )


def _only_one_is_open(closed: Reading, open_: Reading) -> bool:
    """Yes or no on one side, a hard question word on the other: "Can I pay?", "Where can I pay?"."""
    if not closed.yes_or_no or closed.asks or open_.yes_or_no:
        return False
    if sorted(closed.question_words) == sorted(
        open_.question_words
    ):  # "Is there someone who can?", "Who can?"
        return False
    return bool(open_.asks) and open_.asks.isdisjoint(SOFT)


def differ(asked: Reading, known: Reading) -> bool:
    """A hard question word against another, or against what or how."""
    if asked.content == known.content and _exchanged(asked, known):
        return True
    if _only_one_is_open(asked, known) or _only_one_is_open(known, asked):
        return sorted(asked.content) == sorted(known.content)
    ours, theirs = asked.asks, known.asks
    if not ours or not theirs or ours & theirs or (ours | theirs) <= SOFT:
        return False
    return not (ours | theirs) <= {"what", "which"}
