"""How a list of sources is narrowed and ordered, and its pages."""

from typing import Any

from django.db.models import Q
from rest_framework import serializers
from rest_framework.request import Request

from assistant_project.rest import Pages
from knowledge.models import Collection, Source
from knowledge.models.source import SourceQuerySet

NEWEST_FIRST = "-id"
ORDERINGS = {
    NEWEST_FIRST: ("-id",),
    "id": ("id",),
    "-updated_at": ("-updated_at", "-id"),
    "updated_at": ("updated_at", "id"),
}


class ReaderFilterSerializer(serializers.Serializer):
    collection = serializers.SlugField(required=False, help_text="Its short name.")
    kind = serializers.ChoiceField(Source.Kind.choices, required=False)
    search = serializers.CharField(
        required=False, max_length=200, help_text="In titles, addresses and file names."
    )
    ordering = serializers.ChoiceField(
        list(ORDERINGS), required=False, help_text="By default the newest first."
    )

    def filtered(self, sources: SourceQuerySet, user: Any) -> SourceQuerySet:
        given = self.validated_data
        if "search" in given:
            sources = sources.filter(_named_like(given["search"]))
        if "collection" in given:
            sources = sources.filter(collection__slug=given["collection"])
        return sources.filter(**{name: given[name] for name in ("kind",) if name in given})


class FilterSerializer(ReaderFilterSerializer):
    """`status`, `enabled` and `owner` are for curators: they leave out what one only reads."""

    status = serializers.ChoiceField(Source.Status.choices, required=False)
    enabled = serializers.BooleanField(required=False)
    owner = serializers.ChoiceField(["me"], required=False)

    def filtered(self, sources: SourceQuerySet, user: Any) -> SourceQuerySet:
        given = self.validated_data
        if {"status", "enabled", "owner"} & given.keys():
            sources = sources.filter(collection__in=Collection.objects.curated_by(user))
        if "owner" in given:
            sources = sources.filter(owner=user)
        sources = sources.filter(**{name: given[name] for name in ("status", "enabled") if name in given})
        return super().filtered(sources, user)


def _named_like(words: str) -> Q:
    places = ("title", "url", "file_name", "live_revision__title")
    return Q(*((f"{place}__icontains", words) for place in places), _connector=Q.OR)


class SourcePages(Pages):
    offset_cutoff = 100_000
    """Many sources may have been changed in one moment: from there on pages are counted."""

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        asked = request.query_params.get("ordering")
        return ORDERINGS.get(asked or NEWEST_FIRST, ORDERINGS[NEWEST_FIRST])
