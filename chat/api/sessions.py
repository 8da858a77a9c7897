"""REST: one's own conversations, to list, search, begin, rename, summarise and delete."""

import uuid
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assistant_project.accounts.permissions import Anyone
from assistant_project.limits.budgets import BudgetSpent
from assistant_project.limits.throttles import QuestionThrottle
from chat.answering import QuestionRefused
from chat.api.pages import LatestFirst
from chat.api.refusals import (
    BudgetSpentError,
    ModelFailedError,
    NothingSaidYetError,
    SignInNeededError,
    refusal,
    refusals,
)
from chat.models import Assistant, DailyUsage, Message, Session
from chat.models.session import SessionQuerySet
from chat.removal import remove
from chat.summaries import NothingSaidError, summarise
from chat.visitors import asker_of
from chat.writers import WriterError

SEARCH_LENGTH = 200
TAGS = ["conversations"]


class UsableAssistant(serializers.SlugRelatedField):
    """The short name of an assistant; one that is not open to the caller looks like one that there is not."""

    def __init__(self, **options: Any) -> None:
        super().__init__(slug_field="slug", **options)

    def get_queryset(self) -> QuerySet[Assistant]:
        return Assistant.objects.usable_by(self.context["request"].user)

    def to_internal_value(self, data: Any) -> Assistant:
        return super().to_internal_value(serializers.SlugField().run_validation(data))


