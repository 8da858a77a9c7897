"""The form in which two questions count as the same words: pure."""

import hashlib
import re
import unicodedata

END = re.compile(r"[\s.?!…¿¡。？！؟]+$")
BEGINNING = re.compile(r"^[\s¿¡]+")
QUOTED = re.compile(r"""(?<!\w)["“„«'‘](.{1,200}?)["”“»'’](?!\w)""")
"""Texts of bounded length in quotation marks, of which none is a mark of an inch."""
MARKS = re.compile(
    r"(?P<inches>(?<=\d)(?:[\"”″]|''|’’|′′))|(?P<apostrophe>(?<=\w)['’](?=\w)|(?<=\d)['’′])|"
    r"[\"'`´‘’‚‛“”„‟«»‹›]+"
)
"""Marks after a number and apostrophes inside a word, which say something, and quotation marks, which do not."""


def normalised(text: str) -> str:
    """The text in one case and one Unicode form, single spaces, without quotation marks and end punctuation.

    An apostrophe inside a word and a mark after a number stay, in their straight form: "we're" is not "were", and 6'
    not 6". So do exponents and fractions: 10² is not 102.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", "".join(map(_in_one_width, text)))
    text = MARKS.sub(_plain_mark, QUOTED.sub(r" \1 ", text.casefold()))
    text = END.sub("", BEGINNING.sub("", text))
    return re.sub(r"\s+([?!.,;:])", r"\1", " ".join(text.split()))


def _plain_mark(match: re.Match[str]) -> str:
    if match["inches"]:
        return '"'
    return "'" if match["apostrophe"] else " "


def _in_one_width(character: str) -> str:
    """A full-width or half-width form as the character that it is a form of."""
    form, _, _ = unicodedata.decomposition(character).partition(" ")
    return unicodedata.normalize("NFKC", character) if form in ("<wide>", "<narrow>") else character


def digest(text: str) -> str:
    """SHA-256 of the normalised text, in hexadecimal digits."""
    return hashlib.sha256(normalised(text).encode()).hexdigest()
