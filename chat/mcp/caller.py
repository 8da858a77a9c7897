"""Who calls: the owner of an API key or an access token, within the rights of both."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, NotAuthenticated, PermissionDenied
from rest_framework.request import Request

from assistant_project import installation
from assistant_project.accounts.authentication import BearerAuthentication
from assistant_project.accounts.errors import AccountRefused
from assistant_project.accounts.models import ApiKey, User
from assistant_project.limits.throttles import QuestionThrottle, RequestThrottle, TooOften
from chat.visitors import Asker


@dataclass(frozen=True)
class Caller:
    user: User
    request: HttpRequest
    """For whom limits count."""
    key: ApiKey | None = None
    """None for an access token, or a user at the terminal: neither is held to scopes."""

    @property
    def asker(self) -> Asker:
        return Asker(self.user, is_program=self.key is not None)

    def may(self, scope: str) -> bool:
        return self.key is None or scope in self.key.scopes

    def check_scope(self, scope: str) -> None:
        if not self.may(scope):
            raise PermissionDenied(_("This API key lacks the scope %(scope)s.") % {"scope": scope})

    def count_question(self) -> None:
        """As REST counts one. Raises TooOften."""
        hold_to(QuestionThrottle(), self.request)


class WrongHostError(APIException):
    status_code = 421
    default_code = "wrong_host"


class AskedByItselfError(APIException):
    status_code = 508
    default_code = "asked_by_itself"


def admitted(request: HttpRequest) -> Caller:
    """Whose request it is. Raises APIException for one that may not come in."""
    check_not_own(request)
    check_host_and_origin(request)
    check_encrypted(request)
    caller = identified(request)
    hold_to(RequestThrottle(), request)
    return caller


def check_not_own(request: HttpRequest) -> None:
    """An assistant that asks itself asks again, and again: somebody has entered this server as one of its own tools."""
    if installation.is_own(request.headers):
        raise AskedByItselfError(_("This installation asked itself."))


def check_host_and_origin(request: HttpRequest) -> None:
    """A page elsewhere can make its visitor's browser call here, even under a name of its own (DNS rebinding)."""
    try:
        own = f"{request.scheme}://{request.get_host()}"
    except DisallowedHost:
        raise WrongHostError(_("This server does not answer under that name.")) from None
    origin = request.headers.get("Origin")
    if origin and origin not in {own, *settings.CORS_ALLOWED_ORIGINS}:
        raise PermissionDenied(_("Pages of %(origin)s may not call this server.") % {"origin": origin})


def check_encrypted(request: HttpRequest) -> None:
    """Django redirects instead; a program that follows would go on sending its key for everybody to read."""
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        raise PermissionDenied(_("Call this server with https."), "https_needed")


def identified(request: HttpRequest) -> Caller:
    """By the credentials in the request's headers. Raises APIException if there are none, or they are not valid."""
    credentials = BearerAuthentication().authenticate(Request(request))
    if credentials is None:
        raise AccountRefused("not_authenticated", NotAuthenticated.default_detail, 401)
    user, auth = credentials
    request.user = user
    return Caller(user, request, auth if isinstance(auth, ApiKey) else None)


def hold_to(throttle: RequestThrottle, request: HttpRequest) -> None:
    if wait := throttle.haste(request):
        raise TooOften(throttle.refusal, wait)
