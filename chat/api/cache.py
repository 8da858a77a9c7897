"""REST: whether the answer cache is well, what it brings, and taking entries out of it. For staff."""

import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assistant_project import history
from assistant_project.accounts.permissions import Permitted
from chat.api.refusals import refusals
from chat.cache import removal, statistics
from chat.cache.visible import visible_answers
from chat.models import CachedAnswer, CacheGate
from knowledge.models import Collection, Source

TAGS = ["cache"]
WHICH = ("source", "collection", "older_than", "all")
HOURS_AT_MOST = 24 * 365 * 100


class EntriesSerializer(serializers.Serializer):
    """How many there are; each is in one of the states."""

    all = serializers.IntegerField()
    verified = serializers.IntegerField(help_text="Approved by a curator, in whatever state.")
    live = serializers.IntegerField()
    expired = serializers.IntegerField()
    stale = serializers.IntegerField(help_text="There is newer material.")
    review_due = serializers.IntegerField()
    withdrawn = serializers.IntegerField()


class GateSerializer(serializers.Serializer):
    """How sure the cache must be that a similar question asks for the same."""

    state = serializers.ChoiceField(CacheGate.State.choices)
    detail = serializers.CharField(allow_blank=True, help_text="Why it is in this state.")
    since = serializers.DateTimeField()
    threshold = serializers.FloatField(
        allow_null=True, help_text="Least cosine while guarded; null until it has been measured."
    )
    target = serializers.FloatField(help_text="Largest acceptable share of wrong answers among similar hits.")


class WaitingSerializer(serializers.Serializer):
    """Answers that were written afresh and have not been compared with the cached ones yet."""

    comparisons = serializers.IntegerField()
    oldest = serializers.DateTimeField(allow_null=True)


class CacheHealthSerializer(serializers.Serializer):
    status = serializers.CharField(help_text="`ok`, or `degraded`: `problems` say why.")
    problems = serializers.ListField(child=serializers.CharField(), help_text="A sentence for each.")
    mode = serializers.ChoiceField(["off", "exact", "similar"])
    gate = GateSerializer()
    embedder = serializers.CharField()
    index = serializers.BooleanField(help_text="Few entries are compared without one.")
    entries = EntriesSerializer()
    waiting = WaitingSerializer()


class HitsSerializer(serializers.Serializer):
    exact = serializers.IntegerField()
    verified = serializers.IntegerField()
    similar = serializers.IntegerField()
    all = serializers.IntegerField()


class CacheFiguresSerializer(serializers.Serializer):
    lookups = serializers.IntegerField()
    hits = HitsSerializer()
    hit_rate = serializers.FloatField(help_text="From 0 to 1; 0 without lookups.")
    audited = serializers.IntegerField(help_text="Similar hits that were answered afresh to compare.")
    saved_tokens = serializers.IntegerField()
    saved_seconds = serializers.FloatField()


class CacheDaySerializer(CacheFiguresSerializer):
    day = serializers.DateField()


class FalseHitsSerializer(serializers.Serializer):
    """The estimate for similar hits, from those that were answered afresh and compared."""

    n = serializers.IntegerField(help_text="So many were compared.")
    wrong = serializers.IntegerField(help_text="So many of them turned out to need another answer.")
    unsure = serializers.IntegerField(help_text="So many cannot be told by comparing.")
    waiting = serializers.IntegerField()
    share = serializers.FloatField(
        allow_null=True, help_text="`wrong` of `n`; null while nothing was compared."
    )
    bound = serializers.FloatField(
        help_text="Upper bound of the share that holds in 95 % of all cases; `unsure` ones count as wrong."
    )


class CacheStatsSerializer(serializers.Serializer):
    since = serializers.DateField()
    until = serializers.DateField(help_text="Today, in the site's time zone.")
    entries = EntriesSerializer(help_text="As they are now.")
    totals = CacheFiguresSerializer(help_text="Of all the days that are listed.")
    false_hits = FalseHitsSerializer()
    by_day = CacheDaySerializer(many=True, help_text="Every day, oldest first.")


class DaysSerializer(serializers.Serializer):
    days = serializers.IntegerField(default=statistics.DAYS, min_value=1, max_value=statistics.DAYS_AT_MOST)


class WhichSerializer(serializers.Serializer):
    """Which entries go: exactly one of the first four."""

    source = serializers.IntegerField(  # type: ignore[assignment]
        required=False, min_value=1, max_value=2**63 - 1, help_text="Id of one that they cite."
    )
    collection = serializers.SlugField(
        required=False, help_text="Short name of one in which their answer was looked for."
    )
    older_than = serializers.IntegerField(
        required=False, min_value=0, max_value=HOURS_AT_MOST, help_text="Hours since they were written."
    )
    all = serializers.BooleanField(required=False)
    verified = serializers.BooleanField(
        default=False, help_text="Verified entries go, too; they stay if it is left out."
    )

    def validate_older_than(self, hours: int) -> datetime.timedelta:
        return datetime.timedelta(hours=hours)


class DeletedSerializer(serializers.Serializer):
    deleted = serializers.IntegerField()


