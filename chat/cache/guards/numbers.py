"""Numbers, however they are written: digits, words, fractions, ordinals, Roman numerals."""

import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from chat.cache.guards.reading import Reading
from chat.cache.guards.units import UNIT_OF
from chat.cache.guards.vocabulary import SILENT, listed
from chat.cache.guards.words import Kind, Word

ONES = listed("""
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen
""")
TENS = listed("twenty thirty forty fifty sixty seventy eighty ninety")
CARDINALS = {word: number for number, word in enumerate(ONES)} | {
    word: 10 * number for number, word in enumerate(TENS, start=2)
}
ORDINALS = (
    {
        word: number
        for number, word in enumerate(
            listed("""
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
    fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth
"""),
            start=1,
        )
    }
    | {word.removesuffix("y") + "ieth": 10 * number for number, word in enumerate(TENS, start=2)}
    | {"hundredth": 100, "thousandth": 1000}
)
SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
SHORT_SCALES = {"k": 1000, "m": 10**6, "mn": 10**6, "bn": 10**9}
FRACTIONS = {
    "half": 2,
    "halves": 2,
    "third": 3,
    "quarter": 4,
    "fifth": 5,
    "sixth": 6,
    "eighth": 8,
    "tenth": 10,
}
MULTIPLES = {
    "twice": "2x",
    "double": "2x",
    "doubled": "2x",
    "thrice": "3x",
    "triple": "3x",
    "tripled": "3x",
    "quadruple": "4x",
    "dozen": "12",
    "dozens": "12",
    "pair": "2",
    "couple": "2",
    "zwei": "2",
    "drei": "3",
    "vier": "4",
    "funf": "5",
    "sechs": "6",
    "sieben": "7",
    "acht": "8",
    "neun": "9",
    "zehn": "10",
    "deux": "2",
    "trois": "3",
    "quatre": "4",
    "cinq": "5",
    "sept": "7",
    "huit": "8",
    "neuf": "9",
    "dix": "10",
    "dos": "2",
    "tres": "3",
    "cuatro": "4",
    "cinco": "5",
    "seis": "6",
    "siete": "7",
    "ocho": "8",
    "nueve": "9",
    "diez": "10",
}
VULGAR = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,3})(?![\d/])")
Numeral = tuple[str, Kind, int]
"""Value, kind and length in words; of length 0 there is none."""
NONE: Numeral = ("", "word", 0)
NUMBERED = frozenset(
    listed("""
    chapter part section title volume book phase type class level act article appendix war step stage
    pillar annex schedule tier table figure module unit grade clause paragraph form generation mark
    series episode season group category division zone line note rule
""")
)
ROMAN = re.compile(r"(?=[ivxlc])(c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})$")
ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
NEAR = 12
"""Words to look back; a bound on the time that a long text takes."""
FOLLOWED_BY_NO_ORDINAL = frozenset(listed("party parties hand thought"))


def numerals(words: Sequence[Word]) -> list[Word]:
    """The words with every number, however written, as one word that holds its value."""
    found: list[Word] = []
    at = 0
    while at < len(words):
        value, kind, length = _number_at(words, at)
        if length:
            raw = " ".join(word.raw for word in words[at : at + length])
            found.append(Word(value, raw, kind, words[at].begins, value))
        else:
            found.append(words[at])
        at += length or 1
    return found


def _number_at(words: Sequence[Word], at: int) -> Numeral:
    """Value, kind and length in words of the number that begins there; length 0 if there is none."""
    word = words[at]
    if word.kind == "number":
        return _digits(words, at)
    if word.kind != "word":
        return NONE
    for reading in (_spelled, _single, _roman):
        found = reading(words, at)
        if found[2]:
            return found
    return NONE


def _digits(words: Sequence[Word], at: int) -> Numeral:
    following = words[at + 1].text if at + 1 < len(words) else ""
    value = _canonical(words[at].text)
    if following in ("st", "nd", "rd", "th"):
        return value, "ordinal", 2
    scale = SCALES.get(following) or (SHORT_SCALES.get(following) if following != "m" else None)
    if scale and _is_decimal(value):
        return _written(Decimal(value) * scale), "number", 2
    return value, "number", 1


def _canonical(text: str) -> str:
    """ "1,000" and "1.000" are 1000; "3,5" is 3.5; "1/2" is 0.5; what is a version or a time stays as it is."""
    if match := VULGAR.fullmatch(text):
        numerator, denominator = int(match[1]), int(match[2])
        return _written(Decimal(numerator) / denominator) if denominator else text
    if re.fullmatch(r"[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*", text):
        return re.sub("[.,]", "", text)
    if match := re.fullmatch(r"(\d{1,3}(?:,\d{3})+)\.(\d+)|(\d{1,3}(?:\.\d{3})+),(\d+)", text):
        whole, rest = match[1] or match[3], match[2] or match[4]
        return f"{re.sub('[.,]', '', whole)}.{rest}"
    if re.fullmatch(r"\d+,\d{1,2}", text):
        return text.replace(",", ".")
    return text.lstrip("0") or "0" if text.isdigit() else text


