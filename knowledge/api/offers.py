"""What curators send to add or change a source."""

from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import parsers, serializers
from rest_framework.exceptions import ParseError

from knowledge import intake
from knowledge.models import Collection, Source

NO_TITLE = gettext_lazy("Give the text a title: readers see it beside each citation.")


class MultiPartParser(parsers.MultiPartParser):
    """DRF's, for which more parts than Django takes are a mistake of the client."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().parse(*args, **kwargs)
        except SuspiciousOperation as error:
            raise ParseError(str(error)) from None


class InCollection(serializers.Serializer):
    collection = serializers.SlugField(
        required=False, help_text="Its short name; the oldest that one cares for if it is left out."
    )

    def validate_collection(self, slug: str) -> Collection:
        try:
            collection: Collection = self.context["curated"].get(slug=slug)
        except Collection.DoesNotExist:
            sentence = _("There is no collection with this short name that you care for.")
            raise serializers.ValidationError(sentence) from None
        return collection


class OfferSerializer(InCollection):
    """One of: `url`; `urls`; `title` and `text`."""

    url = serializers.CharField(required=False, max_length=2_000)
    urls = serializers.ListField(
        child=serializers.CharField(max_length=2_000),
        required=False,
        allow_empty=False,
        max_length=intake.ADDRESSES_AT_ONCE,
    )
    title = serializers.CharField(
        required=False, max_length=500, help_text="Of a page it is optional: the page has its own."
    )
    text = serializers.CharField(required=False, trim_whitespace=False)
    refresh_interval = serializers.ChoiceField(
        Source.Refresh.choices, default=Source.Refresh.NEVER, help_text="How often a web page is read again."
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if len({"url", "urls", "text"} & given.keys()) != 1:
            raise serializers.ValidationError(_("Give one of `url`, `urls` and `text`, or upload a `file`."))
        if "text" in given and "title" not in given:
            raise serializers.ValidationError({"title": [NO_TITLE]})
        return given


class FileSerializer(serializers.Serializer):
    file = serializers.FileField(help_text="A PDF of 50 MB at most.")


class UploadSerializer(InCollection, FileSerializer):
    title = serializers.CharField(
        required=False, max_length=500, allow_blank=True, help_text="Else the document's own."
    )


class ChangeSerializer(InCollection):
    """What is left out stays."""

    collection = serializers.SlugField(help_text="The short name of the one that it moves to.")
    title = serializers.CharField(
        max_length=500, allow_blank=True, help_text="Empty: the document's own; a text has none."
    )
    url = serializers.CharField(max_length=2_000, help_text="Of a web page.")
    text = serializers.CharField(trim_whitespace=False, help_text="Of a text.")
    enabled = serializers.BooleanField(help_text="Only enabled sources answer.")
    refresh_interval = serializers.ChoiceField(Source.Refresh.choices, help_text="Of a web page.")
    review_by = serializers.DateField(allow_null=True)

    OF_KIND = {"url": Source.Kind.URL, "refresh_interval": Source.Kind.URL, "text": Source.Kind.TEXT}

    def validate_url(self, line: str) -> str:
        try:
            return intake.checked_url(line)
        except intake.NoAddressError as error:
            raise serializers.ValidationError(str(error)) from None

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        source: Any = self.instance
        kind = Source.Kind(source.kind)
        foreign = [name for name in given if self.OF_KIND.get(name, kind) != kind]
        if foreign:
            has_none = _("This is a %(kind)s: it has none.") % {"kind": kind.label}
            raise serializers.ValidationError({name: [has_none] for name in foreign})
        if kind == Source.Kind.TEXT and given.get("title") == "":
            raise serializers.ValidationError({"title": [NO_TITLE]})
        return given

    @property
    def changes(self) -> dict[str, Any]:
        """What differs from what is there."""
        given = self.validated_data.items()
        return {name: value for name, value in given if getattr(self.instance, name) != value}


class ForcedSerializer(serializers.Serializer):
    forced = serializers.BooleanField(
        default=False, help_text="Read it again even if it has not changed; a running job starts anew."
    )


# --- what came of it ---


class OutcomeSerializer(serializers.Serializer):
    url = serializers.CharField(help_text="As it was offered.")
    outcome = serializers.ChoiceField(["added", "duplicate", "refused"])
    source_id = serializers.IntegerField(allow_null=True)
    detail = serializers.CharField(help_text="Why it was refused.")


class OutcomesSerializer(serializers.Serializer):
    outcomes = OutcomeSerializer(many=True)
