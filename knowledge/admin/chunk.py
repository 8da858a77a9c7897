"""The chunks of a source, in reading order: what answers can quote, and where it stands."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistant_project.admin.read_only import ReadOnlyAdmin
from knowledge.admin import marks
from knowledge.admin.scope import CuratedRows
from knowledge.models import Chunk, Collection, Source

EXCERPT_WORDS = 60


@admin.register(Chunk)
class ChunkAdmin(CuratedRows, ReadOnlyAdmin):
    within = "collection"
    list_display = ("place", "page", "passage", "characters", "words", "answers")
    list_display_links = ("place",)
    list_filter = ("live",)
    list_per_page = 50
    list_fullwidth = True
    list_before_template = "knowledge/admin/chunks_head.html"
    search_fields = ("text", "heading")
    search_help_text = gettext_lazy("Search in texts and headings")
    ordering = ("source", "revision", "ordinal")
    fields = (
        "of_source", "of_revision", "place", "page", "heading", "full_text", "characters", "words", "answers",
    )  # fmt: skip
    readonly_fields = fields
    change_form_outer_before_template = "knowledge/admin/chunk_head.html"
    empty_title = gettext_lazy("No chunk yet")
    empty_text = gettext_lazy(
        "Chunks are the parts of a source that answers quote. They appear as soon as a source has been read."
    )

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("knowledge/source_admin.css",)}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False  # they are reached from their source

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("source", "source__live_revision", "revision")
        return rows.filter(revision__state="live").defer(
            "search", "bm25", "embedding", "source__text", "source__live_revision__text",
            "source__live_revision__report", "revision__text", "revision__report",
        )  # fmt: skip

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        chosen = request.GET.get("source__id__exact", "")
        mine = Source.objects.filter(collection__in=Collection.objects.curated_by(request.user))
        source = mine.filter(pk=chosen).first() if chosen.isdecimal() else None
        return super().changelist_view(request, {**(extra_context or {}), "source": source})

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup == "source__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=gettext_lazy("source"))
    def of_source(self, chunk: Chunk) -> str:
        return marks.source_link(chunk.source)

    @admin.display(description=gettext_lazy("revision"))
    def of_revision(self, chunk: Chunk) -> str:
        url = reverse("admin:knowledge_revision_change", args=[chunk.revision_id])
        return format_html('<a class="k-link" href="{}">{}</a>', url, marks.number(chunk.revision.number))

    @admin.display(description=gettext_lazy("number"), ordering="ordinal")
    def place(self, chunk: Chunk) -> str:
        return marks.number(chunk.ordinal + 1)

    @admin.display(description=gettext_lazy("page"), ordering="first_page", empty_value="–")
    def page(self, chunk: Chunk) -> str | None:
        if not chunk.page_label:
            return None
        url = chunk.source.page_url(chunk.first_page, chunk.pk)
        return format_html(
            '<a class="k-link" href="{}" target="_blank" rel="noopener">{}</a>', url, chunk.page_label
        )

    @admin.display(description=gettext_lazy("heading and text"))
    def passage(self, chunk: Chunk) -> str:
        excerpt = Truncator(chunk.text).words(EXCERPT_WORDS)
        return format_html('<div class="k-chunk"><small>{}</small><p>{}</p></div>', chunk.heading, excerpt)

    @admin.display(description=gettext_lazy("text"))
    def full_text(self, chunk: Chunk) -> str:
        return format_html('<blockquote class="k-text">{}</blockquote>', chunk.text)

    @admin.display(description=gettext_lazy("characters"))
    def characters(self, chunk: Chunk) -> str:
        number = chunk.ordinal + 1
        return format_html(
            '<a class="k-link k-nowrap" href="{}?chunk={}#text-{}" title="{}">{}–{}</a>',
            reverse("admin:knowledge_source_reading", args=[chunk.source_id]),
            number,
            number,
            _("See it in its place"),
            marks.number(chunk.start),
            marks.number(chunk.end),
        )

    @admin.display(description=gettext_lazy("words"))
    def words(self, chunk: Chunk) -> str:
        return marks.number(len(chunk.text.split()))

    @admin.display(description=gettext_lazy("answers"), boolean=True, ordering="live")
    def answers(self, chunk: Chunk) -> bool:
        return chunk.live