def _is_decimal(text: str) -> bool:
    return bool(re.fullmatch(r"\d+(?:\.\d+)?", text))


def _written(value: Decimal) -> str:
    text = format(round(value, 6), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _spelled(words: Sequence[Word], at: int) -> Numeral:
    """ "one hundred and twenty-five", "two thirds", "half", "twenty-first"."""
    total, part, length, used = 0, 0, 0, at
    while used < len(words):
        text = words[used].text
        if text in CARDINALS and _fits(part, CARDINALS[text], length):
            part += CARDINALS[text]
        elif text in SCALES and (length or _text(words, used - 1) == "a"):
            total, part = (
                (total + (part or 1) * SCALES[text], 0) if text != "hundred" else (total, (part or 1) * 100)
            )
        elif (
            text == "and"
            and length
            and _text(words, used - 1) in SCALES
            and _text(words, used + 1) in CARDINALS
        ):
            pass
        else:
            break
        used += 1
        length = used - at
    return _ended(words, used, total + part, length)


def _fits(part: int, value: int, length: int) -> bool:
    """Whether a spelled digit may follow: "twenty five" is one number, "five twenty" two."""
    return (
        not length
        or (part % 100 == 0 and value < 100)
        or (part % 10 == 0 and part % 100 >= 20 and value < 10)
    )


def _ended(words: Sequence[Word], used: int, value: int, length: int) -> Numeral:
    text = _text(words, used)
    if not length:
        return NONE
    if text in ORDINALS and value % 10 == 0 and ORDINALS[text] < 10 and value >= 20:
        return str(value + ORDINALS[text]), "ordinal", length + 1
    if text.removesuffix("s") in FRACTIONS and text != "half" and value < 20:
        return _written(Decimal(value) / FRACTIONS[text.removesuffix("s")]), "number", length + 1
    return str(value), "number", length


def _single(words: Sequence[Word], at: int) -> Numeral:
    text, following = words[at].text, _text(words, at + 1)
    if text == "half":
        return ("6", "number", 3) if _text(words, at + 2) == "dozen" else ("0.5", "number", 1)
    if text == "couple" or (text == "pair" and following != "of"):
        return NONE
    if text in MULTIPLES:
        return MULTIPLES[text], "number", 1
    if text in ORDINALS and following not in FOLLOWED_BY_NO_ORDINAL and _is_ordinal(words, at):
        return str(ORDINALS[text]), "ordinal", 1
    return NONE


def _is_ordinal(words: Sequence[Word], at: int) -> bool:
    """ "Second" is an ordinal in "the second card", not in "per second"; "first" not in "at first"."""
    text, before = words[at].text, _text(words, at - 1)
    if text == "second":
        return before not in ("per", "one", "each") and at + 1 < len(words)
    return not (text == "first" and before == "at")


def _roman(words: Sequence[Word], at: int) -> Numeral:
    word, before = words[at], _text(words, at - 1)
    if not ROMAN.match(word.text) or word.text.endswith("'"):
        return NONE
    clear = len(word.raw) > 1 and word.raw.isupper() and set(word.text) <= set("ivx")
    if not clear and before not in NUMBERED:
        return NONE
    values = [ROMAN_VALUES[letter] for letter in word.text]
    total = sum(-v if v < following else v for v, following in zip(values, [*values[1:], 0], strict=True))
    return str(total), "number", 1


def _text(words: Sequence[Word], at: int) -> str:
    return words[at].text if 0 <= at < len(words) else ""


def found(words: Sequence[Word]) -> tuple[tuple[str, str], ...]:
    """Each number with the word that it belongs to, in the order of the text; "one" only if it is a digit."""
    pairs = []
    for at, word in enumerate(words):
        if word.kind in ("number", "ordinal") and not (
            word.text == "1" and word.raw.lower().startswith("one")
        ):
            value = word.text if word.kind == "number" else f"#{word.text}"
            pairs.append((value, _companion(words, at)))
    return tuple(pairs)


def _companion(words: Sequence[Word], at: int) -> str:
    """What a number counts: the word after it, its unit passed over, else the word before it."""
    after = next(
        (word for word in words[at + 1 : at + 4] if word.text not in UNIT_OF and word.text != "of"), None
    )
    if after and after.text not in SILENT:
        return after.stem
    return next(
        (
            w.stem
            for w in reversed(words[max(at - NEAR, 0) : at])
            if w.text not in UNIT_OF and w.text not in SILENT
        ),
        "",
    )


def differ(asked: Reading, known: Reading) -> bool:
    """Other numbers, or the same ones for other things."""
    if not asked.numbers and not known.numbers:
        return False
    ours, theirs = Counter(n for n, _ in asked.numbers), Counter(n for n, _ in known.numbers)
    if ours != theirs:
        return not _only_one(ours - theirs, known) or not _only_one(theirs - ours, asked)
    swapped = Counter(w for _, w in asked.numbers) == Counter(w for _, w in known.numbers)
    return swapped and Counter(asked.numbers) != Counter(known.numbers)


def _only_one(left: Counter[str], other: Reading) -> bool:
    """Whether what is left is nothing, or the 1 that the other spells."""
    return not left or (left == Counter("1") and "one" in other.texts)
