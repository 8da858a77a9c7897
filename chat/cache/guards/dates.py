"""Days, months, quarters and parts of the day."""

import re
from collections.abc import Sequence

from chat.cache.guards.reading import Reading
from chat.cache.guards.vocabulary import listed
from chat.cache.guards.words import Word

MONTHS = listed("""
    january february march april may june july august september october november december
""")
WEEKDAYS = listed("monday tuesday wednesday thursday friday saturday sunday")
MONTH_OF = (
    {name: name for name in MONTHS}
    | {name[:3]: name for name in MONTHS if name != "may"}
    | {
        "sept": "september",
        "januar": "january",
        "februar": "february",
        "marz": "march",
        "mai": "may",
        "juni": "june",
        "juli": "july",
        "oktober": "october",
        "dezember": "december",
        "janvier": "january",
        "fevrier": "february",
        "mars": "march",
        "avril": "april",
        "juin": "june",
        "juillet": "july",
        "aout": "august",
        "septembre": "september",
        "octobre": "october",
        "novembre": "november",
        "decembre": "december",
        "enero": "january",
        "febrero": "february",
        "marzo": "march",
        "abril": "april",
        "mayo": "may",
        "junio": "june",
        "julio": "july",
        "agosto": "august",
        "septiembre": "september",
        "octubre": "october",
        "noviembre": "november",
        "diciembre": "december",
    }
)
AMBIGUOUS = frozenset(listed("may march mar jan jun mars mai dec sep sun sat wed mon fri"))
"""Dates only with a capital, a number beside them, or after a word such as "in"."""
WEEKDAY_OF = (
    {name: name for name in WEEKDAYS}
    | {name[:3]: name for name in WEEKDAYS}
    | {"tues": "tuesday", "thur": "thursday", "thurs": "thursday"}
    | dict(zip(listed("montag dienstag mittwoch donnerstag freitag samstag sonntag"), WEEKDAYS, strict=True))
    | dict(zip(listed("lundi mardi mercredi jeudi vendredi samedi dimanche"), WEEKDAYS, strict=True))
    | dict(zip(listed("lunes martes miercoles jueves viernes sabado domingo"), WEEKDAYS, strict=True))
)
BEFORE_A_DATE = frozenset(
    listed("in of by since until till last next this during from before after on every to")
)
PARTS = {
    word: word
    for word in listed("""
    morning afternoon evening night noon midnight midday weekend weekday spring summer autumn winter
    christmas easter
""")
} | {"am": "am", "pm": "pm", "fall": "autumn", "tonight": "night", "noon": "midday"}
RELATIVE = frozenset(listed("today tomorrow yesterday"))
ISO = re.compile(r"\b(\d{4})-(\d{1,2})(?:-(\d{1,2}))?\b")
WRITTEN = re.compile(r"(?<![\d.,])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?![\d.,]\d)")


def spelled_out(text: str) -> str:
    """The text with "2024-05-01" as "1 may 2024", and "Q2" as "second quarter"; "3/4/2024" may mean two days
    and stays one word."""
    text = ISO.sub(_day, text)
    text = WRITTEN.sub(lambda m: f" {int(m[1])}:{int(m[3])}:{m[4][-2:]} ", text)
    return re.sub(
        r"\b[Qq]([1-4])\b", lambda m: f"{('first', 'second', 'third', 'fourth')[int(m[1]) - 1]} quarter", text
    )


def _day(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    if not 1 <= int(month) <= 12:
        return match[0]
    return f"{int(day) if day else ''} {MONTHS[int(month) - 1]} {year}"


def found(words: Sequence[Word]) -> frozenset[str]:
    """The names of days, months and parts of the day or year, each under its English name."""
    return frozenset(
        name for at, word in enumerate(words) if word.kind == "word" and (name := _date_at(words, at))
    )


def _date_at(words: Sequence[Word], at: int) -> str:
    text = words[at].text
    singular = text.removesuffix("s") if len(text) > 4 else text
    if text in RELATIVE:
        return text
    if singular in PARTS:
        return _part(words, at, singular)
    name = MONTH_OF.get(text) or WEEKDAY_OF.get(text) or WEEKDAY_OF.get(singular)
    if name and text in AMBIGUOUS and not _surely_a_date(words, at):
        return ""
    return name or ""


def _part(words: Sequence[Word], at: int, text: str) -> str:
    before = words[at - 1] if at else None
    if text in ("am", "pm"):
        return text if before and before.kind == "number" else ""
    if text == "fall":
        return "autumn" if before and before.text in ("in", "the", "this", "last", "next", "during") else ""
    return PARTS[text]


def _surely_a_date(words: Sequence[Word], at: int) -> bool:
    word = words[at]
    beside = [words[i] for i in (at - 1, at + 1) if 0 <= i < len(words)]
    if any(other.kind in ("number", "ordinal") for other in beside):
        return True
    if word.raw[:1].isupper() and not word.begins:
        return True
    return (
        word.text in ("may", "march")
        and at > 0
        and words[at - 1].text in BEFORE_A_DATE - {"to", "on", "by", "this"}
    )


def differ(asked: Reading, known: Reading) -> bool:
    """Another day, or a day on one side only; today, tomorrow and the like only if the other names another."""
    ours, theirs = asked.dates - known.dates, known.dates - asked.dates
    if ours and theirs:
        return True
    return bool((ours | theirs) - RELATIVE)
