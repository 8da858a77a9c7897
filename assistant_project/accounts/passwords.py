"""How a password is changed, by who knows the old one or has the mailbox. Either ends every log-in."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assistant_project.accounts import links, mails
from assistant_project.accounts.errors import AccountRefused
from assistant_project.accounts.models import ApiKey, User
from assistant_project.accounts.sign_in import confirm_password, remember_address


def forgotten(email: str, *, address: str) -> None:
    """Send a link with which to choose a new password, if there is an account. Nobody learns whether there is."""
    mails.ask_for("password_reset", email, address=address)


@transaction.atomic
def reset(token: str, password: str, *, address: str) -> User:
    """Set a password by a link from a mail, which also shows that the address is its user's.

    Whoever lost the account to somebody else gets it back like this, so keys that were made meanwhile end as well.
    """
    user, _email = links.PASSWORD_RESET.read(token)
    check(password, user)
    user.set_password(password)
    user.email_verified_at = user.email_verified_at or timezone.now()
    user.save(update_fields=["password", "email_verified_at"])
    ApiKey.objects.filter(user=user).revoke()
    remember_address(user, address)
    return user


def change(user: User, old: str, new: str, *, address: str) -> None:
    """Set another password; API keys stay.

    The browser session that asks goes on if its view calls update_session_auth_hash().
    """
    confirm_password(user, old, address=address, field="old_password")
    check(new, user, field="new_password")
    user.set_password(new)
    user.save(update_fields=["password"])


def check(password: str, user: User, *, field: str = "password") -> None:
    """Refuse a password that breaks the rules (AUTH_PASSWORD_VALIDATORS)."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        sentence = _("Some fields are not right.")
        raise AccountRefused("invalid", sentence, fields={field: list(error.messages)}) from None