ENTRIES = {
    "all": 840, "verified": 31, "live": 790, "expired": 12, "stale": 20, "review_due": 3, "withdrawn": 15,
}  # fmt: skip
FIGURES = {
    "lookups": 5210,
    "hits": {"exact": 730, "verified": 410, "similar": 520, "all": 1660},
    "hit_rate": 0.3186,
    "audited": 27,
    "saved_tokens": 2_905_000,
    "saved_seconds": 6391.2,
}
HEALTHY = OpenApiExample(
    "All is well",
    {
        "status": "ok",
        "problems": [],
        "mode": "similar",
        "gate": {
            "state": "guarded",
            "detail": "",
            "since": "2026-11-02T08:15:00Z",
            "threshold": 0.93,
            "target": 0.02,
        },
        "embedder": "wordllama-l2-supercat (256)",
        "index": False,
        "entries": ENTRIES,
        "waiting": {"comparisons": 2, "oldest": "2026-11-20T09:30:12Z"},
    },
    response_only=True,
)
ONE_DAY = OpenApiExample(
    "One day",
    {
        "since": "2026-11-20",
        "until": "2026-11-20",
        "entries": ENTRIES,
        "totals": FIGURES,
        "false_hits": {"n": 26, "wrong": 0, "unsure": 1, "waiting": 2, "share": 0.0, "bound": 0.1698},
        "by_day": [FIGURES | {"day": "2026-11-20"}],
    },
    response_only=True,
)


class WhichEntriesError(APIException):
    """What is deleted cannot be brought back: nothing is guessed, left out or read over."""

    status_code = 400
    default_code = "which_entries"
    default_detail = _(
        "Say which entries go with exactly one of source, collection, older_than and all=true."
    )


class HealthView(APIView):
    permission_classes = [Permitted]
    permissions = {"GET": "chat.view_cachedanswer"}
    key_scopes = {"GET": "curate"}

    @extend_schema(
        operation_id="cache_health",
        summary="Look whether the cache is well",
        description="For staff. `degraded` does not mean wrong answers, but that questions are answered afresh.",
        tags=TAGS,
        responses={200: CacheHealthSerializer},
        examples=[HEALTHY],
    )
    def get(self, request: Request) -> Response:
        return Response(CacheHealthSerializer(statistics.health()).data)


class StatsView(APIView):
    permission_classes = [Permitted]
    permissions = {"GET": "chat.view_cachedanswer"}
    key_scopes = {"GET": "curate"}

    @extend_schema(
        operation_id="cache_stats",
        summary="Look at what the cache brings",
        description="For staff: entries, hits, what they saved, and how many of the similar ones may be wrong.",
        tags=TAGS,
        parameters=[DaysSerializer],
        responses={200: CacheStatsSerializer, **refusals(400)},
        examples=[ONE_DAY],
    )
    def get(self, request: Request) -> Response:
        period = DaysSerializer(data=request.query_params)
        period.is_valid(raise_exception=True)
        return Response(CacheStatsSerializer(statistics.stats(period.validated_data["days"])).data)


class CacheView(APIView):
    permission_classes = [Permitted]
    permissions = {"DELETE": "chat.delete_cachedanswer"}
    key_scopes = {"DELETE": "curate"}

    @extend_schema(
        operation_id="cache_delete",
        summary="Take entries out of the cache",
        description=(
            "For staff: of the entries that they may read, those that cite a source, were looked for in a collection, "
            "are older than so many hours, or all. Verified ones stay without `verified=true`. Exactly one of "
            "`source`, `collection`, `older_than` and `all` is needed."
        ),
        tags=TAGS,
        parameters=[WhichSerializer],
        responses={200: DeletedSerializer, **refusals(400, 404)},
        examples=[OpenApiExample("Gone", {"deleted": 12}, response_only=True)],
    )
    def delete(self, request: Request) -> Response:
        chosen = which(request)
        deleted = removal.delete_entries(**chosen, among=visible_answers(request.user))
        if deleted:
            history.note_deletions(request.user, CachedAnswer, deleted)
        return Response({"deleted": deleted})


def which(request: Request) -> dict[str, Any]:
    """What delete_entries takes: one choice, and whether verified entries go too."""
    given, user = request.query_params, request.user
    asked = WhichSerializer(data=given.dict())
    asked.is_valid(raise_exception=True)
    chosen = {name: value for name, value in asked.validated_data.items() if value is not False}
    repeated = any(len(values) > 1 for _name, values in given.lists())
    if sum(name in chosen for name in WHICH) != 1 or repeated or given.keys() - asked.fields.keys():
        raise WhichEntriesError
    if "source" in chosen:
        # Also one that no longer answers: its entries are what one wants to be rid of.
        sources = Source.objects.filter(collection__in=Collection.objects.visible_to(user))
        chosen["source"] = get_object_or_404(sources, pk=chosen["source"]).pk
    if "collection" in chosen:
        chosen["collection"] = get_object_or_404(
            Collection.objects.visible_to(user), slug=chosen["collection"]
        ).pk
    chosen.pop("all", None)
    return chosen
