"""The REST doors' errors: {"code", "detail", "fields"?}."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response

NOTHING_HERE = {"code": "not_found", "detail": _("There is nothing here, or it is not open to you.")}


class TooLargeError(exceptions.APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = _("The request is too large.")


def as_json(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler, in our shape. None lets Django answer with a 500."""
    from rest_framework.views import exception_handler  # its module imports what the settings name: ours

    if isinstance(error, RequestDataTooBig):
        error = TooLargeError()
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        response.data = {"code": "invalid", "detail": _("Some fields are not right."), "fields": error.detail}
    elif isinstance(error, exceptions.APIException):
        response.data = {"code": error.get_codes(), "detail": str(error.detail)}
        if fields := getattr(error, "fields", None):
            response.data["fields"] = fields
    elif response.status_code == 404:
        response.data = NOTHING_HERE
    else:
        response.data = {"code": "denied", "detail": str(error) or _("You may not do this.")}
    return response


@csrf_exempt
def nothing_here(request: HttpRequest) -> JsonResponse:
    """For every address below the API that there is not."""
    return JsonResponse(NOTHING_HERE, status=404)
