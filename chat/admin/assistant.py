"""Assistants: what each is told, what it may quote, which model it writes with, who may use it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextareaWidget

from chat.admin.trial import trial
from chat.models import Assistant, Session

STARTER_QUESTIONS = 8
STARTER_QUESTION_LENGTH = 300


class LinesField(forms.CharField):
    """A list, one item a line."""

    widget = UnfoldAdminTextareaWidget

    def __init__(self, *, most: int, length: int, **options: Any) -> None:
        super().__init__(**options)
        self.most, self.length = most, length

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > self.most:
            raise ValidationError(
                _("These are %(n)d lines. Leave at most %(most)d."),
                params={"n": len(lines), "most": self.most},
            )
        if longest := next((line for line in lines if len(line) > self.length), ""):
            raise ValidationError(
                _("“%(line)s…” is longer than %(length)d characters."),
                params={"line": longest[:40], "length": self.length},
            )
        return lines


class AssistantForm(forms.ModelForm):
    starter_questions = LinesField(
        label=capfirst(gettext_lazy("starter questions")),
        most=STARTER_QUESTIONS,
        length=STARTER_QUESTION_LENGTH,
        required=False,
        help_text=gettext_lazy("One a line. Readers may begin with one of them."),
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        given = self.cleaned_data
        if given.get("access") == Assistant.Access.GROUPS and not given.get("groups"):
            raise ValidationError(
                {"groups": _("Choose at least one group, or nobody can use this assistant.")}
            )
        temperature, highest = given.get("temperature"), given.get("highest_temperature")
        if temperature is not None and highest is not None and temperature > highest:
            raise ValidationError({"temperature": _("It is above the highest that readers may choose.")})
        return cleaned


@admin.register(Assistant)
class AssistantAdmin(ModelAdmin):
    form = AssistantForm
    list_display = ("name", "slug", "standing", "access", "model", "session_count")
    list_filter = ("access",)
    search_fields = ("name", "slug", "instructions")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("groups", "collections")
    conditional_fields = {"groups": "access == 'groups'"}
    fieldsets = (
        (None, {"fields": ("name", "slug", "is_default", "access", "groups")}),
        (gettext_lazy("Answers"), {"fields": ("collections", "instructions", "tools")}),
        (
            gettext_lazy("Model"),
            {"fields": ("model", "other_models", "temperature", "highest_temperature", "max_tokens")},
        ),
        (gettext_lazy("Welcome"), {"fields": ("greeting", "starter_questions")}),
    )
    readonly_fields = ("tools",)
    empty_title = gettext_lazy("No assistant yet")
    empty_text = gettext_lazy(
        "One is made with the first question. Add others for other readers or collections."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        sessions = Session.objects.filter(assistant=OuterRef("pk")).order_by().values("assistant")
        number = Subquery(sessions.annotate(number=Count("pk")).values("number"))
        return super().get_queryset(request).annotate(sessions_=number)

    def get_urls(self) -> list[URLPattern]:
        on_trial = self.admin_site.admin_view(self.trial)
        return [path("trial/", on_trial, name="chat_assistant_trial"), *super().get_urls()]

    def trial(self, request: HttpRequest) -> HttpResponse:
        """For who may test the search: it shows the same passages."""
        if not request.user.has_perm("knowledge.view_source"):
            raise PermissionDenied
        return trial(request, self.admin_site)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without the tool servers for who does not care for them, and as long as nobody can have chosen it there."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None and request.user.has_perm("chat.view_toolserver"):
            return fieldsets
        return [
            (title, options | {"fields": [name for name in options["fields"] if name != "tools"]})
            for title, options in fieldsets
        ]

    @admin.display(description=gettext_lazy("tool servers"))
    def tools(self, assistant: Assistant) -> str:
        """Those that it may use, and where that is decided."""
        servers = [
            (reverse("admin:chat_toolserver_change", args=[server.pk]), server.name)
            for server in assistant.tool_servers.all()
        ]
        return format_html_join(", ", '<a class="k-link" href="{}">{}</a>', servers) or _("none")

    @admin.display(description=gettext_lazy("default"), ordering="is_default")
    def standing(self, assistant: Assistant) -> str:
        if not assistant.is_default:
            return ""
        return format_html('<span class="k-label k-blue">{}</span>', _("default"))

    @admin.display(description=gettext_lazy("conversations"), ordering="sessions_")
    def session_count(self, assistant: Any) -> int:
        return assistant.sessions_ or 0
