"""Takes entries away: with their sources, with the person who asked, or because staff say so."""

import datetime
from collections.abc import Sequence

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat, Left
from django.utils import timezone
from django.utils.translation import gettext as _

from assistant_project.language import site_language
from chat.cache.freshness import DETAIL, LOCK
from chat.models import CachedAnswer, CachedPassage, CachedQuestion

AT_ONCE = 1_000


@site_language()
def forget_sources(source_ids: Sequence[int]) -> None:
    """Delete entries that cite a source which is about to go. Verified ones are withdrawn instead, and say why."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s)", [LOCK]
            )  # none that cites it is taken in meanwhile
        citing = CachedAnswer.objects.filter(pk__in=CachedAnswer.objects.citing(source_ids).values("pk"))
        title = CachedPassage.objects.filter(answer=OuterRef("pk"), source__in=source_ids).order_by("number")
        before, _title, behind = _("It cites “%(title)s”, which has been deleted.").partition("%(title)s")
        sentence = Concat(Value(before), Subquery(title.values("title")[:1]), Value(behind))
        citing.verified().update(state=CachedAnswer.State.WITHDRAWN, state_detail=Left(sentence, DETAIL))
        delete(citing.written())


def forget_asker(key: str) -> None:
    """Delete entries that only this person asked for, and tell of the others no more that this person did.

    key: as scope.asker_key makes it.
    """
    asked = CachedQuestion.objects.filter(asker=key)
    by_others = CachedQuestion.objects.filter(answer=OuterRef("pk")).exclude(asker__in=["", key])
    with transaction.atomic():
        theirs = CachedAnswer.objects.filter(
            Q(askers__contains=[key]) | Exists(asked.filter(answer=OuterRef("pk")))
        )
        delete(theirs.written().filter(~Exists(by_others), askers__contained_by=[key]))
        asked.update(asker="")
        CachedAnswer.objects.filter(askers__contains=[key]).update(
            askers=Func(
                F("askers"),
                Value(key),
                function="array_remove",
                output_field=ArrayField(models.CharField(max_length=64)),
            )
        )


def expire(answers: models.QuerySet[CachedAnswer]) -> int:
    """Have them given no more; how many. Written ones are cleared away a day later."""
    now = timezone.now()
    return answers.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now)).update(expires_at=now)


def delete_entries(
    *,
    source: int | None = None,
    collection: int | None = None,
    older_than: datetime.timedelta | None = None,
    verified: bool = False,
    among: models.QuerySet[CachedAnswer] | None = None,
) -> int:
    """Delete entries that cite a source, were looked for in a collection, are older than so long, or all; how many.

    verified: approved ones, too. among: only of these.
    """
    chosen = CachedAnswer.objects.all() if among is None else among
    if source is not None:
        chosen = chosen.filter(Exists(CachedPassage.objects.filter(answer=OuterRef("pk"), source=source)))
    if collection is not None:
        chosen = chosen.filter(collections__contains=[collection])
    if older_than is not None:
        chosen = chosen.filter(made_at__lt=timezone.now() - older_than)
    return delete(chosen if verified else chosen.filter(verified_at__isnull=True))


def delete(answers: models.QuerySet[CachedAnswer], *, skip_locked: bool = False) -> int:
    """Delete entries piece by piece; how many. Messages and decisions stay.

    They are locked first: whoever gives one to a reader at this moment is waited for, or left alone (skip_locked).
    """
    deleted = 0
    while piece := _delete_some(answers, skip_locked):
        deleted += piece
    return deleted


@transaction.atomic
def _delete_some(answers: models.QuerySet[CachedAnswer], skip_locked: bool) -> int:
    rows = answers.order_by("pk").select_for_update(of=("self",), skip_locked=skip_locked)
    chosen = list(rows.values_list("pk", flat=True)[:AT_ONCE])
    CachedAnswer.objects.filter(pk__in=chosen).only("pk").delete()
    return len(chosen)
