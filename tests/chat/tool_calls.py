"""Answers for which tools were called, as they are stored."""

from chat.models import Citation
from tests.chat.conversations import conversation, exchange
from tests.chat.tool_rows import told

GIVEN = '{"city": "Boston", "high": 24}\n\n  rain:   none'


def asked_tools(user, *calls, answer="It will be 24 degrees [1].", **fields):
    """A conversation with one answer, for which these calls were made; one, if none is named."""
    trace = {"tools": {"calls": list(calls or [told()]), "rounds": 1, "note": ""}}
    talk = conversation(user)
    exchange(talk, "How warm?", answer, kind="generated", model="test-model", trace=trace, **fields)
    return talk


def cite_tool(talk, number=1, **fields):
    """Cite what a tool gave."""
    usual = {"title": "Weather: forecast", "heading": "city: Boston", "text": GIVEN}
    message = talk.messages.get(role="assistant")
    return Citation.objects.create(message=message, number=number, **usual | fields)
