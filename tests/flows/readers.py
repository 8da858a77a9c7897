"""Readers whose conversations go on, at whichever web answers."""

import itertools
import threading
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import requests

from tests.flows.audit import faults_of_conversation
from tests.flows.web import Web

GIVE_UP = 300.0
ANSWER_WITHIN = 60.0
ASK_ANEW_AFTER = 30.0
"""Seconds for which the first try is said to be still written: by then whoever wrote it is dead."""
PAUSE = 0.5
TURNS = 5
CUT_OFF = (requests.ConnectionError, requests.ReadTimeout, requests.exceptions.ChunkedEncodingError)


@dataclass
class Conversation:
    session: uuid.UUID | None = None
    asked: list[str] = field(default_factory=list)
    webs: set[int] = field(default_factory=set)
    """Which of them answered."""
    seconds: list[float] = field(default_factory=list)
    """Until each answer, with all tries."""
    outcomes: Counter[str] = field(default_factory=Counter)
    """Of all tries."""

    def faults(self) -> list[str]:
        return faults_of_conversation(self.session, self.asked) if self.session else []


class Reader(threading.Thread):
    """Asks and asks, in turn at each of the webs, and repeats what failed with the same key at the next."""

    def __init__(self, webs: Sequence[Web], key: dict[str, str], name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.webs, self.key = webs, key
        self.turn = itertools.count()
        self.conversations: list[Conversation] = []
        self.enough = threading.Event()
        self.failure: Exception | None = None

    def run(self) -> None:
        try:
            while not self.enough.is_set():
                self.converse()
        except (AssertionError, requests.RequestException) as error:
            self.failure = error

    def converse(self) -> None:
        conversation = Conversation()
        self.conversations.append(conversation)
        for turn in range(TURNS):
            question = f"What is in room {turn:02} of house {len(self.conversations):05}, asks {self.name}?"
            conversation.asked.append(question)
            self.ask(conversation, question)
            self.enough.wait(PAUSE)

    def ask(self, conversation: Conversation, question: str) -> None:
        """Until it is answered."""
        started = asked_at = time.monotonic()
        key = uuid.uuid4().hex
        while not is_answered(reply := self.attempt(conversation, question, key)):
            now = time.monotonic()
            assert now - started < GIVE_UP, (
                f"no answer to {question!r}: {reply.text if reply else 'no reply'}"
            )
            assert reply is None or reply.status_code in {200, 409, 500, 502, 503}, reply.text
            if reply is not None and reply.status_code == 409 and now - asked_at > ASK_ANEW_AFTER:
                key, asked_at = uuid.uuid4().hex, now
            time.sleep(PAUSE)
        conversation.session = uuid.UUID(reply.json()["session_id"])
        conversation.seconds.append(time.monotonic() - started)

    def attempt(self, conversation: Conversation, question: str, key: str) -> requests.Response | None:
        """What a web says; None if its line breaks."""
        number = next(self.turn) % len(self.webs)
        named = {"session_id": str(conversation.session)} if conversation.session else {}
        try:
            reply = requests.post(
                f"{self.webs[number].address}/api/v1/chat/",
                json={"message": question} | named,
                headers=self.key | {"Idempotency-Key": key},
                timeout=ANSWER_WITHIN,
            )
        except CUT_OFF as error:
            conversation.outcomes[type(error).__name__] += 1
            return None
        conversation.outcomes[str(reply.status_code)] += 1
        if is_answered(reply):
            conversation.webs.add(number)
        return reply


def is_answered(reply: requests.Response | None) -> bool:
    """An answer whose writing failed is told as such, and asked for again."""
    return reply is not None and reply.ok and reply.json()["state"] == "complete"
