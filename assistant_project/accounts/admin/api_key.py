"""API keys: made here, shown once, revoked here."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from assistant_project import history
from assistant_project.accounts.models import ApiKey, User


class NewKeyForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What the key may do"),
        choices=ApiKey.Scope.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = ApiKey
        fields = ("user", "name", "scopes", "expires_at")


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin):
    list_display = ("name", "begins_with", "user", "may", "last_used_at", "expires_at", "state")
    list_filter = ("revoked_at",)
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__email")
    autocomplete_fields = ("user",)
    actions = ("revoke",)
    empty_title = gettext_lazy("No API key yet")
    empty_text = gettext_lazy(
        "With a key a program asks in a person's name, and does no more than the key says."
    )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **({} if obj else {"form": NewKeyForm}) | kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return NewKeyForm.Meta.fields
        return ("name", *self.get_readonly_fields(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        return ("user", "begins_with", "may", "created_at", "expires_at", "last_used_at", "revoked_at")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Who is no administrator makes keys for nobody else: a key acts as its user."""
        if db_field.name == "user" and not request.user.is_superuser:
            kwargs["queryset"] = User.objects.filter(pk=cast(User, request.user).pk)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        key, text = ApiKey.objects.issue(
            obj.user, name=obj.name, scopes=obj.scopes, expires_at=obj.expires_at
        )
        obj.pk = key.pk
        obj.refresh_from_db()
        sentence = _("The key is %(key)s – copy it now: it is never shown again.") % {"key": text}
        self.message_user(request, sentence, messages.WARNING)

    @admin.action(description=gettext_lazy("Revoke"), permissions=["change"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        history.note_change(request.user, keys, _("Revoked."))
        revoked = ApiKey.objects.filter(pk__in=keys).revoke()
        text = ngettext("%d key is revoked.", "%d keys are revoked.", revoked) % revoked
        self.message_user(request, text, messages.SUCCESS)

    @admin.display(description=gettext_lazy("begins with"), ordering="prefix")
    def begins_with(self, key: ApiKey) -> str:
        return f"{key.prefix}…"

    @admin.display(description=gettext_lazy("what it may do"))
    def may(self, key: ApiKey) -> str:
        return ", ".join(str(ApiKey.Scope(scope).label) for scope in key.scopes)

    @display(
        description=gettext_lazy("state"),
        label={"valid": "success", "revoked": "danger", "expired": "warning"},
    )
    def state(self, key: ApiKey) -> tuple[str, str]:
        if key.revoked_at:
            return "revoked", _("revoked")
        return ("valid", _("valid")) if key.is_valid else ("expired", _("expired"))
