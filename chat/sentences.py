"""Sentences and words of plain text: pure."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

# The most frequent words of seven languages: they say nothing about a text but its language.
FREQUENT_WORDS = {
    "en": "a about all also an and any are as at be been but by can could did do does for from had has "
    "have how i if in into is it its may me might more most my no not of on or our should so some "
    "such than that the their them then there these they this those to was we were what when where "
    "which who why will with would you your",
    "de": "aber als am an auch auf aus bei bin bis das dass dem den der des die dies diese durch ein eine "
    "einem einen einer er es für hat haben ich ihr im in ist kann man mein mit nach nicht noch nur "
    "oder sich sie sind so soll über um und uns von vor war was wenn wer wie wir wird wo zu zum zur",
    "fr": "à au aux avec ce ces cette comment dans de des du elle en est et il ils je la le les leur mais "
    "ne nous on ou où par pas plus pour quand que quel quelle qui sa se ses son sont sur un une vous",
    "es": "a al como con cuando cuál de del donde el ella en es esta este la las lo los más me mi no o "
    "para pero por que qué se ser si sin sobre son su sus un una y ya",
    "it": "a ai al alla che chi come con da dei del della di dove e è gli ha i il in la le lo ma nel non o "
    "per più quale quando quanto se si sono su un una",
    "nl": "aan als bij dat de den der die dit een en er het hoe ik in is je kan maar met moet naar niet "
    "nog of om ook op te tot uit van voor waar wat wie worden wordt zijn",
    "pt": "a ao aos as até com como da das de do dos e ela ele em entre é está mais mas na não no nos o "
    "onde os ou para pela pelo por qual quando que se sem ser seu sua são um uma",
}
ABBREVIATED = (
    "approx bzw ca cf d.h dr e.g eg etc evtl fig ggf i.e inc jr mr mrs ms no nr prof sr st "
    "u.s usw v vgl vol vs z.b"
)
LANGUAGES = {language: frozenset(words.split()) for language, words in FREQUENT_WORDS.items()}
STOP_WORDS = frozenset().union(*LANGUAGES.values())
ABBREVIATIONS = frozenset(ABBREVIATED.split())

WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
ENDINGS = re.compile(r"(?:ements?|ions?|ings?|ers?|ors?|ed|es|ies|ied|ly|en|e|s|y|n)$")
BULLET = re.compile(r"\s*(?:[•▪◦‣●■–*·-]|\(?\d{1,2}[.)])\s+")
SENTENCE_END = re.compile(r"(?:[.!?…]+[\"”’')\]]*(?=[\s\[])|[。！？]+[」』”]?)(?:\s?\[\d{1,3}\])*")
WRAPPED_LINE = 120
"""Characters. Text with longer lines was not wrapped to a width: each of its line breaks means something."""


@dataclass(frozen=True)
class Sentence:
    """A range of characters of a text, without surrounding white space."""

    start: int
    end: int
    bulleted: bool = False
    """Stands at the head of a list item. The bullet itself is not part of it."""


def sentences(text: str, *, wrapped: bool = False) -> list[Sentence]:
    """The sentences of a text, also headings and list items. `wrapped`: a line break may be mere layout."""
    found = []
    for start, end in _blocks(text, wrapped):
        bullet = BULLET.match(text, start, end)
        start = bullet.end() if bullet else start
        for index, (first, last) in enumerate(_parts(text, start, end)):
            found.append(Sentence(first, last, bulleted=bool(bullet) and index == 0))
    return found


def _blocks(text: str, wrapped: bool) -> Iterator[tuple[int, int]]:
    """Ranges between which no sentence runs on: paragraphs, list items, headings."""
    lines = [(match.start(), match.end()) for match in re.finditer(r"[^\n\f]+", text)]
    width = max((end - start for start, end in lines), default=0)
    begin = None
    for index, (start, end) in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else None
        begin = start if begin is None else begin
        if (
            not following
            or not (wrapped and width <= WRAPPED_LINE)
            or _breaks(text, (start, end), following, width)
        ):
            yield begin, end
            begin = None


def _breaks(text: str, line: tuple[int, int], following: tuple[int, int], width: int) -> bool:
    """Whether the line break after `line` ends a block, in text that was wrapped to about `width`."""
    this, after = text[slice(*line)].strip(), text[slice(*following)].strip()
    if (
        not this
        or not after
        or text.count("\n", line[1], following[0]) > 1
        or BULLET.match(text, following[0])
    ):
        return True
    if this[-1] in ".!?:,;-" or not after[0].isupper():
        return this[-1] == ":"
    return (
        len(this) + 1 + len(after.split()[0]) <= 0.8 * width
    )  # the next word would have fitted: no mere layout


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A block cut at the ends of its sentences."""
    begin = start
    for match in SENTENCE_END.finditer(text, start, end):
        after = text[match.end() : end].lstrip()
        before = text[begin : match.start()].split()
        if after[:1].islower() or (match.group() == "." and before and _abbreviates(before[-1])):
            continue
        yield from _stripped(text, begin, match.end())
        begin = match.end()
    yield from _stripped(text, begin, end)


def _abbreviates(word: str) -> bool:
    word = word.lstrip("(\"'“").lower()
    return word in ABBREVIATIONS or (len(word) == 1 and word.isalpha())


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its common endings, English first; the same for its inflections, not a word itself."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    for _ in range(2):  # "savings": first the s, then the ing
        shorter = ENDINGS.sub("", word)
        if len(shorter) < 3:
            break
        word = shorter
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def content_stems(text: str) -> list[str]:
    """The stems of all words that are not among the most frequent ones, in order."""
    return [stem(word) for word in WORD.findall(text) if word.lower() not in STOP_WORDS]


def occurs(word: str, among: Collection[str]) -> bool:
    """Whether a stem, or one with the same beginning ("Heizung" for "Heizungsanlage"), is among others."""
    if word in among:
        return True
    beginning = word[: max(5, len(word) - 2)]
    return len(word) >= 5 and any(other.startswith(beginning) for other in among)


def numbers(text: str) -> set[str]:
    """All numbers as written with digits; 1,000 and 1000 are the same, 2.50 and 2.5 too."""
    return {_plain(number) for number in NUMBER.findall(text)}


def _plain(number: str) -> str:
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", number):
        number = number.replace(",", "")
    number = number.replace(",", ".")
    return number.rstrip("0").rstrip(".") if number.count(".") == 1 else number


def language(text: str) -> str:
    """The language whose frequent words fill the text, or "" if none stands out."""
    words = [word.lower() for word in WORD.findall(text)]
    counts = sorted(
        ((sum(word in known for word in words), name) for name, known in LANGUAGES.items()), reverse=True
    )
    (most, name), (second, _) = counts[:2]
    return name if most >= 3 and most >= 1.5 * second else ""
