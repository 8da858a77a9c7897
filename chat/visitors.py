"""Who asks: a signed-in user, or an anonymous visitor whom the browser's session remembers."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser

KEY = "visitor"


@dataclass(frozen=True)
class Asker:
    user: Any
    visitor: uuid.UUID | None = None

    @property
    def is_signed_in(self) -> bool:
        return bool(self.user.is_authenticated)


def asker_of(request: Any, *, begin: bool = False) -> Asker:
    """The asker behind a request. `begin`: give an unknown visitor a number, because a conversation starts."""
    if request.user.is_authenticated:
        return Asker(request.user)
    session = request.session
    if begin and KEY not in session:
        session[KEY] = str(uuid.uuid4())
    visitor = session.get(KEY)
    return Asker(AnonymousUser(), uuid.UUID(visitor) if visitor else None)
