"""What an answer rests on: passages that were found, what tools gave, or the text that the reader selected."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from chat.citations import locate
from chat.models import Citation, Message
from knowledge.models import Chunk, Source
from knowledge.retrieval import Passage


@dataclass(frozen=True)
class NumberedPassage:
    """A passage with the number under which an answer cites it."""

    number: int
    found: Passage

    @property
    def title(self) -> str:
        return self.found.title

    @property
    def heading(self) -> str:
        return self.found.heading

    @property
    def page(self) -> int | None:
        return self.found.page

    @property
    def text(self) -> str:
        return self.found.text

    def payload(self) -> dict[str, Any]:
        """As a citation is shown, before it is cited."""
        found = self.found
        return {
            "number": self.number,
            "title": found.title,
            "heading": found.heading,
            "page": found.page,
            "last_page": found.last_page,
            "url": found.url,
            "text": found.text,
            "source_id": found.source_id,
            "source_read_at": iso(found.read_at),
        }

    def citation(self, message: Message, sources: Mapping[int, Source], chunks: Collection[int]) -> Citation:
        """With the page and the chunk in which the cited words stand; `chunks` are those that are still there."""
        found = self.found
        source = sources.get(found.source_id)
        offset = locate(message.content, self.number, found.text)
        page, chunk = found.page_at(offset), found.chunk_at(offset)
        chunk_id = chunk if chunk in chunks else None
        return Citation(
            message=message,
            number=self.number,
            source=source,
            chunk_id=chunk_id,
            title=found.title[:500],
            heading=found.heading,
            page=page,
            last_page=page,
            text=found.text,
            url=source.page_url(page, chunk_id) if source else "",
            source_read_at=found.read_at,
        )


@dataclass(frozen=True)
class SelectedText:
    """The text that a reader selected: the only one that the answer may come from."""

    text: str
    number: ClassVar[int] = 1
    heading: ClassVar[str] = ""
    page: ClassVar[int | None] = None

    @property
    def title(self) -> str:
        return _("Selected text")

    def payload(self) -> dict[str, Any]:
        return _without_source(self)

    def citation(self, message: Message, sources: Mapping[int, Source], chunks: Collection[int]) -> Citation:
        return Citation(message=message, number=self.number, title=self.title, text=self.text)


@dataclass(frozen=True)
class ToolAnswer:
    """What a tool of another program gave when it was asked for this answer."""

    number: int
    title: str
    """The server and its tool."""
    heading: str
    """What it was asked."""
    text: str
    page: ClassVar[int | None] = None

    def payload(self) -> dict[str, Any]:
        return _without_source(self)

    def citation(self, message: Message, sources: Mapping[int, Source], chunks: Collection[int]) -> Citation:
        return Citation(
            message=message,
            number=self.number,
            title=self.title,
            heading=self.heading,
            text=self.text,
        )


@dataclass(frozen=True)
class CitedBefore:
    """A passage that an answer cited when it was written, which its source still has."""

    number: int
    title: str
    heading: str
    page: int | None
    text: str
    source: Source
    chunk_id: int | None

    @property
    def url(self) -> str:
        return self.source.page_url(self.page, self.chunk_id)

    def payload(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "title": self.title,
            "heading": self.heading,
            "page": self.page,
            "last_page": self.page,
            "url": self.url,
            "text": self.text,
            "source_id": self.source.pk,
            "source_read_at": iso(self.source.read_at),
        }

    def citation(self, message: Message, sources: Mapping[int, Source], chunks: Collection[int]) -> Citation:
        return Citation(
            message=message,
            number=self.number,
            source=self.source,
            chunk_id=self.chunk_id,
            title=self.title,
            heading=self.heading,
            page=self.page,
            last_page=self.page,
            text=self.text,
            url=self.url,
            source_read_at=self.source.read_at,
        )


Evidence = NumberedPassage | SelectedText | ToolAnswer | CitedBefore


def _without_source(evidence: SelectedText | ToolAnswer) -> dict[str, Any]:
    """As a citation is shown that leads to no page."""
    unknown = dict.fromkeys(("page", "last_page", "source_id", "source_read_at"))
    return {
        "number": evidence.number,
        "title": evidence.title,
        "heading": evidence.heading,
        "url": "",
        "text": evidence.text,
    } | unknown


def numbered(passages: Sequence[Passage]) -> list[NumberedPassage]:
    """Passages, best first, with numbers in reading order: the sources by their best, each from front to back."""
    place: dict[int, int] = {}
    for passage in passages:
        place.setdefault(passage.source_id, len(place))
    reading_order = sorted(passages, key=lambda passage: (place[passage.source_id], passage.ordinal))
    return [NumberedPassage(reading_order.index(passage) + 1, passage) for passage in passages]


def store_citations(message: Message, cited: Sequence[Evidence]) -> None:
    """Copy what was cited: history does not change when a source does."""
    found = [evidence.found for evidence in cited if isinstance(evidence, NumberedPassage)]
    sources = Source.objects.in_bulk([passage.source_id for passage in found])
    ids = [chunk for passage in found for chunk in passage.chunk_ids]
    chunks = set(Chunk.objects.filter(pk__in=ids).values_list("pk", flat=True))
    Citation.objects.bulk_create(evidence.citation(message, sources, chunks) for evidence in cited)


def iso(moment: datetime.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
