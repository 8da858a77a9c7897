"""A log-in over REST and the tokens that have followed from it: its refresh tokens are one family."""

import datetime
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DatabaseClock(Func):
    """The one clock that all processes share. Not that of a transaction's or statement's start."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


class LogInQuerySet(models.QuerySet["LogIn"]):
    def live(self) -> "LogInQuerySet":
        return self.filter(revoked_at__isnull=True, expires_at__gt=timezone.now(), user__is_active=True)

    def rotate(self, pk: Any, *, used: str, following: str, expires_at: datetime.datetime) -> bool:
        """Let the refresh token `following` take the place of `used`. Of several at once one wins.

        The condition names columns of this row alone: with a join it would become a subquery, which PostgreSQL does
        not look at again when it has waited for a row that another one was changing.
        """
        won = self.filter(pk=pk, token=used, revoked_at__isnull=True, expires_at__gt=timezone.now())
        return won.update(token=following, rotated_at=DatabaseClock(), expires_at=expires_at) == 1

    def note_reuse(self, pk: Any, *, began: datetime.datetime) -> None:
        """A request that began at this time by the database's clock used a refresh token that is replaced.

        If it began before that, the client asked several times at once, and nothing happens, also to those that
        begin while this one is under way. Otherwise somebody has a token who should not, and the log-in ends.
        """
        log_in = self.filter(pk=pk)
        if not log_in.filter(rotated_at__gte=began).update(rotated_at=DatabaseClock()):
            log_in.filter(rotated_at__lt=began).revoke()

    def revoke(self) -> int:
        """End them: neither their access tokens nor their refresh tokens are taken any more."""
        return self.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())

    def forget_ended(self) -> int:
        ended = Q(expires_at__lte=timezone.now()) | Q(revoked_at__isnull=False)
        return self.filter(ended).delete()[0]


class LogIn(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="log_ins", verbose_name=_("user")
    )
    token = models.CharField(_("id of the refresh token in force"), max_length=64)
    created_at = models.DateTimeField(_("logged in"), auto_now_add=True)
    rotated_at = models.DateTimeField(_("last refreshed"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), db_index=True)
    revoked_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = LogInQuerySet.as_manager()

    class Meta:
        verbose_name = _("log-in")
        verbose_name_plural = _("log-ins")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.id)
