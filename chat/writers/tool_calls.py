"""Lets a chat model say which tools it wants called. Beside LangChain's, no part of a tool is known here."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.messages.utils import convert_to_messages

from chat.prompts import Messages
from chat.writers.chat_model import AT_ITS_LIMIT, REASONS, ProvidedModel
from chat.writers.estimates import estimated_tokens
from chat.writers.failures import NothingWrittenError, as_writer_error
from chat.writers.port import Usage, WriterError

REFUSED = (400, 404, 405, 422, 501)
"""What servers say to tools that they or their model do not know."""


@dataclass(frozen=True)
class OfferedTool:
    """What a model is told of a tool."""

    name: str
    """Letters, digits, _ and -, at most 64."""
    description: str
    parameters: Mapping[str, Any]
    """JSON Schema."""

    def as_function(self) -> dict[str, Any]:
        """As OpenAI describes it, which LangChain takes for every provider."""
        function = {"name": self.name, "description": self.description, "parameters": self.parameters}
        return {"type": "function", "function": function}


@dataclass(frozen=True)
class WantedCall:
    """A call that the model asks for; whether it is made, others decide."""

    id: str
    name: str
    arguments: dict[str, Any] | None
    """None if the model wrote something that is none."""


class ToolChooser:
    """A conversation with a chat model about the calls that it wants."""

    def __init__(self, model: ProvidedModel, messages: Messages, tools: Sequence[OfferedTool]) -> None:
        self.usage = Usage()
        """Of all its turns; estimated where the model does not tell."""
        self.name = model.name
        self._model = model
        self._messages: list[BaseMessage] = convert_to_messages(messages)
        self._tools = [tool.as_function() for tool in tools]

    async def wanted(self, *, seconds: float) -> list[WantedCall]:
        """The calls that the model wants next, none if it wants no more. Raises WriterError."""
        try:
            async with asyncio.timeout(seconds), self._model.open() as model:
                message = await model.bind_tools(self._tools).ainvoke(self._messages)
        except asyncio.CancelledError:
            self.usage += self._estimate("")
            raise
        except Exception as error:  # providers share no base class
            failure = self._failure(error)
            self.usage += failure.usage
            raise failure from None
        assert isinstance(message, AIMessage)
        self.usage += self._used(message)
        self._messages.append(message)
        good = [WantedCall(one["id"] or "", one["name"], one["args"]) for one in message.tool_calls]
        bad = [WantedCall(one["id"] or "", one["name"] or "", None) for one in message.invalid_tool_calls]
        if not (good or bad) and any(message.response_metadata.get(key) in AT_ITS_LIMIT for key in REASONS):
            raise self._failure(NothingWrittenError())
        return good + bad

    def tell(self, wanted: WantedCall, text: str) -> None:
        """What became of a call. Each must be told of before the next turn."""
        self._messages.append(ToolMessage(text, tool_call_id=wanted.id))

    def _failure(self, error: Exception) -> WriterError:
        failure = as_writer_error(error, model=self.name, begun=False, usage=self._estimate(""))
        if isinstance(error, NotImplementedError) or getattr(error, "status_code", None) in REFUSED:
            return WriterError("model_refused_tools", _("The language model takes no tools."))
        return failure

    def _used(self, message: AIMessage) -> Usage:
        if told := message.usage_metadata:
            return Usage(told["input_tokens"], told["output_tokens"])
        return self._estimate(f"{message.text}{json.dumps(message.tool_calls, default=str)}")

    def _estimate(self, written: str) -> Usage:
        read = json.dumps([[message.text for message in self._messages], self._tools], default=str)
        return Usage(estimated_tokens(read), estimated_tokens(written))
