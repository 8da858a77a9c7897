"""Who answers: instructions, the collections it may quote, a model, and who may use it."""

import secrets
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from knowledge.models import Collection

TEMPERATURE_LIMIT = 2.0


class AssistantQuerySet(models.QuerySet["Assistant"]):
    def default(self) -> "Assistant":
        """The one that answers if nobody names another, made if there is none."""
        if there := self.filter(is_default=True).first():
            return there
        taken = self.filter(Q(slug="assistant") | Q(name="Assistant")).exists()
        number = secrets.token_hex(3) if taken else ""
        names = {"name": f"Assistant {number}".strip(), "slug": f"assistant-{number}".strip("-")}
        return self.get_or_create(is_default=True, defaults=names)[0]

    def usable_by(self, user: Any) -> "AssistantQuerySet":
        """Those that this person may ask. The default one is open to all who may ask at all."""
        everyone = Q(access=Assistant.Access.EVERYONE) | Q(is_default=True)
        if user is None or not user.is_authenticated or not user.is_active:
            return self.filter(everyone)
        if user.is_superuser:
            return self
        member = Q(access=Assistant.Access.GROUPS, pk__in=self._open_to_groups_of(user))
        return self.filter(everyone | Q(access=Assistant.Access.SIGNED_IN) | member)

    @staticmethod
    def _open_to_groups_of(user: Any) -> models.QuerySet[Any]:
        through = Assistant.groups.through
        return through._default_manager.filter(group__in=user.groups.all()).values("assistant_id")


class Assistant(models.Model):
    class Access(models.TextChoices):
        EVERYONE = "everyone", _("everyone")
        SIGNED_IN = "signed_in", _("signed-in users")
        GROUPS = "groups", _("members of the groups below")

    name = models.CharField(_("name"), max_length=120, unique=True)
    slug = models.SlugField(_("short name"), max_length=120, unique=True)
    is_default = models.BooleanField(
        _("default"),
        default=False,
        help_text=_("Answers if no other assistant is named. Open to all who may ask."),
    )
    instructions = models.TextField(
        _("instructions"),
        blank=True,
        max_length=8_000,
        help_text=_(
            "Told to the model beside the rules that hold for every answer, which they never override."
        ),
    )
    collections = models.ManyToManyField(
        Collection,
        verbose_name=_("collections"),
        blank=True,
        related_name="assistants",
        help_text=_("It quotes these only, as far as the asker may read them. None chosen: all."),
    )
    access = models.CharField(_("who may use it"), max_length=20, choices=Access, default=Access.EVERYONE)
    groups = models.ManyToManyField(Group, verbose_name=_("groups"), blank=True, related_name="assistants")
    model = models.CharField(
        _("model"), max_length=200, blank=True, help_text=_("Leave empty for the site's: CHAT_MODEL.")
    )
    other_models = ArrayField(
        models.CharField(max_length=200),
        verbose_name=_("other models"),
        default=list,
        blank=True,
        help_text=_("Which readers may choose instead, parted by commas."),
    )
    temperature = models.FloatField(
        _("temperature"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.0), MaxValueValidator(TEMPERATURE_LIMIT)],
        help_text=_("Leave empty for the model's own."),
    )
    highest_temperature = models.FloatField(
        _("highest temperature"),
        default=1.0,
        validators=[MinValueValidator(0.0), MaxValueValidator(TEMPERATURE_LIMIT)],
        help_text=_("Readers may choose up to this."),
    )
    max_tokens = models.PositiveIntegerField(
        _("longest answer in tokens"),
        default=2_000,
        validators=[MinValueValidator(50), MaxValueValidator(32_000)],
        help_text=_("Readers may choose less, not more."),
    )
    greeting = models.TextField(_("greeting"), blank=True, max_length=2_000)
    starter_questions = ArrayField(
        models.CharField(max_length=300), verbose_name=_("starter questions"), default=list, blank=True
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = AssistantQuerySet.as_manager()

    class Meta:
        verbose_name = _("assistant")
        verbose_name_plural = _("assistants")
        ordering = ["-is_default", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="chat_assistant_one_default",
                violation_error_message=_("Another assistant is the default one. Take that from it first."),
            ),
            models.CheckConstraint(
                condition=Q(access__in=["everyone", "signed_in", "groups"]),
                name="chat_assistant_access_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name
