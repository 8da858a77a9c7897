"""Conversations."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistant_project.admin.read_only import ReadOnlyAdmin
from chat.admin.message import label, rating
from chat.admin.message_filters import ActivePeriodFilter, AssistantFilter
from chat.admin.people import WHOSE, asker, may_see_people, told
from chat.models import Message, Session
from chat.visible import visible_sessions

MESSAGES_AT_ONCE = 50


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ("named", "person", "origin", "assistant", "message_count", "created_at", "updated_at")
    list_filter = (AssistantFilter, "origin", ActivePeriodFilter)
    list_per_page = 50
    show_full_result_count = False
    list_fullwidth = True
    search_fields = ("title", "user__email")
    view_on_site = False
    change_form_outer_before_template = "chat/admin/transcript.html"
    empty_title = gettext_lazy("No conversation yet")
    empty_text = gettext_lazy(
        "As soon as somebody asks on the chat page or over the API, the conversation appears here."
    )

    class Media:
        css: ClassVar = {"all": ["chat/admin.css"]}

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """No address tells whose a conversation is to who may not look at the people."""
        tells = lookup.split("__")[0] in WHOSE and request is not None and not may_see_people(request)
        return not tells and super().lookup_allowed(lookup, value, request)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return told(request, self.list_display)

    def get_search_fields(self, request: HttpRequest) -> list[Any]:
        return told(request, self.search_fields)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        messages = Message.objects.filter(session=OuterRef("pk")).order_by().values("session")
        number = Subquery(messages.annotate(number=Count("pk")).values("number"))
        sessions = visible_sessions(request.user).order_by(*self.get_ordering(request))
        return sessions.select_related("user", "assistant").annotate(messages_=number)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """None: the page says it better than a form."""
        return []

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        messages = kwargs["obj"].messages.select_related("feedback").order_by("pk")
        part = Paginator(messages, MESSAGES_AT_ONCE).get_page(request.GET.get("part"))
        may_read = request.user.has_perm("chat.view_message")
        context |= {
            "transcript": [(one, label(one), rating(one)) for one in part] if may_read else [],
            "part": part,
            "person": asker(request, kwargs["obj"]),
            "session": kwargs["obj"],
        }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("title"), ordering="title")
    def named(self, session: Session) -> str:
        return format_html('<span class="k-name" dir="auto">{}</span>', session)

    @admin.display(description=gettext_lazy("person"))
    def person(self, session: Session) -> str:
        """And who asked the program that acts for them, if it says so."""
        name = str(session.user or _("anonymous"))
        return f"{name} · {session.end_user}" if session.end_user else name

    @admin.display(description=gettext_lazy("messages"), ordering="messages_")
    def message_count(self, session: Any) -> int:
        return session.messages_ or 0
