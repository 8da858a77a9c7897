"""The OpenAPI schema of the REST doors: what operations share, told once."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

from assistant_project.accounts.permissions import Anyone, SignedIn
from assistant_project.rest import ErrorSerializer

EVERY_OPERATION = {
    401: ("not_authenticated", "Sign in first, or the credentials are not valid."),
    403: ("permission_denied", "You may not do this, the key lacks the scope, or the CSRF token is missing."),
    429: ("throttled", "Too many requests; `Retry-After` says how many seconds to wait."),
}
WITH_PARAMETERS_IN_THE_PATH = {404: ("not_found", "There is nothing here, or it is not open to you.")}
WITH_A_BODY = {
    400: ("invalid", "Something in the request is not right; `fields` says what."),
    413: ("too_large", "The request is too large."),
    415: ("unsupported_media_type", "This media type is not taken here."),
}
RETRY_AFTER = {
    "description": "Seconds to wait before the next attempt.",
    "schema": {"type": "integer", "minimum": 1},
}


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "assistant_project.accounts.authentication.BearerAuthentication"
    name = ["bearer", "apiKey"]

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[Any]]]:
        """Either of them; a key by its own header only where keys are let in."""
        names = self.name if scope_of(auto_schema) else self.name[:1]
        return [{name: []} for name in names]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict[str, Any]]:
        return [
            {
                "type": "http",
                "scheme": "bearer",
                "description": "An access token from `auth/login/`, or an API key (`ka_…`).",
            },
            {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "An API key (`ka_…`)."},
        ]


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "assistant_project.accounts.authentication.PageAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The cookie of the pages. What changes something needs `X-CSRFToken` as well.",
        }


class OperationSchema(AutoSchema):
    """drf-spectacular's, with the refusals that do not depend on what a view does."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        if self.view.get_authenticators():
            operation["description"] = f"{operation.get('description', '')}\n\n{self.key_sentence()}".strip()
        told = operation["responses"]
        for status, refusal in self.shared_refusals(operation).items():
            told.setdefault(str(status), self.refusal_component(status, *refusal).ref)
        operation["responses"] = dict(sorted(told.items()))
        return operation

    def get_auth(self) -> list[dict[str, Any]]:
        """An empty requirement says that credentials are optional."""
        schemes: list[dict[str, Any]] = super().get_auth()
        is_open = any(
            isinstance(one, Anyone) and not isinstance(one, SignedIn) for one in self.view.get_permissions()
        )
        return [*schemes, {}] if is_open else schemes

    def key_sentence(self) -> str:
        scope = scope_of(self)
        return f"API keys need the scope `{scope}`." if scope else "Not open to API keys."

    def shared_refusals(self, operation: dict[str, Any]) -> dict[int, tuple[str, str]]:
        refusals = dict(EVERY_OPERATION)
        if not self.view.get_authenticators():
            refusals = {429: refusals[429]}
        if "{" in self.path:
            refusals |= WITH_PARAMETERS_IN_THE_PATH
        if "requestBody" in operation:
            refusals |= WITH_A_BODY
        return refusals

    def refusal_component(self, status: int, code: str, sentence: str) -> ResolvedComponent:
        error = self.resolve_serializer(ErrorSerializer, "response")
        example = {"code": code, "detail": sentence}
        response: dict[str, Any] = {
            "description": sentence,
            "content": {"application/json": {"schema": error.ref, "example": example}},
        }
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            response["headers"] = {"Retry-After": RETRY_AFTER}
        name = HTTPStatus(status).phrase.replace(" ", "")
        component = ResolvedComponent(name, ResolvedComponent.RESPONSE, response, object=ErrorSerializer)
        self.registry.register_on_missing(component)
        return component


def scope_of(schema: AutoSchema) -> str:
    """What an API key needs for this operation; empty if it is closed to keys."""
    return str(getattr(schema.view, "key_scopes", {}).get(schema.method, ""))
