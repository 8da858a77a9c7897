"""How often and how much: counted in PostgreSQL, so that all processes count together."""

import datetime
import hashlib
from typing import Any

from django.db import connection, models
from django.db.models.functions import Greatest, Now
from django.utils.translation import gettext_lazy as _

# The database's clock decides, never a process's: all that count together must agree when a period ends.
TAKE = """
INSERT INTO limits_tally AS tally (key, ends_at, count)
SELECT %(key)s, statement_timestamp() + %(period)s, %(amount)s WHERE %(amount)s <= %(limit)s
ON CONFLICT (key) DO UPDATE SET
    ends_at = CASE WHEN tally.ends_at <= statement_timestamp() THEN excluded.ends_at ELSE tally.ends_at END,
    count = CASE WHEN tally.ends_at <= statement_timestamp() THEN excluded.count ELSE tally.count + excluded.count END
WHERE tally.ends_at <= statement_timestamp() OR tally.count + excluded.count <= %(limit)s
RETURNING count
"""


class TallyQuerySet(models.QuerySet["Tally"]):
    def take(self, key: str, *, limit: int, period: datetime.timedelta, amount: int = 1) -> float:
        """Count `amount` more if that stays within `limit` a period, which begins with the first that is taken.

        Returns 0.0 if it was taken, otherwise the seconds until the period ends; nothing is counted then. One
        statement decides, whatever number of processes ask at once. Call it outside of a transaction: a rollback
        would forget the count.
        """
        parameters: dict[str, Any] = {"key": hashed(key), "limit": limit, "period": period, "amount": amount}
        with connection.cursor() as cursor:
            cursor.execute(TAKE, parameters)
            if cursor.fetchone():
                return 0.0
        left = self.filter(pk=hashed(key)).values_list(models.F("ends_at") - Now(), flat=True).first()
        return max((left or period).total_seconds(), 1.0)

    def give_back(self, key: str, amount: int = 1) -> None:
        """Count less again: what was taken was not used. A negative amount counts more, beyond any limit."""
        counted = models.F("count") - amount
        self.filter(pk=hashed(key), ends_at__gt=Now()).update(count=Greatest(counted, 0))

    def remember(self, key: str, *, period: datetime.timedelta) -> None:
        """Have taken() say 1 for so long from now on. One statement, which never refuses."""
        row = self.model(key=hashed(key), ends_at=Now() + period, count=1)
        self.bulk_create(
            [row], update_conflicts=True, unique_fields=["key"], update_fields=["ends_at", "count"]
        )

    def taken(self, key: str) -> int:
        """How much has been taken in the period that runs."""
        row = self.filter(pk=hashed(key), ends_at__gt=Now()).values_list("count", flat=True).first()
        return row or 0

    def forget_ended(self) -> int:
        return self.filter(ends_at__lte=Now()).delete()[0]


def hashed(key: str) -> str:
    """Addresses and e-mails of people are not kept for counting."""
    return hashlib.sha256(key.encode()).hexdigest()


class Tally(models.Model):
    key = models.CharField(_("key"), max_length=64, primary_key=True)
    ends_at = models.DateTimeField(_("ends"), db_index=True)
    count = models.BigIntegerField(_("count"))

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints = [
            models.CheckConstraint(condition=models.Q(count__gte=0), name="limits_tally_not_negative")
        ]

    def __str__(self) -> str:
        return f"{self.count} until {self.ends_at:%c}"
