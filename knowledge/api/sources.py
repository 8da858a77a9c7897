"""REST: the sources, many and one."""

from typing import Any

from django.db import transaction
from django.db.models import Prefetch, Q
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from assistant_project import history
from assistant_project.history import names_of
from assistant_project.rest import JSONParser
from knowledge import intake, tasks
from knowledge.api import adding, offers
from knowledge.api.filters import FilterSerializer, ReaderFilterSerializer, SourcePages
from knowledge.api.permissions import CuratedView
from knowledge.api.refusals import BAD_CURSOR, BAD_FILTER, CONFLICT, told_in_http
from knowledge.api.serializers import (
    AddedSourceSerializer,
    CuratedSourceSerializer,
    JobSerializer,
    SourceSerializer,
)
from knowledge.models import Job, Source

TAGS = ["sources"]
FORM = "multipart/form-data"
READ_AGAIN = "What was read before answers until the new one has been read."


class SourceView(CuratedView):
    def get_queryset(self) -> Any:
        """Those that answer and that one may read, and all of the collections that one cares for; these to change."""
        curated = Source.objects.filter(collection__in=self.curated).select_related("collection")
        if self.changes:
            return curated
        readable = Source.objects.visible_to(self.request.user).answering()
        if not self.for_curators:
            return readable
        return Source.objects.filter(Q(pk__in=curated.values("pk")) | Q(pk__in=readable.values("pk")))

    def shown(self, sources: Any) -> Any:
        """With all that is told about them, in one query for readers and two for curators."""
        sources = sources.with_what_was_read()
        latest = Prefetch("jobs", Job.objects.latest_of_each_source(), to_attr="latest_jobs")
        if not self.for_curators:
            return sources
        return sources.annotate(is_curated=Q(collection__in=self.curated)).prefetch_related(latest)

    def payload(self, pk: int) -> dict[str, Any]:
        source = get_object_or_404(self.shown(self.get_queryset()), pk=pk)
        return dict(self.get_serializer(source).data)

    def offer(self, form: Any, request: Request, *instance: Source, **options: Any) -> Any:
        """What was sent, for the collections that the sender cares for. Raises ValidationError."""
        offer = form(*instance, data=request.data, context={"curated": self.curated}, **options)
        offer.is_valid(raise_exception=True)
        return offer

    def get_serializer_class(self) -> type[SourceSerializer]:
        return CuratedSourceSerializer if self.for_curators else SourceSerializer


