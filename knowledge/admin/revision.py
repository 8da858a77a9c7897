"""A revision: the text as it was read, page by page."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from assistant_project.admin.read_only import ReadOnlyAdmin
from knowledge.admin import marks
from knowledge.admin.scope import CuratedRows
from knowledge.ingestion.document import PAGE_BREAK
from knowledge.models import Revision

PAGES_AT_ONCE = 10
PART = 20_000
"""Characters of a text without pages that are shown at once."""


def parts_of(text: str) -> list[str]:
    """The pages; a text without pages is cut at the paragraph after each PART characters."""
    if PAGE_BREAK in text:
        return text.split(PAGE_BREAK)
    parts: list[str] = []
    while len(text) > PART:
        cut = text.find("\n\n", PART)
        if cut < 0:
            break
        parts.append(text[:cut])
        text = text[cut + 2 :]
    return [*parts, text]


@admin.register(Revision)
class RevisionAdmin(CuratedRows, ReadOnlyAdmin):
    fields = ("of_source", "number", "state", "title", "language", "embedder", "created_at", "live_at")
    readonly_fields = ("of_source",)
    list_display = ("number", "of_source", "state", "created_at", "live_at")
    list_select_related = ("source__live_revision",)
    change_form_outer_before_template = "knowledge/admin/revision_head.html"
    change_form_outer_after_template = "knowledge/admin/revision_text.html"

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("knowledge/source_admin.css",)}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False  # they are reached from their source

    @admin.display(description=gettext_lazy("source"))
    def of_source(self, revision: Revision) -> str:
        return marks.source_link(revision.source)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        revision = kwargs["obj"]
        parts = parts_of(revision.text)
        paginator = Paginator(
            list(enumerate(parts, start=1)), PAGES_AT_ONCE if PAGE_BREAK in revision.text else 1
        )
        context |= {
            "parts": paginator.get_page(request.GET.get("part")),
            "is_paged": PAGE_BREAK in revision.text,
        }
        return super().render_change_form(request, context, *args, **kwargs)
