"""Tool servers: where they are, who may use them, and which of their tools are allowed."""

import json
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from assistant_project.admin.ago import ago
from assistant_project.language import site_language
from chat.admin.tools.result import address_to_forget
from chat.admin.tools.server_form import WHERE_RESULTS_COME_FROM, ServerForm, told_of_danger
from chat.admin.tools.tool import ToolInline, what_was_changed
from chat.models import Tool, ToolResult, ToolServer
from chat.tools import catalogue
from chat.tools.statistics import use_of, with_use

OFFERED = Q(tools__gone_at=None)


@admin.register(ToolServer)
class ToolServerAdmin(ModelAdmin):
    form = ServerForm
    inlines = (ToolInline,)
    list_display = ("name", "url", "is_enabled", "allowed", "used_by", "asked", "wrong", "calls")
    list_filter = ("is_enabled",)
    list_fullwidth = True
    list_before_template = "chat/admin/tools/to_results.html"
    search_fields = ("name", "url")
    fieldsets = (
        (None, {"fields": ("name", "url", "new_headers", "without_headers")}),
        (gettext_lazy("Use"), {"fields": ("is_enabled", "assistants", "call_seconds")}),
    )
    change_form_outer_before_template = "chat/admin/tools/server.html"
    warn_unsaved_form = True
    empty_title = gettext_lazy("No tool server yet")
    empty_text = gettext_lazy(
        "Assistants answer from the sources alone. With a server that speaks the Model Context Protocol they can ask "
        "for what no source holds, such as today's opening hours. Nothing of it is used until you allow it."
    )

    class Media:
        css: ClassVar = {"all": ["chat/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        servers = with_use(super().get_queryset(request), "tools__usage").prefetch_related("assistants")
        return servers.annotate(
            offered_=Count("tools", filter=OFFERED, distinct=True),
            allowed_=Count("tools", filter=OFFERED & Q(tools__is_allowed=True), distinct=True),
        )

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Headers are for who may write them, and the offer to remove them is there with them."""
        left_out = set() if obj and obj.sealed_headers else {"without_headers"}
        if obj and not self.has_change_permission(request, obj):
            left_out = {"new_headers", "without_headers"}
        (title, options), *others = super().get_fieldsets(request, obj)
        names = [name for name in options["fields"] if name not in left_out]
        return [(title, options | {"fields": names}), *others]

    # --- columns ---

    @admin.display(description=gettext_lazy("allowed tools"))
    def allowed(self, server: Any) -> str:
        return _("%(allowed)s of %(offered)s") % {"allowed": server.allowed_, "offered": server.offered_}

    @admin.display(description=gettext_lazy("assistants"))
    def used_by(self, server: ToolServer) -> str:
        return ", ".join(str(assistant) for assistant in server.assistants.all()) or "–"

    @admin.display(description=gettext_lazy("last asked"), ordering="checked_at")
    def asked(self, server: ToolServer) -> str:
        return ago(server.checked_at)

    @admin.display(description=gettext_lazy("what went wrong"), ordering="error")
    def wrong(self, server: ToolServer) -> str:
        return format_html('<span class="k-sentence">{}</span>', server.error or "–")

    @admin.display(description=gettext_lazy("calls, 30 days"))
    def calls(self, server: Any) -> str:
        use = use_of(server)
        failed = ngettext("%d failed", "%d failed", use.failed) % use.failed if use.failed else ""
        return format_html('<span class="k-figures">{}<small>{}</small></span>', use.calls, failed)

    # --- saving ---

    def save_model(self, request: HttpRequest, obj: ToolServer, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if danger := told_of_danger(obj):
            self.message_user(request, danger, messages.WARNING)
        if not change or form.has_changed():
            transaction.on_commit(partial(self._ask, request, obj))
        if change and WHERE_RESULTS_COME_FROM.intersection(form.changed_data):
            ToolResult.objects.filter(tool__server=obj).delete()

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """Of tools in sentences: that "allowed" was changed does not tell who may do what now."""
        fields = super().construct_change_message(request, form, [], add)
        with site_language():
            sentences = [text for formset in formsets for one in formset for text in what_was_changed(one)]
            if sentences and fields:
                sentences.insert(0, LogEntry(change_message=json.dumps(fields)).get_change_message())
        return " ".join(sentences) or fields

    def _ask(self, request: HttpRequest, server: ToolServer) -> None:
        """Its tools, and tell what came of it."""
        catalogue.refresh(server)
        if server.error:
            self.message_user(request, server.error, messages.WARNING)
            return
        offered = server.tools.filter(gone_at=None).count()
        text = ngettext("%(server)s offers %(n)d tool.", "%(server)s offers %(n)d tools.", offered)
        self.message_user(request, text % {"server": server.name, "n": offered}, messages.SUCCESS)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> Any:
        """Its tools are to be looked at next."""
        if "_addanother" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        sentence = _(
            "%(server)s is saved. As soon as its tools are listed, allow those that assistants may use."
        )
        self.message_user(request, sentence % {"server": obj.name}, messages.SUCCESS)
        return self._to_page(obj.pk)

    # --- pages ---

    def get_urls(self) -> list[URLPattern]:
        ask = self.admin_site.admin_view(require_POST(self.ask_again))
        return [path("<int:pk>/ask/", ask, name="chat_toolserver_ask"), *super().get_urls()]

    def ask_again(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        self._ask(request, get_object_or_404(ToolServer, pk=pk))
        return self._to_page(pk)

    @staticmethod
    def _to_page(pk: int) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:chat_toolserver_change", args=[pk]))

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if server := kwargs["obj"]:
            context |= {
                "server": server,
                "danger": told_of_danger(server),
                "use": use_of(server),
                "kept_results": ToolResult.objects.filter(tool__server=server).count(),
                "forget_url": address_to_forget(request.user, server=server.pk),
                "may_ask": self.has_change_permission(request),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """In figures: there may be thousands of results."""
        counts = {
            Tool: Tool.objects.filter(server__in=objs).count(),
            ToolResult: ToolResult.objects.filter(tool__server__in=objs).count(),
        }
        named = {str(model._meta.verbose_name_plural): count for model, count in counts.items() if count}
        return [str(server) for server in objs], named, set(), []
