"""What would come of an offer, said before it is made. Nothing is changed here; `intake` decides in the end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from knowledge import intake
from knowledge.errors import KnowledgeError
from knowledge.models import Collection, Source


class Fate(StrEnum):
    NEW = "new"
    DUPLICATE = "duplicate"
    """It is there already; nothing will happen."""
    REPLACEABLE = "replaceable"
    """A file of that name is there with another content."""
    REFUSED = "refused"


@dataclass(frozen=True)
class OfferedFile:
    """What is known of a file that has not been sent yet."""

    name: str
    size: int
    begins_as_pdf: bool
    sha256: str = ""
    """Empty if it could not be computed."""


@dataclass(frozen=True)
class Forecast:
    offer: str
    """The file's name or the address."""
    fate: Fate
    source: Source | None = None
    """The one that is there already."""
    reason: str = ""


def of_files(files: Sequence[OfferedFile], collection: Collection | None) -> list[Forecast]:
    """What would come of these PDFs in a collection, in their order; None is one that is yet to be made."""
    by_content, by_name = _there(files, collection)
    forecasts = []
    for file in files:
        forecast = _of_file(file, by_content, by_name)
        forecasts.append(forecast)
        if forecast.fate is Fate.NEW:  # the next one of the list meets it
            by_name[file.name] = by_content[file.sha256 or file.name] = None
    return forecasts


def _there(
    files: Iterable[OfferedFile], collection: Collection | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The sources with these contents, and those with these names."""
    hashes, names = [file.sha256 for file in files if file.sha256], [file.name for file in files]
    sources = (
        Source.objects.filter(collection=collection, kind=Source.Kind.PDF)
        .filter(Q(original__sha256__in=hashes) | Q(file_name__in=names))
        .select_related("original", "live_revision")
        .defer("text", "live_revision__text", "live_revision__report")
    )
    found = list(sources) if collection else []
    return (
        {source.original.sha256: source for source in found if source.original},
        {source.file_name: source for source in found},
    )


def _of_file(file: OfferedFile, by_content: dict[str, Any], by_name: dict[str, Any]) -> Forecast:
    try:
        intake.check_file(file.name, size=file.size, begins_as_pdf=file.begins_as_pdf)
    except KnowledgeError as error:
        return Forecast(file.name, Fate.REFUSED, reason=str(error))
    if file.sha256 in by_content:
        return Forecast(file.name, Fate.DUPLICATE, by_content[file.sha256])
    if file.name in by_name:
        there = by_name[file.name]
        if there is None:
            reason = _("Another file of this list has the same name. Rename one of them.")
            return Forecast(file.name, Fate.REFUSED, reason=reason)
        return Forecast(file.name, Fate.REPLACEABLE, there)
    return Forecast(file.name, Fate.NEW)


def of_addresses(text: str, collection: Collection | None) -> list[Forecast]:
    """What would come of these addresses, one a line; the same address twice counts once."""
    lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    taken, rest = lines[: intake.ADDRESSES_AT_ONCE], lines[intake.ADDRESSES_AT_ONCE :]
    urls = {line: _url_of(line) for line in taken}
    there = _there_by_url([url for url in urls.values() if isinstance(url, str)], collection)
    forecasts = []
    for line, url in urls.items():
        if isinstance(url, intake.NoAddressError):
            forecasts.append(Forecast(line, Fate.REFUSED, reason=str(url)))
        elif url in there:
            forecasts.append(Forecast(line, Fate.DUPLICATE, there[url]))
        else:
            forecasts.append(Forecast(line, Fate.NEW))
            there[url] = None
    return forecasts + [Forecast(line, Fate.REFUSED, reason=intake.too_many_addresses()) for line in rest]


def _there_by_url(urls: list[str], collection: Collection | None) -> dict[str, Source | None]:
    if collection is None:
        return {}
    sources = Source.objects.filter(collection=collection, kind=Source.Kind.URL, url__in=urls)
    rows = sources.select_related("live_revision").defer(
        "text", "live_revision__text", "live_revision__report"
    )
    return {source.url: source for source in rows}


def _url_of(line: str) -> str | intake.NoAddressError:
    """In its usual form, or why it is no address."""
    try:
        return intake.checked_url(line)
    except intake.NoAddressError as error:
        return error
