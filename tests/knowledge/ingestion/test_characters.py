import pytest

from knowledge.ingestion.characters import clean


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("ﬁnd the oﬃce", "find the office"),
        ("cafe\u0301", "café"),
        ("ze\u200bro\ufeff wi\u2060dth", "zero width"),
        ("soft\u00adhyphen", "softhyphen"),
        ("turn \u202eback\u202c", "turn back"),
        ("tags\U000e0069\U000e0067", "tags"),
        ("bell\x07 and null\x00", "bell and null"),
        ("half \ud800 a pair", "half a pair"),
        ("no glyph \ufffd\ufffe\ue123 here", "no glyph here"),
        ("\uf0b7 item", "• item"),
        ("a \t\u00a0 b  ", "a b"),
        ("one\r\ntwo\rthree\u2028four\x0cfive", "one\ntwo\nthree\nfour\nfive"),
        ("hid\u200dden", "hidden"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("ﺳﻼﻡ", "سلام"),
        ("2 × 3 – “fine”", "2 × 3 – “fine”"),
    ],
)
def test_text_becomes_what_a_reader_sees(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned
