"""A key with which a program acts for a user, within scopes."""

import datetime
import hashlib
import secrets
from collections.abc import Sequence

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PREFIX = "ka_"
SHOWN = 11
"""Characters of a key that are kept to tell keys apart: its prefix and eight more."""
SEEN_EVERY = datetime.timedelta(minutes=1)


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def issue(
        self, user: object, *, name: str, scopes: Sequence[str], expires_at: datetime.datetime | None = None
    ) -> tuple["ApiKey", str]:
        """A new key and its text, which is shown this once: only its hash is stored."""
        text = PREFIX + secrets.token_urlsafe(32)
        key = self.create(
            user=user,
            name=name,
            scopes=list(scopes),
            expires_at=expires_at,
            prefix=text[:SHOWN],
            digest=digest(text),
        )
        return key, text

    def valid(self) -> "ApiKeyQuerySet":
        in_time = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
        return self.filter(in_time, revoked_at__isnull=True, user__is_active=True)

    def revoke(self) -> int:
        return self.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())

    def note_use(self) -> None:
        """At most once a minute, so that a busy key does not write with every request."""
        now = timezone.now()
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - SEEN_EVERY)
        self.filter(stale).update(last_used_at=now)


class ApiKey(models.Model):
    class Scope(models.TextChoices):
        ASK = "ask", _("ask questions")
        READ = "read", _("read sources, passages and own conversations")
        EMBED = "embed", _("turn texts into vectors")
        CURATE = "curate", _("add, change and delete sources, as far as the user may")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_keys", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("begins with"), max_length=20, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope), verbose_name=_("scopes"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = [F("revoked_at").desc(nulls_first=True), "-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(scopes__len__gt=0), name="accounts_api_key_has_a_scope")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())


def digest(text: str) -> str:
    """SHA-256: a key has 256 random bits, so that a slow hash would add nothing."""
    return hashlib.sha256(text.encode()).hexdigest()
