"""What this door refuses, in OpenAI's shape: {"error": {"message", "type", "param", "code"}}."""

import math
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.log import log_response
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from assistant_project.errors import as_json
from chat.answering import QuestionRefused

TYPES = {429: "requests", 500: "server_error", 503: "server_error"}
"""By status; all others are invalid_request_error."""
CODES_BY_STATUS = {401: "invalid_api_key", 403: "missing_scope", 429: "rate_limit_exceeded"}
CODES = {
    "budget_spent": "insufficient_quota",
    "empty": "invalid_value",
    "image_address": "invalid_image_url",
    "image_damaged": "image_parse_error",
    "image_type": "invalid_image_format",
    "instructions_too_long": "context_length_exceeded",
    "not_found": "model_not_found",
    "required": "missing_required_parameter",
    "too_long": "context_length_exceeded",
}
"""OpenAI's names for ours; what it has no name for keeps its own."""
TOLD = {"required", "invalid_image_url"}
"""What may be wrong with a parameter beside its value."""
PARAMS = {"not_found": "model"}
"""What a refused question is about if it is not its messages."""
RETRIED_IN_VAIN = {
    "budget_spent",
    "conversation_deleted",
    "embedding_failed",
    "embedding_timeout",
    "model_refused_key",
}
"""Codes of ours that a second try will meet again: these will not pass soon, or were tried again already."""
LONGEST_WAIT = 60
"""Seconds that OpenAI's clients wait if they are asked to; told to wait longer, some of them come back at once."""


class OpenAIRefused(APIException):
    """A sentence, one of our codes, and the parameter that is wrong, if it is one."""

    def __init__(
        self,
        code: str,
        detail: str,
        status: int = 400,
        *,
        param: str | None = None,
        wait: float | None = None,
    ) -> None:
        super().__init__(detail, code)
        self.status_code, self.param = status, param
        self.wait = math.ceil(wait) if wait else None


def answer_failed(code: str, detail: str) -> OpenAIRefused:
    return OpenAIRefused(code, detail, 500 if code == "internal" else 503)


def model_not_found(name: str) -> OpenAIRefused:
    """Also for one that is not open to the asker."""
    sentence = _("The model “%(name)s” does not exist, or you do not have access to it.")
    return OpenAIRefused("not_found", sentence % {"name": name}, 404, param="model")


def question_refused(refused: QuestionRefused) -> OpenAIRefused:
    param = PARAMS.get(refused.code, "messages") if refused.status < 409 else None
    return OpenAIRefused(refused.code, refused.detail, refused.status, param=param, wait=refused.wait)


def as_openai(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: for clients that read nothing but this shape, also of what should not happen."""
    if isinstance(error, QuestionRefused):
        error = question_refused(error)
    response = as_json(error, context) or broken(error, context["request"])
    code, message, param = response.data["code"], response.data["detail"], getattr(error, "param", None)
    if isinstance(error, ValidationError):
        param, mistake = first_mistake(error.detail)
        code, message = (mistake.code if mistake.code in TOLD else "invalid_value"), str(mistake)
    response.data = error_body(code, str(message), response.status_code, param=param)
    if code in RETRIED_IN_VAIN or int(response.get("Retry-After", "0")) > LONGEST_WAIT:
        response["X-Should-Retry"] = "false"
    return response


def broken(error: Exception, request: Request) -> Response:
    """For an error of ours, logged with its traceback as Django logs it."""
    told = {"code": "internal", "detail": _("Something went wrong.")}
    response = Response(told, status=500)
    log_response(
        "Internal Server Error: %s", request.path, response=response, request=request, exception=error
    )
    return response


def error_body(code: str, message: str, status: int, *, param: str | None = None) -> dict[str, Any]:
    """`code` is one of ours."""
    told = CODES.get(code) or CODES_BY_STATUS.get(status, code)
    kind = told if told == "insufficient_quota" else TYPES.get(status, "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": told}}


def first_mistake(detail: Any, path: str = "") -> tuple[str | None, ErrorDetail]:
    """Where the first mistake of a request is, such as "messages[0].role", and which."""
    if isinstance(detail, ErrorDetail):
        return path or None, detail
    if isinstance(detail, Mapping):
        name, inside = next(iter(detail.items()))
        if isinstance(name, int):
            return first_mistake(inside, f"{path}[{name}]")
        at = path if name == "non_field_errors" else f"{path}.{name}".lstrip(".")
        return first_mistake(inside, at)
    number, inside = next((number, inside) for number, inside in enumerate(detail) if inside)
    return first_mistake(inside, path if isinstance(inside, ErrorDetail) else f"{path}[{number}]")


@csrf_exempt
def nothing_here(request: HttpRequest) -> JsonResponse:
    """For every address below /v1/ that there is not."""
    sentence = _("Unknown request URL: %(method)s %(path)s.")
    message = sentence % {"method": request.method, "path": request.path}
    return JsonResponse(error_body("unknown_url", message, 404), status=404)
