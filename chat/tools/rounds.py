"""The calls for one answer: the model asks for some, is told what they gave, and may ask again, a few times.

It decides before it sees any passage, so that no text of a source can cause a call or find its way into one.
"""

import asyncio
import itertools
import json
import logging
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from chat.events import ToolCall
from chat.models import Tool
from chat.models.tools.result import key_of
from chat.models.tools.tool import NAME_LENGTH
from chat.tools.calling import GAVE, Outcome, call, failed, refused
from chat.tools.errors import ToolError
from chat.tools.results import shortened, storable
from chat.writers import OfferedTool, ToolChooser, Usage, WantedCall, WriterError

ROUNDS = 5
RESERVED_ROUNDS = 2
"""For which a budget must suffice: more are rare, and are counted when the answer ends."""
CALLS_A_ROUND = 4
OFFERED = 64
"""Tools that a model is told of at most."""
USED_CHARACTERS = 24_000
"""Of all results together."""
TRACED_CHARACTERS = 1_000
"""Of each result."""
WRITTEN_TOKENS = 2_000
"""That the model may write in each round; some think first."""
RULES_TOKENS = 2_000
"""More than the rules, earlier questions and what marks the messages."""

RUNNING = "running"
NOT_TAKEN = re.compile(r"[^A-Za-z0-9_-]+")

logger = logging.getLogger(__name__)


@dataclass
class CallMade:
    """A call that the model wanted for this answer."""

    told: ToolCall
    round: int
    text: str = ""
    """What the tool gave; else why there is nothing, for the model."""

    def end(self, outcome: Outcome, *, most: int = USED_CHARACTERS, milliseconds: int = 0) -> None:
        self.text = shortened(outcome.text, most)
        self.told = replace(self.told, outcome=outcome.name, milliseconds=milliseconds, detail=outcome.detail)


@dataclass
class ToolUse:
    """What came of the tools for one answer."""

    calls: list[CallMade] = field(default_factory=list)
    rounds: int = 0
    note: str = ""
    """Why there were no calls, or no more."""
    usage: Usage = field(default_factory=Usage)
    """Of the model that chose them."""

    @property
    def given(self) -> list[CallMade]:
        return [made for made in self.calls if made.told.outcome in GAVE]

    def trace(self) -> dict[str, Any]:
        """For staff."""
        calls = [
            made.told.payload() | {"round": made.round, "result": made.text[:TRACED_CHARACTERS]}
            for made in self.calls
        ]
        return {"calls": calls, "rounds": self.rounds, "note": self.note}


def offered(tools: Sequence[Tool]) -> dict[str, Tool]:
    """The tools by names that models take; no two alike."""
    names: dict[str, Tool] = {}
    for tool in tools[:OFFERED]:
        plain = NOT_TAKEN.sub("_", tool.name)[:60]
        numbered = (f"{plain}_{number}" for number in itertools.count(2))
        names[next(name for name in itertools.chain([plain], numbered) if name not in names)] = tool
    return names


def described(names: dict[str, Tool]) -> list[OfferedTool]:
    """As the model is told of them: by what an administrator has seen and allowed."""
    return [
        OfferedTool(name, f"{tool.server.name}: {tool.description}", tool.input_schema)
        for name, tool in names.items()
    ]


def reserved_tokens(tools: Sequence[Tool], asked: int, characters_a_token: int) -> int:
    """What RESERVED_ROUNDS cost at most, with the results in the answer's prompt.

    asked: characters of the question and of the assistant's instructions.
    """
    if not tools:
        return 0
    told = sum(len(tool.description) + len(json.dumps(tool.input_schema)) for tool in tools[:OFFERED])
    results = RESERVED_ROUNDS * USED_CHARACTERS  # in each round after the first, and in the answer
    # In each round what was written in those before as well.
    written = WRITTEN_TOKENS * sum(range(1, RESERVED_ROUNDS + 1))
    read = (RESERVED_ROUNDS * (told + asked) + results) // characters_a_token
    return RESERVED_ROUNDS * RULES_TOKENS + written + read


