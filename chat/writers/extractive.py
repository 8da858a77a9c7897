"""Answers without a language model: quotes the sentences that answer best."""

import asyncio
from collections.abc import AsyncGenerator
from itertools import pairwise

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from chat.prompts import NO_ANSWER
from chat.writers.port import Usage, WritingRequest
from chat.writers.quotes import Quote, best_quotes

NO_MODEL = gettext_noop(
    "These are quotations from the sources. No language model is set up that could write an answer from them."
)


class ExtractiveWriter:
    """Two to five sentences of the passages, word by word, in reading order, each with its number.

    What a reader or an assistant chose changes nothing: sentences are quoted as they stand.
    """

    name = "extractive"
    quotes = True

    async def write(self, request: WritingRequest) -> AsyncGenerator[str | Usage, None]:
        quotes = await asyncio.to_thread(best_quotes, request)
        if request.selected_text and not quotes:
            yield NO_ANSWER
            yield Usage()
            return
        for quote, following in pairwise([*quotes, None]):
            if quote:
                yield f"{quote.text} [{quote.number}]{_gap(quote, following)}"
        yield gettext(NO_MODEL)
        yield Usage()


def without_closing(answer: str) -> str:
    """An answer without the sentence below its quotations, in whatever language it was written."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            answer = answer.removesuffix(gettext(NO_MODEL)).rstrip()
    return answer


def _gap(quote: Quote, following: Quote | None) -> str:
    """Sentences that follow each other in their passage stay one paragraph."""
    runs_on = following and (following.number, following.position) == (quote.number, quote.position + 1)
    return " " if runs_on else "\n\n"
