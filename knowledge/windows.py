"""The stretches in which a text is shown, and the passage inside one: pure."""

from knowledge.ingestion.document import PAGE_BREAK

Window = tuple[int, int]
"""First character, and the one after the last."""


def page_windows(text: str) -> list[Window]:
    """The pages of a text whose pages are parted by PAGE_BREAK; at least one."""
    windows, start = [], 0
    for page in text.split(PAGE_BREAK):
        windows.append((start, start + len(page)))
        start += len(page) + len(PAGE_BREAK)
    return windows


def part_windows(text: str, length: int) -> list[Window]:
    """Parts of at most `length` characters that end at a paragraph, a line or a word; at least one."""
    windows, start = [], 0
    while len(text) - start > length:
        end = _good_end(text, start + length // 2, start + length)
        windows.append((start, end))
        start = end
    return [*windows, (start, len(text))]


def _good_end(text: str, earliest: int, latest: int) -> int:
    for separator in ("\n\n", "\n", " "):
        found = text.rfind(separator, earliest, latest)
        if found >= 0:
            return found + len(separator)
    return latest


def window_with(windows: list[Window], offset: int) -> int:
    """The index of the window that holds a character; the last one if none does."""
    return next((i for i, (_, end) in enumerate(windows) if offset < end), len(windows) - 1)


def around(text: str, window: Window, span: Window) -> tuple[str, str, str]:
    """What a window shows before a span of the text, in it and after it."""
    start, end = window
    first, last = (min(max(offset, start), end) for offset in span)
    return text[start:first], text[first:last], text[last:end]


def pieces(text: str, windows: list[Window], span: Window) -> list[tuple[int, str]]:
    """What each window, 1-based, holds of a span of the text; windows that it does not touch are left out."""
    held = ((number, around(text, window, span)[1]) for number, window in enumerate(windows, start=1))
    return [(number, words) for number, words in held if words]
