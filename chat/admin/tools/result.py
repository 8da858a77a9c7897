"""What tools gave and what is kept of it: to look at and to delete."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin

from assistant_project import history
from assistant_project.admin.ago import ago
from assistant_project.admin.read_only import ReadOnlyAdmin
from chat.models import Tool, ToolResult, ToolServer
from chat.tool_calls import in_words

EXCERPT = 120


class HoldsFilter(SimpleListFilter):
    title = gettext_lazy("still holds")
    parameter_name = "holds"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("yes")), ("no", gettext_lazy("no, it is over"))]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        holds = Q(expires_at__gt=timezone.now())
        conditions = {"yes": holds, "no": ~holds}
        return rows.filter(conditions[self.value() or ""]) if self.value() in conditions else rows


def chosen(asked: Mapping[str, str]) -> tuple[QuerySet[ToolResult], Tool | ToolServer | None]:
    """The kept results of what an address names, and that: a tool, a server or, by nothing, everything."""
    model: type[Tool] | type[ToolServer]
    for name, model, way in (("tool", Tool, "tool"), ("server", ToolServer, "tool__server")):
        if pk := asked.get(name):
            one = model._default_manager.filter(pk=pk).first() if pk.isdecimal() else None
            if one is None:
                raise Http404
            return ToolResult.objects.filter(**{way: one}), one
    return ToolResult.objects.all(), None


def address_to_forget(user: Any, **of: Any) -> str:
    """Where the kept results of a tool, of a server, or all are deleted; empty for who may not."""
    if not user.has_perm("chat.delete_toolresult"):
        return ""
    return f"{reverse('admin:chat_toolresult_forget')}?{urlencode(of)}"


@admin.register(ToolResult)
class ToolResultAdmin(ReadOnlyAdmin):
    list_display = ("of_tool", "asked", "made", "holds", "hits")
    list_display_links = ("of_tool",)
    list_filter = (
        ("tool__server", admin.RelatedOnlyFieldListFilter),
        ("tool", admin.RelatedOnlyFieldListFilter),
        HoldsFilter,
    )
    list_per_page = 50
    list_fullwidth = True
    list_before_template = "chat/admin/tools/results_head.html"
    search_fields = ("arguments_text",)
    search_help_text = gettext_lazy("Search in arguments")
    change_form_outer_before_template = "chat/admin/tools/result.html"
    empty_title = gettext_lazy("Nothing is kept")
    empty_text = gettext_lazy(
        "What a tool gave is kept for as long as its page says, so that the same arguments are not sent twice."
    )

    class Media:
        css: ClassVar = {"all": ["chat/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        results = super().get_queryset(request).select_related("tool__server").defer("content")
        return results.annotate(arguments_text=Cast("arguments", CharField()))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """None: the page says it better than a form."""
        return []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return ModelAdmin.has_delete_permission(self, request, obj)

    # --- columns ---

    @admin.display(description=gettext_lazy("tool"), ordering="tool")
    def of_tool(self, result: ToolResult) -> str:
        return format_html('<span class="k-name">{}</span>', result.tool)

    @admin.display(description=gettext_lazy("arguments"))
    def asked(self, result: ToolResult) -> str:
        words = Truncator(in_words(result.arguments)).chars(EXCERPT)
        return format_html('<span class="k-sentence" dir="auto">{}</span>', words or "–")

    @admin.display(description=gettext_lazy("given"), ordering="made_at")
    def made(self, result: ToolResult) -> str:
        return ago(result.made_at)

    @admin.display(description=gettext_lazy("holds until"), ordering="expires_at")
    def holds(self, result: ToolResult) -> Any:
        if result.expires_at > timezone.now():
            return result.expires_at
        return format_html('<span class="k-label k-grey">{}</span>', _("it is over"))

    # --- pages ---

    def get_urls(self) -> list[URLPattern]:
        forget = self.admin_site.admin_view(self.forget)
        return [path("forget/", forget, name="chat_toolresult_forget"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The button deletes what the list is narrowed to, if that is a tool or a server."""
        named = {"tool": "tool__id__exact", "server": "tool__server__id__exact"}
        asked = {name: request.GET[filter] for name, filter in named.items() if filter in request.GET}
        context = {"narrowed": asked, "forget_url": address_to_forget(request.user, **asked)}
        return super().changelist_view(request, {**(extra_context or {}), **context})

    def forget(self, request: HttpRequest) -> HttpResponse:
        """Asks, and deletes all kept results of a tool, of a server, or of everything."""
        if not self.has_delete_permission(request):
            raise PermissionDenied
        results, whose = chosen(request.GET)
        if request.method == "POST":
            return self._forget(request, results)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Delete all kept results"),
            "whose": whose,
            "number": results.count(),
            "media": self.media,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "chat/admin/tools/forget.html", context)

    def _forget(self, request: HttpRequest, results: QuerySet[ToolResult]) -> HttpResponse:
        number = results.delete()[0]
        if number:
            history.note_deletions(request.user, ToolResult, number)
        text = ngettext("%d kept result is deleted.", "%d kept results are deleted.", number) % number
        self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:chat_toolresult_changelist"))

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        result = kwargs["obj"]
        arguments = json.dumps(result.arguments, ensure_ascii=False, indent=2)
        context |= {"result": result, "arguments": arguments, "title": _("Kept result")}
        return super().render_change_form(request, context, *args, **kwargs)
