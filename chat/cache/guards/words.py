"""A text as words that compare: split, in one case, without accents, with their stems."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal, NamedTuple

from chat.cache.guards.vocabulary import listed

Kind = Literal["word", "number", "ordinal", "code", "mark"]


class Word(NamedTuple):
    text: str
    """In lower case, without accents; of a number its value."""
    raw: str
    kind: Kind = "word"
    begins: bool = False
    """Whether a sentence begins with it: then a capital says nothing."""
    stem: str = ""


TOKEN = re.compile(
    r"(?P<code>(?<![^\W\d_])[A-Za-z]-?\d+(?:\.\d+)*[A-Za-z]?(?!\w))"
    r"|(?P<number>\d+(?:[.,:/]\d+)*)"
    r"|(?P<sign>[°%‰$€£¥₹]|(?<=\d) ?[x×](?=\W|$))"
    r"|(?P<cjk>[\u3040-\u30ff\u3400-\u9fff])"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)"
    r"|(?P<mark>[.?!,;:\n()])"
)
SIGNS = {"%": "percent", "$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "₹": "rupee", "°": "degree"}

CONTRACTIONS = {
    "cannot": "can not",
    "cant": "can not",
    "wont": "will not",
    "can't": "can not",
    "won't": "will not",
    "shan't": "shall not",
    "ain't": "is not",
    "gonna": "going to",
    "wanna": "want to",
    "whats": "what is",
    "hows": "how is",
    "wheres": "where is",
    "im": "i am",
    "ive": "i have",
    "let's": "let us",
} | {
    f"{verb}nt": f"{verb} not"
    for verb in listed("do does did is was are were has have had would could should must need")
}
LETTER_A = "a."
"""The letter, which no list of words without content holds."""
AFTER_A_LETTER = frozenset(("to", "into", "from", "than", "or", "and", "with", "before", "after"))
ENDING = re.compile(r"'(?:s|re|ve|ll|d|m)$|(?<=s)'$")
ELISION = re.compile(r"^(l|d|j|c|s|m|t|n|qu)'(?=\w)")

RAISED = re.compile("(?<=[0-9])(?=[²³¹⁰⁴-⁹₀-₉¼-¾⅐-⅞])")
"""Between a number and an exponent or fraction: 10² is not 102."""
INCHES = re.compile("(?<=[0-9])(?:[\"”″]|''|′′)(?![^\\W\\d_])")
FEET = re.compile(r"(?<=\d)['’′](?!['’′]|[^\W\d_])")
OPENING_MARK = re.compile(r"(?<![\w'\"])['\"“‘„](?=\w)")
PREFIX_NON = re.compile(r"\b[Nn]on(?:-(?=\w)|(?=(?!sens|ethel|chal)[a-z]{5}))")


def split(text: str) -> list[Word]:
    """The words, numbers and marks of a text, contractions written out."""
    text = unicodedata.normalize("NFKC", RAISED.sub(" ", text)).replace("\N{FRACTION SLASH}", "/")
    text = re.sub("[’‘`]", "'", _lengths_spelled(text))
    text = re.sub(r"\b([Ee])-(?=mail)|\b([Ww]i)-(?=[Ff]i)|\b([Nn]on)-(?=stop)", r"\1\2\3", text)
    text = PREFIX_NON.sub("non ", text)
    words: list[Word] = []
    begins = True
    for match in TOKEN.finditer(text):
        kind, raw = match.lastgroup, match[0]
        if kind == "mark":
            words.append(Word(raw, raw, "mark"))
            begins = begins or raw in ".?!:\n"
            continue
        words += _word(kind or "", raw.strip(), begins)
        begins = False
    return [_letter(words, at) if word.text == "a" else word for at, word in enumerate(words)]


def _lengths_spelled(text: str) -> str:
    """Marks after a number as feet and inches, where none of them ends a quotation."""
    if OPENING_MARK.search(text):
        return text
    return INCHES.sub(" inches ", FEET.sub(" feet ", text))


def _letter(words: list[Word], at: int) -> Word:
    """The article, or the letter of "plan A" and "from a to b"."""
    word, after = words[at], words[at + 1] if at + 1 < len(words) else None
    named = word.raw == "A" and not word.begins and not (after and after.raw.isupper())
    if named or after is None or after.kind == "mark" or after.text in AFTER_A_LETTER:
        return word._replace(text=LETTER_A, stem=LETTER_A)
    return word


@lru_cache(maxsize=20_000)
def _word(kind: str, raw: str, begins: bool) -> tuple[Word, ...]:
    """What one token stands for: kept, because most questions are made of the same words."""
    text = without_accents(raw.lower())
    if kind == "number":
        return (Word(raw, raw, "number", begins),)
    if kind == "code":
        return _code(text.replace("-", ""), raw, begins)
    if kind == "sign":
        return (_plain(SIGNS.get(raw, "times"), raw, begins),)
    if text.endswith("n't") and text not in CONTRACTIONS:
        text = f"{text[:-3]} not"
    text = CONTRACTIONS.get(text, text)
    text = "ne " + text[2:] if text.startswith("n'") else ELISION.sub("", ENDING.sub("", text))
    return tuple(_plain(part, raw, begins) for part in text.replace("'", "").split())


def _code(text: str, raw: str, begins: bool) -> tuple[Word, ...]:
    """A letter with a number: "v2" is version 2, "A320" a model."""
    if text[0] == "v":
        return _plain("version", "version", begins), Word(text[1:], text[1:], "number")
    return (Word(text, raw, "code", begins, text),)


def _plain(text: str, raw: str, begins: bool) -> Word:
    return Word(text, raw, "word", begins, stem(text))


@lru_cache(maxsize=20_000)
def without_accents(text: str) -> str:
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f"))


IRREGULAR = dict(
    pair.split("/")
    for pair in listed("""
    lost/lose sold/sell bought/buy paid/pay sent/send spent/spend got/get gotten/get went/go gone/go
    made/make took/take taken/take gave/give given/give came/come left/leave kept/keep held/hold
    found/find said/say told/tell knew/know known/know began/begin begun/begin broke/break broken/break
    chose/choose chosen/choose drew/draw withdrew/withdraw withdrawn/withdraw wrote/write written/write
    forgot/forget forgotten/forget stole/steal stolen/steal saw/see seen/see ran/run rose/rise
    risen/rise fell/fall fallen/fall grew/grow grown/grow built/build lent/lend won/win met/meet
    drove/drive driven/drive flew/fly flown/fly ate/eat eaten/eat drank/drink slept/sleep spoke/speak
    spoken/speak thought/think brought/bring caught/catch taught/teach felt/feel meant/mean using/use
    used/use dying/die lying/lie men/man women/woman children/child people/person feet/foot teeth/tooth
    mice/mouse wives/wife lives/life froze/freeze frozen/freeze hid/hide hidden/hide woke/wake worn/wear
    wore/wear tried/try tries/try does/do did/do done/do doing/do has/have had/have having/have is/be
    are/be was/be were/be been/be am/be shown/show ups/up
