"""Who asks: a signed-in user, perhaps through a program's key, or an anonymous visitor whom the browser remembers."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser

from assistant_project.accounts.models import ApiKey
from assistant_project.limits.addresses import client_address

KEY = "visitor"


def owner_key(user: Any) -> str:
    """Of what a signed-in person owns."""
    return f"user:{user.pk}"


@dataclass(frozen=True)
class Asker:
    user: Any
    visitor: uuid.UUID | None = None
    address: str = ""
    is_program: bool = False
    """A key asks, perhaps for many people at once."""

    @property
    def is_signed_in(self) -> bool:
        return bool(self.user.is_authenticated)

    @property
    def owner(self) -> str:
        """Whose conversations and keys of idempotency these are; empty for a visitor who is new."""
        if self.is_signed_in:
            return owner_key(self.user)
        return f"visitor:{self.visitor}" if self.visitor else ""

    @property
    def payer(self) -> str:
        """On whose budget it goes: visitors are told apart by their address, for they can forget their cookie."""
        return owner_key(self.user) if self.is_signed_in else f"address:{self.address}"


def asker_of(request: Any, *, begin: bool = False) -> Asker:
    """The asker behind a request. `begin`: give an unknown visitor a number, because a conversation starts."""
    if request.user.is_authenticated:
        return Asker(request.user, is_program=isinstance(getattr(request, "auth", None), ApiKey))
    session = request.session
    if begin and KEY not in session:
        session[KEY] = str(uuid.uuid4())
    visitor = session.get(KEY)
    return Asker(AnonymousUser(), uuid.UUID(visitor) if visitor else None, address=client_address(request))
