"""Whose contents they are: in the admin a curator finds her own collections and what is in them, and nothing else."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from knowledge.curation import curates_something, nothing_to_curate
from knowledge.models import Collection
from knowledge.models.collection import CURATE_ALL


class CuratedRows:
    """For an admin whose rows belong to collections: lists, pages, actions and look-ups know no other ones."""

    within = "source__collection"
    """The path from a row to its collection."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        if request.user.has_perm(CURATE_ALL):
            return rows
        return rows.filter(**{f"{self.within}__in": Collection.objects.curated_by(request.user)})

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.method == "GET" and not curates_something(request.user):
            messages.info(request, nothing_to_curate())
        response: HttpResponse = super().changelist_view(request, extra_context)  # type: ignore[misc]
        return response


class CollectionFilter(admin.RelatedFieldListFilter):
    """Offers the curator's own collections."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        return list(Collection.objects.curated_by(request.user).values_list("pk", "name"))


def possible_owners(request: HttpRequest) -> QuerySet[Any]:
    """Who may own a source: for who may not look at the people those who work on the same collections."""
    people = get_user_model()._default_manager.all()
    if request.user.has_perm("accounts.view_user"):
        return people
    curated = Collection.objects.curated_by(request.user)
    colleagues = Q(curated_collections__in=curated) | Q(sources__collection__in=curated)
    return people.filter(Q(pk=request.user.pk) | colleagues).distinct()
