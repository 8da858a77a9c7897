"""Reads web pages in a child process: the main text, or all that the page shows if that takes too long."""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from knowledge.errors import OutOfTimeError, TooLargeError
from knowledge.ingestion.blocks import Block, compose
from knowledge.ingestion.characters import clean
from knowledge.ingestion.charsets import decode
from knowledge.ingestion.child import Child, ChildLimits, ChildStoppedError, Stop
from knowledge.ingestion.document import Reading, ReadingReport

MANY_HIDDEN = 200
HIDDEN_SHARE = 0.2
MAIN_TEXT_LIMITS = ChildLimits(wall_seconds=20, opening_seconds=20, message_seconds=20, cpu_seconds=20)
WHOLE_PAGE_LIMITS = ChildLimits(wall_seconds=30, opening_seconds=30, message_seconds=30, cpu_seconds=30)


@dataclass(frozen=True)
class HtmlLimits:
    main_text: ChildLimits = MAIN_TEXT_LIMITS
    whole_page: ChildLimits = WHOLE_PAGE_LIMITS


DEFAULT_LIMITS = HtmlLimits()


@dataclass
class WebPage:
    title: str = ""
    language: str = ""
    hidden: int = 0
    blocks: list[Block] = field(default_factory=list)
    peak_memory_mb: float = 0.0

    def take(self, message: dict[str, Any]) -> None:
        if "blocks" in message:
            cleaned = (Block(clean(text), level) for text, level in message["blocks"])
            self.blocks = [block for block in cleaned if block.text]
        else:
            self.title, self.language, self.hidden = (
                clean(message["title"]),
                message["language"],
                message["hidden"],
            )


def read_html(
    content: bytes,
    progress: Callable[[int, int], None] = lambda done, total: None,
    *,
    charset: str = "",
    limits: HtmlLimits = DEFAULT_LIMITS,
) -> Reading:
    """Main text, title, headings and language of a web page. `charset` is what the HTTP header says.

    Raises TooLargeError or OutOfTimeError. The text may be empty.
    """
    started = time.monotonic()
    page = decode(content, charset).encode(errors="replace")
    warnings = []
    try:
        found = run(page, "main", progress, limits.main_text)
    except ChildStoppedError:
        warnings.append(_("The main text could not be told from menus and footers: the whole page was read."))
        found = run_whole(page, progress, limits.whole_page)
    text, headings = compose([found.blocks])
    if found.hidden > max(MANY_HIDDEN, HIDDEN_SHARE * len(text)):
        warnings.append(hidden_warning(found.hidden))
    report = ReadingReport(
        reader="trafilatura",
        seconds=round(time.monotonic() - started, 2),
        warnings=tuple(warnings),
        peak_memory_mb=found.peak_memory_mb,
    )
    return Reading(
        text, report, title=found.title.replace("\n", " "), language=found.language, headings=headings
    )


def hidden_warning(characters: int) -> str:
    sentence = ngettext(
        "%(characters)s character is hidden on the page, for instance in folded sections, and was left out.",
        "%(characters)s characters are hidden on the page, for instance in folded sections, and were left out.",
        characters,
    )
    return sentence % {"characters": number_format(characters, use_l10n=True, force_grouping=True)}


def run(page: bytes, extent: str, progress: Callable[[int, int], None], limits: ChildLimits) -> WebPage:
    found = WebPage()
    child = Child("web_page.py", (extent,), limits)
    progress(0, 1)
    with closing(child.messages(page, lambda: progress(0, 1))) as messages:
        for message in messages:
            found.take(message)
    progress(1, 1)
    found.peak_memory_mb = child.peak_memory_mb
    return found


def run_whole(page: bytes, progress: Callable[[int, int], None], limits: ChildLimits) -> WebPage:
    try:
        return run(page, "whole", progress, limits)
    except ChildStoppedError as error:
        if error.reason in {Stop.SILENT, Stop.OUT_OF_TIME}:
            raise OutOfTimeError(
                _("The page takes longer than %(seconds)g seconds to read. Save it as PDF.")
                % {"seconds": limits.wall_seconds}
            ) from None
        raise TooLargeError(
            _("The page is too large or too deeply nested to be read. Save it as PDF.")
        ) from None
