"""Who may come in with a password, and how often it may be tried."""

import datetime
from collections.abc import Iterator

from django.contrib.auth.hashers import make_password
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request

from assistant_project.accounts.errors import AccountRefused
from assistant_project.accounts.models import User
from assistant_project.accounts.people import find
from assistant_project.limits.models import Tally
from assistant_project.limits.sentences import try_again

QUARTER, HOUR = datetime.timedelta(minutes=15), datetime.timedelta(hours=1)
REMEMBERED = datetime.timedelta(days=30)
PER_ACCOUNT_AND_ADDRESS = 10
PER_ACCOUNT = 50
PER_ADDRESS = 50


def checked_user(request: HttpRequest | Request | None, email: str, password: str, *, address: str) -> User:
    """The user to whom e-mail and password belong. Refuses with one sentence whether or not there is an account.

    The attempt is counted before the password is looked at, and given back if it was right.
    """
    user = find(email)
    counted = count_attempt(f"user:{user.pk}" if user else f"email:{email.strip().lower()}", address)
    if user is None or not belongs_to(user, password):
        if user is None:
            make_password(password)  # the same work as for an account that there is
        user_login_failed.send(sender=__name__, credentials={"username": email}, request=request)
        raise AccountRefused(
            "wrong_credentials", _("E-mail address and password do not belong together."), 401
        )
    give_back(counted)
    if not user.is_verified:
        sentence = _("This e-mail address is not verified yet. Open the link in the mail that we sent to it.")
        raise AccountRefused("email_unverified", sentence, 403)
    remember_address(user, address)
    return user


def belongs_to(user: User, password: str) -> bool:
    return user.check_password(password) and user.is_active


def confirm_password(user: User, password: str, *, address: str, field: str = "password") -> None:
    """Have somebody who is signed in show again who it is. `field` held the password.

    Counted like a sign-in, but apart: strangers who guess at the password do not keep its owner from changing it.
    """
    counted = count_attempt(f"signed-in user:{user.pk}", address)
    if not user.check_password(password):
        sentence = _("This is not your password.")
        raise AccountRefused("wrong_password", sentence, fields={field: [sentence]})
    give_back(counted)


def count_attempt(account: str, address: str) -> list[str]:
    """Count an attempt under each limit or, if one is reached, under none. The keys under which it was counted."""
    counted: list[str] = []
    for key, limit, period in limits(account, address):
        if wait := Tally.objects.take(key, limit=limit, period=period):
            give_back(counted)
            sentence = _("Too many attempts to sign in.")
            raise AccountRefused("too_many_attempts", f"{sentence} {try_again(wait)}", 429, wait=wait)
        counted.append(key)
    return counted


def give_back(counted: list[str]) -> None:
    for key in counted:
        Tally.objects.give_back(key)


def limits(account: str, address: str) -> Iterator[tuple[str, int, datetime.timedelta]]:
    """Guesses from everywhere do not lock an account where its owner has signed in lately."""
    yield f"sign-in {address}", PER_ADDRESS, QUARTER
    if not Tally.objects.taken(remembered(account, address)):
        yield f"sign-in {account}", PER_ACCOUNT, HOUR
    yield f"sign-in {account} {address}", PER_ACCOUNT_AND_ADDRESS, QUARTER


def remember_address(user: User, address: str) -> None:
    """This user has shown who it is from there."""
    Tally.objects.remember(remembered(f"user:{user.pk}", address), period=REMEMBERED)


def remembered(account: str, address: str) -> str:
    return f"signed in {account} {address}"
