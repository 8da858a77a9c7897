"""Bytes to text, whatever they declare. Pure."""

import codecs
import re

from charset_normalizer import from_bytes

BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]+)", re.IGNORECASE)
META_WITHIN = 4096
SAMPLE_BYTES = 16_384
WEB_NAMES = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-8859-9": "cp1254",
    "big5": "big5hkscs",
}
"""What browsers read when a page declares the narrower name."""


def decode(content: bytes, declared: str = "") -> str:
    """A byte order mark decides, then valid UTF-8, then the header, a <meta> tag, and last what the bytes look like."""
    for mark, name in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return content.decode(name, "replace")
    meta = META.search(content[:META_WITHIN])
    names = [declared, meta[1].decode("ascii", "replace") if meta else ""]
    if not content.isascii():
        names.insert(0, "utf-8")
    for name in filter(None, names):
        try:
            return content.decode(WEB_NAMES.get(name.lower(), name))
        except (UnicodeError, LookupError):
            continue
    return content.decode(guess(content), "replace")


def guess(content: bytes) -> str:
    if content.isascii():
        return "ascii"
    best = from_bytes(content[:SAMPLE_BYTES]).best()
    return best.encoding if best else "cp1252"
