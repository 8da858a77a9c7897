"""How a person leaves: with everything that is theirs."""

from assistant_project.accounts.deletion import delete_account, refuse_last_administrator
from assistant_project.accounts.models import User
from chat.cache.removal import forget_asker
from chat.cache.scope import asker_key
from chat.models import Session
from chat.removal import remove
from chat.visitors import owner_key


def delete_me(user: User) -> None:
    """Remove the account with conversations, keys, log-ins and the cached answers that nobody else asked for.

    Sources stay, without an owner.

    Conversations go first, piece by piece: there may be very many messages.
    """
    refuse_last_administrator(user)
    remove(Session.objects.filter(user=user))
    forget_asker(asker_key(owner_key(user)))
    delete_account(user)
