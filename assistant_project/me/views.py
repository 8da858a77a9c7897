"""The account pages: who one is, how answers should be, keys for programs, usage, one's data."""

from collections.abc import Mapping
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.generic import FormView, TemplateView
from django.views.generic.base import ContextMixin, View

from assistant_project.accounts import passwords, registration
from assistant_project.accounts.models import ApiKey, User
from assistant_project.accounts.sign_in import confirm_password
from assistant_project.accounts.views import FlowView
from assistant_project.me.charts import bars
from assistant_project.me.deletion import delete_me
from assistant_project.me.forms import (
    ApiKeyForm,
    DeletionForm,
    EmailChangeForm,
    NameForm,
    PasswordChangeForm,
    PreferencesForm,
)
from assistant_project.me.statistics import statistics
from chat.models import Preferences


@method_decorator(never_cache, name="dispatch")
class AccountPage(LoginRequiredMixin, ContextMixin, View):
    """A page of the account; `section` is its place in the navigation."""

    section: str

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(section=self.section, **kwargs)


class ProfilePage(AccountPage, FormView):
    """Three forms on one page. The view of one of them shows that one as it was sent."""

    template_name = "me/profile.html"
    section = "profile"
    success_url = reverse_lazy("me:profile")
    form_name: str

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        forms: dict[str, BaseForm] = {
            "name_form": NameForm(instance=self.user),
            "email_form": EmailChangeForm(),
            "password_form": PasswordChangeForm(),
        }
        return context | forms | {self.form_name: context["form"]}


class ProfileView(ProfilePage):
    form_class = NameForm
    form_name = "name_form"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.user}

    def form_valid(self, form: NameForm) -> HttpResponse:
        User.objects.filter(pk=self.user.pk).update(**form.cleaned_data)
        messages.success(self.request, _("Your name is saved."))
        return redirect(self.get_success_url())


class EmailChangeView(ProfilePage, FlowView):
    form_class = EmailChangeForm
    form_name = "email_form"

    def perform(self, values: dict[str, Any]) -> None:
        registration.request_email_change(
            self.user, values["email"], values["password"], address=self.address
        )
        sent = _("A message is on its way to %(email)s. The change takes place when you open the link in it.")
        messages.success(self.request, sent % {"email": values["email"]})


class PasswordChangeView(ProfilePage, FlowView):
    form_class = PasswordChangeForm
    form_name = "password_form"

    def perform(self, values: dict[str, Any]) -> None:
        passwords.change(self.user, values["old_password"], values["new_password"], address=self.address)
        update_session_auth_hash(self.request, self.user)
        messages.success(
            self.request, _("Your password is changed. Wherever else you were signed in, you are signed out.")
        )


class AnswersView(AccountPage, FormView):
    template_name = "me/answers.html"
    section = "answers"
    form_class = PreferencesForm
    success_url = reverse_lazy("me:answers")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": Preferences.objects.of(self.user)}

    def form_valid(self, form: PreferencesForm) -> HttpResponse:
        Preferences.objects.update_or_create(user=self.user, defaults=form.cleaned_data)
        messages.success(self.request, _("Saved. It holds from your next question on."))
        return redirect(self.get_success_url())


class ApiKeysView(AccountPage, FormView):
    """Keys that are in force or ran out. A new one is shown in the answer to the form, and nowhere else ever."""

    template_name = "me/keys.html"
    section = "keys"
    form_class = ApiKeyForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        keys = self.user.api_keys.filter(revoked_at__isnull=True)
        return super().get_context_data(keys=keys, **kwargs)

    def form_valid(self, form: ApiKeyForm) -> HttpResponse:
        text = form.issue()
        unused = ApiKeyForm(user=self.user)
        return self.render_to_response(self.get_context_data(form=unused, new_key=text))


@require_POST
@login_required(redirect_field_name=None)
def revoke_key(request: HttpRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(ApiKey, pk=pk, user=request.user, revoked_at__isnull=True)
    ApiKey.objects.filter(pk=key.pk).revoke()
    messages.success(request, _("The key “%(name)s” is revoked.") % {"name": key.name})
    return redirect("me:keys")


class UsageView(AccountPage, TemplateView):
    template_name = "me/usage.html"
    section = "usage"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        figures = statistics(self.user)
        by_day = figures["by_day"]
        questions = [day["questions"] for day in by_day]
        return super().get_context_data(
            figures=figures,
            tokens=_tokens(figures["totals"]),
            bars=bars(questions),
            most=max(questions),
            days=[day | {"tokens": _tokens(day)} for day in reversed(by_day) if day["questions"]],
            **kwargs,
        )


def _tokens(figures: Mapping[str, Any]) -> str:
    return number_format(figures["prompt_tokens"] + figures["completion_tokens"], force_grouping=True)


class DataView(AccountPage, FlowView):
    """Take everything along, or have everything deleted."""

    template_name = "me/data.html"
    section = "data"
    form_class = DeletionForm
    success_url = reverse_lazy("accounts:sign-in")

    def perform(self, values: dict[str, Any]) -> None:
        confirm_password(self.user, values["password"], address=self.address)
        delete_me(self.user)
        logout(self.request)
        messages.success(self.request, _("Your account is deleted, with its conversations."))
