"""How a person leaves: with everything that is theirs."""

from assistant_project.accounts.deletion import delete_account, refuse_last_administrator
from assistant_project.accounts.models import User
from chat.models import Session
from chat.removal import remove


def delete_me(user: User) -> None:
    """Remove the account with conversations, keys and log-ins. Sources stay, without an owner.

    Conversations go first, piece by piece: there may be very many messages.
    """
    refuse_last_administrator(user)
    remove(Session.objects.filter(user=user))
    delete_account(user)
