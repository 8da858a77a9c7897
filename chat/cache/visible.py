"""Which entries and decisions a member of the staff may see: those whose sources they may read, all of them."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from chat.models import CachedAnswer, CacheDecision, CachedPassage
from knowledge.models import Collection
from knowledge.models.collection import CURATE_ALL


def visible_answers(user: Any) -> QuerySet[CachedAnswer]:
    """Entries none of whose collections and cited sources is closed to this person; administrators see all."""
    if user.has_perm(CURATE_ALL):
        return CachedAnswer.objects.all()
    readable = list(Collection.objects.visible_to(user).values_list("pk", flat=True))
    closed = CachedPassage.objects.filter(answer=OuterRef("pk"), source__isnull=False).exclude(
        source__collection__in=readable
    )
    return CachedAnswer.objects.filter(collections__contained_by=readable).exclude(Exists(closed))


def visible_decisions(user: Any) -> QuerySet[CacheDecision]:
    """Decisions about entries that this person may see; about entries that are gone, to administrators only."""
    if user.has_perm(CURATE_ALL):
        return CacheDecision.objects.all()
    return CacheDecision.objects.filter(answer__in=visible_answers(user))
