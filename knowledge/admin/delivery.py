"""Messages that the queue has set aside: handed out three times without a result."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from assistant_project import history
from assistant_project.admin.read_only import ReadOnlyAdmin
from knowledge import tasks
from knowledge.admin.again import row_button
from knowledge.models import Delivery
from knowledge.models.collection import CURATE_ALL


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("message_id", "task", "times", "first_at", "set_aside_at")
    list_fullwidth = True
    actions = ("put_back",)
    change_form_outer_before_template = "knowledge/admin/run_again.html"
    fields = ("message_id", "task", "times", "first_at", "set_aside_at")
    ordering = ("-set_aside_at",)
    empty_title = gettext_lazy("Nothing is set aside")
    empty_text = gettext_lazy(
        "A message that stops its worker three times is set aside and appears here, so that it cannot "
        "hold up the others."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).filter(set_aside_at__isnull=False).defer("payload")
        return rows if request.user.has_perm(CURATE_ALL) else rows.none()  # they belong to no collection

    def get_list_display(self, request: HttpRequest) -> Any:
        return (*self.list_display, "again") if self.has_put_back_permission(request) else self.list_display

    def get_urls(self) -> list[URLPattern]:
        put = self.admin_site.admin_view(require_POST(self.put_one_back))
        return [path("<int:pk>/put-back/", put, name="knowledge_delivery_put_back"), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if self.has_put_back_permission(request):
            context |= {"run_url": _address(kwargs["obj"]), "run_label": _("Put back into the queue")}
        return super().render_change_form(request, context, *args, **kwargs)

    def has_put_back_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("knowledge.change_delivery"))

    @admin.action(description=gettext_lazy("Put back into the queue"), permissions=["put_back"])
    def put_back(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        n = len(deliveries)
        history.note_change(request.user, deliveries, _("Put back into the queue."))
        for delivery in deliveries:
            tasks.put_back(delivery)
        text = ngettext("%d message is in the queue again.", "%d messages are in the queue again.", n) % n
        self.message_user(request, text, messages.SUCCESS)

    def put_one_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put one back, from its row or its page."""
        if not self.has_put_back_permission(request):
            raise PermissionDenied
        delivery = get_object_or_404(self.get_queryset(request), pk=pk)
        self.put_back(request, self.get_queryset(request).filter(pk=delivery.pk))
        return HttpResponseRedirect(reverse("admin:knowledge_delivery_changelist"))

    @admin.display(description="")
    def again(self, delivery: Delivery) -> str:
        return row_button(_("Put back"), _address(delivery))


def _address(delivery: Delivery) -> str:
    return reverse("admin:knowledge_delivery_put_back", args=[delivery.pk])
