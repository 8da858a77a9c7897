"""What the endpoints of conversations refuse, and how the schema tells it."""

import math

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from assistant_project.limits.budgets import BudgetSpent
from assistant_project.rest import ErrorSerializer
from chat.answering import QuestionRefused
from chat.writers import WriterError

SENTENCES = {
    400: "Something in the request is not right; `fields` says what.",
    404: "There is nothing here, or it is not open to you.",
    409: "Not yet.",
    503: "The language model failed, or too much is asked of it at once: see Retry-After.",
}
"""Beside those that the schema tells of every operation."""


def refusals(*statuses: int) -> dict[int, OpenApiResponse]:
    return {status: OpenApiResponse(ErrorSerializer, SENTENCES[status]) for status in statuses}


def refusal(refused: QuestionRefused) -> Response:
    response = Response({"code": refused.code, "detail": refused.detail}, status=refused.status)
    if refused.wait:
        response["Retry-After"] = str(math.ceil(refused.wait))
    return response


class SignInNeededError(APIException):
    status_code = 401
    default_code = "sign_in_needed"
    default_detail = _("Sign in first: anonymous visitors may not ask here.")


class NothingSaidYetError(APIException):
    status_code = 409
    default_code = "empty_conversation"
    default_detail = _("Nothing has been said in this conversation yet: there is nothing to summarise.")


class StillWritingError(APIException):
    status_code = 409
    default_code = "still_writing"
    default_detail = _("This answer is still being written. Rate it when it is there.")


class BudgetSpentError(APIException):
    status_code = 429
    default_code = "budget_spent"

    def __init__(self, spent: BudgetSpent) -> None:
        super().__init__(spent.detail)
        self.wait = math.ceil(spent.wait)
        """DRF tells it as Retry-After."""


class ModelFailedError(APIException):
    status_code = 503

    def __init__(self, error: WriterError) -> None:
        super().__init__(error.detail, error.code)
