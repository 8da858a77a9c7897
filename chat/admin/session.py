"""Conversations."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.admin.message import label
from chat.admin.read_only import ReadOnlyAdmin
from chat.models import Message, Session

MESSAGES_AT_ONCE = 50


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ("named", "person", "message_count", "created_at", "updated_at")
    list_filter = ("created_at",)
    list_per_page = 50
    search_fields = ("title", "user__email")
    fields = ("title", "person", "created_at", "updated_at")
    readonly_fields = fields
    change_form_outer_after_template = "chat/admin/transcript.html"
    empty_title = gettext_lazy("No conversation yet")
    empty_text = gettext_lazy(
        "As soon as somebody asks on the chat page or over the API, the conversation appears here."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        messages = Message.objects.filter(session=OuterRef("pk")).order_by().values("session")
        number = Subquery(messages.annotate(number=Count("pk")).values("number"))
        return super().get_queryset(request).select_related("user").annotate(messages_=number)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        messages = Paginator(kwargs["obj"].messages.order_by("pk"), MESSAGES_AT_ONCE).get_page(
            request.GET.get("part")
        )
        may_read = request.user.has_perm("chat.view_message")
        context |= {
            "transcript": [(message, label(message)) for message in messages] if may_read else [],
            "part": messages,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("title"), ordering="title")
    def named(self, session: Session) -> str:
        return str(session)

    @admin.display(description=gettext_lazy("person"))
    def person(self, session: Session) -> str:
        return str(session.user or _("anonymous"))

    @admin.display(description=gettext_lazy("messages"), ordering="messages_")
    def message_count(self, session: Any) -> int:
        return session.messages_ or 0
