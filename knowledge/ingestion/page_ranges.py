"""Pages in sentences. Pure."""

from collections.abc import Iterable
from itertools import groupby


def page_ranges(numbers: Iterable[int]) -> str:
    """ "Page 4", "Pages 3 to 7", "Pages 1, 3 to 7 and 9"."""
    ordered = sorted(set(numbers))
    if not ordered:
        return "No page"
    runs = [[n for _, n in run] for _, run in groupby(enumerate(ordered), key=lambda pair: pair[1] - pair[0])]
    parts = [
        f"{run[0]:,} to {run[-1]:,}" if len(run) > 2 else ", ".join(f"{n:,}" for n in run) for run in runs
    ]
    *first, last = ", ".join(parts).rsplit(", ", 1)
    listed = f"{first[0]} and {last}" if first else last
    return f"Page {listed}" if len(ordered) == 1 else f"Pages {listed}"


def ocr_advice(numbers: Iterable[int]) -> str:
    ranges = page_ranges(numbers)
    are = "are pictures" if ranges.startswith("Pages") else "is a picture"
    return f"{ranges} {are} without text: run OCR on the file and upload it again."
