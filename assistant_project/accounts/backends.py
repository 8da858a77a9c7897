"""Django's authenticate() by our rules, so that no door leads past the counting of attempts."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from assistant_project.accounts.errors import AccountRefused
from assistant_project.accounts.sign_in import checked_user
from assistant_project.limits.addresses import UNKNOWN, client_address


class EmailBackend(ModelBackend):
    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> Any:
        if username is None or password is None:
            return None
        try:
            return checked_user(request, username, password, address=address_of(request))
        except AccountRefused:
            return None

    def user_can_authenticate(self, user: Any) -> bool:
        """Asked with each request of a browser session too."""
        return bool(user.is_active and user.is_verified)


def address_of(request: HttpRequest | None) -> str:
    return UNKNOWN if request is None else client_address(request)