""")
)
ENDING_IN_E = listed("""
    make take give come have live hide ride file move save hire fire wire lose vote type name date rate
    bake care fade fine cure tune rule dare hope love like note pave poke race rise side size time tire
    trade wipe wave wake bike cite code dose edge face fuse game joke lease line page pose role sale
    tape zone mute sue tie pile pipe store
""")
IRREGULAR |= {verb[:-1] + ending: verb for verb in ENDING_IN_E for ending in ("ing", "ed")}
UNCHANGED = set(
    listed("""
    this thus plus bus gas yes was is his its less always news species series during king ring
""")
)
BRITISH = re.compile(r"is(?=(?:e[ds]?|ing|ation|ations|er|ers)$)")
SPELLINGS = {
    "cheque": "check",
    "tyre": "tire",
    "programme": "program",
    "catalogue": "catalog",
    "dialogue": "dialog",
    "grey": "gray",
    "licence": "license",
    "defence": "defense",
    "metre": "meter",
    "litre": "liter",
    "centre": "center",
    "theatre": "theater",
    "fibre": "fiber",
    "aluminium": "aluminum",
    "storey": "story",
    "jewellery": "jewelry",
    "ok": "okay",
}


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its inflection and in one spelling; never its lemma for certain, but the same for its forms."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word.startswith("un") and word[2:] in IRREGULAR:
        return f"un{IRREGULAR[word[2:]]}"
    if len(word) <= 3 or word in UNCHANGED or not word.isascii():
        return word
    word = _without_ending(word)
    word = SPELLINGS.get(word, word)
    if len(word) > 5 and "our" in word[2:] and not word.endswith(("hour", "tour", "your", "four")):
        word = word[:2] + word[2:].replace("our", "or", 1)
    if len(word) > 5 and word.endswith(("is", "ise")):
        word = word.removesuffix("e")[:-1] + "z"
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def _without_ending(word: str) -> str:
    word = BRITISH.sub("iz", word) if len(word) > 6 else word
    for ending, instead in (
        ("ies", "y"),
        ("ied", "y"),
        ("sses", "ss"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("xes", "x"),
    ):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word.removesuffix(ending) + instead
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 3 and re.search("[aeiouy]", rest):
            doubled = len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] not in "lsz"
            return rest[:-1] if doubled else rest
    return word
