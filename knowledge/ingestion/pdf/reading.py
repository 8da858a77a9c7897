"""Reads a PDF in a child process: what it has read is kept, what is missing is named."""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from knowledge.errors import TooLargeError
from knowledge.ingestion.blocks import Block, compose
from knowledge.ingestion.child import Child, ChildStoppedError, Stop
from knowledge.ingestion.document import PageReport, Reading, ReadingReport
from knowledge.ingestion.pdf.furniture import find_furniture
from knowledge.ingestion.pdf.headings import heading_levels, pick_title
from knowledge.ingestion.pdf.hyphens import known_words, mend
from knowledge.ingestion.pdf.layout import to_blocks, typography
from knowledge.ingestion.pdf.outcome import MEGABYTE, PdfLimits, PdfPages, failure, notes, refusal, warnings

Progress = Callable[[int, int], None]

DEFAULT_LIMITS = PdfLimits()
PAGE_STOPS = {Stop.SILENT, Stop.CRASHED, Stop.OUT_OF_MEMORY}


def read_pdf(content: bytes, progress: Progress, *, limits: PdfLimits = DEFAULT_LIMITS) -> Reading:
    """The text of a PDF with its headings and pages; `progress` hears pages read and pages in all, each second.

    Raises PasswordNeededError, DamagedDocumentError, TooLargeError or OutOfTimeError if there is nothing to keep.
    """
    if len(content) > limits.file_bytes:
        sentence = _("The file has %(size)s MB; at most %(most)s MB are read. Split it and upload the parts.")
        size, most = round(len(content) / MEGABYTE), limits.file_bytes // MEGABYTE
        raise TooLargeError(sentence % {"size": size, "most": most})
    started = time.monotonic()
    found = PdfSession(content, progress, limits).read()
    if error := failure(found):
        raise error
    return to_reading(found, time.monotonic() - started)


def to_reading(found: PdfPages, seconds: float) -> Reading:
    rows = found.in_order()
    furniture = find_furniture(rows, {number - 1 for number in found.pictured})
    cleaned = [[line for line in page if (index, line) not in furniture] for index, page in enumerate(rows)]
    usual = typography(cleaned)
    pages = [to_blocks(lines, usual) for lines in cleaned]
    known = known_words(block.text for blocks in pages for block in blocks)
    levels = heading_levels(pages)
    blocks = [
        [Block(mend(b.text, known), levels[b.heading] if b.heading else 0) for b in page] for page in pages
    ]
    text, headings = compose(blocks)
    reports = tuple(
        PageReport(
            number,
            sum(len(block.text) for block in blocks[number - 1]),
            number in found.pictured,
            tuple(line.text for line in rows[number - 1] if (number - 1, line) in furniture),
        )
        for number in sorted(found.rows)
    )
    report = ReadingReport(
        reader=found.reader,
        seconds=round(seconds, 2),
        pages=reports,
        page_count=found.page_count,
        warnings=warnings(found, reports),
        notes=notes(furniture, len(reports)),
        peak_memory_mb=found.peak_memory_mb,
    )
    return Reading(
        text,
        report,
        title=pick_title(found.title, pages),
        language=found.language,
        headings=headings,
        paged=True,
    )


class PdfSession:
    """One file: a child, and after each page that stops it another one, all within one limit of time and output."""

    def __init__(self, content: bytes, progress: Progress, limits: PdfLimits) -> None:
        self.content = content
        self.progress = progress
        self.limits = limits
        self.found = PdfPages(limits)

    def read(self) -> PdfPages:
        found, limits = self.found, self.limits.child
        deadline = time.monotonic() + limits.wall_seconds
        output_left = limits.output_bytes
        while True:
            limits = replace(limits, wall_seconds=deadline - time.monotonic(), output_bytes=output_left)
            child = Child("pdf_pages.py", (str(found.next_page), str(self.limits.pages)), limits)
            found.stop = self._run(child)
            output_left -= child.received_bytes
            found.peak_memory_mb = max(found.peak_memory_mb, child.peak_memory_mb)
            if found.stop not in PAGE_STOPS or not found.page_count:
                return found
            found.lose_page(found.stop)
            if len(found.lost) > self.limits.lost_pages or found.is_complete:
                return found

    def _run(self, child: Child) -> Stop | None:
        try:
            with closing(child.messages(self.content, self._report_progress)) as messages:
                for message in messages:
                    self._take(message)
        except ChildStoppedError as error:
            return error.reason
        return None

    def _take(self, message: dict[str, Any]) -> None:
        if "refused" in message:
            raise refusal(message["refused"], self.content)
        if "pages" in message:
            self.found.opened(message)
        else:
            self.found.add(message["page"], message)
        self._report_progress()

    def _report_progress(self) -> None:
        self.progress(self.found.next_page - 1, self.found.page_count)
