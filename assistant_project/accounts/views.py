"""The pages on which people come in: signing in and up, and the pages that links in mails lead to."""

import math
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.views import RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView

from assistant_project.accounts import passwords, registration
from assistant_project.accounts.errors import AccountRefused
from assistant_project.accounts.forms import EmailForm, FlowForm, NewPasswordForm, SignInForm, SignUpForm
from assistant_project.accounts.sign_in import checked_user
from assistant_project.limits.addresses import client_address

MAIL_SENT_TO = "mail_sent_to"
"""Where a browser session keeps the address that was typed, so that the next page can name it."""


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class FlowView(FormView):
    """A form that is handed to a flow. What the flow refuses is said in the form, beside what was typed."""

    form_class = FlowForm

    def perform(self, values: dict[str, Any]) -> None:
        raise NotImplementedError

    def form_valid(self, form: FlowForm) -> HttpResponse:
        try:
            self.perform(form.cleaned_data)
        except AccountRefused as refused:
            form.refuse(refused)
            return self.refused(form, refused)
        return HttpResponseRedirect(self.get_success_url())

    def refused(self, form: FlowForm, refused: AccountRefused) -> HttpResponse:
        response = self.form_invalid(form)
        if refused.wait:
            response.status_code = refused.status_code
            response.headers["Retry-After"] = str(math.ceil(refused.wait))
        return response

    @property
    def address(self) -> str:
        return client_address(self.request)


class SignInView(RedirectURLMixin, FlowView):
    template_name = "accounts/sign_in.html"
    form_class = SignInForm
    next_page = settings.LOGIN_REDIRECT_URL

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return HttpResponseRedirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        """Where `next` says, if that is a page of ours and not this one."""
        address = super().get_success_url()
        return self.get_default_redirect_url() if urlsplit(address).path == self.request.path else address

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(next=self.get_redirect_url(), **kwargs)

    def perform(self, values: dict[str, Any]) -> None:
        user = checked_user(self.request, values["username"], values["password"], address=self.address)
        login(self.request, user)


class MailSentView(TemplateView):
    """Says where a mail went; the same whether the address is known or not."""

    begin_at: str = ""

    @method_decorator(never_cache)
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if MAIL_SENT_TO not in request.session:
            return HttpResponseRedirect(str(self.begin_at))
        return super().get(request, *args, email=request.session[MAIL_SENT_TO])


class SignUpView(FlowView):
    template_name = "accounts/sign_up.html"
    form_class = SignUpForm
    success_url = reverse_lazy("accounts:sign-up-sent")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL)
        return super().dispatch(request, *args, **kwargs)

    def perform(self, values: dict[str, Any]) -> None:
        registration.sign_up(values["email"], values["password"], values["name"], address=self.address)
        self.request.session[MAIL_SENT_TO] = values["email"]


class SendVerificationAgainView(FlowView):
    template_name = "accounts/send_again.html"
    form_class = EmailForm
    success_url = reverse_lazy("accounts:sign-up-sent")

    def perform(self, values: dict[str, Any]) -> None:
        registration.send_verification_again(values["email"], address=self.address)
        self.request.session[MAIL_SENT_TO] = values["email"]


class ForgottenPasswordView(FlowView):
    template_name = "accounts/forgotten_password.html"
    form_class = EmailForm
    success_url = reverse_lazy("accounts:forgotten-password-sent")

    def perform(self, values: dict[str, Any]) -> None:
        passwords.forgotten(values["email"], address=self.address)
        self.request.session[MAIL_SENT_TO] = values["email"]


class LinkView(FlowView):
    """Where the link of a mail leads. Opening it changes nothing, because mail scanners open links: a button does.

    The token in the address is a secret. The page sends no path as its Referer, to nobody; `no-referrer` would take
    the Origin of the form as well, by which Django knows that the form is ours.
    """

    success_url = reverse_lazy("accounts:sign-in")
    done: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "strict-origin"
        return response

    def get_success_url(self) -> str:
        messages.success(self.request, self.done)
        return super().get_success_url()


class VerifyEmailView(LinkView):
    template_name = "accounts/verify_email.html"
    done = _("Your e-mail address is verified. You can sign in now.")

    def perform(self, values: dict[str, Any]) -> None:
        registration.verify(self.kwargs["token"])


class ConfirmEmailView(LinkView):
    template_name = "accounts/confirm_email.html"
    success_url = reverse_lazy("me:profile")
    done = _("Your e-mail address is changed. From now on you sign in with the new one.")

    def perform(self, values: dict[str, Any]) -> None:
        registration.confirm_email_change(self.kwargs["token"])


class ResetPasswordView(LinkView):
    template_name = "accounts/reset_password.html"
    form_class = NewPasswordForm
    done = _("Your password is changed. You can sign in with it now.")

    def perform(self, values: dict[str, Any]) -> None:
        passwords.reset(self.kwargs["token"], values["password"], address=self.address)
