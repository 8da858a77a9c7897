"""How an account ends."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from assistant_project.accounts.errors import AccountRefused
from assistant_project.accounts.models import User


@transaction.atomic
def delete_account(user: User) -> None:
    """Remove a user with conversations, keys and log-ins. Sources stay, without an owner."""
    administrators = User.objects.filter(is_superuser=True).order_by("pk")
    list(administrators.select_for_update())  # of the last two, who delete themselves at once, one stays
    refuse_last_administrator(user)
    user.delete()


def refuse_last_administrator(user: User) -> None:
    if leaves_no_administrator([user]):
        raise AccountRefused("last_administrator", last_administrator(), 409)


def leaves_no_administrator(users: Iterable[User]) -> bool:
    """Whether nobody could administer the assistant any more without them."""
    going = {user.pk for user in users}
    administrators = set(User.objects.filter(is_superuser=True, is_active=True).values_list("pk", flat=True))
    return bool(administrators & going) and administrators <= going


def last_administrator() -> str:
    return _("This is the last administrator. Make somebody else one first.")
