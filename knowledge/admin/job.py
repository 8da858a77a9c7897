"""Jobs: what the workers do, did, and could not do."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from assistant_project import history
from assistant_project.admin.ago import ago
from assistant_project.admin.read_only import ReadOnlyAdmin
from knowledge import tasks
from knowledge.admin import marks
from knowledge.admin.again import row_button
from knowledge.admin.scope import CuratedRows
from knowledge.models import Job

COLOURS = {
    Job.State.QUEUED: "grey",
    Job.State.RUNNING: "blue",
    Job.State.DONE: "green",
    Job.State.FAILED: "red",
}


@admin.register(Job)
class JobAdmin(CuratedRows, ReadOnlyAdmin):
    list_display = ("number", "of_source", "state_label", "outcome", "tries", "duration", "asked")
    list_display_links = ("number",)
    list_filter = ("state", "purpose")
    list_per_page = 50
    list_fullwidth = True
    search_fields = ("source__title", "source__url", "source__file_name", "error", "worker")
    search_help_text = gettext_lazy("Search in sources, errors and names of workers")
    actions = ("run_again",)
    fields = (
        "of_source", "purpose", "state_label", "outcome", "tries", "duration", "asker", "taken_by",
        "created_at", "queued_at", "started_at", "heartbeat", "lease_until", "finished_at",
    )  # fmt: skip
    readonly_fields = fields
    change_form_outer_before_template = "knowledge/admin/run_again.html"
    empty_title = gettext_lazy("No job yet")
    empty_text = gettext_lazy(
        "Each reading of a source is a job. Add a source, and its first job appears here."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("source", "source__live_revision", "requested_by")
        return rows.defer("source__text", "source__live_revision__text", "source__live_revision__report")

    def get_list_display(self, request: HttpRequest) -> Any:
        return (*self.list_display, "again") if self.has_run_permission(request) else self.list_display

    def get_urls(self) -> list[URLPattern]:
        run = self.admin_site.admin_view(require_POST(self.run_one_again))
        return [path("<int:pk>/run-again/", run, name="knowledge_job_run_again"), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        job = kwargs["obj"]
        if job.state == Job.State.FAILED and self.has_run_permission(request):
            context |= {"run_url": _address(job), "run_label": _("Run again")}
        return super().render_change_form(request, context, *args, **kwargs)

    def has_run_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("knowledge.change_job"))

    @admin.action(description=gettext_lazy("Run again"), permissions=["run"])
    def run_again(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        asked = {tasks.run_again(job).pk for job in jobs}
        history.note_change(request.user, jobs, _("Run again."))
        text = ngettext("%d job waits for a worker.", "%d jobs wait for a worker.", len(asked)) % len(asked)
        self.message_user(request, text, messages.SUCCESS)

    def run_one_again(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Run one again, from its row or its page."""
        if not self.has_run_permission(request):
            raise PermissionDenied
        job = get_object_or_404(self.get_queryset(request), pk=pk)
        self.run_again(request, self.get_queryset(request).filter(pk=job.pk))
        return HttpResponseRedirect(reverse("admin:knowledge_job_changelist"))

    @admin.display(description="")
    def again(self, job: Job) -> str:
        """The list is a form: the button sends it to the row's own address."""
        return row_button(_("Run again"), _address(job)) if job.state == Job.State.FAILED else ""

    @admin.display(description=gettext_lazy("job"), ordering="pk")
    def number(self, job: Job) -> str:
        return f"#{job.pk}"

    @admin.display(description=gettext_lazy("source"))
    def of_source(self, job: Job) -> str:
        return marks.source_link(job.source)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_label(self, job: Job) -> str:
        return marks.label(job.get_state_display(), COLOURS[Job.State(job.state)])

    @admin.display(description=gettext_lazy("what came of it"))
    def outcome(self, job: Job) -> str:
        if job.state == Job.State.RUNNING:
            return marks.progress(job)
        return format_html('<span class="k-sentence">{}</span>', job.error or job.result or "–")

    @admin.display(description=gettext_lazy("attempts"), ordering="attempts")
    def tries(self, job: Job) -> str:
        return _("%(attempts)d of %(most)d") % {"attempts": job.attempts, "most": job.max_attempts}

    @admin.display(description=gettext_lazy("duration"))
    def duration(self, job: Job) -> str | None:
        if job.started_at is None:
            return None
        return marks.duration((job.finished_at or timezone.now()) - job.started_at)

    @admin.display(description=gettext_lazy("requested by"))
    def asker(self, job: Job) -> str | None:
        return str(job.requested_by) if job.requested_by else None

    @admin.display(description=gettext_lazy("worker"), empty_value="–")
    def taken_by(self, job: Job) -> str | None:
        """The name of the one that has it, or had it last: where its log is."""
        return job.worker or None

    @admin.display(description=gettext_lazy("asked for"), ordering="created_at")
    def asked(self, job: Job) -> str:
        return ago(job.created_at)


def _address(job: Job) -> str:
    return reverse("admin:knowledge_job_run_again", args=[job.pk])
