"""Marks the words of a question in passages, by the same stems that found them."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

START, STOP = "\x02", "\x03"
"""Control characters: they survive escaping, and reading strips them from documents."""

HEADLINES = """
SELECT ts_headline(collection.language::regconfig, passage.text, %(query)s::tsquery,
    'HighlightAll=true, StartSel="' || %(start)s || '", StopSel="' || %(stop)s || '"')
FROM unnest(%(sources)s::bigint[], %(texts)s::text[]) WITH ORDINALITY AS passage(source, text, place)
JOIN knowledge_source AS source ON source.id = passage.source
JOIN knowledge_collection AS collection ON collection.id = source.collection_id
ORDER BY passage.place
"""


def highlighted(passages: Sequence[tuple[int, str]], stems: Sequence[str]) -> list[SafeString]:
    """The texts of (source id, text) as safe HTML, with <mark> around the words of these stems."""
    if not passages or not stems:
        return [SafeString(escape(text)) for _source, text in passages]
    quoted = ("'" + stem.replace("\\", "\\\\").replace("'", "''") + "'" for stem in stems)
    parameters: Any = {
        "query": " | ".join(quoted),
        "start": START,
        "stop": STOP,
        "sources": [source for source, _text in passages],
        "texts": [text for _source, text in passages],
    }
    with connection.cursor() as cursor:
        cursor.execute(HEADLINES, parameters)
        return [_marked(text) for (text,) in cursor.fetchall()]


def _marked(text: str) -> SafeString:
    marked = escape(text).replace(START, "<mark>").replace(STOP, "</mark>")
    return mark_safe(marked)  # noqa: S308  (escaped; the only markup is the two constants above)
