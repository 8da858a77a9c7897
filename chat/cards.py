"""A citation as the page shows it below an answer."""

import datetime
from collections.abc import Collection, Sequence
from typing import Any

from django.utils import timezone
from django.utils.timesince import timesince

from chat.formatting import Span, excerpt, marked, quoted_spans
from chat.models import Citation
from chat.text_fragments import with_text_fragment
from knowledge.models.chunk import HEADING_SEPARATOR


def card(citation: Citation, answer: str, *, readable: bool, tools: Collection[str] = ()) -> dict[str, Any]:
    """A citation with the words that the answer quotes marked; without a link once the source is gone.

    `tools`: titles under which the answer cites what tools gave.
    """
    quoted = quoted_spans(citation.text, answer)
    path = citation.heading.removeprefix(citation.title).removeprefix(HEADING_SEPARATOR)
    return {
        "citation": citation,
        "path": path,
        "section": "" if citation.page else path.rpartition(HEADING_SEPARATOR)[2],
        "age": _age(citation.source_read_at),
        "url": _place(citation, quoted) if readable else "",
        "is_page_of_ours": _is_ours(citation),
        "is_of_tool": citation.source_id is None and not citation.url and citation.title in tools,
        "excerpt": excerpt(citation.text, quoted),
        "passage": marked(citation.text, quoted),
    }


def _is_ours(citation: Citation) -> bool:
    return citation.url.startswith("/")


def _place(citation: Citation, quoted: Sequence[Span]) -> str:
    """Where the passage stands: our page of it, or the page on the web at the words that the answer quotes."""
    if not citation.url or _is_ours(citation):
        return citation.url and f"{citation.url}#passage"
    start, end = max(quoted, key=lambda span: span[1] - span[0], default=(0, len(citation.text)))
    return with_text_fragment(citation.url, citation.text[start:end])


def _age(read_at: datetime.datetime | None) -> str:
    """As people say it: "3 weeks"; empty if it is unknown or less than a minute."""
    if read_at is None or timezone.now() - read_at < datetime.timedelta(minutes=1):
        return ""
    return timesince(read_at, depth=1)
