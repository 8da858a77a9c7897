"""What somebody may do here, as one choice: a role is whether they are staff, and a group that holds its rights."""

from typing import Any

from django.contrib.auth.models import Group
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assistant_project.accounts.models import User


class Role(models.TextChoices):
    """From the least to the most; superusers stand apart."""

    READER = "reader", _("Reader: asks, and reads what everyone or their groups may read")
    CURATOR = "curator", _("Curator: cares for the contents of the collections where they are entered")
    ADMINISTRATOR = (
        "administrator",
        _("Administrator: cares for everything, for people and assistants as well"),
    )

    @property
    def group_name(self) -> str:
        return {"reader": "Readers", "curator": "Curators", "administrator": "Administrators"}[self.value]


NAMES = {
    Role.READER: _("reader"),
    Role.CURATOR: _("curator"),
    Role.ADMINISTRATOR: _("administrator"),
}
RANKS = list(Role)
WITH_RIGHTS = (Role.CURATOR, Role.ADMINISTRATOR)
"""Their groups come and go with the role. Readers' is like any other, for collections to name."""


def groups_with_rights() -> QuerySet[Group]:
    return Group.objects.filter(name__in=[role.group_name for role in WITH_RIGHTS])


def role_of(user: Any) -> Role | None:
    """None for staff who have rights of their own instead. Superusers are administrators."""
    if user.is_superuser:
        return Role.ADMINISTRATOR
    if not user.is_staff:
        return Role.READER
    names = {group.name for group in user.groups.all()}
    return next((role for role in reversed(WITH_RIGHTS) if role.group_name in names), None)


def may_be_given_by(user: Any) -> list[Role]:
    """The roles that this person may give: none above their own."""
    own = role_of(user) or Role.READER
    return RANKS[: RANKS.index(own) + 1]


def may_be_touched_by(user: Any, person: User) -> bool:
    """Whether someone may set another's address or password, which is as good as being them."""
    if user.is_superuser or user.pk == person.pk:
        return True
    if role_of(user) is Role.ADMINISTRATOR:
        return not person.is_superuser
    return not person.is_staff and not person.is_superuser


@transaction.atomic
def give(role: Role, person: User) -> None:
    """Instead of the one that they had. Whoever has a role reads what the group of readers may read."""
    person.is_staff = role in WITH_RIGHTS
    person.save(update_fields=["is_staff"])
    person.groups.remove(*groups_with_rights())
    person.groups.add(*Group.objects.filter(name__in={role.group_name, Role.READER.group_name}))
