"""Who may do what: readers read, curators care for their collections as far as the admin lets them."""

from typing import Any, ClassVar

from rest_framework.generics import GenericAPIView
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from assistant_project.accounts.models import ApiKey
from assistant_project.accounts.permissions import Permitted, SignedIn
from knowledge.models import Collection
from knowledge.models.collection import CollectionQuerySet


class ReadersAndCurators(BasePermission):
    """What a view names in `permissions` is for staff who have Django's; the rest for whoever is signed in.

    A key with the scope `curate` reads too, as far as its user is a curator: who adds must see what came of it.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method in view.permissions:
            return Permitted().has_permission(request, view)
        return SignedIn().has_permission(request, view) or curates(request, view.of)


class CuratedView(GenericAPIView):
    """GET shows what one may read, and of the collections that one cares for everything. Others change nothing."""

    permission_classes = [ReadersAndCurators]
    permissions: ClassVar[dict[str, str]] = {}
    key_scopes: ClassVar[dict[str, str]] = {}
    of = "source"
    """The model in Django's permissions."""

    @property
    def changes(self) -> bool:
        return self.request.method in self.permissions

    @property
    def for_curators(self) -> bool:
        return self.changes or curates(self.request, self.of)

    @property
    def curated(self) -> CollectionQuerySet:
        """The collections that whoever asks cares for, as far as this request is a curator's."""
        collections = Collection.objects
        return collections.curated_by(self.request.user) if self.for_curators else collections.none()


def curates(request: Request, model: str) -> bool:
    """Whether the admin would show rows of a model of knowledge: to who may view or change it."""
    user: Any = request.user
    if isinstance(request.auth, ApiKey) and ApiKey.Scope.CURATE not in request.auth.scopes:
        return False
    return bool(user.is_staff) and any(
        user.has_perm(f"knowledge.{action}_{model}") for action in ("view", "change")
    )
