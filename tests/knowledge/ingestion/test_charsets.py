import pytest

from knowledge.ingestion.charsets import decode

GERMAN = "Größere Häuser brauchen für die Heizung mehr Öl."
RUSSIAN = "Утепление чердака экономит много энергии и денег каждый год."
JAPANESE = "断熱材は家庭のエネルギーを節約します。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_needs_no_declaration(encoding: str) -> None:
    assert decode(RUSSIAN.encode(encoding)) == RUSSIAN


@pytest.mark.parametrize(
    ("text", "encoding", "declared"),
    [(GERMAN, "cp1252", "iso-8859-1"), (RUSSIAN, "koi8-r", "KOI8-R"), (JAPANESE, "cp932", "shift_jis"),
     (JAPANESE, "iso2022_jp", "iso-2022-jp")],
)  # fmt: skip
def test_what_the_header_declares_is_believed(text: str, encoding: str, declared: str) -> None:
    assert decode(text.encode(encoding), declared) == text


def test_a_meta_tag_is_believed() -> None:
    page = f'<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>{RUSSIAN}</p>'

    assert RUSSIAN in decode(page.encode("koi8-r"))


def test_valid_utf_8_is_believed_against_the_header() -> None:
    assert decode(GERMAN.encode(), "iso-8859-1") == GERMAN


def test_an_unknown_charset_is_passed_over() -> None:
    assert decode(GERMAN.encode("cp1252"), "x-klingon").startswith("Gr")


def test_undeclared_bytes_are_guessed() -> None:
    assert decode((RUSSIAN * 5).encode("cp1251")) == RUSSIAN * 5


def test_rubbish_never_raises() -> None:
    assert isinstance(decode(bytes(range(256)) * 10, "utf-8"), str)
