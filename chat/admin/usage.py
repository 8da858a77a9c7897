"""What was used, by person and day."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistant_project.admin.read_only import ReadOnlyAdmin
from chat.admin.money import money
from chat.models import DailyUsage
from chat.models.usage import COUNTED


@admin.register(DailyUsage)
class DailyUsageAdmin(ReadOnlyAdmin):
    list_display = ("day", "person", *(name for name in COUNTED if name != "cost"), "price")
    list_display_links = None
    list_filter = ("day",)
    list_per_page = 50
    list_select_related = ("user",)
    list_fullwidth = True
    ordering = ("-day", "user")
    search_fields = ("user__email",)
    empty_title = gettext_lazy("Nothing used yet")
    empty_text = gettext_lazy("From the first question on, each person's figures of each day stand here.")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The list says all there is: no row has a page of its own."""
        return obj is None and super().has_view_permission(request)

    @admin.display(description=gettext_lazy("person"), ordering="user")
    def person(self, usage: DailyUsage) -> str:
        return str(usage.user or _("anonymous visitors"))

    @admin.display(description=gettext_lazy("cost"), ordering="cost")
    def price(self, usage: DailyUsage) -> str:
        return money(usage.cost)
