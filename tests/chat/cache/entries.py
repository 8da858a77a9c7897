"""Entries of the cache and decisions about them, as tests name them."""

import datetime

from django.utils import timezone

from chat.cache import phrasings
from chat.models import CachedAnswer, CacheDecision, CachedPassage, CachedQuestion, Citation
from knowledge.models import Embedder
from tests.chat.conversations import conversation, exchange

SCOPE = "a" * 64


def entry(*questions, content="Set it to 120 °F [1].", cites=(), **fields):
    """A live answer that these questions ask for; `cites`: content hashes, each of a passage of its own."""
    moments = {"expires_at": timezone.now() + datetime.timedelta(days=7)}
    made = CachedAnswer.objects.create(scope=fields.pop("scope", SCOPE), content=content, **moments | fields)
    for number, content_hash in enumerate(cites, 1):
        CachedPassage.objects.create(
            answer=made, number=number, content_hashes=[content_hash], title="Guide", text="Words."
        )
    for question in questions:
        phrase(made, question)
    return made


def verified_entry(*questions, **fields):
    return entry(*questions, **{"verified_at": timezone.now(), "expires_at": None, **fields})


def phrase(answer, question, *, same=True, origin=CachedQuestion.Origin.ASKED, asker=""):
    return phrasings.add(answer, question, same=same, origin=origin, asker=asker)


def decision(answer, question="How warm should it be?", *, message=None, **fields):
    """About a question that resembled an entry's; it waits to be compared if nothing else is said."""
    usual = {
        "phrasing": "How hot should it be?",
        "cached_content": answer.content if answer else "Set it to 120 °F [1].",
        "cosine": 0.9,
        "margin": 0.1,
        "votes": 1.0,
        "outcome": CacheDecision.Outcome.MISSED,
        "gate_state": "guarded",
        "waits": fields.get("outcome") != CacheDecision.Outcome.SERVED,
    }
    return CacheDecision.objects.create(
        embedder=Embedder.objects.in_force(),
        answer=answer,
        question=question,
        message=message,
        **usual | fields,
    )


def waiting(fresh, cached, *, passage=None, kind="generated", state="complete", **fields):
    """A decision about a question that has been answered afresh; `passage`: a chunk that both answers cite."""
    answer = entry("How hot should it be?", content=cached, cites=[passage.content_hash] if passage else ())
    error = {"error_code": "model_failed"} if state == "failed" else {}
    message = exchange(conversation(), "How warm should it be?", fresh, kind=kind, state=state, **error)
    if passage:
        Citation.objects.create(message=message, number=1, title="Guide", text=passage.text, chunk=passage)
    return decision(answer, message=message, **fields)


def asking(answer):
    """The questions that ask for an entry."""
    return set(answer.questions.filter(same=True).values_list("text", flat=True))


def looking_alike(answer):
    """Those that only seem to."""
    return set(answer.questions.filter(same=False).values_list("text", flat=True))
