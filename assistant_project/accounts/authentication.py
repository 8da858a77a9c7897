"""Who calls: an access token, an API key, or the browser of who has signed in."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request
from rest_framework_simplejwt.tokens import AccessToken

from assistant_project.accounts import tokens
from assistant_project.accounts.errors import CHALLENGE, AccountRefused
from assistant_project.accounts.models import ApiKey, LogIn, User
from assistant_project.accounts.models.api_key import digest

DOTS_OF_A_TOKEN = 2
"""Whatever has fewer or more was meant to be a key, be it one of another service."""


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token or API key>`, or `X-API-Key: <API key>`.

    request.auth is the AccessToken or the ApiKey. A credential that is there and not valid is a 401, even where
    nobody needs one.
    """

    def authenticate(self, request: Request) -> tuple[User, Any] | None:
        scheme, _, bearer = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() == "bearer":
            bearer = bearer.strip()
            return by_token(bearer) if bearer.count(".") == DOTS_OF_A_TOKEN else by_key(bearer)
        if "HTTP_X_API_KEY" in request.META:
            return by_key(request.META["HTTP_X_API_KEY"].strip())
        return None

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class PageAuthentication(SessionAuthentication):
    """Django's session. A page says in `X-Account` for whom it was made, by number.

    If that is not who is signed in now, the request is a 401: as a visitor's it might find other sources, unnoticed.
    """

    def authenticate(self, request: Request) -> tuple[User, Any] | None:
        signed_in: tuple[User, Any] | None = super().authenticate(request)
        expected = request.META.get("HTTP_X_ACCOUNT", "")
        if expected and (signed_in is None or str(signed_in[0].pk) != expected):
            sentence = _("You are no longer signed in. Sign in, and try it again.")
            raise AccountRefused("signed_out", sentence, 401)
        return signed_in


def by_token(text: str) -> tuple[User, AccessToken]:
    """An access token is as good as the log-in that it belongs to, which can end at any time."""
    token = tokens.read(AccessToken, text)
    log_in = LogIn.objects.live().select_related("user").filter(pk=token[tokens.LOG_IN]).first()
    if log_in is None or not log_in.user.is_verified:
        raise tokens.not_valid()
    return log_in.user, token


def by_key(text: str) -> tuple[User, ApiKey]:
    key = ApiKey.objects.valid().select_related("user").filter(digest=digest(text)).first()
    if key is None or not key.user.is_verified:
        raise AccountRefused("key_not_valid", _("This API key is not valid, or no longer."), 401)
    ApiKey.objects.filter(pk=key.pk).note_use()
    return key.user, key
