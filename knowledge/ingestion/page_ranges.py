"""Pages in sentences, in the language in force."""

from collections.abc import Collection, Iterable
from itertools import groupby

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def page_ranges(numbers: Iterable[int]) -> str:
    """ "4", "3 to 7", "1, 3 to 7 and 9"; for sentences that begin with "Page" or "Pages"."""
    ordered = sorted(set(numbers))
    runs = [[n for _, n in run] for _, run in groupby(enumerate(ordered), key=lambda pair: pair[1] - pair[0])]
    *first, last = [part for run in runs for part in _parts(run)]
    if not first:
        return last
    return _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last}


def _parts(run: list[int]) -> list[str]:
    """Numbers that follow each other, as a range if there are more than two."""
    if len(run) < 3:
        return [_number(n) for n in run]
    return [_("%(first)s to %(last)s") % {"first": _number(run[0]), "last": _number(run[-1])}]


def _number(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)


def ocr_advice(numbers: Collection[int]) -> str:
    sentence = ngettext(
        "Page %(pages)s is a picture without text: run OCR on the file and upload it again.",
        "Pages %(pages)s are pictures without text: run OCR on the file and upload it again.",
        len(numbers),
    )
    return sentence % {"pages": page_ranges(numbers)}
