"""What the list of entries is narrowed by, beside plain columns."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from chat.cache import reviews
from chat.cache.visible import visible_answers
from chat.models import CachedPassage
from chat.models.cache.answer import ASKERS_COUNTED
from knowledge.models import Collection

SOURCES_OFFERED = 200
TITLE = 60


class Filter(SimpleListFilter):
    """A filter by a condition for each of its values."""

    def conditions(self) -> dict[str, Q]:
        raise NotImplementedError

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        condition = self.conditions().get(self.value() or "")
        return rows if condition is None else rows.filter(condition)


class VerifiedFilter(Filter):
    title = gettext_lazy("verified")
    parameter_name = "verified"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("by a curator")), ("no", gettext_lazy("by nobody"))]

    def conditions(self) -> dict[str, Q]:
        return {"yes": Q(verified_at__isnull=False), "no": Q(verified_at__isnull=True)}


class ReviewFilter(Filter):
    title = gettext_lazy("review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("due", gettext_lazy("due")),
            ("rejected", gettext_lazy("rejected by a reader")),
            ("waiting", gettext_lazy("either")),
        ]

    def conditions(self) -> dict[str, Q]:
        due, rejected = reviews.due(), reviews.rejected()
        return {"due": due, "rejected": rejected, "waiting": due | rejected}


class TrustedFilter(Filter):
    title = gettext_lazy("trusted")
    parameter_name = "trusted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("yes", gettext_lazy("given to everybody who asks alike")),
            ("no", gettext_lazy("written for one person only")),
        ]

    def conditions(self) -> dict[str, Q]:
        trusted = Q(verified_at__isnull=False) | Q(askers__len__gte=ASKERS_COUNTED)
        return {"yes": trusted, "no": ~trusted}


class CollectionFilter(SimpleListFilter):
    title = gettext_lazy("collection")
    parameter_name = "collection"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        readable = Collection.objects.visible_to(request.user)
        return [(str(pk), name) for pk, name in readable.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        return rows.filter(collections__contains=[int(chosen)]) if chosen.isdecimal() else rows


class SourceFilter(SimpleListFilter):
    title = gettext_lazy("cited source")
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        cited = CachedPassage.objects.filter(answer__in=visible_answers(request.user), source__isnull=False)
        rows = cited.order_by("source", "-pk").distinct("source").values_list("source", "title")
        return [(str(pk), Truncator(title).chars(TITLE)) for pk, title in rows[:SOURCES_OFFERED]]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        if not chosen.isdecimal():
            return rows
        return rows.filter(pk__in=CachedPassage.objects.filter(source=int(chosen)).values("answer"))
