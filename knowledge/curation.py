"""Where the sources of a member of the staff go."""

from typing import Any

from django.utils.translation import gettext as _

from knowledge.errors import KnowledgeError
from knowledge.models import Collection
from knowledge.models.collection import CURATE_ALL


class NothingToCurateError(KnowledgeError):
    """This person cares for no collection."""


def default_collection(user: Any) -> Collection:
    """The oldest collection that this person cares for; one is made for who cares for all if there is none.

    Raises NothingToCurateError.
    """
    if user.has_perm(CURATE_ALL):
        return Collection.objects.default()
    collection = Collection.objects.curated_by(user).order_by("pk").first()
    if collection is None:
        raise NothingToCurateError(nothing_to_curate())
    return collection


def curates_something(user: Any) -> bool:
    """Who cares for all may make a collection where there is none."""
    return user.has_perm(CURATE_ALL) or Collection.objects.curated_by(user).exists()


def nothing_to_curate() -> str:
    return _(
        "You do not care for any collection yet. Ask an administrator to make one, or to enter you as a curator of one."
    )
