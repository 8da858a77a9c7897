"""How a reader wants to be answered."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

ABOUT_LENGTH = 1_000


class PreferencesQuerySet(models.QuerySet["Preferences"]):
    def of(self, user: Any) -> "Preferences":
        """Those of a user, not stored yet if nothing was ever chosen; an anonymous visitor has the usual ones."""
        if not user.is_authenticated:
            return Preferences()
        return self.filter(user=user).first() or Preferences(user=user)


class Preferences(models.Model):
    class Expertise(models.TextChoices):
        BEGINNER = "beginner", _("beginner")
        INTERMEDIATE = "intermediate", _("intermediate")
        ADVANCED = "advanced", _("advanced")
        EXPERT = "expert", _("expert")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferences", verbose_name=_("user")
    )
    expertise = models.CharField(_("expertise"), max_length=20, choices=Expertise, blank=True)
    about_me = models.TextField(
        _("about me"),
        max_length=ABOUT_LENGTH,
        blank=True,
        help_text=_("What an answer should take into account: your work, your house, your aim."),
    )
    language = models.CharField(
        _("language of answers"),
        max_length=40,
        blank=True,
        help_text=_("Such as English or Deutsch; left empty, the language of the question."),
    )
    model = models.CharField(_("model"), max_length=200, blank=True)
    temperature = models.FloatField(
        _("temperature"), null=True, blank=True, validators=[MinValueValidator(0.0), MaxValueValidator(2.0)]
    )
    max_tokens = models.PositiveIntegerField(
        _("longest answer in tokens"),
        null=True,
        blank=True,
        validators=[MinValueValidator(50), MaxValueValidator(32_000)],
    )

    objects = PreferencesQuerySet.as_manager()

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return str(self.user)