class Rounds:
    """Has the calls made that the model wants, as far as they may be."""

    def __init__(self, names: dict[str, Tool], chooser: ToolChooser, use: ToolUse, *, seconds: float) -> None:
        self._names, self._chooser, self._use = names, chooser, use
        self._now = asyncio.get_running_loop().time
        self._end = self._now() + seconds
        self._left = USED_CHARACTERS
        self._asked: set[tuple[int, str]] = set()

    async def run(self) -> AsyncGenerator[ToolCall, None]:
        """Tells of each call when it begins, and again when it has ended."""
        try:
            while wanted := await self._wanted():
                self._use.rounds += 1
                async with aclosing(self._round(wanted)) as calls:
                    async for told in calls:
                        yield told
        except WriterError as error:
            self._use.note = error.detail
        finally:
            self._use.usage = self._chooser.usage

    async def _wanted(self) -> list[WantedCall]:
        left = self._end - self._now()
        if self._use.rounds == ROUNDS:
            self._use.note = _("There were as many rounds of calls as there may be.")
        elif left <= 0:
            self._use.note = _("The time for calls was over.")
        else:
            return await self._chooser.wanted(seconds=left)
        return []

    async def _round(self, wanted: Sequence[WantedCall]) -> AsyncGenerator[ToolCall, None]:
        """The calls of one round, all at once."""
        made = [self._begun(one) for one in wanted]
        refusals = [self._refusal(one, place) for place, one in enumerate(wanted)]
        tasks = [
            asyncio.create_task(self._make(*those)) for those in zip(wanted, made, refusals, strict=True)
        ]
        try:
            for one in made:
                yield one.told
            for ended in asyncio.as_completed(tasks):
                yield (await ended).told
        finally:
            await self._broken_off(tasks, made)
        for asked, one in zip(wanted, made, strict=True):
            self._chooser.tell(asked, one.text)

    def _begun(self, wanted: WantedCall) -> CallMade:
        tool = self._names.get(wanted.name)
        told = ToolCall(
            number=len(self._use.calls) + 1,
            server=tool.server.name if tool else "",
            tool=tool.name if tool else storable(wanted.name)[:NAME_LENGTH],
            arguments=storable(wanted.arguments or {}),
        )
        made = CallMade(told, self._use.rounds)
        self._use.calls.append(made)
        return made

    def _refusal(self, wanted: WantedCall, place: int) -> str:
        """Why a call is not made; empty if it is. place: from 0, in its round."""
        tool = self._names.get(wanted.name)
        if tool is None:
            return _("There is no such tool.")
        if wanted.arguments is None:
            return _("The arguments cannot be read.")
        if place >= CALLS_A_ROUND:
            return _("These are too many calls at once.")
        call = (tool.pk, key_of(storable(wanted.arguments)))
        if call in self._asked:
            return _("The same was asked before.")
        self._asked.add(call)
        return ""

    async def _make(self, wanted: WantedCall, made: CallMade, refusal: str) -> CallMade:
        started = self._now()
        outcome = (
            refused(refusal)
            if refusal
            else await self._outcome(self._names[wanted.name], made.told.arguments)
        )
        made.end(outcome, most=self._left, milliseconds=round((self._now() - started) * 1000))
        self._left = max(0, self._left - len(made.text))
        return made

    async def _outcome(self, tool: Tool, arguments: Mapping[str, Any]) -> Outcome:
        """Whatever goes wrong is no more than a call that failed."""
        try:
            async with asyncio.timeout_at(self._end):
                return await call(tool, arguments)
        except TimeoutError:
            return failed(ToolError("too_slow"))
        except Exception:
            logger.exception("a call of tool %s went wrong", tool.pk)
            return failed(ToolError("broken_off"))

    async def _broken_off(self, tasks: Sequence[asyncio.Task[CallMade]], made: Sequence[CallMade]) -> None:
        """End what still runs, because nobody waits for it any more."""
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for one in made:
            if one.told.outcome == RUNNING:
                one.end(failed(ToolError("broken_off")))
