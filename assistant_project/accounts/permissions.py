"""Who may call a REST view: each view names one of these, and what an API key needs for each method."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from assistant_project.accounts.models import ApiKey


class Anyone(BasePermission):
    """Everybody; a key only with the scope that the view names: `key_scopes = {"GET": "read", "POST": "ask"}`.

    A method without a scope is closed to keys.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, ApiKey):
            return True
        method = "GET" if request.method == "HEAD" else request.method
        return getattr(view, "key_scopes", {}).get(method) in request.auth.scopes


class SignedIn(Anyone):
    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated) and super().has_permission(request, view)


class Permitted(SignedIn):
    """Staff with Django's permission that the view names: `permissions = {"GET": "knowledge.view_source"}`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        method = "GET" if request.method == "HEAD" else request.method
        needed = view.permissions.get(method)
        return (
            super().has_permission(request, view)
            and request.user.is_staff
            and (needed is None or request.user.has_perm(needed))
        )
