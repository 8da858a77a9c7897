"""REST: ask, and read a conversation."""

import uuid
from typing import Any

from asgiref.sync import async_to_sync
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assistant_project.rest import Pages, wants_stream
from chat import sse
from chat.answering import QuestionRefused, collect, open_question
from chat.api.serializers import QuestionSerializer
from chat.models import Session
from chat.records import message_payload
from chat.throttles import AnonymousQuestionThrottle, QuestionThrottle
from chat.visitors import asker_of


class ChatView(APIView):
    """Ask a question: the answer as JSON, or as events with `Accept: text/event-stream`."""

    permission_classes = [AllowAny]  # open_question() decides, by ANONYMOUS_MAY_ASK
    throttle_classes = [AnonymousQuestionThrottle, QuestionThrottle]

    def post(self, request: Request) -> HttpResponseBase:
        asked = QuestionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        if busy := sse.busy_response():
            return busy
        try:
            question = open_question(
                asked.validated_data["message"],
                asker=asker_of(request, begin=True),
                session_id=asked.validated_data.get("session_id"),
            )
        except QuestionRefused as refused:
            return Response({"code": refused.code, "detail": refused.detail}, status=refused.status)
        if wants_stream(request):
            return sse.stream(question)
        return Response(async_to_sync(collect)(question))


class MessagesView(APIView):
    """The messages of one's own conversation, oldest first, by pages."""

    permission_classes = [AllowAny]  # the queryset shows each asker's own conversations only

    def get(self, request: Request, session_id: uuid.UUID) -> Response:
        asker = asker_of(request)
        session = get_object_or_404(Session.objects.of(asker.user, asker.visitor), pk=session_id)
        pages = Pages()
        messages: Any = session.messages.prefetch_related("citations")
        page: Any = pages.paginate_queryset(messages, request, view=self)
        return pages.get_paginated_response([message_payload(message) for message in page or ()])
