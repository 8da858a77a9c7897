"""Who else must know when chunks begin to answer or sources go: functions that the settings name by dotted path.

They are called inside the transaction that changes the chunks, before it does, and see what has been written so far.
What they keep up to date is a promise to readers, so one that raises undoes the whole change. A reading that ends so
leaves the old revision to answer; it is tried again if the database was the reason.
"""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.utils.module_loading import import_string


def tell_of_speaking(chunk_ids: Iterable[int]) -> None:
    """These chunks begin to answer, or to answer others, with text that did not answer there before."""
    _tell(settings.WHEN_CHUNKS_SPEAK, list(chunk_ids))


def tell_of_going(source_ids: Iterable[int]) -> None:
    """These sources are about to be deleted."""
    _tell(settings.WHEN_SOURCES_GO, list(source_ids))


def _tell(followers: Sequence[str], ids: list[int]) -> None:
    if not ids:
        return
    for path in followers:
        import_string(path)(ids)
