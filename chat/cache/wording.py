"""The form in which two questions count as the same words: pure."""

import hashlib
import re
import unicodedata

QUOTATION_MARKS = re.compile("[\"'`´‘’‚‛“”„‟«»‹›]+")
END = re.compile(r"[\s.?!…¿¡。？！؟]+$")
BEGINNING = re.compile(r"^[\s¿¡]+")


def normalised(text: str) -> str:
    """The text in one case and one Unicode form, single spaces, without quotation marks and end punctuation.

    An apostrophe inside a word stays, in its straight form: "we're" is not "were".
    """
    text = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    text = re.sub(r"(?<=\w)'(?=\w)", "\0", text)
    text = QUOTATION_MARKS.sub(" ", text).replace("\0", "'")
    text = END.sub("", BEGINNING.sub("", text))
    return re.sub(r"\s+([?!.,;:])", r"\1", " ".join(text.split()))


def digest(text: str) -> str:
    """SHA-256 of the normalised text, in hexadecimal digits."""
    return hashlib.sha256(normalised(text).encode()).hexdigest()
