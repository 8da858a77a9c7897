"""Reads the pages of a PDF: pdfium first, pypdf for what pdfium cannot open.

Messages: {"pages", "reader", "title", "language"}, or {"refused": "password" or "damaged"}; then for each page
{"page", "lines", "pictures"} or {"page", "damaged"}. A line is [text, left, right, base, size, bold, hyphenated,
height]; lengths are tenths of a point along the direction of the text, base is upwards; height is where the base stands
on the page, in per mille from its foot, or the middle if the reader does not tell.
"""

import ctypes
import io
import math
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from pypdf import PdfReader

Line = tuple[str, int, int, int, int, bool, bool, int]

LINE = re.compile(
    "([^\r\n\ufffe]*[^\\s\ufffe])[^\\S\r\n]*(\ufffe?)"
)  # pdfium: U+FFFE is a hyphen that ends a line
BOLD = re.compile("bold|black|heavy|demi|medi|cmbx", re.IGNORECASE)
PASSWORD_ERRORS = {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}
UNSEEN_MODES = {pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP}
UNSEEN_SIZE = 15
SPARSE_CHARACTERS = 200
SCAN_COVERAGE = 0.5
OBJECTS_LOOKED_AT = 2_000
DRAWN_LETTERS = 40
WHITE = 250
MIDDLE = 500


def messages(content: bytes, first_page: str, last_page: str) -> Iterator[dict[str, Any]]:
    try:
        document = open_document(content)
    except PermissionError:
        yield {"refused": "password"}
        return
    if document is None:
        yield {"refused": "damaged"}
        return
    yield document.about()
    for number in range(int(first_page), min(int(last_page), document.pages) + 1):
        yield read_page(document, number)


def open_document(content: bytes) -> Any:
    """None if no reader can open it. PermissionError if it opens with a password only."""
    try:
        return PdfiumDocument(content)
    except pypdfium2.PdfiumError as error:
        if error.err_code in PASSWORD_ERRORS:
            raise PermissionError from None
    try:
        return PypdfDocument(content)
    except (MemoryError, PermissionError):
        raise
    except Exception:  # pypdf raises anything on a broken file
        return None


def read_page(document: Any, number: int) -> dict[str, Any]:
    try:
        lines, pictures = document.read(number)
    except MemoryError:
        raise
    except Exception:  # whatever is wrong with one page, the others can be read
        return {"page": number, "damaged": True}
    return {"page": number, "lines": lines, "pictures": pictures}


class PypdfDocument:
    def __init__(self, content: bytes) -> None:
        self.reader = PdfReader(io.BytesIO(content))
        if self.reader.is_encrypted and not self.reader.decrypt(""):
            raise PermissionError
        self.pages = len(self.reader.pages)
        if not self.pages:
            raise ValueError

    def about(self) -> dict[str, Any]:
        try:
            title = self.reader.metadata.title if self.reader.metadata else ""
        except Exception:  # a broken title is no reason to refuse the pages
            title = ""
        return {"pages": self.pages, "reader": "pypdf", "title": title or "", "language": ""}

    def read(self, number: int) -> tuple[list[Line], bool]:
        """Positions are made up so that one line follows the other: pypdf tells none."""
        page = self.reader.pages[number - 1]
        rows = page.extract_text().splitlines()
        lines = [
            (text.removesuffix("-"), 0, 50 * len(text), -120 * row, 100, False, text.endswith("-"), MIDDLE)
            for row, text in enumerate(map(str.rstrip, rows))
            if text
        ]
        resources: Any = page.get("/Resources") or {}
        return lines, "/XObject" in resources


