"""Vectors from any LangChain `Embeddings`: in batches, with patience, checked, of length 1."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from knowledge.errors import EmbeddingError

Vectors = NDArray[np.float32]
Progress = Callable[[int], None]

# By name, so that no client has to be imported: Python's and requests', openai's, LangChain's, httpx's.
NO_CONNECTION = {
    *("ConnectionError", "TimeoutError", "Timeout"),
    *("APIConnectionError", "ModelConnectionError", "ModelTimeoutError", "TransportError"),
}


def fold_capitals(text: str) -> str:
    """Lower case if capitals outnumber small letters, else the text as it is: the vectors know case.

    One or two words stay as they are: they may be an abbreviation.
    """
    capitals, small = sum(map(str.isupper, text)), sum(map(str.islower, text))
    return text.lower() if capitals > small and len(text.split()) > 2 else text


@dataclass(frozen=True)
class Patience:
    """How long a busy, failing or unreachable provider is waited for."""

    tries: int = 5
    first_wait: float = 1.0
    """Seconds; doubled from try to try, unless the provider says how long (Retry-After)."""
    seconds: float = 120.0
    """No further try is begun later than this after the first."""
    sleep: Callable[[float], None] = time.sleep

    def wait(self, attempt: int, asked: float | None) -> float:
        """Seconds to wait after try `attempt` (from 1). Spread, so that workers do not return together."""
        wait = self.first_wait * 2 ** (attempt - 1) if asked is None else asked
        return wait * random.uniform(1.0, 1.25)  # noqa: S311 (no secret)


@dataclass(frozen=True)
class ConfiguredEmbedder:
    """An embedding model as this installation uses it."""

    provider: str
    """"local", or the dotted path of the class."""
    model: str
    embeddings: Embeddings
    batch_size: int
    vector_share: float
    """The weight of the vectors against BM25 when both scores are fused, 0 to 1."""
    settings: str = "EMBEDDINGS_OPTIONS"
    """The settings that lead to the model, for messages."""
    patience: Patience = Patience()
    question_patience: Patience = Patience(tries=3, first_wait=0.5, seconds=10.0)
    """Shorter: somebody waits for the answer."""

    @property
    def is_local(self) -> bool:
        """It comes with the installation, and costs nothing."""
        return self.provider == "local"

    @cached_property
    def dimensions(self) -> int:
        """Of every vector. A model that does not declare it is asked once, by embedding a word."""
        declared = getattr(self.embeddings, "dimensions", None)
        return declared or len(
            self._ask(partial(self.embeddings.embed_query, "word"), self.question_patience)
        )

    def embed_texts(
        self,
        texts: Sequence[str],
        *,
        on_progress: Progress | None = None,
        patience: Patience | None = None,
    ) -> Vectors:
        """One row of length 1 a text. `on_progress(done)` is called after each batch and around each wait.

        patience: in place of the workers' own. Raises EmbeddingError; ValueError for a blank text.
        """
        report = on_progress or (lambda done: None)
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(texts), self.batch_size):
            batch = [_embeddable(text) for text in texts[start : start + self.batch_size]]
            request = partial(self.embeddings.embed_documents, batch)
            answer = self._ask(request, patience or self.patience, on_wait=partial(report, start))
            rows[start : start + len(batch)] = self._checked(answer, len(batch))
            report(start + len(batch))
        return rows

    def embed_question(self, text: str) -> Vectors:
        """One vector, by the model's own way for questions if it has one. Raises as embed_texts does."""
        request = partial(self.embeddings.embed_query, _embeddable(text))
        row: Vectors = self._checked([self._ask(request, self.question_patience)], 1)[0]
        return row

    def _ask(
        self, request: Callable[[], Any], patience: Patience, on_wait: Callable[[], None] = lambda: None
    ) -> Any:
        deadline = time.monotonic() + patience.seconds
        attempt = 1
        while True:
            try:
                return request()
            except Exception as error:  # providers share no base class
                wait = patience.wait(attempt, _retry_after(error))
                if not _is_passing(error) or attempt == patience.tries or time.monotonic() + wait > deadline:
                    # Without its cause: providers repeat keys and texts, and logs must hold neither.
                    raise EmbeddingError(self._sentence(error, attempt)) from None
            on_wait()
            patience.sleep(wait)
            on_wait()
            attempt += 1

    def _checked(self, answer: Any, count: int) -> Vectors:
        """The answer as rows of length 1, if it is as many usable vectors as were asked for."""
        if len(answer) != count:
            sentence = _("The embedding model %(model)s gave %(vectors)s vectors for %(texts)s texts.")
            raise EmbeddingError(sentence % {"model": self.model, "vectors": len(answer), "texts": count})
        if {len(vector) for vector in answer} != {self.dimensions}:
            sentence = _(
                "The embedding model %(model)s gave a vector that has not %(dimensions)s dimensions. "
                "Has the model behind this name been changed? Restart, and embed the sources again."
            )
            raise EmbeddingError(sentence % {"model": self.model, "dimensions": self.dimensions})
        rows = np.asarray(answer, dtype=np.float32)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        if not (np.isfinite(lengths).all() and lengths.all()):
            sentence = _("The embedding model %(model)s gave a vector that is zero or not a number.")
            raise EmbeddingError(sentence % {"model": self.model})
        return rows / lengths

    def _sentence(self, error: Exception, attempt: int) -> str:
        """What happened and what to mend, in our own words only."""
        status = _status(error)
        if status in {401, 403}:
            said = _("The embedding model %(model)s refused the key (%(status)s). Check %(key)s.")
        elif status == 404:
            said = _("The embedding model %(model)s was not found (404). Check %(settings)s.")
        elif status == 429:
            said = _("The embedding model %(model)s is busy, or its quota is used up (429). Try again later.")
        elif status and status >= 500:
            said = _("The embedding model %(model)s failed (%(status)s). Try again later.")
        elif status:
            said = _(
                "The embedding model %(model)s refused the request (%(status)s). "
                "Perhaps a passage is longer than it can read."
            )
        elif _is_passing(error):
            said = _(
                "The embedding model %(model)s could not be reached, or not in time. "
                "Check the network and %(settings)s."
            )
        else:
            said = _(
                "The embedding model %(model)s gave an answer that could not be read (%(reason)s). "
                "Check %(settings)s."
            )
        told = said % {
            "model": self.model,
            "status": status,
            "settings": self.settings,
            "key": "OPENAI_API_KEY" if "OPENAI" in self.settings else self.settings,
            "reason": type(error).__name__,
        }
        return told if attempt == 1 else f"{told} {_('(It was tried %(times)s times.)') % {'times': attempt}}"


def _embeddable(text: str) -> str:
    if not text.strip():
        raise ValueError("A blank text has no vector.")
    return fold_capitals(text)


def _status(error: Exception) -> int | None:
    """The HTTP status behind an error of any provider's client."""
    for holder in (error, getattr(error, "response", None)):
        status = getattr(holder, "status_code", None)
        if isinstance(status, int):
            return status
    return None


def _is_passing(error: Exception) -> bool:
    """Whether the same request may succeed a little later."""
    status = _status(error)
    if status is not None:
        return status in {408, 429} or status >= 500
    return not NO_CONNECTION.isdisjoint(kind.__name__ for kind in type(error).__mro__)


def _retry_after(error: Exception) -> float | None:
    """Seconds that the provider asks for; None if it does not, or gives a date."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    try:
        return max(0.0, float(headers["retry-after"]))
    except (KeyError, TypeError, ValueError):
        return None
