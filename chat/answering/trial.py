"""An answer on trial: made of the parts that make every answer, for a reader who may not exist. Nothing of it is kept.

No message is stored, no cache filled, no use counted of a reader. What a model costs is on the budget of who tries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from assistant_project.connections import give_back
from assistant_project.limits import budgets
from chat import prices
from chat.answering import again
from chat.answering.choosing import Choice, choose
from chat.answering.draft import Draft
from chat.answering.opening import Question
from chat.answering.preparing import take_or_find
from chat.answering.tools import may_use_tools, use_tools
from chat.answering.tracing import trace
from chat.answering.writing import write
from chat.citations import CheckedAnswer
from chat.followups import Standalone
from chat.models import Assistant, Message, Session
from chat.small_talk import reply
from chat.visitors import Asker, owner_key
from chat.writers import WriterError


@dataclass(frozen=True)
class ImaginedAsker(Asker):
    """A reader on whose behalf somebody tries: no entry of the cache was written for them."""

    @property
    def payer(self) -> str:
        return "trial"


@dataclass(frozen=True)
class Trial:
    """What such a reader would get."""

    draft: Draft
    checked: CheckedAnswer
    failure: str = ""

    @property
    def trace(self) -> Mapping[str, Any]:
        """As it would be stored with the answer."""
        return trace(self.draft)

    @property
    def cost(self) -> Decimal:
        usage = self.draft.usage_in_all
        return prices.cost(
            settings.MODEL_PRICES,
            self.draft.question.choice.writer.name,
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
        )


def choice_for(assistant: Assistant, reader: Any) -> Choice:
    """Who would answer and how; somebody who does not exist has no preferences of their own."""
    return choose(assistant, reader if getattr(reader, "pk", None) else AnonymousUser(), {})


def try_out(content: str, choice: Choice, *, reader: Any, by: Any, fresh: bool = False) -> Trial:
    """The answer that `reader` would get to a question without a conversation. Raises budgets.BudgetSpent.

    by: who tries, and pays. fresh: not from the cache.
    """
    draft = Draft(Question(content, ImaginedAsker(reader), Session(), 0, choice, fresh=fresh))
    if talk := reply(content, greeting=choice.assistant.greeting):
        draft.kind, draft.text = Message.Kind.GREETING, talk
    else:
        draft.standalone = Standalone(content, content)
        draft.mark("understood")
        take_or_find(draft)
    failure = _write(draft, by)
    draft.mark("failed" if failure else "written")
    return Trial(draft, draft.checked(), failure)


def _write(draft: Draft, by: Any) -> str:
    """Have it written; why it could not be, if so."""
    asks_model = may_use_tools(draft) or (draft.evidence and draft.kind not in again.GIVEN_AGAIN)
    costs = asks_model and draft.question.choice.costs_tokens
    characters = len(draft.question.content)
    reservation = (
        budgets.reserve(owner_key(by), draft.question.choice.most_tokens(characters)) if costs else None
    )
    give_back()
    failure = ""
    try:
        async_to_sync(_written)(draft)
    except WriterError as error:
        failure = error.detail
    finally:
        if reservation:
            reservation.settle(draft.usage_in_all.tokens)
    return failure


async def _written(draft: Draft) -> None:
    async for _told in use_tools(draft):
        """It is kept in the draft, as the text is."""
    async for _text in write(draft):
        pass
