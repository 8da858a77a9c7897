"""How much this process does at once of what waits for a model: answers, summaries, and vectors for programs."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from django.utils.translation import gettext as _

from chat.answering.refusals import QuestionRefused

PLACES = 300
SECONDS_TO_WAIT = 5


class Places:
    """Taken and left from many threads: each request that does not stream has one of its own."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._taken = 0
        self._lock = Lock()

    @property
    def taken(self) -> int:
        return self._taken

    def refuse_if_full(self) -> None:
        """Asked before a question costs anything. Raises QuestionRefused."""
        if self._taken >= self.most:
            sentence = _("Too many answers are being written. Try again.")
            raise QuestionRefused("busy", sentence, 503, SECONDS_TO_WAIT)

    @contextmanager
    def one(self) -> Iterator[None]:
        """For as long as it is needed. Raises QuestionRefused."""
        self.refuse_if_full()
        self.take()
        try:
            yield
        finally:
            self.leave()

    def take(self) -> None:
        with self._lock:
            self._taken += 1

    def leave(self) -> None:
        with self._lock:
            self._taken -= 1


places = Places(PLACES)
