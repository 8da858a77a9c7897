"""Who may do what: readers read, curators do what the admin lets them."""

from typing import Any, ClassVar

from rest_framework.generics import GenericAPIView
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from assistant_project.accounts.models import ApiKey
from assistant_project.accounts.permissions import Permitted, SignedIn


class ReadersAndCurators(BasePermission):
    """What a view names in `permissions` is for staff who have Django's; the rest for whoever is signed in.

    A key with the scope `curate` reads too, as far as its user is a curator: who adds must see what came of it.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method in view.permissions:
            return Permitted().has_permission(request, view)
        return SignedIn().has_permission(request, view) or curates(request, view.of)


class CuratedView(GenericAPIView):
    """GET shows readers what they may read, and curators everything, as the admin does."""

    permission_classes = [ReadersAndCurators]
    permissions: ClassVar[dict[str, str]] = {}
    key_scopes: ClassVar[dict[str, str]] = {}
    of = "source"
    """The model in Django's permissions."""

    @property
    def for_curators(self) -> bool:
        return self.request.method in self.permissions or curates(self.request, self.of)


def curates(request: Request, model: str) -> bool:
    """Whether the admin would show all rows of a model of knowledge: to who may view or change it."""
    user: Any = request.user
    if isinstance(request.auth, ApiKey) and ApiKey.Scope.CURATE not in request.auth.scopes:
        return False
    return bool(user.is_staff) and any(
        user.has_perm(f"knowledge.{action}_{model}") for action in ("view", "change")
    )
