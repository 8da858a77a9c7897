"""How often one may call: DRF's throttles, and the same for doors that are not DRF's."""

import math
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from assistant_project.limits.addresses import client_address
from assistant_project.limits.rates import count
from assistant_project.limits.sentences import try_again


def caller(request: HttpRequest | Request) -> str:
    """For whom a request counts: its user, whatever signs them in, or else its address.

    Not the visitor's cookie: whoever drops it would begin anew.
    """
    user = request.user
    return f"user:{user.pk}" if user.is_authenticated else f"address:{client_address(request)}"


class TooOften(Throttled):
    """429, with what was too much and when to come back."""

    def __init__(self, refusal: str | Promise, wait: float) -> None:
        APIException.__init__(self, f"{refusal} {try_again(wait)}")
        self.wait = math.ceil(wait)


class RequestThrottle(BaseThrottle):
    """Every request counts, for its user or else for its address."""

    refusal: str | Promise = _("Too many requests.")

    def allow_request(self, request: Request, view: Any) -> bool:
        if wait := self.haste(request):
            raise TooOften(self.refusal, wait)
        return True

    def haste(self, request: HttpRequest | Request) -> float:
        """Count the request: 0.0, or the seconds to wait. What is refused counts no further."""
        waits = (count(name, who) for name, who in self.counted(request))
        return next(filter(None, waits), 0.0)

    def counted(self, request: HttpRequest | Request) -> Iterator[tuple[str, str]]:
        """Which rates the request counts for, and whose."""
        yield "request", caller(request)


class QuestionThrottle(RequestThrottle):
    """Questions count for who asks and, whoever asks, for the address; reading counts like any request."""

    refusal = _("Too many questions.")

    def counted(self, request: HttpRequest | Request) -> Iterator[tuple[str, str]]:
        if request.method != "POST":
            yield from super().counted(request)
            return
        yield "question" if request.user.is_authenticated else "anonymous_question", caller(request)
        yield "address_question", client_address(request)


def haste(request: HttpRequest) -> float:
    """Count a question that came through a form: 0.0, or the seconds to wait."""
    return QuestionThrottle().haste(request)
