"""Cleans the characters of extracted text: what nobody sees is dropped, what only looks different is made equal."""

import re
import unicodedata

INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters except tab and the line breaks
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffd\ufdd0-\ufdef\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]+"
)
JOINERS = re.compile("[\u200c\u200d]+")
JOINED_LETTER = re.compile("[\u0600-\u109f]")
PRESENTATION_FORMS = re.compile("[\ufb00-\ufb06\ufb13-\ufb17\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc]+")
SYMBOL_BULLETS = re.compile("[\uf0b7\uf0a7\uf0d8\uf076\uf0fc\uf06e\uf0a8]")
PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]+")
SPACES = re.compile("[^\\S\n]+")
ORDINARY = re.compile("[ -~\u00c0-\u024f\u2013\u2014\u2018-\u201e\u2022\u2026]*")
"""Characters of which most lines consist, and which need no cleaning."""
LINE_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def clean(text: str) -> str:
    """The text as a reader sees it: NFC, ligatures as letters, single spaces, lines parted by "\\n"."""
    if ORDINARY.fullmatch(text) and "  " not in text:
        return text.strip()
    text = LINE_BREAKS.sub("\n", text)
    text = INVISIBLE.sub("", text)
    text = JOINERS.sub(keep_joiner, text)
    text = PRESENTATION_FORMS.sub(lambda form: unicodedata.normalize("NFKC", form[0]), text)
    text = PRIVATE_USE.sub("", SYMBOL_BULLETS.sub("•", text))
    return SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def keep_joiner(joiners: re.Match[str]) -> str:
    """A joiner shapes the letters of Persian and Indic words; anywhere else it only hides."""
    text, (start, end) = joiners.string, joiners.span()
    is_needed = JOINED_LETTER.match(text[start - 1 : start]) and JOINED_LETTER.match(text[end : end + 1])
    return joiners[0][0] if is_needed else ""
