"""Who asked is told to those who may look at the people; everybody else reads of "a reader"."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from chat.models import Session

OF_PEOPLE = {"person", "user__email"}
"""Columns, fields and searches that tell who asked."""
WHOSE = {"user", "visitor", "end_user"}
"""Columns of a conversation by which those of one person are found."""


def may_see_people(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("accounts.view_user"))


def told(request: HttpRequest, names: Iterable[Any]) -> list[Any]:
    """Those of the columns, fields or searches that are for this person."""
    return [name for name in names if name not in OF_PEOPLE or may_see_people(request)]


def asker(request: HttpRequest, session: Session) -> str:
    if not may_see_people(request):
        return _("a reader")
    return str(session.user or _("anonymous"))
