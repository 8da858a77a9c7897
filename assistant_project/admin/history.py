"""Who changed what: everything that people did in the admin and, as staff, over REST. To look at only."""

import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.admin.utils import quote, unquote
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from assistant_project.admin.period_filter import PeriodFilter
from assistant_project.admin.read_only import ReadOnlyAdmin

ACTIONS: dict[int, tuple[str, Any]] = {
    ADDITION: ("added", gettext_lazy("added")),
    CHANGE: ("changed", gettext_lazy("changed")),
    DELETION: ("deleted", gettext_lazy("deleted")),
}


class PersonFilter(admin.SimpleListFilter):
    """Only those who did something."""

    title = gettext_lazy("person")
    parameter_name = "person"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        people = get_user_model()._default_manager.filter(pk__in=LogEntry.objects.order_by().values("user"))
        return [(str(person.pk), str(person)) for person in people.order_by("email")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        return rows.filter(user=int(chosen)) if chosen.isdecimal() else rows


class KindFilter(admin.SimpleListFilter):
    """What kind of thing was changed, among those that were."""

    title = gettext_lazy("what")
    parameter_name = "what"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        changed = LogEntry.objects.order_by().values("content_type")
        kinds = [(str(kind.pk), capfirst(kind.name)) for kind in ContentType.objects.filter(pk__in=changed)]
        return sorted(kinds, key=lambda kind: str(kind[1]))

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        return rows.filter(content_type=int(chosen)) if chosen.isdecimal() else rows


class ActionFilter(admin.SimpleListFilter):
    title = gettext_lazy("action")
    parameter_name = "action_flag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(flag), words) for flag, (_name, words) in ACTIONS.items()]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        is_known = chosen.isdecimal() and int(chosen) in ACTIONS
        return rows.filter(action_flag=int(chosen)) if is_known else rows


class LoggedPeriodFilter(PeriodFilter):
    field = "action_time"


@admin.register(LogEntry)
class HistoryAdmin(ReadOnlyAdmin):
    list_display = ("at", "person", "did", "what", "named", "how")
    list_display_links = None
    list_filter = (PersonFilter, KindFilter, ActionFilter, LoggedPeriodFilter)
    list_filter_sheet = True
    list_per_page = 50
    list_fullwidth = True
    list_select_related = ("user", "content_type")
    show_full_result_count = False
    search_fields = ("object_repr", "change_message")
    search_help_text = gettext_lazy("Search in names and in what was done")
    ordering = ("-pk",)
    empty_title = gettext_lazy("Nothing was changed yet")
    empty_text = gettext_lazy("What people add, change and delete appears here, with who did it and when.")
    labels: ClassVar[dict[str, str]] = {"added": "success", "changed": "info", "deleted": "danger"}

    @admin.display(description=gettext_lazy("when"), ordering="pk")
    def at(self, entry: LogEntry) -> datetime.datetime:
        return entry.action_time

    @admin.display(description=gettext_lazy("person"))
    def person(self, entry: LogEntry) -> str:
        return str(entry.user)

    @display(description=gettext_lazy("did"), label=labels)
    def did(self, entry: LogEntry) -> tuple[str, str]:
        name, words = ACTIONS[entry.action_flag]
        return name, str(words)

    @admin.display(description=gettext_lazy("what"))
    def what(self, entry: LogEntry) -> str:
        return capfirst(entry.content_type.name) if entry.content_type else "–"

    @admin.display(description=gettext_lazy("name"))
    def named(self, entry: LogEntry) -> str:
        address = address_of(entry)
        if not address:
            return entry.object_repr
        return format_html('<a class="k-link" href="{}">{}</a>', address, entry.object_repr)

    @admin.display(description=gettext_lazy("how"))
    def how(self, entry: LogEntry) -> str:
        message = entry.get_change_message()
        return "" if message in {_("Added."), _("No fields changed.")} else message


def has_history(request: HttpRequest) -> bool:
    """Whether the page of a row offers its history: most of what the system writes has none."""
    match = request.resolver_match
    if match is None or not match.url_name or not match.url_name.endswith("_change"):
        return False
    app, _separator, model = match.url_name.removesuffix("_change").partition("_")
    row = unquote(match.kwargs.get("object_id", ""))
    return LogEntry.objects.filter(
        content_type__app_label=app, content_type__model=model, object_id=row
    ).exists()


def address_of(entry: LogEntry) -> str:
    """The page of what was changed; empty if that is gone or has none."""
    if entry.content_type is None or entry.object_id is None or entry.action_flag == DELETION:
        return ""
    page = f"admin:{entry.content_type.app_label}_{entry.content_type.model}_change"
    try:
        return reverse(page, args=(quote(entry.object_id),))
    except NoReverseMatch:
        return ""
