"""The tool that finds passages."""

import datetime

from pydantic import BaseModel, Field

from chat.addresses import absolute
from chat.mcp.caller import Caller
from chat.mcp.results import Arguments, Result, Text, place
from knowledge.models import Collection
from knowledge.retrieval import find_passages

QUERY_LENGTH = 4_000
MOST_PASSAGES = 50


class SearchArguments(Arguments):
    query: Text = Field(min_length=1, max_length=QUERY_LENGTH, description="A question or key words.")
    limit: int = Field(default=8, ge=1, le=MOST_PASSAGES, description="How many passages at most.")
    collections: list[Text] | None = Field(
        default=None,
        description="Search only in these: short names, as list_sources tells them.",
    )


class FoundPassage(BaseModel):
    source_id: int = Field(description="For read_source.")
    title: str
    heading: str
    page: int | None
    last_page: int | None
    url: str = Field(description="Where a person sees the very place.")
    text: str
    read_at: datetime.datetime | None = Field(description="When the source was read.")


class FoundPassages(Result):
    passages: list[FoundPassage] = Field(description="Best first.")

    def as_text(self) -> str:
        if not self.passages:
            return "No passage fits."
        return "\n\n".join(
            f"[{number}] {place(passage.title, passage.page)} (source {passage.source_id})\n"
            f"{passage.url}\n{passage.text}"
            for number, passage in enumerate(self.passages, start=1)
        )


def search(caller: Caller, wanted: SearchArguments) -> FoundPassages:
    """Scores are not told, as in REST. Raises TooOften."""
    caller.count_question()
    slugs = wanted.collections
    passages = find_passages(
        wanted.query,
        user=caller.user,
        limit=wanted.limit,
        collections=None if slugs is None else Collection.objects.filter(slug__in=slugs),
    )
    return FoundPassages(
        passages=[
            FoundPassage(
                source_id=passage.source_id,
                title=passage.title,
                heading=passage.heading,
                page=passage.page,
                last_page=passage.last_page,
                url=absolute(passage.url),
                text=passage.text,
                read_at=passage.read_at,
            )
            for passage in passages
        ]
    )
