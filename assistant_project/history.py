"""Who changed what: notes in the admin's log, for changes that Django's own forms do not see."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils.translation import override

from assistant_project.language import site_language


def note_addition(user: Any, rows: Iterable[Model]) -> None:
    _note(user, rows, ADDITION, [{"added": {}}])


def note_change(user: Any, rows: Iterable[Model], what: Any) -> None:
    """what: a sentence, or the names of the changed fields."""
    _note(user, rows, CHANGE, [{"changed": {"fields": what}}] if isinstance(what, list) else str(what))


def names_of(model: type[Model], fields: Iterable[str]) -> list[str]:
    """What the log calls the fields; Django translates them when they are shown."""
    with override(None):
        return [str(model._meta.get_field(name).verbose_name) for name in fields]  # type: ignore[union-attr]


def note_deletion(user: Any, rows: Iterable[Model]) -> None:
    """To be called before they go."""
    _note(user, rows, DELETION, "")


@site_language()
def note_deletions(user: Any, model: type[Model], number: int) -> None:
    """Of many rows, which are counted and not named."""
    name = model._meta.verbose_name if number == 1 else model._meta.verbose_name_plural
    LogEntry.objects.create(
        user_id=user.pk,
        content_type=ContentType.objects.get_for_model(model),
        object_repr=f"{number} {name}",
        action_flag=DELETION,
    )


def _note(user: Any, rows: Iterable[Model], action: int, message: Any) -> None:
    LogEntry.objects.log_actions(user.pk, list(rows), action, message)
