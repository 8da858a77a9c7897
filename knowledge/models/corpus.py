"""What BM25 must know about all live chunks together: how many, how long, and in how many each lexeme stands."""

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

REBUILD_SHARE = 0.05
"""Document frequencies are counted again when this share of the chunks has changed."""
REWEIGH_DRIFT = 0.2
"""Chunks are weighed again when the average length has moved by this share since they were weighed."""
ADVISORY_LOCK = 7_203_001


class CorpusQuerySet(models.QuerySet["Corpus"]):
    def current(self) -> "Corpus":
        corpus, _made = self.get_or_create(pk=1)
        return corpus

    def note_changes(self, chunks: int) -> None:
        """Remember that so many chunks began or ceased to answer."""
        if chunks:
            self.current()
            self.filter(pk=1).update(changes=F("changes") + chunks, version=F("version") + 1)


class Corpus(models.Model):
    """One row."""

    chunks = models.PositiveBigIntegerField(_("live chunks"), default=0)
    average_length = models.FloatField(_("average length in lexemes"), default=0.0)
    weighed_length = models.FloatField(
        _("average length used in the weights"), default=0.0, help_text=_("0 while nothing is weighed.")
    )
    languages = ArrayField(
        models.CharField(max_length=40),
        default=list,
        help_text=_("Text-search configurations of live chunks."),
    )
    changes = models.PositiveBigIntegerField(_("chunks changed since"), default=0)
    version = models.PositiveBigIntegerField(
        _("version"), default=0, help_text=_("Rises whenever chunks begin or cease to answer.")
    )
    counted_at = models.DateTimeField(_("counted"), auto_now=True)

    objects = CorpusQuerySet.as_manager()

    class Meta:
        verbose_name = _("corpus statistics")
        verbose_name_plural = _("corpus statistics")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="knowledge_corpus_one_row")]

    def __str__(self) -> str:
        return f"{self.chunks}"

    @property
    def is_stale(self) -> bool:
        return self.changes > REBUILD_SHARE * self.chunks

    def recount(self) -> None:
        """Count lexemes over all live chunks, in one transaction; readers see the old figures until it ends."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
            self.refresh_from_db()
            cursor.execute("DELETE FROM knowledge_term")
            cursor.execute(
                "INSERT INTO knowledge_term (lexeme, documents) "
                "SELECT word, ndoc FROM ts_stat('SELECT search FROM knowledge_chunk WHERE live')"
            )
            cursor.execute(
                "SELECT count(*), coalesce(avg(length), 0)::float, coalesce(array_agg(DISTINCT config::text), '{}') "
                "FROM knowledge_chunk WHERE live"
            )
            self.chunks, self.average_length, self.languages = cursor.fetchone()
            counted = {name: getattr(self, name) for name in ("chunks", "average_length", "languages")}
            # What others note meanwhile stays noted.
            Corpus.objects.filter(pk=1).update(
                changes=F("changes") - self.changes, counted_at=timezone.now(), **counted
            )
        self.refresh_from_db()

    @property
    def has_drifted(self) -> bool:
        """The weights were made for chunks of another length than they have now."""
        return (
            self.chunks > 0
            and abs(self.average_length - self.weighed_length) > REWEIGH_DRIFT * self.weighed_length
        )


class Term(models.Model):
    """In how many live chunks a lexeme stands."""

    lexeme = models.TextField(primary_key=True)
    documents = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")

    def __str__(self) -> str:
        return self.lexeme
