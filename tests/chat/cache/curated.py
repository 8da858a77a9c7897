"""Entries that curators find in the cache."""

import datetime

from django.utils import timezone

from chat.cache import phrasings
from chat.models import CachedAnswer, CachedPassage
from knowledge.models import Source
from tests.factories import ready_text

WEEK = datetime.timedelta(days=7)


def written(
    question: str = "How hot should the water heater be?",
    content: str = "Set it to 120 °F [1].",
    *,
    source: Source | None = None,
    others: tuple[str, ...] = (),
    scope: str = "readers",
    **fields,
) -> CachedAnswer:
    """An entry that nobody has approved, which cites the first chunk of a source."""
    source = source or ready_text(title="Guide")
    chunk = source.chunks.live().first()
    answer = CachedAnswer.objects.create(
        **{
            "scope": scope,
            "content": content,
            "collections": [source.collection_id],
            "expires_at": timezone.now() + WEEK,
            **fields,
        }
    )
    CachedPassage.objects.create(
        answer=answer,
        number=1,
        source=source,
        content_hashes=[chunk.content_hash],
        title=source.name,
        text=chunk.text,
    )
    for text in (question, *others):
        phrasings.add(answer, text, origin="asked")
    return answer


def asking(answer: CachedAnswer) -> list[str]:
    """The phrasings that ask for an entry."""
    return list(answer.questions.filter(same=True).order_by("pk").values_list("text", flat=True))
