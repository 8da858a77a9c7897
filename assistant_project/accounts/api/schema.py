"""How the schema describes the credentials."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "assistant_project.accounts.authentication.BearerAuthentication"
    name = ["bearer", "apiKey"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        return [
            {
                "type": "http",
                "scheme": "bearer",
                "description": "An access token from auth/login/, or an API key.",
            },
            {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        ]
