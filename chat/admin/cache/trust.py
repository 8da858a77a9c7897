"""The page that says how sure the cache is with similar questions, with the switch of the target."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from assistant_project.admin.read_only import ReadOnlyAdmin
from chat.admin.cache import marks
from chat.admin.cache.curve import Curve
from chat.cache import learning
from chat.cache.trust import Trust, trust
from chat.models import CacheCalibration, CacheGate

SENTENCES = {
    CacheGate.State.GUARDED: gettext_lazy(
        "Similar questions are answered from the cache only if they lie very near to a known one, no guard tells them "
        "apart, and no other answer is as near. It has not learned from this site's decisions yet."
    ),
    CacheGate.State.CALIBRATED: gettext_lazy(
        "It has learned from this site's decisions: with a certainty of 95 %, the share of wrong answers "
        "among similar hits is under the target."
    ),
    CacheGate.State.CLOSED: gettext_lazy(
        "Similar questions are answered afresh, unless a curator has verified the answer: the hits that were compared "
        "show more wrong answers than the target allows. The same words still lead to what is kept."
    ),
}


class TargetForm(forms.Form):
    target = forms.DecimalField(
        label=gettext_lazy("Largest share of wrong answers, in percent"),
        min_value=0.1,
        max_value=20,
        decimal_places=1,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "0.1", "min": "0.1", "max": "20"}),
    )


def result(calibration: CacheCalibration) -> str:
    """What came of an attempt, in words."""
    if calibration.chosen is None:
        return _("no region keeps to the target")
    region = calibration.regions[calibration.chosen]
    figures = {"served": marks.percent(region["served"]), "bound": marks.percent(region["bound"])}
    return _("serves %(served)s, at most %(bound)s wrong") % figures


@admin.register(CacheGate)
class CacheGateAdmin(ReadOnlyAdmin):
    """One page for all gates instead of a list."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("chat.change_cachegate"))

    def get_urls(self) -> list[URLPattern]:
        def at(route: str, view: Any, name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"chat_cachegate_{name}")

        return [
            at("", self.changelist_view, "changelist"),
            at("<int:pk>/target/", require_POST(self.set_target), "target"),
            at("<int:pk>/reopen/", require_POST(self.reopen), "reopen"),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Trust in the cache"),
            "rows": [self._row(row) for row in trust()],
            "may_change": self.has_change_permission(request),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/chat/trust.html", context)

    @staticmethod
    def _row(row: Trust) -> dict[str, Any]:
        drawn = row.drawn
        state = CacheGate.State(row.gate.state)
        form = TargetForm(initial={"target": f"{100 * row.gate.target:g}"}, auto_id=f"target-{row.gate.pk}")
        return {
            "trust": row,
            "gate": row.gate,
            "state": marks.gate(state),
            "sentence": SENTENCES[state],
            "form": form,
            "missing": [
                {"target": marks.percent(one.target), "needed": one.needed, "missing": one.missing}
                for one in row.missing
            ],
            "calibrations": [
                {
                    "made": calibration,
                    "target": marks.percent(calibration.target),
                    "result": result(calibration),
                }
                for calibration in row.calibrations
            ],
            "audit_bound": marks.percent(row.audit["bound"]) if row.audit else "",
            "hit_rate": marks.percent(row.hits["hit_rate"]) if row.hits else "",
            "curve": Curve(drawn, row.gate) if drawn and drawn.regions else None,
        }

    def set_target(self, request: HttpRequest, pk: int) -> HttpResponse:
        gate = self._gate(request, pk)
        form = TargetForm(request.POST)
        if form.is_valid():
            learning.set_target(gate, float(form.cleaned_data["target"]) / 100, request.user)
            self.log_change(request, gate, _("Target: %s %%.") % form.cleaned_data["target"])
            self.message_user(request, _("The target is changed."), messages.SUCCESS)
        else:
            sentence = _("The target was not changed. It is a percentage between 0.1 and 20.")
            self.message_user(request, sentence, messages.ERROR)
        return self._back()

    def reopen(self, request: HttpRequest, pk: int) -> HttpResponse:
        gate = self._gate(request, pk)
        if gate.state == CacheGate.State.CLOSED:
            learning.reopen(gate)
            self.log_change(request, gate, _("Reopened."))
            self.message_user(
                request, _("Similar questions may be answered from the cache again."), messages.SUCCESS
            )
        return self._back()

    def _gate(self, request: HttpRequest, pk: int) -> CacheGate:
        if not self.has_change_permission(request):
            raise PermissionDenied
        return get_object_or_404(CacheGate, pk=pk)

    @staticmethod
    def _back() -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:chat_cachegate_changelist"))
