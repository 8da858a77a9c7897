"""Asks before deleting with figures, not with the thousands of rows that would go."""

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from knowledge.models import Chunk, Job, Revision, Source


class DeletionInFigures:
    """For an admin of sources or of what holds them; Django itself would load and list every chunk."""

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        sources = self.sources_of(objs)
        counts: dict[type[Model], int] = {Source: sources.count()}
        for model in (Revision, Chunk, Job):
            counts[model] = model._default_manager.filter(source__in=sources).count()
        named = {str(model._meta.verbose_name_plural): count for model, count in counts.items() if count}
        return [str(obj) for obj in objs], named, set(), []

    @staticmethod
    def sources_of(objs: Any) -> QuerySet[Source]:
        return Source.objects.filter(pk__in=[obj.pk for obj in objs])
