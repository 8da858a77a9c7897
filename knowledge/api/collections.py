"""REST: the collections, many and one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from psycopg.errors import UniqueViolation
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from assistant_project import history
from assistant_project.history import names_of
from assistant_project.rest import Pages
from knowledge import tasks
from knowledge.api.permissions import CuratedView
from knowledge.api.refusals import BAD_CURSOR, BAD_FILTER, CONFLICT, ConflictError, told_in_http
from knowledge.api.serializers import (
    CollectionChangeSerializer,
    CollectionSerializer,
    CuratedCollectionSerializer,
    ForceSerializer,
    NewCollectionSerializer,
)
from knowledge.models import Collection, Source
from knowledge.models.collection import CURATE_ALL

TAGS = ["collections"]
OF_READERS = {"access", "groups"}


@contextmanager
def names_once() -> Iterator[None]:
    """Save all or nothing; what the database finds to be there already is a conflict."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        raise ConflictError(
            _("There is a collection with this name or short name already. Choose another."), "same_name"
        ) from None


def refuse_readers(user: Any) -> None:
    """Who may read a collection is said by who cares for all of them. Raises PermissionDenied."""
    if not user.has_perm(CURATE_ALL):
        raise PermissionDenied(_("Who may read a collection is for administrators to say."))


class CollectionView(CuratedView):
    of = "collection"
    lookup_field = "slug"

    def get_queryset(self) -> Any:
        """Those that one may read, which those that one cares for belong to; these to change."""
        return self.curated if self.changes else Collection.objects.visible_to(self.request.user)

    def held(self, slug: str) -> Collection:
        """The one to be changed, locked until the transaction ends."""
        return get_object_or_404(self.curated.locked(), slug=slug)

    def shown(self, collections: Any) -> Any:
        answering = Source.objects.answering().filter(collection=OuterRef("pk")).order_by()
        number = answering.values("collection").annotate(number=Count("pk")).values("number")
        shown = collections.annotate(source_count=Coalesce(Subquery(number), 0))
        if not self.for_curators:
            return shown
        return shown.annotate(is_curated=Q(pk__in=self.curated)).prefetch_related("groups")

    def payload(self, slug: str) -> dict[str, Any]:
        collection = get_object_or_404(self.shown(self.get_queryset()), slug=slug)
        return dict(self.get_serializer(collection).data)

    def get_serializer_class(self) -> type[CollectionSerializer]:
        return CuratedCollectionSerializer if self.for_curators else CollectionSerializer


class CollectionsView(CollectionView):
    permissions = {"POST": "knowledge.add_collection"}
    key_scopes = {"GET": "read", "POST": "curate"}
    pagination_class = Pages

    @extend_schema(
        summary="List collections",
        description="Those that one may read; curators also see who may read theirs.",
        tags=TAGS,
        responses={200: CuratedCollectionSerializer(many=True)} | BAD_CURSOR,
    )
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.shown(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        summary="Make a collection",
        description="For who cares for all collections.",
        tags=TAGS,
        request=NewCollectionSerializer,
        responses={201: CuratedCollectionSerializer} | CONFLICT,
        examples=[
            OpenApiExample(
                "For one group",
                {"name": "Handbook", "language": "english", "access": "groups", "groups": ["Staff"]},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        refuse_readers(request.user)
        form = NewCollectionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        given = dict(form.validated_data)
        groups = given.pop("groups", ())
        user: Any = request.user
        with names_once():
            collection = Collection.objects.create(**given, created_by=user)
            collection.groups.set(groups)
            history.note_addition(user, [collection])
        return Response(self.payload(collection.slug), status=status.HTTP_201_CREATED)


class OneCollectionView(CollectionView):
    permissions = {"PATCH": "knowledge.change_collection", "DELETE": "knowledge.delete_collection"}
    key_scopes = {"GET": "read", "PATCH": "curate", "DELETE": "curate"}

    @extend_schema(
        summary="Look at a collection",
        tags=TAGS,
        responses={200: CuratedCollectionSerializer},
    )
    def get(self, request: Request, slug: str) -> Response:
        return Response(self.payload(slug))

    @extend_schema(
        summary="Change a collection",
        description=(
            "What is left out stays. Who may read it changes at once, and is for those to say who care for all "
            "collections."
        ),
        tags=TAGS,
        request=CollectionChangeSerializer,
        responses={200: CuratedCollectionSerializer} | CONFLICT,
        examples=[OpenApiExample("For signed-in users", {"access": "signed_in"}, request_only=True)],
    )
    def patch(self, request: Request, slug: str) -> Response:
        with names_once():
            collection = self.held(slug)
            form = CollectionChangeSerializer(collection, data=request.data, partial=True)
            form.is_valid(raise_exception=True)
            given = dict(form.validated_data)
            if OF_READERS & given.keys():
                refuse_readers(request.user)
            history.note_change(request.user, [collection], names_of(Collection, given))
            self._change(collection, given)
        return Response(self.payload(slug))

    @staticmethod
    def _change(collection: Collection, given: dict[str, Any]) -> None:
        if "groups" in given:
            collection.groups.set(given.pop("groups"))
        speaks_otherwise = given.get("language", collection.language) != collection.language
        Collection.objects.filter(pk=collection.pk).update(**given)
        if speaks_otherwise:
            tasks.reindex_outdated()

    @extend_schema(
        summary="Delete a collection",
        description=(
            "One that holds sources is kept, unless `force` says that they are to go with it. One that is all that "
            "an assistant quotes is kept in any case: without it the assistant would quote every collection."
        ),
        tags=TAGS,
        parameters=[ForceSerializer],
        responses={204: None} | BAD_FILTER | CONFLICT,
    )
    def delete(self, request: Request, slug: str) -> Response:
        asked = ForceSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        with told_in_http(), transaction.atomic():
            collection = self.held(slug)
            if not asked.validated_data["force"]:
                self._refuse_if_it_holds_sources(collection)
            history.note_deletion(request.user, [collection])
            Collection.objects.filter(pk=collection.pk).remove()
        return Response(status=status.HTTP_204_NO_CONTENT)

    @staticmethod
    def _refuse_if_it_holds_sources(collection: Collection) -> None:
        if sources := collection.sources.count():
            sentence = _(
                "It holds sources (%(sources)s). Move them to another collection, "
                "or repeat the request with ?force=true to delete them too."
            )
            raise ConflictError(sentence % {"sources": sources}, "not_empty")
