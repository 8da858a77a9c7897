"""A set of sources with one language and one rule about who may read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, Group
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge.errors import KnowledgeError

CURATE_ALL = "knowledge.curate_all_collections"
"""The permission of those who care for every collection: administrators have it."""


class CollectionInUseError(KnowledgeError):
    """Without these collections an assistant would quote more than it may."""


@dataclass(frozen=True)
class Viewer:
    """A signed-in member of some groups who does not exist, to see what such a person may read."""

    groups: models.QuerySet[Group]
    is_active: ClassVar[bool] = True
    is_staff: ClassVar[bool] = False
    is_superuser: ClassVar[bool] = False


class CollectionQuerySet(models.QuerySet["Collection"]):
    def default(self) -> "Collection":
        """Where sources go if nobody says otherwise: the oldest collection, made if there is none."""
        return (
            self.order_by("pk").first() or self.get_or_create(slug="library", defaults={"name": "Library"})[0]
        )

    def locked(self) -> "CollectionQuerySet":
        """Locked until the transaction ends: none of them is deleted, and nothing is added to them by anybody else.

        Whoever changes a collection together with its sources locks the collection first.
        """
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def remove(self) -> None:
        """Delete them with their sources. Raises CollectionInUseError if an assistant quotes nothing but them."""
        from knowledge.models.source import Source

        with transaction.atomic():
            ids = list(self.locked().values_list("pk", flat=True))
            self._leave_every_assistant_one(ids)
            Source.objects.filter(collection__in=ids).remove()
            Collection.objects.filter(pk__in=ids).delete()

    @staticmethod
    def _leave_every_assistant_one(ids: list[int]) -> None:
        """Refuse to take an assistant's last collections away: one that has none quotes all there are."""
        # Through the relation: assistants belong to a part that knows this one, not the other way round.
        assistants: Any = Collection._meta.get_field("assistants").related_model
        holders = assistants.objects.filter(collections__in=ids)
        # Locked, or two who delete one of its two collections each would both find the other one left.
        list(holders.order_by("pk").select_for_update(of=("self",), no_key=True))
        rest = Collection.objects.exclude(pk__in=ids)
        if losing := holders.exclude(collections__in=rest).distinct():
            names = ", ".join(str(assistant) for assistant in losing)
            sentence = gettext(
                "Assistants that quote nothing else would quote every collection then: %(names)s. "
                "Choose another collection for each of them first."
            )
            raise CollectionInUseError(sentence % {"names": names})

    def visible_to(self, user: Any) -> "CollectionQuerySet":
        """Those that this person may read. None, anonymous and deactivated users read what everyone may."""
        if user is None or isinstance(user, AnonymousUser) or not user.is_active:
            return self.filter(access=Collection.Access.EVERYONE)
        if user.is_superuser:
            return self
        open_to_all = Q(access__in=[Collection.Access.EVERYONE, Collection.Access.SIGNED_IN])
        # pk__in instead of a join: a person in two groups must not see a collection twice.
        by_group = Q(access=Collection.Access.GROUPS, pk__in=self._readable_by_groups_of(user))
        if user.is_staff:  # who cares for a collection reads it
            return self.filter(open_to_all | by_group | Q(pk__in=Collection.objects.curated_by(user)))
        return self.filter(open_to_all | by_group)

    def curated_by(self, user: Any) -> "CollectionQuerySet":
        """Those whose contents this person cares for: their own; for administrators all."""
        if user is None or not (user.is_active and user.is_staff):
            return self.none()
        if user.has_perm(CURATE_ALL):
            return self
        through = Collection.curators.through
        return self.filter(pk__in=through._default_manager.filter(user=user).values("collection_id"))

    @staticmethod
    def _readable_by_groups_of(user: Any) -> models.QuerySet[Any]:
        through = Collection.groups.through
        return through._default_manager.filter(group__in=user.groups.all()).values("collection_id")


class Collection(models.Model):
    class Access(models.TextChoices):
        EVERYONE = "everyone", _("everyone")
        SIGNED_IN = "signed_in", _("signed-in users")
        GROUPS = "groups", _("members of the groups below")

    class Language(models.TextChoices):
        """PostgreSQL's text-search configurations."""

        ARABIC = "arabic", _("Arabic")
        DANISH = "danish", _("Danish")
        DUTCH = "dutch", _("Dutch")
        ENGLISH = "english", _("English")
        FINNISH = "finnish", _("Finnish")
        FRENCH = "french", _("French")
        GERMAN = "german", _("German")
        GREEK = "greek", _("Greek")
        HINDI = "hindi", _("Hindi")
        HUNGARIAN = "hungarian", _("Hungarian")
        INDONESIAN = "indonesian", _("Indonesian")
        IRISH = "irish", _("Irish")
        ITALIAN = "italian", _("Italian")
        NORWEGIAN = "norwegian", _("Norwegian")
        PORTUGUESE = "portuguese", _("Portuguese")
        ROMANIAN = "romanian", _("Romanian")
        RUSSIAN = "russian", _("Russian")
        SPANISH = "spanish", _("Spanish")
        SWEDISH = "swedish", _("Swedish")
        TURKISH = "turkish", _("Turkish")
        SIMPLE = "simple", _("any other (no stemming)")

    name = models.CharField(_("name"), max_length=120, unique=True)
    slug = models.SlugField(_("short name"), max_length=120, unique=True)
    language = models.CharField(
        _("language"),
        max_length=20,
        choices=Language,
        default=Language.ENGLISH,
        help_text=_("How words are reduced to their stems. Sources are read again when this changes."),
    )
    access = models.CharField(_("who may read it"), max_length=20, choices=Access, default=Access.EVERYONE)
    groups = models.ManyToManyField(Group, verbose_name=_("groups"), blank=True, related_name="collections")
    curators = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("curators"),
        blank=True,
        limit_choices_to={"is_staff": True},
        related_name="curated_collections",
        help_text=_(
            "Staff who add, change and remove its sources, beside administrators. They may read it as well."
        ),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("collection")
        verbose_name_plural = _("collections")
        permissions = [("curate_all_collections", _("Can care for the contents of every collection"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(access__in=["everyone", "signed_in", "groups"]),
                name="knowledge_collection_access_known",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def check_readers(access: str, groups: Iterable[Group]) -> None:
        """Raises ValidationError if nobody could read a collection with this rule."""
        if access == Collection.Access.GROUPS and not groups:
            raise ValidationError(
                {"groups": _("Choose at least one group, or nobody can read this collection.")}
            )
