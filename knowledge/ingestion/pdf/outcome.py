"""What came of reading a PDF, page by page, and the sentences that tell it to a curator."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.utils.formats import number_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from knowledge.errors import (
    DamagedDocumentError,
    OutOfTimeError,
    PasswordNeededError,
    ReadingError,
    TooLargeError,
    UnsupportedDocumentError,
)
from knowledge.ingestion.child import ChildLimits, Stop
from knowledge.ingestion.document import PageReport
from knowledge.ingestion.page_ranges import ocr_advice, page_ranges
from knowledge.ingestion.pdf.furniture import MIDDLE, NUMBER, Place
from knowledge.ingestion.pdf.lines import Line, to_rows

MEGABYTE = 2**20
HEADER_WITHIN = 1024
FEW_CHARACTERS = 20
MOST_NOTES = 5
LONGEST_NOTED = 80
READING_LIMITS = ChildLimits()


@dataclass(frozen=True)
class PdfLimits:
    file_bytes: int = 200 * MEGABYTE
    pages: int = 2_000
    lost_pages: int = 3
    """So many pages may hang or kill the child; one more, and the rest is given up."""
    child: ChildLimits = READING_LIMITS


@dataclass
class PdfPages:
    limits: PdfLimits
    reader: str = ""
    title: str = ""
    language: str = ""
    page_count: int = 0
    rows: dict[int, list[Line]] = field(default_factory=dict)
    pictured: set[int] = field(default_factory=set)
    damaged: list[int] = field(default_factory=list)
    lost: dict[int, Stop] = field(default_factory=dict)
    """Pages that hung or killed the child."""
    stop: Stop | None = None
    """Why the pages from `next_page` on were not read."""
    next_page: int = 1
    peak_memory_mb: float = 0.0

    @property
    def last_page(self) -> int:
        return min(self.page_count, self.limits.pages)

    @property
    def is_complete(self) -> bool:
        return self.next_page > self.last_page

    @property
    def unread(self) -> range:
        """Pages that nobody has looked at."""
        return range(self.next_page, self.page_count + 1)

    def opened(self, message: dict[str, Any]) -> None:
        self.reader, self.page_count = message["reader"], message["pages"]
        self.title = message["title"]
        language = message["language"].split("-")[0].lower()
        self.language = language if len(language) == 2 and language.isalpha() else ""

    def add(self, number: int, message: dict[str, Any]) -> None:
        self.next_page = number + 1
        if "damaged" in message:
            self.damaged.append(number)
            return
        self.rows[number] = to_rows(Line(*line) for line in message["lines"])
        if message["pictures"]:
            self.pictured.add(number)

    def lose_page(self, reason: Stop) -> None:
        self.lost[self.next_page] = reason
        self.next_page += 1

    def in_order(self) -> list[list[Line]]:
        """The rows of each page up to the last one that was read; none for those that were left out."""
        return [self.rows.get(number, []) for number in range(1, max(self.rows) + 1)]


def refusal(reason: str, content: bytes) -> ReadingError:
    if reason == "password":
        return PasswordNeededError(
            _("The PDF opens with a password only. Save a copy without a password and upload that.")
        )
    if content.lstrip()[:1] == b"<":
        return UnsupportedDocumentError(
            _(
                "This is a web page, not a PDF: perhaps one that asks to sign in. "
                "Download the PDF with a browser first."
            )
        )
    if b"%PDF-" not in content[:HEADER_WITHIN]:
        return UnsupportedDocumentError(
            _("This is not a PDF, whatever its name says. Upload the PDF itself.")
        )
    return DamagedDocumentError(
        _("The PDF is damaged or incomplete and cannot be opened. Upload it again, or print it to a new PDF.")
    )


def failure(found: PdfPages) -> ReadingError | None:
    """The error to raise if there is nothing to keep."""
    if found.rows:
        return None
    if not found.page_count:
        return opening_failure(found)
    reasons = {*found.lost.values(), found.stop}
    if Stop.TOO_MUCH_OUTPUT in reasons or Stop.OUT_OF_MEMORY in reasons:
        return TooLargeError(
            _("The first pages of the PDF hold more than can be read. Split it, or print it to a new PDF.")
        )
    if Stop.SILENT in reasons or Stop.OUT_OF_TIME in reasons:
        return OutOfTimeError(
            _(
                "Its pages take longer than %(seconds)g seconds each to read, and none was done in time. "
                "Print the file to a new PDF and upload that."
            )
            % {"seconds": found.limits.child.message_seconds}
        )
    return DamagedDocumentError(
        _("None of its pages can be read. Print the file to a new PDF and upload that.")
    )


def opening_failure(found: PdfPages) -> ReadingError:
    if found.stop in {Stop.OUT_OF_MEMORY, Stop.TOO_MUCH_OUTPUT}:
        return TooLargeError(
            _("The PDF needs more memory than is allowed. Print it to a new PDF and upload that.")
        )
    if found.stop is Stop.CRASHED:
        return DamagedDocumentError(
            _("The PDF is damaged: it stops the program that reads it. Print it to a new PDF.")
        )
    return OutOfTimeError(
        _("The PDF could not be opened within %(seconds)g seconds. Print it to a new PDF and upload that.")
        % {"seconds": found.limits.child.opening_seconds}
    )


def warnings(found: PdfPages, pages: Iterable[PageReport]) -> tuple[str, ...]:
    """What is missing in the text, a sentence for each reason."""
    scanned = [page.number for page in pages if page.characters < FEW_CHARACTERS and page.has_images]
    slow = [number for number, reason in found.lost.items() if reason is Stop.SILENT]
    broken = [*found.damaged, *(number for number, reason in found.lost.items() if reason is not Stop.SILENT)]
    told: tuple[tuple[Collection[int], Callable[[Collection[int]], str]], ...] = (
        (scanned, ocr_advice),
        (slow, partial(_too_slow, seconds=found.limits.child.message_seconds)),
        (broken, _broken),
        (found.unread, partial(_unread, why=why_unread(found))),
    )
    return tuple(tell(numbers) for numbers, tell in told if numbers)


def notes(furniture: Set[Place], pages: int) -> tuple[str, ...]:
    """What was left out of so many pages as running heads and feet, a sentence for each of the most frequent."""
    alike: defaultdict[str, list[Place]] = defaultdict(list)
    for place in sorted(furniture, key=lambda place: (place[0], -place[1].height)):
        alike[NUMBER.sub("#", place[1].text.lower())].append(place)
    most = sorted(alike.values(), key=len, reverse=True)
    told = tuple(_left_out(places, pages) for places in most[:MOST_NOTES])
    if more := len(most) - len(told):
        sentence = ngettext(
            "%(count)s more running head or foot was left out.",
            "%(count)s more running heads and feet were left out.",
            more,
        )
        told += (sentence % {"count": more},)
    return told


def _left_out(places: Sequence[Place], pages: int) -> str:
    _index, line = places[0]
    if not NUMBER.sub("", line.text).strip(" -–—|/.[]()"):
        sentence = _("The page number was left out on %(count)s of %(pages)s pages.")
    elif line.height > MIDDLE:
        sentence = _("A running head was left out on %(count)s of %(pages)s pages: “%(line)s”")
    else:
        sentence = _("A running foot was left out on %(count)s of %(pages)s pages: “%(line)s”")
    count = len({index for index, _line in places})
    return sentence % {
        "count": number_format(count, use_l10n=True, force_grouping=True),
        "pages": number_format(pages, use_l10n=True, force_grouping=True),
        "line": Truncator(line.text).chars(LONGEST_NOTED),
    }


def _too_slow(numbers: Collection[int], *, seconds: float) -> str:
    sentence = ngettext(
        "Page %(pages)s took longer than %(seconds)g seconds to read and had to be left out.",
        "Pages %(pages)s took longer than %(seconds)g seconds to read and had to be left out.",
        len(numbers),
    )
    return sentence % {"pages": page_ranges(numbers), "seconds": seconds}


def _broken(numbers: Collection[int]) -> str:
    sentence = ngettext(
        "Page %(pages)s could not be read: damaged, or too complex.",
        "Pages %(pages)s could not be read: damaged, or too complex.",
        len(numbers),
    )
    return sentence % {"pages": page_ranges(numbers)}


def _unread(numbers: Collection[int], *, why: str) -> str:
    sentence = ngettext(
        "Page %(pages)s had to be left out: %(why)s",
        "Pages %(pages)s had to be left out: %(why)s",
        len(numbers),
    )
    return sentence % {"pages": page_ranges(numbers), "why": why}


def why_unread(found: PdfPages) -> str:
    limits = found.limits
    if found.stop is Stop.OUT_OF_TIME:
        return _("reading takes too long. Split the file and upload the parts.")
    if found.stop is Stop.TOO_MUCH_OUTPUT:
        size = limits.child.output_bytes // MEGABYTE
        return _("there is more than %(size)s MB of text. Split the file and upload the parts.") % {
            "size": size
        }
    if found.stop is not None:
        return _("more than %(pages)s pages before them could not be read. Print the file to a new PDF.") % {
            "pages": limits.lost_pages
        }
    most = number_format(limits.pages, use_l10n=True, force_grouping=True)
    return _("at most %(pages)s pages are read. Split the file and upload the parts.") % {"pages": most}
