"""Messages that the queue has set aside: handed out three times without a result."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from knowledge import tasks
from knowledge.admin.read_only import ReadOnlyAdmin
from knowledge.models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("message_id", "task", "times", "first_at", "set_aside_at")
    actions = ("put_back",)
    fields = ("message_id", "task", "times", "first_at", "set_aside_at")
    ordering = ("-set_aside_at",)
    empty_title = gettext_lazy("Nothing is set aside")
    empty_text = gettext_lazy(
        "A message that stops its worker three times is set aside and appears here, so that it cannot "
        "hold up the others."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(set_aside_at__isnull=False).defer("payload")

    def has_put_back_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("knowledge.change_delivery"))

    @admin.action(description=gettext_lazy("Put back into the queue"), permissions=["put_back"])
    def put_back(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        n = len(deliveries)
        for delivery in deliveries:
            tasks.put_back(delivery)
        text = ngettext("%d message is in the queue again.", "%d messages are in the queue again.", n) % n
        self.message_user(request, text, messages.SUCCESS)
