"""What tools take and give, in common: text is cleaned on its way in."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Report = Callable[..., Awaitable[None]]
"""Tells the caller how far a tool has come: a growing number, `total` if it is known, `message`."""
LARGEST_ID = 2**63 - 1
"""Of a row in PostgreSQL."""


class Arguments(BaseModel):
    """A misspelled argument is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")


class Result(BaseModel):
    """Given to programs as it is, to models as text."""

    def as_text(self) -> str:
        raise NotImplementedError


def plain(value: Any) -> Any:
    """A text without blanks around it, and without the one character that PostgreSQL does not keep."""
    return value.replace("\x00", "").strip() if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(plain)]
"""Its length is measured after that."""
RowId = Annotated[int, Field(ge=1, le=LARGEST_ID)]


def place(title: str, page: int | None) -> str:
    return f"{title}, page {page}" if page else title
