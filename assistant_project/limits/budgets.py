"""Tokens a day, for each user and in all: reserved before a model is called, settled when it has been."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from assistant_project.limits.models import Tally
from assistant_project.limits.sentences import try_again

KEPT = datetime.timedelta(days=2)  # each day counts in rows of its own; they outlast the answers begun in it


class BudgetSpent(Exception):  # noqa: N818  (a refusal is not an error)
    """Fewer tokens are left today than were to be reserved: nothing was."""

    def __init__(self, detail: str, wait: float) -> None:
        super().__init__(detail)
        self.detail, self.wait = detail, wait


@dataclass
class Reservation:
    """Tokens that nobody else can spend. One that is never settled stays spent until the day ends."""

    tokens: int
    keys: tuple[str, ...]

    def settle(self, used: int) -> None:
        """Give back what was not used; count what was used beyond it. Only the first time counts."""
        surplus, self.tokens = self.tokens - used, used
        keys, self.keys = self.keys, ()
        for key in keys if surplus else ():
            Tally.objects.give_back(key, surplus)


def reserve(user_key: str, tokens: int) -> Reservation:
    """Reserve tokens of today, or raise BudgetSpent. A budget of 0 is no limit, and is not counted."""
    now = timezone.now()
    taken: list[str] = []
    for key, limit, refusal in _budgets(user_key, now):
        if Tally.objects.take(key, limit=limit, period=KEPT, amount=tokens):
            Reservation(tokens, tuple(taken)).settle(0)
            wait = until_midnight(now).total_seconds()
            raise BudgetSpent(f"{refusal} {try_again(wait)}", wait)
        taken.append(key)
    return Reservation(tokens, tuple(taken))


def _budgets(user_key: str, now: datetime.datetime) -> Iterator[tuple[str, int, str]]:
    """The budgets that are limited: the key that counts them today, the limit, what a refusal says."""
    today = now.astimezone(timezone.get_default_timezone()).date()
    if limit := settings.TOKENS_PER_DAY_PER_USER:
        yield f"tokens {today} {user_key}", limit, _("You have used up what you may use today.")
    if limit := settings.TOKENS_PER_DAY:
        yield f"tokens {today}", limit, _("The assistant has used up what it may use today.")


def until_midnight(now: datetime.datetime) -> datetime.timedelta:
    """How long the day lasts in TIME_ZONE; on two days a year it has 23 or 25 hours."""
    zone = timezone.get_default_timezone()
    tomorrow = now.astimezone(zone).date() + datetime.timedelta(days=1)
    midnight = datetime.datetime.combine(tomorrow, datetime.time.min, zone)
    return midnight.astimezone(datetime.UTC) - now
