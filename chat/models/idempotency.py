"""Keys by which a client repeats a request without asking twice."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.message import Message

KEY_LENGTH = 200


class IdempotencyKey(models.Model):
    """The answer that a key has led to. `owner` is the person, as "user:7" or "visitor:…"."""

    owner = models.CharField(_("owner"), max_length=60)
    key = models.CharField(_("key"), max_length=KEY_LENGTH)
    fingerprint = models.CharField(_("fingerprint of the request"), max_length=64)
    answer = models.ForeignKey(Message, models.CASCADE, related_name="+", verbose_name=_("answer"))
    created_at = models.DateTimeField(_("first used"), auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="chat_idempotency_key_once")]

    def __str__(self) -> str:
        return self.key