class SessionSerializer(serializers.ModelSerializer):
    """A conversation without its messages."""

    title = serializers.CharField(
        max_length=200,
        required=False,
        allow_blank=True,
        help_text="Made of the first question if left empty.",
    )
    assistant = UsableAssistant(
        queryset=Assistant.objects.all(),
        required=False,
        allow_null=True,
        help_text="Short name of the assistant that answers; null for the default one.",
    )
    message_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Session
        fields = (
            "id",
            "title",
            "assistant",
            "message_count",
            "summary",
            "summarised_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("summary", "summarised_at")


class SummarySerializer(serializers.Serializer):
    summary = serializers.CharField()
    summarised_at = serializers.DateTimeField()


class SearchSerializer(serializers.Serializer):
    search = serializers.CharField(required=False, allow_blank=True, max_length=SEARCH_LENGTH)


def own(request: Request) -> SessionQuerySet:
    """The asker's conversations with what a list shows of each."""
    asker = asker_of(request)
    messages = Message.objects.filter(session=OuterRef("pk")).order_by().values("session")
    number = Subquery(messages.annotate(number=Count("pk")).values("number"))
    sessions = Session.objects.of(asker.user, asker.visitor).select_related("assistant")
    return sessions.annotate(message_count=Coalesce(number, 0))


def shown(request: Request, session_id: uuid.UUID) -> dict[str, Any]:
    return SessionSerializer(get_object_or_404(own(request), pk=session_id)).data


def about(words: str) -> Q:
    """Conversations whose title or one of whose messages holds the words, as they stand, in any case."""
    said = Message.objects.filter(session=OuterRef("pk"), content__icontains=words)
    return Q(title__icontains=words) | Q(Exists(said))


class SessionsView(APIView):
    permission_classes = [Anyone]  # everybody sees the own conversations only
    key_scopes = {"GET": "read", "POST": "ask", "DELETE": "ask"}
    pagination_class = LatestFirst

    @extend_schema(
        operation_id="sessions_list",
        summary="List one's conversations",
        description="The one that was continued last comes first.",
        tags=TAGS,
        parameters=[
            OpenApiParameter(
                "search", str, description=f"Words in titles and messages, up to {SEARCH_LENGTH} characters."
            ),
        ],
        responses={200: SessionSerializer(many=True), **refusals(400, 404)},
    )
    def get(self, request: Request) -> Response:
        query = SearchSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        words = query.validated_data.get("search", "")
        sessions = own(request).listed()
        sessions = sessions.filter(about(words)) if words else sessions
        pages = self.pagination_class()
        page = pages.paginate_queryset(sessions, request, view=self)
        return pages.get_paginated_response(SessionSerializer(page, many=True).data)

    @extend_schema(
        operation_id="sessions_create",
        summary="Begin an empty conversation",
        tags=TAGS,
        request=SessionSerializer,
        responses={201: SessionSerializer},
        examples=[OpenApiExample("With a title", {"title": "Our boiler"}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        if not (request.user.is_authenticated or settings.ANONYMOUS_MAY_ASK):
            raise SignInNeededError
        begun = SessionSerializer(data=request.data, context={"request": request})
        begun.is_valid(raise_exception=True)
        asker = asker_of(request, begin=True)
        user = asker.user if asker.is_signed_in else None
        with transaction.atomic():
            session = begun.save(user=user, visitor=asker.visitor)
            DailyUsage.objects.add(user, sessions=1)
        return Response(shown(request, session.pk), status=201)

    @extend_schema(
        operation_id="sessions_clear",
        summary="Delete all of one's conversations",
        tags=TAGS,
        responses={204: None},
    )
    def delete(self, request: Request) -> Response:
        asker = asker_of(request)
        remove(Session.objects.of(asker.user, asker.visitor))
        return Response(status=204)


class SessionView(APIView):
    permission_classes = [Anyone]  # everybody sees the own conversations only
    key_scopes = {"GET": "read", "PATCH": "ask", "DELETE": "ask"}

    @extend_schema(
        operation_id="sessions_retrieve",
        summary="Look at a conversation",
        tags=TAGS,
        responses={200: SessionSerializer},
    )
    def get(self, request: Request, session_id: uuid.UUID) -> Response:
        return Response(shown(request, session_id))

    @extend_schema(
        operation_id="sessions_update",
        summary="Rename a conversation, or let another assistant go on",
        tags=TAGS,
        request=SessionSerializer,
        responses={200: SessionSerializer},
        examples=[OpenApiExample("A new title", {"title": "Our boiler"}, request_only=True)],
    )
    def patch(self, request: Request, session_id: uuid.UUID) -> Response:
        session = get_object_or_404(own(request), pk=session_id)
        change = SessionSerializer(session, request.data, partial=True, context={"request": request})
        change.is_valid(raise_exception=True)
        if change.validated_data:  # not save(): a new name is no new message, and leaves the order as it is
            Session.objects.filter(pk=session.pk).update(**change.validated_data)
        return Response(shown(request, session_id))

    @extend_schema(
        operation_id="sessions_destroy",
        summary="Delete a conversation",
        tags=TAGS,
        responses={204: None},
    )
    def delete(self, request: Request, session_id: uuid.UUID) -> Response:
        asker = asker_of(request)
        if not remove(Session.objects.of(asker.user, asker.visitor).filter(pk=session_id)):
            raise Http404
        return Response(status=204)


class SummaryView(APIView):
    permission_classes = [Anyone]  # everybody sees the own conversations only
    key_scopes = {"POST": "ask"}
    throttle_classes = [QuestionThrottle]

    @extend_schema(
        operation_id="sessions_summarise",
        summary="Summarise a conversation",
        description="By the language model, or as an extract where there is none; kept on the conversation.",
        tags=TAGS,
        request=None,
        responses={
            200: SummarySerializer,
            **refusals(409, 503),
        },
    )
    def post(self, request: Request, session_id: uuid.UUID) -> Response:
        session = get_object_or_404(own(request), pk=session_id)
        try:
            async_to_sync(summarise)(session, payer=asker_of(request).payer)
        except NothingSaidError:
            raise NothingSaidYetError from None
        except QuestionRefused as refused:
            return refusal(refused)
        except BudgetSpent as spent:
            raise BudgetSpentError(spent) from spent
        except WriterError as error:
            raise ModelFailedError(error) from error
        return Response(SummarySerializer(session).data)
