"""The REST doors' errors: {"code", "detail", "fields"?}."""

from typing import Any

from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler


def as_json(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler, in our shape. None lets Django answer with a 500."""
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        response.data = {"code": "invalid", "detail": "Some fields are not right.", "fields": error.detail}
    elif isinstance(error, exceptions.Throttled):
        seconds = getattr(error, "wait", None)
        wait = f" Try again in {round(seconds)} seconds." if seconds else " Try again later."
        response.data = {"code": "throttled", "detail": f"Too many questions.{wait}"}
    elif isinstance(error, exceptions.APIException):
        response.data = {"code": error.get_codes(), "detail": str(error.detail)}
    else:
        response.data = {
            "code": "not_found" if response.status_code == 404 else "denied",
            "detail": str(error) or "No.",
        }
    return response
