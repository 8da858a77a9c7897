"""The forms on which people come in. What a flow refuses is said at the field that it names."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils.translation import gettext_lazy as _

from assistant_project.accounts.errors import AccountRefused

EMAIL_LENGTH = 254
PASSWORD_LENGTH = 128


class FlowForm(forms.Form):
    """A form whose values go to a flow, which may refuse them."""

    refusal: AccountRefused | None = None

    def refuse(self, refused: AccountRefused) -> None:
        """Say what the flow said, beside the fields that it means, or above all if it names none of ours."""
        self.refusal = refused
        named = {name: texts for name, texts in (refused.fields or {}).items() if name in self.fields}
        for name, texts in named.items():
            self.add_error(name, [str(text) for text in texts])
        if not named:
            self.add_error(None, str(refused.detail))


def email_field(label: Any, *, autocomplete: str = "email") -> forms.EmailField:
    return forms.EmailField(
        label=label,
        max_length=EMAIL_LENGTH,
        widget=forms.EmailInput(attrs={"autocomplete": autocomplete}),
    )


def known_password(label: Any) -> forms.CharField:
    """A password that the person has already: never trimmed, never shown again."""
    return forms.CharField(
        label=label,
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def new_password(label: Any) -> forms.CharField:
    """A password that is being chosen, with the rules that it must keep."""
    return forms.CharField(
        label=label,
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html(),
    )


class SignInForm(FlowForm):
    username = email_field(_("E-mail address"), autocomplete="username")
    password = known_password(_("Password"))


class SignUpForm(FlowForm):
    email = email_field(_("E-mail address"))
    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = new_password(_("Password"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if settings.SIGN_UP_DOMAINS:
            domains = ", ".join(settings.SIGN_UP_DOMAINS)
            self.fields["email"].help_text = _("Open to addresses at %(domains)s.") % {"domains": domains}


class EmailForm(FlowForm):
    email = email_field(_("E-mail address"))


class NewPasswordForm(FlowForm):
    password = new_password(_("New password"))
