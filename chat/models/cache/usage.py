"""What the cache was asked and what it saved, by day. It outlives entries and decisions."""

from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models.usage import addition

COUNTED = ("lookups", "exact", "verified", "similar", "audited", "saved_tokens", "saved_milliseconds")

ADD = addition("chat_cacheusage", ("day",), COUNTED)


class CacheUsageQuerySet(models.QuerySet["CacheUsage"]):
    def add(self, **more: int) -> None:
        """Count more for today: names of COUNTED."""
        unknown = more.keys() - set(COUNTED)
        if unknown:
            raise ValueError(f"not counted: {', '.join(sorted(unknown))}")
        with connection.cursor() as cursor:
            cursor.execute(ADD, [timezone.localdate(), *(more.get(name, 0) for name in COUNTED)])


class CacheUsage(models.Model):
    day = models.DateField(_("day"), unique=True)
    lookups = models.PositiveIntegerField(_("lookups"), default=0)
    exact = models.PositiveIntegerField(_("exact hits"), default=0)
    verified = models.PositiveIntegerField(_("verified hits"), default=0)
    similar = models.PositiveIntegerField(_("similar hits"), default=0)
    audited = models.PositiveIntegerField(_("hits answered afresh to compare"), default=0)
    saved_tokens = models.PositiveBigIntegerField(_("saved tokens"), default=0)
    saved_milliseconds = models.PositiveBigIntegerField(_("saved milliseconds"), default=0)

    objects = CacheUsageQuerySet.as_manager()

    class Meta:
        verbose_name = _("cache usage")
        verbose_name_plural = _("cache usage")
        ordering = ["-day"]

    def __str__(self) -> str:
        return str(self.day)
