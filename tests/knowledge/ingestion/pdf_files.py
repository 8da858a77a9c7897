"""PDF files for tests, written by hand: https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf"""

import io
import zlib
from collections.abc import Sequence

from pypdf import PdfReader, PdfWriter

WIDTH, HEIGHT = 600, 800


def stream(data: bytes, entries: bytes = b"") -> bytes:
    packed = zlib.compress(data)
    return b"<<%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (entries, len(packed), packed)


def pdf(
    pages: Sequence[bytes],
    *,
    extra: Sequence[bytes] = (),
    resources: bytes = b"",
    info: bytes = b"",
    entries: bytes = b"",
) -> bytes:
    """A PDF of these content streams. `extra` are further objects, numbered from 10; `entries` are each page's."""
    first = 10 + len(extra)
    kids = b" ".join(b"%d 0 R" % (first + 2 * index) for index in range(len(pages)))
    numbered = {
        1: b"<</Type/Catalog/Pages 2 0 R/Lang(en-GB)>>",
        2: b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), kids),
        3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        4: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>",
        5: b"<<%s>>" % info,
        **dict(enumerate(extra, 10)),
    }
    for index, content in enumerate(pages):
        number = first + 2 * index
        numbered[number] = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents %d 0 R"
            b"/Resources<</Font<</F1 3 0 R/F2 4 0 R>>%s>>%s>>"
            % (WIDTH, HEIGHT, number + 1, resources, entries)
        )
        numbered[number + 1] = stream(content)
    return assemble(numbered)


def assemble(numbered: dict[int, bytes]) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    offsets = {}
    for number, body in sorted(numbered.items()):
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, offset in sorted(offsets.items()):
        out += b"%d 1\n%010d 00000 n \n" % (number, offset)
    out += b"trailer<</Size %d/Root 1 0 R/Info 5 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (max(offsets) + 1, table)
    return bytes(out)


def text(x: float, y: float, words: str, *, size: float = 10, bold: bool = False, mode: int = 0) -> bytes:
    """Words at a place; y counts from the foot of the page. mode 3 is invisible."""
    escaped = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252")
    font = b"F2" if bold else b"F1"
    return b"BT /%s %g Tf %d Tr %g %g Td (%s) Tj ET\n" % (font, size, mode, x, y, escaped)


def lines(words: str, *, x: float = 50, y: float = 700, size: float = 10) -> bytes:
    """Lines parted by "|", each below the other."""
    parts = words.split("|")
    return b"".join(text(x, y - 1.2 * size * row, part, size=size) for row, part in enumerate(parts))


def text_pdf(*pages: str) -> bytes:
    return pdf([lines(words) for words in pages])


IMAGE = stream(
    bytes(3 * 8 * 8), b"/Type/XObject/Subtype/Image/Width 8/Height 8/ColorSpace/DeviceRGB/BitsPerComponent 8"
)
SHOW_SCAN = b"q %d 0 0 %d 0 0 cm /Im Do Q\n" % (WIDTH, HEIGHT)


def scanned_pdf(*pages: bytes) -> bytes:
    """Pages filled by a picture, with this content above it."""
    return pdf([SHOW_SCAN + page for page in pages], extra=[IMAGE], resources=b"/XObject<</Im 10 0 R>>")


SLOW_FORM = stream(b"0 g " * 1_000_000, b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]")


def slow(words: str) -> bytes:
    """Content that keeps a processor busy for minutes, without much memory."""
    return b"/Fm Do " * 2_000 + lines(words)


def pdf_with_slow_pages(*pages: bytes) -> bytes:
    return pdf(pages, extra=[SLOW_FORM], resources=b"/XObject<</Fm 10 0 R>>")


def encrypted(content: bytes, *, password: str, algorithm: str = "AES-256") -> bytes:
    """Needs the password to open; none if it is empty, so that only the owner's rights are protected."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt(password, owner_password="only for the owner", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
