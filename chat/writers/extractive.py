"""Answers without a language model: quotes the sentences that answer best."""

import asyncio
from collections.abc import AsyncGenerator
from itertools import pairwise

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from chat.prompts import NO_ANSWER
from chat.writers.port import Usage, WritingRequest
from chat.writers.quotes import Quote, quotes_for_all

NO_MODEL = gettext_noop(
    "These are quotations from the sources. No language model is set up that could write an answer from them."
)
NOT_ANSWERED = gettext_noop("The sources do not answer: “%(question)s”")


class ExtractiveWriter:
    """Two to five sentences of the passages, word by word, in reading order, each with its number.

    If the message asks several things, some for each in turn, and what has no answer is named.

    What a reader or an assistant chose changes nothing: sentences are quoted as they stand.
    """

    name = "extractive"
    quotes = True

    async def write(self, request: WritingRequest) -> AsyncGenerator[str | Usage, None]:
        quotes = await asyncio.to_thread(quotes_for_all, request)
        if request.selected_text and not quotes:
            yield NO_ANSWER
            yield Usage()
            return
        for quote, following in pairwise([*quotes, None]):
            if quote:
                yield f"{quote.text} [{quote.number}]{_gap(quote, following)}"
        for question in request.unanswered:
            yield gettext(NOT_ANSWERED) % {"question": question} + "\n\n"
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
