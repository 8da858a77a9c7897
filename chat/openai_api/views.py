"""The assistants as models, and questions to them."""

import time
from collections.abc import Mapping
from typing import Any, NoReturn

from asgiref.sync import async_to_sync
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assistant_project.accounts.authentication import BearerAuthentication
from assistant_project.accounts.models import ApiKey
from assistant_project.accounts.permissions import SignedIn
from assistant_project.limits.throttles import QuestionThrottle
from chat import sse
from chat.answering import Question, collect, open_question
from chat.assistants import assistants_open_to
from chat.models import Assistant
from chat.openai_api import formatting
from chat.openai_api.errors import answer_failed, as_openai, model_not_found
from chat.openai_api.serializers import CompletionSerializer
from chat.openai_api.stream import Chunks
from chat.visitors import asker_of

DEFAULT = "default"
"""The model for who does not care which."""


class OpenAIView(APIView):
    """For programs with an API key or an access token: no cookie counts here."""

    authentication_classes = [BearerAuthentication]
    permission_classes = [SignedIn]
    schema = None  # the protocol is described by who made it
    http_method_names = ["get", "head", "post"]
    key_scopes: Mapping[str, str] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A method that is not there is not there for anybody: said before it is asked who calls."""
        if request.method not in self.allowed_methods:
            self.http_method_not_allowed(request)
        super().initial(request, *args, **kwargs)

    def permission_denied(
        self, request: Request, message: str | None = None, code: str | None = None
    ) -> NoReturn:
        if isinstance(request.auth, ApiKey):
            scope = self.key_scopes["GET" if request.method == "HEAD" else str(request.method)]
            message = _("This API key lacks the scope %(scope)s.") % {"scope": scope}
        super().permission_denied(request, message, code)

    def get_exception_handler(self) -> Any:
        return as_openai


class ModelsView(OpenAIView):
    key_scopes = {"GET": "ask"}

    def get(self, request: Request) -> Response:
        models = [formatting.model(assistant) for assistant in assistants_open_to(request.user)]
        return Response({"object": "list", "data": models})


class ModelView(OpenAIView):
    key_scopes = {"GET": "ask"}

    def get(self, request: Request, name: str) -> Response:
        return Response(formatting.model(named(name, request)))


class CompletionsView(OpenAIView):
    key_scopes = {"POST": "ask"}
    throttle_classes = [QuestionThrottle]

    def post(self, request: Request) -> HttpResponseBase:
        asked = CompletionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        assistant = named(asked.validated_data["model"], request)
        question = open_question(
            asked.question, asker=asker_of(request), details=asked.details(assistant=assistant.slug)
        )
        if asked.validated_data.get("stream"):
            return streamed(question, with_usage=asked.wants_usage)
        return written(question)


def named(name: str, request: Request) -> Assistant:
    """The assistant of this short name; the default one also as DEFAULT. Raises OpenAIRefused."""
    usable = {assistant.slug: assistant for assistant in assistants_open_to(request.user)}
    if name == DEFAULT:
        usable.setdefault(DEFAULT, Assistant.objects.default())
    if name not in usable:
        raise model_not_found(name)
    return usable[name]


def streamed(question: Question, *, with_usage: bool) -> HttpResponseBase:
    chunks = Chunks(
        id=formatting.completion_id(question.answer_id),
        created=int(time.time()),
        model=question.choice.assistant.slug,
        with_usage=with_usage,
    )
    return sse.stream(question, chunks)


def written(question: Question) -> Response:
    message = async_to_sync(collect)(question)
    failure = message["error"]
    if failure and failure["code"] == formatting.NOTHING_WRITTEN:
        message = {**message, **formatting.CUT_AT_ONCE}
    elif failure:
        raise answer_failed(**failure)
    answer = formatting.completion(message, model=question.choice.assistant.slug)
    return Response(answer, headers={"X-Session-Id": str(question.session.pk)})
