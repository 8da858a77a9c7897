"""Sources: what was added, how it stands, what was read."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, URLField
from django.forms import CharField, Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST
from unfold.admin import ModelAdmin

from assistant_project import history
from knowledge import tasks
from knowledge.admin import live, marks
from knowledge.admin.add_sources import AddSources
from knowledge.admin.bulk import BulkChange, IntervalForm, MoveForm
from knowledge.admin.deletion import DeletionInFigures
from knowledge.admin.differences import differences
from knowledge.admin.page_by_page import page_by_page
from knowledge.admin.preview import preview
from knowledge.admin.scope import CollectionFilter, CuratedRows, possible_owners
from knowledge.admin.search_test import search_test
from knowledge.admin.source_form import SourceForm
from knowledge.models import Collection, Source

ROWS = 50


@admin.register(Source)
class SourceAdmin(DeletionInFigures, CuratedRows, ModelAdmin):
    within = "collection"
    form = SourceForm
    formfield_overrides = {URLField: {"form_class": CharField}}  # the form says what an address is
    list_display = (
        "named",
        "collection",
        "status_now",
        "extent",
        "chunks",
        "read",
        "due",
    )
    list_display_links = ("named",)
    list_filter = (
        "status",
        ("collection", CollectionFilter),
        "kind",
        "enabled",
        ("owner", admin.RelatedOnlyFieldListFilter),
    )
    list_filter_sheet = True
    list_per_page = ROWS
    list_fullwidth = True
    search_fields = ("title", "url", "file_name", "live_revision__title")
    search_help_text = gettext_lazy("Search in titles, addresses and file names")
    actions = ("refresh_now", "read_again", "move", "set_interval", "enable", "disable")
    list_before_template = "knowledge/admin/live.html"
    change_form_outer_before_template = "knowledge/admin/source_head.html"
    change_form_outer_after_template = "knowledge/admin/source_revisions.html"
    view_on_site = False
    warn_unsaved_form = True
    empty_title = gettext_lazy("No source yet")
    empty_text = gettext_lazy(
        "The assistant answers only from sources. Add PDFs, web addresses or a text: a worker reads them, "
        "and you see here what was read."
    )

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("knowledge/source_admin.css",)}
        js = (Script("knowledge/progress.js", type="module"),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return live.with_what_was_read(super().get_queryset(request))

    # --- columns ---

    @admin.display(description=gettext_lazy("source"), ordering="title")
    def named(self, source: Source) -> str:
        origin = source.url or source.file_name
        kind = (
            source.get_kind_display()
            if origin in ("", source.name)
            else f"{source.get_kind_display()} · {origin}"
        )
        return format_html('<span class="k-name">{}<small>{}</small></span>', source.name, kind)

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def status_now(self, source: Source) -> str:
        return live.part("status", source)

    @admin.display(description=gettext_lazy("read"))
    def extent(self, source: Source) -> str:
        return live.part("extent", source)

    @admin.display(description=gettext_lazy("chunks"), ordering="chunk_count")
    def chunks(self, source: Source) -> str:
        return live.part("chunks", source)

    @admin.display(description=gettext_lazy("last read"), ordering="read_at")
    def read(self, source: Source) -> str:
        return live.part("read", source)

    @admin.display(description=gettext_lazy("next refresh"), ordering="next_refresh_at", empty_value="–")
    def due(self, source: Source) -> str | None:
        return marks.day(source.next_refresh_at) if source.next_refresh_at else None

    # --- bulk actions ---

    @admin.action(description=gettext_lazy("Refresh now"), permissions=["change"])
    def refresh_now(self, request: HttpRequest, sources: QuerySet[Source]) -> None:
        self._request_reading(request, sources, forced=False)

    @admin.action(description=gettext_lazy("Read again, even if nothing has changed"), permissions=["change"])
    def read_again(self, request: HttpRequest, sources: QuerySet[Source]) -> None:
        self._request_reading(request, sources, forced=True)

    @admin.action(description=gettext_lazy("Move to a collection"), permissions=["change"])
    def move(self, request: HttpRequest, sources: QuerySet[Source]) -> HttpResponse | None:
        return BulkChange(self, request, sources, MoveForm).respond()

    @admin.action(description=gettext_lazy("Set how often they are read again"), permissions=["change"])
    def set_interval(self, request: HttpRequest, sources: QuerySet[Source]) -> HttpResponse | None:
        return BulkChange(self, request, sources, IntervalForm).respond()

    @admin.action(description=gettext_lazy("Enable: let answers quote them"), permissions=["change"])
    def enable(self, request: HttpRequest, sources: QuerySet[Source]) -> None:
        history.note_change(request.user, sources.filter(enabled=False), _("Enabled."))
        n = Source.objects.filter(pk__in=sources.values("pk")).enable(True)
        self.message_user(
            request, ngettext("%d source enabled.", "%d sources enabled.", n) % n, messages.SUCCESS
        )

    @admin.action(description=gettext_lazy("Disable: keep them out of answers"), permissions=["change"])
    def disable(self, request: HttpRequest, sources: QuerySet[Source]) -> None:
        history.note_change(request.user, sources.filter(enabled=True), _("Disabled."))
        n = Source.objects.filter(pk__in=sources.values("pk")).enable(False)
        self.message_user(
            request, ngettext("%d source disabled.", "%d sources disabled.", n) % n, messages.SUCCESS
        )

    def _request_reading(self, request: HttpRequest, sources: QuerySet[Source], *, forced: bool) -> None:
        jobs = [tasks.request_reading(source, user=request.user, forced=forced) for source in sources]
        history.note_change(request.user, sources, _("To be read again."))
        done = ngettext("%d source will be read.", "%d sources will be read.", len(jobs)) % len(jobs)
        self.message_user(request, done, messages.SUCCESS)

    # --- pages of its own ---

    def get_urls(self) -> list[URLPattern]:
        def at(route: str, view: Any, name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"knowledge_source_{name}")

        return [
            at("progress/", require_GET(self.progress), "progress"),
            at("search-test/", require_GET(self.search_test), "search_test"),
            at("preview/", require_POST(self.preview), "preview"),
            at("replace/", require_POST(self.replace), "replace"),
            at("<int:pk>/refresh/", require_POST(self.refresh), "refresh"),
            at("<int:pk>/reading/", require_GET(self.reading), "reading"),
            at("<int:pk>/differences/", require_GET(self.differences), "differences"),
            *super().get_urls(),
        ]

    def progress(self, request: HttpRequest) -> HttpResponse:
        """The parts of some sources that change while a worker reads, as JSON."""
        self._refuse_without("view", request)
        ids = [int(pk) for pk in request.GET.getlist("source")[:ROWS] if pk.isdecimal()]
        sources = self.get_queryset(request).filter(pk__in=ids)
        return JsonResponse(live.parts_of(sources, request.GET.getlist("part")))

    def search_test(self, request: HttpRequest) -> HttpResponse:
        self._refuse_without("view", request)
        return search_test(request, self.admin_site)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        self._refuse_without("add", request)
        return AddSources(self, request).respond()

    def preview(self, request: HttpRequest) -> HttpResponse:
        """What will happen with what was chosen on the page that adds sources."""
        self._refuse_without("add", request)
        return preview(request, may_change=self.has_change_permission(request))

    def replace(self, request: HttpRequest) -> HttpResponse:
        """Put a file that was just uploaded in the place of one with the same name."""
        self._refuse_without("change", request)
        return AddSources(self, request).replace()

    def refresh(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Read one source again, from its page."""
        self._refuse_without("change", request)
        source = get_object_or_404(self.get_queryset(request), pk=pk)
        self._request_reading(request, Source.objects.filter(pk=source.pk), forced="forced" in request.POST)
        return HttpResponseRedirect(reverse("admin:knowledge_source_change", args=[pk]))

    def reading(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The picture of each page beside its text and chunks."""
        return page_by_page(request, self._source_or_404(request, pk), self)

    def differences(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What changed between two revisions."""
        return differences(request, self._source_or_404(request, pk), self)

    def _source_or_404(self, request: HttpRequest, pk: int) -> Any:
        self._refuse_without("view", request)
        return get_object_or_404(self.get_queryset(request), pk=pk)

    def _refuse_without(self, permission: str, request: HttpRequest) -> None:
        if not getattr(self, f"has_{permission}_permission")(request):
            raise PermissionDenied

    # --- the source's page ---

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        own = {Source.Kind.URL: "url", Source.Kind.PDF: "replacement", Source.Kind.TEXT: "text"}[obj.kind]
        refresh = ["refresh_interval"] if obj.kind == Source.Kind.URL else []
        if own == "replacement" and not self.has_change_permission(request, obj):
            own = "file_name"
        return [
            (gettext_lazy("Settings"), {"fields": ["title", own, "collection", *refresh, "enabled"]}),
            (gettext_lazy("Care"), {"fields": ["owner", "review_by"]}),
        ]

    def get_autocomplete_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return ("owner",) if request.user.has_perm("accounts.view_user") else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "collection":
            kwargs["queryset"] = Collection.objects.curated_by(request.user)
        elif db_field.name == "owner":
            kwargs["queryset"] = possible_owners(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        source = kwargs.get("obj")
        if source is not None:
            context |= {
                "overview": live.part("overview", source),
                "reading": live.part("reading", source),
                "revisions": live.part("revisions", source),
                "show_save_and_add_another": False,
                "may_change": self.has_change_permission(request, source),
                "source": source,
                "search_test_url": f"{reverse('admin:knowledge_source_search_test')}?source={source.pk}",
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Source, form: Any, change: bool) -> None:
        if form.apply(request.user):
            self.message_user(
                request, _("A worker will read it again; until then the old text answers."), messages.INFO
            )

    def delete_model(self, request: HttpRequest, obj: Source) -> None:
        Source.objects.filter(pk=obj.pk).remove()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        Source.objects.filter(pk__in=list(queryset.values_list("pk", flat=True))).remove()
