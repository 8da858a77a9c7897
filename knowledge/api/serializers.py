"""What the knowledge endpoints take and give."""

from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from knowledge.models import Chunk, Collection, Job, Source

# --- passages ---


class QuerySerializer(serializers.Serializer):
    query = serializers.CharField(max_length=4_000)
    limit = serializers.IntegerField(default=8, min_value=1, max_value=50)
    collections = serializers.ListField(
        child=serializers.SlugField(), required=False, help_text="Short names; all readable ones if left out."
    )


class PassageSerializer(serializers.Serializer):
    """A passage as found. Scores are not told: they would help to probe what one may not read."""

    source_id = serializers.IntegerField()
    title = serializers.CharField()
    heading = serializers.CharField()
    page = serializers.IntegerField(allow_null=True)
    last_page = serializers.IntegerField(allow_null=True)
    url = serializers.CharField()
    text = serializers.CharField()
    read_at = serializers.DateTimeField(allow_null=True)


class ChunkSerializer(serializers.Serializer):
    """A part of what was read, in reading order."""

    id = serializers.IntegerField()
    ordinal = serializers.IntegerField(help_text="From 0.")
    heading = serializers.CharField()
    text = serializers.CharField()
    first_page = serializers.IntegerField(allow_null=True)
    last_page = serializers.IntegerField(allow_null=True)
    page_url = serializers.SerializerMethodField(help_text="Where a reader sees the very place.")

    def get_page_url(self, chunk: Chunk) -> str:
        source: Source = self.context["source"]
        return source.page_url(chunk.first_page, chunk.pk)


# --- collections ---


class CollectionSerializer(serializers.Serializer):
    name = serializers.CharField()
    slug = serializers.SlugField(help_text="The short name, by which requests name it.")
    language = serializers.ChoiceField(Collection.Language.choices)
    source_count = serializers.IntegerField(help_text="Sources that answer.")


class GroupNames(serializers.ListField):
    child = serializers.CharField()

    def to_representation(self, groups: Any) -> list[str]:
        return [group.name for group in groups.all()]


class CuratedCollectionSerializer(CollectionSerializer):
    """Who may read it is told to its curators only."""

    access = serializers.ChoiceField(Collection.Access.choices, required=False)
    groups = GroupNames(required=False)
    created_at = serializers.DateTimeField(required=False)

    def to_representation(self, collection: Any) -> dict[str, Any]:
        if not collection.is_curated:
            return CollectionSerializer().to_representation(collection)
        return super().to_representation(collection)


class CollectionChangeSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=120)
    language = serializers.ChoiceField(
        Collection.Language.choices,
        default=Collection.Language.ENGLISH,
        help_text="When it changes, the sources are indexed again; they answer all the while.",
    )
    access = serializers.ChoiceField(Collection.Access.choices, default=Collection.Access.EVERYONE)
    groups = serializers.ListField(
        child=serializers.CharField(max_length=150), required=False, help_text="Names, for `access` groups."
    )

    def validate_groups(self, names: list[str]) -> list[Group]:
        groups = {group.name: group for group in Group.objects.filter(name__in=names)}
        if unknown := [name for name in names if name not in groups]:
            raise ValidationError([_("There is no group %(name)s.") % {"name": name} for name in unknown])
        return list(groups.values())

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        there: Any = self.instance
        access = given.get("access", there.access if there else "")
        groups = given.get("groups", there.groups.all() if there else ())
        try:
            Collection.check_readers(access, groups)
        except DjangoValidationError as error:
            raise ValidationError(error.message_dict) from None
        return given


class NewCollectionSerializer(CollectionChangeSerializer):
    slug = serializers.SlugField(
        max_length=120, required=False, help_text="Made from the name if it is left out."
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        slug = given.setdefault("slug", slugify(given["name"])[:120])
        if not slug:
            raise ValidationError({"slug": [_("The name holds no letters for it: give a short name.")]})
        return super().validate(given)


class ForceSerializer(serializers.Serializer):
    force = serializers.BooleanField(default=False, help_text="Delete its sources too.")


# --- sources (what comes in: offers.py) ---


class JobSerializer(serializers.Serializer):
    """What a worker does, or did last. Wait while it is queued or running."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(Job.State.choices)
    stage = serializers.CharField(help_text="What it is at.")
    done = serializers.IntegerField()
    total = serializers.IntegerField(help_text="Of `done`; 0 while it is not known.")
    result = serializers.CharField(help_text="What came of it.")
    error = serializers.CharField(help_text="Why it failed.")


class SourceSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField(help_text="What people call it.")
    kind = serializers.ChoiceField(Source.Kind.choices)
    url = serializers.CharField(help_text="Of a web page; else empty.")
    collection = serializers.CharField(source="collection.slug")
    page_count = serializers.IntegerField(allow_null=True)
    read_at = serializers.DateTimeField(allow_null=True)
    page_url = serializers.CharField(source="get_absolute_url", help_text="Where a reader sees it here.")


class CuratedSourceSerializer(SourceSerializer):
    """What comes after `page_url` is told to the curators of its collection only."""

    title = serializers.CharField(required=False, help_text="Empty if it is taken from the document.")
    file_name = serializers.CharField(required=False)
    status = serializers.ChoiceField(Source.Status.choices, required=False)
    status_detail = serializers.CharField(required=False, help_text="The sentence that explains the status.")
    enabled = serializers.BooleanField(required=False)
    owner = serializers.CharField(source="owner.email", default=None, allow_null=True)
    refresh_interval = serializers.ChoiceField(Source.Refresh.choices, required=False)
    next_refresh_at = serializers.DateTimeField(required=False, allow_null=True)
    review_by = serializers.DateField(required=False, allow_null=True)
    checked_at = serializers.DateTimeField(required=False, allow_null=True)
    created_at = serializers.DateTimeField(required=False)
    updated_at = serializers.DateTimeField(required=False)
    chunk_count = serializers.IntegerField(required=False)
    warnings = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="What was hard to read."
    )
    notes = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="What was left out on purpose, such as running heads.",
    )
    job = JobSerializer(required=False, allow_null=True, help_text="The one that runs, or the last one.")

    def to_representation(self, source: Any) -> dict[str, Any]:
        if not source.is_curated:
            return SourceSerializer().to_representation(source)
        source.job = next(iter(source.latest_jobs), None)
        source.warnings, source.notes = source.warnings or [], source.notes or []
        return super().to_representation(source)


class AddedSourceSerializer(CuratedSourceSerializer):
    duplicate = serializers.BooleanField(help_text="It was there already.")
