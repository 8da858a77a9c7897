"""The admin's sign-in form, which says why it refuses."""

from typing import Any

from django.core.exceptions import ValidationError
from django.views.decorators.debug import sensitive_variables
from unfold.forms import AuthenticationForm

from assistant_project.accounts.backends import address_of
from assistant_project.accounts.errors import AccountRefused
from assistant_project.accounts.sign_in import checked_user


class AdminSignInForm(AuthenticationForm):
    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if username is None or not password:
            return self.cleaned_data
        try:
            self.user_cache = checked_user(self.request, username, password, address=address_of(self.request))
        except AccountRefused as refused:
            raise ValidationError(str(refused.detail), code=refused.code) from None
        self.confirm_login_allowed(self.user_cache)
        return self.cleaned_data