class PdfiumDocument:
    def __init__(self, content: bytes) -> None:
        self.document = pypdfium2.PdfDocument(content, password="")
        self.pages = len(self.document)
        if not self.pages:
            raise pypdfium2.PdfiumError("no pages", err_code=pdfium.FPDF_ERR_FORMAT)

    def about(self) -> dict[str, Any]:
        title = self.document.get_metadata_value("Title")
        return {"pages": self.pages, "reader": "pdfium", "title": title, "language": self._language()}

    def _language(self) -> str:
        size = pdfium.FPDFCatalog_GetLanguage(self.document, None, 0)
        buffer = (ctypes.c_ushort * (size // 2))()
        pdfium.FPDFCatalog_GetLanguage(self.document, buffer, size)
        return bytes(buffer).decode("utf-16-le", "ignore").rstrip("\0")

    def read(self, number: int) -> tuple[list[Line], bool]:
        page = self.document[number - 1]
        text = page.get_textpage()
        try:
            found = [*PageText(text, page.get_bbox()).lines()]
            lines = [line for line, seen in found if seen]
            if len(lines) == len(found) and sum(len(line[0]) for line in lines) >= SPARSE_CHARACTERS:
                return lines, False
            pictures, coverage = look_for_pictures(page)
            if coverage >= SCAN_COVERAGE:  # unseen text over a scan is what OCR has read in it
                lines = [line for line, _ in found]
            return lines, pictures
        finally:
            text.close()
            page.close()


class PageText:
    """Lines of a page with their place, for about a quarter more time than the text alone takes."""

    def __init__(self, text_page: Any, box: tuple[float, float, float, float]) -> None:
        self.text_page = text_page
        self.box = box
        self.text = text_page.get_text_range()
        self.same_indices = len(self.text) == text_page.count_chars()
        self.x, self.y = ctypes.c_double(), ctypes.c_double()
        self.matrix = pdfium.FS_MATRIX()
        self.font_name = ctypes.create_string_buffer(128)
        self.font_flags = ctypes.c_int()

    def lines(self) -> Iterator[tuple[Line, bool]]:
        """Each line, and whether a reader of the page sees it."""
        for match in LINE.finditer(self.text):
            text = match[1].lstrip()
            first, last = match.end(1) - len(text), match.end(1) - 1
            middle = (first + last) // 2
            while self.text[middle].isspace():
                middle += 1
            indices = [self._index(i) for i in (first, middle, last)]
            yield self._line(text, bool(match[2]), indices)

    def _index(self, text_index: int) -> int:
        if self.same_indices:
            return text_index
        return max(0, pdfium.FPDFText_GetCharIndexFromTextIndex(self.text_page, text_index))

    def _line(self, text: str, hyphenated: bool, indices: list[int]) -> tuple[Line, bool]:
        first, middle, last = indices
        pdfium.FPDFText_GetMatrix(self.text_page, middle, self.matrix)
        slope = math.atan2(self.matrix.b, self.matrix.a) if self.matrix.b else 0.0
        scale = math.hypot(self.matrix.c, self.matrix.d)
        size = round(10 * scale * pdfium.FPDFText_GetFontSize(self.text_page, middle))
        left, base = self._origin(first, slope)
        right, _ = self._origin(last, slope)
        seen = size >= UNSEEN_SIZE and not any(self._is_unseen(index) for index in indices)
        left, right = min(left, right), max(left, right)  # right-to-left text runs the other way
        bold, height = self._is_bold(middle), self._height(base, slope)
        return (text, left, right, base, size, bold, hyphenated, height), seen

    def _origin(self, index: int, slope: float) -> tuple[int, int]:
        pdfium.FPDFText_GetCharOrigin(self.text_page, index, self.x, self.y)
        x, y = self.x.value, self.y.value
        if slope:
            cosine, sine = math.cos(slope), math.sin(slope)
            x, y = x * cosine + y * sine, y * cosine - x * sine
        return round(10 * x), round(10 * y)

    def _height(self, base: int, slope: float) -> int:
        """Where a line stands between the foot (0) and the head (1000) of the page, as its text is turned."""
        left, bottom, right, top = self.box
        if slope:
            cosine, sine = math.cos(slope), math.sin(slope)
            corners = [y * cosine - x * sine for x in (left, right) for y in (bottom, top)]
            bottom, top = min(corners), max(corners)
        return round(100 * (base - 10 * bottom) / max(top - bottom, 1.0))

    def _is_unseen(self, index: int) -> bool:
        thing = pdfium.FPDFText_GetTextObject(self.text_page, index)
        return pdfium.FPDFTextObj_GetTextRenderMode(thing) in UNSEEN_MODES

    def _is_bold(self, index: int) -> bool:
        self.font_name[0] = b"\0"
        pdfium.FPDFText_GetFontInfo(self.text_page, index, self.font_name, 128, self.font_flags)
        return bool(BOLD.search(self.font_name.value.decode("latin-1")))


def look_for_pictures(page: Any) -> tuple[bool, float]:
    """Whether the page shows pictures, and the share of it that images cover.

    A shape that fills much of the page and many small ones count too: they may be what a scanner or letters left.
    """
    area = max(page.get_width() * page.get_height(), 1.0)
    covered = shapes = 0.0
    for thing in islice(page.get_objects(max_depth=3), OBJECTS_LOOKED_AT):
        if thing.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            covered += share(thing, area)
        elif thing.type == pdfium.FPDF_PAGEOBJ_SHADING or (
            thing.type == pdfium.FPDF_PAGEOBJ_PATH and is_dark(thing)
        ):
            shapes += max(share(thing, area) / SCAN_COVERAGE, 1 / DRAWN_LETTERS)
    return covered > 0 or shapes >= 1, covered


def share(thing: Any, area: float) -> float:
    left, bottom, right, top = thing.get_bounds()
    return (right - left) * (top - bottom) / area


def is_dark(path: Any) -> bool:
    """Seen on white paper."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    pdfium.FPDFPageObj_GetFillColor(path, red, green, blue, alpha)
    return alpha.value > 0 and min(red.value, green.value, blue.value) < WHITE
