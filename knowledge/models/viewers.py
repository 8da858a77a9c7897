"""People who do not exist, to see what such a person may read and would be answered."""

from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser, Group
from django.db.models import Q
from django.utils.translation import gettext as _

from knowledge.models.collection import CURATE_ALL, Collection, Viewer


class Reader(Viewer):
    """Somebody who has signed in."""

    is_authenticated: ClassVar[bool] = True


def viewer_choices(user: Any) -> list[tuple[str, str]]:
    """Names of viewers, and what a curator calls them: of groups those that read something that `user` reads too."""
    shared = Q() if user.has_perm(CURATE_ALL) else Q(collections__in=Collection.objects.visible_to(user))
    groups = Group.objects.filter(shared).distinct().order_by("name").values_list("pk", "name")
    return [
        ("anyone", _("anyone, not signed in")),
        ("signed-in", _("a signed-in user")),
        *((f"group-{pk}", _("a member of %s") % name) for pk, name in groups),
        ("me", _("me")),
    ]


def viewer_named(name: str, user: Any) -> Any:
    """Whom one of the choices stands for; `user` is "me"."""
    if name == "me":
        return user
    if name == "signed-in":
        return Reader(Group.objects.none())
    if name.startswith("group-"):
        return Reader(Group.objects.filter(pk=name.removeprefix("group-")))
    return AnonymousUser()
