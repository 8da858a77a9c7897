"""The tokens of a log-in over REST: a short-lived one for access, and one that can be used once for the next pair."""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.models import update_last_login
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from assistant_project.accounts.errors import AccountRefused
from assistant_project.accounts.models import LogIn, User
from assistant_project.accounts.moments import beginning

LOG_IN = "log_in"
T = TypeVar("T", bound=Token)


@dataclass(frozen=True)
class Pair:
    access: str
    refresh: str
    expires_in: int
    """Seconds for which the access token is taken."""


@transaction.atomic
def issue(user: User) -> Pair:
    """Begin a log-in, unless the password was changed since it was checked: that has ended all log-ins."""
    unchanged = User.objects.select_for_update().filter(pk=user.pk, password=user.password, is_active=True)
    if not unchanged.exists():
        raise not_valid()
    refresh = RefreshToken()
    log_in = LogIn.objects.create(user=user, token=refresh["jti"], expires_at=expiry())
    update_last_login(User, user)
    return pair(log_in, refresh)


def refreshed(text: str, request: HttpRequest) -> Pair:
    """The next pair for a refresh token that is in force. One that was used before ends its log-in.

    Not so if the request began before the token was replaced: then the client asked several times at once.
    """
    used = read(RefreshToken, text)
    log_in = LogIn.objects.live().select_related("user").filter(pk=used[LOG_IN]).first()
    if log_in is None or not log_in.user.is_verified:
        raise not_valid()
    following = RefreshToken()
    is_in_force = log_in.token == used["jti"]
    if is_in_force and LogIn.objects.rotate(
        log_in.pk, used=used["jti"], following=following["jti"], expires_at=expiry()
    ):
        return pair(log_in, following)
    began = (
        log_in.rotated_at if is_in_force else beginning(request)
    )  # in force a moment ago: certainly at once
    LogIn.objects.note_reuse(log_in.pk, began=began)
    raise not_valid()


def end(text: str) -> None:
    """End the log-in to which a refresh token belongs."""
    LogIn.objects.filter(pk=read(RefreshToken, text)[LOG_IN]).revoke()


def read(kind: type[T], text: str) -> T:
    """What a token says that we signed and whose time is not over."""
    try:
        token = kind(text)  # type: ignore[arg-type]  # simplejwt's annotation wants what it makes itself
        token[LOG_IN]
    except (TokenError, KeyError, RecursionError):  # the last for a header of brackets within brackets
        raise not_valid() from None
    return token


def pair(log_in: LogIn, refresh: RefreshToken) -> Pair:
    access = AccessToken()
    refresh[LOG_IN] = access[LOG_IN] = str(log_in.pk)
    lifetime = settings.SIMPLE_JWT["ACCESS_TOKEN_LIFETIME"]
    return Pair(str(access), str(refresh), int(lifetime.total_seconds()))


def expiry() -> Any:
    return timezone.now() + settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"]


def not_valid() -> AccountRefused:
    return AccountRefused("token_not_valid", _("This token is not valid, or no longer. Log in again."), 401)