class SourcesView(SourceView):
    permissions = {"POST": "knowledge.add_source"}
    key_scopes = {"GET": "read", "POST": "curate"}
    parser_classes = [JSONParser, offers.MultiPartParser]
    pagination_class = SourcePages

    @extend_schema(
        summary="List sources",
        description="Those that answer and that one may read; curators see all of theirs, and how they stand.",
        tags=TAGS,
        parameters=[FilterSerializer],
        responses={200: CuratedSourceSerializer(many=True)} | BAD_FILTER | BAD_CURSOR,
    )
    def get(self, request: Request) -> Response:
        form = FilterSerializer if self.for_curators else ReaderFilterSerializer
        wanted = form(data=request.query_params.dict())
        wanted.is_valid(raise_exception=True)
        page = self.paginate_queryset(self.shown(wanted.filtered(self.get_queryset(), request.user)))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        summary="Add a source",
        description=(
            "A web page, a text, a PDF (multipart), or several addresses at once. A worker reads it then: ask for "
            "the source until its job is done. What is there already is answered with 200 and `duplicate`; a file "
            "with a known name and another content with 409 `same_name`, which says how to replace it."
        ),
        tags=TAGS,
        request={"application/json": offers.OfferSerializer, FORM: offers.UploadSerializer},
        responses={
            200: OpenApiResponse(AddedSourceSerializer, "It was there already."),
            201: OpenApiResponse(AddedSourceSerializer, "Added."),
            207: OpenApiResponse(offers.OutcomesSerializer, "What came of each of `urls`."),
        }
        | CONFLICT,
        examples=[
            OpenApiExample(
                "A web page", {"url": "https://example.org/", "refresh_interval": "weekly"}, request_only=True
            ),
            OpenApiExample(
                "A text", {"title": "Opening hours", "text": "Monday to Friday, 9 to 17."}, request_only=True
            ),
            OpenApiExample(
                "Several addresses", {"urls": ["https://example.org/", "example.com"]}, request_only=True
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        is_upload = (request.content_type or "").startswith(FORM)
        form = offers.UploadSerializer if is_upload else offers.OfferSerializer
        given = self.offer(form, request).validated_data
        with told_in_http():
            if "urls" in given:
                outcomes = adding.take_each(given, request.user)
                return Response({"outcomes": outcomes}, status=status.HTTP_207_MULTI_STATUS)
            source, duplicate = adding.take(given, request.user)
        code = status.HTTP_200_OK if duplicate else status.HTTP_201_CREATED
        return Response(self.payload(source.pk) | {"duplicate": duplicate}, status=code)


class OneSourceView(SourceView):
    permissions = {"PATCH": "knowledge.change_source", "DELETE": "knowledge.delete_source"}
    key_scopes = {"GET": "read", "PATCH": "curate", "DELETE": "curate"}

    @extend_schema(
        summary="Look at a source",
        tags=TAGS,
        responses={200: CuratedSourceSerializer},
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.payload(pk))

    @extend_schema(
        summary="Change a source",
        description=f"Another address, text, or title of a text has it read again. {READ_AGAIN}",
        tags=TAGS,
        request=offers.ChangeSerializer,
        responses={200: CuratedSourceSerializer} | CONFLICT,
        examples=[OpenApiExample("Keep it out of answers", {"enabled": False}, request_only=True)],
    )
    def patch(self, request: Request, pk: int) -> Response:
        source = self.get_object()
        changes = self.offer(offers.ChangeSerializer, request, source, partial=True).changes
        with told_in_http():
            intake.change(source, changes, user=request.user)
        if changes:
            history.note_change(request.user, [source], names_of(Source, changes))
        return Response(self.payload(pk))

    @extend_schema(
        summary="Delete a source",
        description="With its chunks and files. Citations in conversations keep their text.",
        tags=TAGS,
        responses={204: None},
    )
    def delete(self, request: Request, pk: int) -> Response:
        source = self.get_object()
        with transaction.atomic():
            history.note_deletion(request.user, [source])
            Source.objects.filter(pk=source.pk).remove()
        return Response(status=status.HTTP_204_NO_CONTENT)


class FileView(SourceView):
    permissions = {"PUT": "knowledge.change_source"}
    key_scopes = {"PUT": "curate"}
    parser_classes = [offers.MultiPartParser]

    @extend_schema(
        summary="Replace the file of a source",
        description=READ_AGAIN,
        tags=TAGS,
        request={FORM: offers.FileSerializer},
        responses={200: CuratedSourceSerializer} | CONFLICT,
    )
    def put(self, request: Request, pk: int) -> Response:
        source = self.get_object()
        form = offers.FileSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        file = form.validated_data["file"]
        with told_in_http():
            intake.replace_pdf(source, file.read(intake.PDF_BYTES + 1), file.name, user=request.user)
        history.note_change(request.user, [source], names_of(Source, ["original"]))
        return Response(self.payload(pk))


class RefreshView(SourceView):
    permissions = {"POST": "knowledge.change_source"}
    key_scopes = {"POST": "curate"}

    @extend_schema(
        summary="Read a source again",
        description=f"{READ_AGAIN} A job that waits or runs already is answered as it stands.",
        tags=TAGS,
        request=offers.ForcedSerializer,
        responses={202: JobSerializer},
        examples=[OpenApiExample("Even if it has not changed", {"forced": True}, request_only=True)],
    )
    def post(self, request: Request, pk: int) -> Response:
        source = self.get_object()
        asked = offers.ForcedSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        job = tasks.request_reading(source, user=request.user, forced=asked.validated_data["forced"])
        history.note_change(request.user, [source], _("To be read again."))
        asked_for = get_object_or_404(Job, pk=job.pk)
        return Response(JobSerializer(asked_for).data, status=status.HTTP_202_ACCEPTED)
