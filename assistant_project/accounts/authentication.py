"""Who calls: an access token or an API key."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
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
