"""The values that pass through ingestion: a document as fetched, a reading of it, the pieces of the reading."""

from dataclasses import dataclass
from functools import cached_property

PAGE_BREAK = "\f"


@dataclass(frozen=True)
class Document:
    """Bytes as they came, before anyone has read them."""

    content: bytes
    media_type: str
    """"application/pdf", "text/html" or "text/plain", judged by the first bytes, then by the header."""
    name: str = ""
    """Where it came from, for messages: the final address or the file's name."""
    charset: str = ""
    """From the header, if it named one."""
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class PageReport:
    number: int
    characters: int
    has_images: bool = False
    left_out: tuple[str, ...] = ()
    """Its running heads and feet and its page number, which are not in the text."""


@dataclass(frozen=True)
class ReadingReport:
    """What was really read, for the curator."""

    reader: str
    seconds: float = 0.0
    pages: tuple[PageReport, ...] = ()
    """One entry a page that was read; empty for documents without pages."""
    page_count: int = 0
    """Pages that the document has, also those that were not read."""
    warnings: tuple[str, ...] = ()
    """What may be missing in the text."""
    notes: tuple[str, ...] = ()
    """What was left out on purpose."""
    peak_memory_mb: float = 0.0
    """Of the process that read it; 0 if that had to be stopped."""

    @property
    def empty_pages(self) -> list[int]:
        """Pages with neither text nor picture."""
        return [page.number for page in self.pages if page.characters == 0 and not page.has_images]

    @property
    def scanned_pages(self) -> list[int]:
        """Pages with a picture but no text: they need OCR."""
        return [page.number for page in self.pages if page.characters == 0 and page.has_images]


@dataclass(frozen=True)
class Heading:
    start: int
    """Offset of its first character in the reading's text."""
    level: int
    """1 is the highest."""
    text: str


@dataclass(frozen=True)
class Reading:
    """The text of a document. Paragraphs are parted by a blank line, pages by PAGE_BREAK."""

    text: str
    report: ReadingReport
    title: str = ""
    language: str = ""
    """ISO 639-1, or empty if unknown."""
    headings: tuple[Heading, ...] = ()
    """In order of start. Each stands in the text as a paragraph of its own."""
    paged: bool = False

    @cached_property
    def page_starts(self) -> list[int]:
        """Offset of the first character of each page; [0] for a document without pages."""
        return [0, *(i + 1 for i, char in enumerate(self.text) if char == PAGE_BREAK)]


@dataclass(frozen=True)
class Piece:
    """A part of a reading, small enough to be found and quoted."""

    text: str
    start: int
    end: int
    """Character range in the reading's text: text is reading.text[start:end] with page breaks turned into new lines."""
    heading_path: tuple[str, ...] = ()
    """Title of the document first, then the headings above the piece."""
    first_page: int | None = None
    last_page: int | None = None
    """1-based; None for documents without pages."""
