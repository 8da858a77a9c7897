"""REST: ask, and read a conversation."""

import uuid
from typing import Any

from asgiref.sync import async_to_sync
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assistant_project.accounts.models import ApiKey
from assistant_project.accounts.permissions import Anyone
from assistant_project.limits.throttles import QuestionThrottle
from assistant_project.rest import ErrorSerializer, Pages, wants_stream
from chat import sse
from chat.answering import Details, Question, QuestionRefused, collect, open_question
from chat.api.refusals import refusal
from chat.api.serializers import ContentSerializer, MessageSerializer, QuestionSerializer
from chat.models import Message, Session
from chat.models.idempotency import KEY_LENGTH
from chat.records import SHOWN, message_payload
from chat.visible import visible_trace
from chat.visitors import asker_of

TRACE = OpenApiParameter(
    "trace",
    bool,
    description="Staff: tell why the answer was given. A stream does not: read its answer again with it.",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Your own name for this request: repeated within a day, it gives the stored answer.",
)
REFUSALS = {
    400: OpenApiResponse(ErrorSerializer, "Something about the question is not right."),
    401: OpenApiResponse(ErrorSerializer, "Sign in first, or the credentials are not valid."),
    403: OpenApiResponse(ErrorSerializer, "The key lacks the scope, or the trace is not yours to see."),
    404: OpenApiResponse(ErrorSerializer, "There is no such conversation or assistant."),
    409: OpenApiResponse(ErrorSerializer, "This very request is being answered."),
    415: OpenApiResponse(ErrorSerializer, "Send JSON."),
    422: OpenApiResponse(ErrorSerializer, "The Idempotency-Key was used for another question."),
    429: OpenApiResponse(ErrorSerializer, "Too many questions, or a budget is used up; see Retry-After."),
    503: OpenApiResponse(ErrorSerializer, "Too many answers are being written; see Retry-After."),
}
ANSWERS: Any = {
    (200, "application/json"): OpenApiResponse(MessageSerializer, "The answer."),
    (200, "text/event-stream"): OpenApiResponse(
        str,
        "With `Accept: text/event-stream`: events `tool` (a call, as in `tools`, when it begins and when it has "
        "ended), `sources`, `token` …, and `done` (the answer) or `error`.",
    ),
    **REFUSALS,
}


class ChatView(APIView):
    permission_classes = [Anyone]  # open_question() decides, by ANONYMOUS_MAY_ASK
    key_scopes = {"POST": "ask"}
    throttle_classes = [QuestionThrottle]

    @extend_schema(
        summary="Ask a question",
        description="In the conversation `session_id`, or in a new one.",
        tags=["conversations"],
        request=QuestionSerializer,
        responses=ANSWERS,
        parameters=[TRACE, IDEMPOTENCY_KEY],
        examples=[
            OpenApiExample(
                "A first question",
                {"message": "What temperature should I set my water heater to?"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> HttpResponseBase:
        asked = QuestionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        session_id = asked.validated_data.get("session_id")
        details = asked.details(session_id=session_id, idempotency_key=idempotency_key(request))
        return ask(request, asked.validated_data["message"], details)


class MessagesView(APIView):
    permission_classes = [Anyone]  # the queryset shows each asker's own conversations only
    key_scopes = {"GET": "read", "POST": "ask"}
    throttle_classes = [QuestionThrottle]
    pagination_class = Pages

    @extend_schema(
        summary="Read a conversation",
        description="Its messages, oldest first.",
        tags=["conversations"],
        responses={200: MessageSerializer(many=True), 403: REFUSALS[403], 404: REFUSALS[404]},
        parameters=[TRACE, *Pages.PARAMETERS],
    )
    def get(self, request: Request, session_id: uuid.UUID) -> Response:
        with_trace = wants_trace(request)
        session = own_session(request, session_id)
        pages = Pages()
        messages: Any = session.messages.prefetch_related(*SHOWN)
        page: Any = pages.paginate_queryset(messages, request, view=self)
        return pages.get_paginated_response(
            [
                message_payload(message) | (traced(message, request) if with_trace else {})
                for message in page or ()
            ]
        )

    @extend_schema(
        summary="Ask in a conversation",
        tags=["conversations"],
        request=ContentSerializer,
        responses=ANSWERS,
        parameters=[TRACE, IDEMPOTENCY_KEY],
        examples=[
            OpenApiExample("A follow-up", {"content": "And how much does that save?"}, request_only=True)
        ],
    )
    def post(self, request: Request, session_id: uuid.UUID) -> HttpResponseBase:
        asked = ContentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        details = asked.details(session_id=session_id, idempotency_key=idempotency_key(request))
        return ask(request, asked.validated_data["content"], details)


def ask(request: Request, content: str, details: Details) -> HttpResponseBase:
    """The answer as JSON, or as events."""
    with_trace = wants_trace(request)
    try:
        question = open_question(content, asker=asker_of(request, begin=True), details=details)
        response = (
            sse.stream(question)
            if wants_stream(request)
            else written(question, request, with_trace=with_trace)
        )
    except QuestionRefused as refused:
        return refusal(refused)
    if question.is_repeated:
        response["Idempotent-Replayed"] = "true"
    return response


def written(question: Question, request: Request, *, with_trace: bool) -> Response:
    answer = async_to_sync(collect)(question)
    if with_trace:
        answer = dict(answer) | traced(get_object_or_404(Message, pk=question.answer_id), request)
    return Response(answer)


def traced(message: Message, request: Request) -> dict[str, Any]:
    return {"trace": visible_trace(message.trace, request.user)}


def own_session(request: Request, session_id: uuid.UUID) -> Session:
    asker = asker_of(request)
    return get_object_or_404(Session.objects.of(asker.user, asker.visitor), pk=session_id)


def wants_trace(request: Request) -> bool:
    """Whether the trace is asked for, by somebody who may see it."""
    if request.query_params.get("trace", "").lower() not in {"1", "true", "yes"}:
        return False
    if not (
        request.user.is_authenticated and request.user.is_staff and request.user.has_perm("chat.view_message")
    ):
        raise PermissionDenied(_("The trace of an answer is for staff who may view messages."))
    if isinstance(request.auth, ApiKey) and ApiKey.Scope.CURATE not in request.auth.scopes:
        raise PermissionDenied(_("The trace of an answer needs a key with the scope curate."))
    return True


def idempotency_key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > KEY_LENGTH:
        too_long = _("It may have up to %(most)s characters.") % {"most": KEY_LENGTH}
        raise ValidationError({"Idempotency-Key": [too_long]})
    return key
