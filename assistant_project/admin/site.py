"""The admin's site: unfold's, with a content security policy of its own."""

from collections.abc import Callable
from typing import Any

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy
from unfold.sites import UnfoldAdminSite

# Alpine.js compiles the expressions in unfold's templates; unfold and simplebar write style elements and
# attributes. Everything else stays as strict as on the pages: no inline script, nothing from elsewhere.
CONTENT_SECURITY_POLICY = {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}


class AdminSite(UnfoldAdminSite):
    index_title = gettext_lazy("Overview")

    def __init__(self, name: str = "admin") -> None:
        from assistant_project.accounts.admin_sign_in import (
            AdminSignInForm,
        )  # needs the models, as unfold's does

        super().__init__(name)
        self.login_form = AdminSignInForm

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        return csp_replace(CONTENT_SECURITY_POLICY)(super().admin_view(view, cacheable))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        login: Callable[..., Any] = csp_replace(CONTENT_SECURITY_POLICY)(super().login)
        response: HttpResponse = login(request, extra_context)
        return response

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The account's own page, which counts guesses at the current password."""
        return redirect("me:password")
