"""What came of a question, and what the model was asked for it."""

from chat.models import Message
from chat.tools.rounds import ROUNDS

QUESTION = "What will the weather in Boston be?"
CLIMATE = "The weather in Boston is mild in the spring."
BOSTON = {"city": "Boston"}
SUNNY = "In Boston it will be 21 degrees and sunny for 1 days."


class Told:
    """All events of one answer."""

    def __init__(self, events, question):
        self.events, self.question = events, question

    def of(self, kind):
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def message(self):
        return self.events[-1].message

    @property
    def outcomes(self):
        """Of each call when it had ended."""
        return [call["outcome"] for call in self.message["tools"]]

    async def stored(self):
        return await Message.objects.aget(pk=self.question.answer_id)


def deciding(chat_model):
    """The requests in which the model chose tools."""
    return [body for body in chat_model.bodies("/v1/chat/completions") if "tools" in body]


def writing(chat_model):
    """The others."""
    return [body for body in chat_model.bodies("/v1/chat/completions") if "tools" not in body]


def behave(chat_model, *rounds, answer="It will be 21 degrees and sunny. [1]"):
    """Calls of each round, then an answer."""
    for calls in rounds:
        chat_model.behave(calls=calls, times=1)
    if len(rounds) < ROUNDS:
        chat_model.behave(answer="NONE", times=1)
    chat_model.behave(answer=answer)
