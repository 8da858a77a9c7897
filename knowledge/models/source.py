"""Something a curator added: an address, a PDF or a pasted text."""

import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge import followers
from knowledge.models.collection import Collection
from knowledge.models.corpus import Corpus
from knowledge.models.original import Original

MISSES_UNTIL_HIDDEN = 2


class SourceQuerySet(models.QuerySet["Source"]):
    def visible_to(self, user: Any) -> "SourceQuerySet":
        """Those that this person may read; what is disabled or hidden only who cares for its collection."""
        readable = Q(collection__in=Collection.objects.visible_to(user))
        if not getattr(user, "is_staff", False):
            return self.filter(readable).answering()
        own = Q(collection__in=Collection.objects.curated_by(user))
        return self.filter(own | readable & Q(pk__in=Source.objects.answering().values("pk")))

    def answering(self) -> "SourceQuerySet":
        """Those whose live revision answers may quote."""
        return self.filter(enabled=True, live_revision__isnull=False).exclude(status=Source.Status.GONE)

    def due(self, now: datetime.datetime) -> "SourceQuerySet":
        """Web pages whose refresh is due."""
        return self.filter(kind=Source.Kind.URL, enabled=True, next_refresh_at__lte=now)

    def outdated(self, embedder: Any) -> "SourceQuerySet":
        """Those that were read for another embedder, or for a language that their collection no longer has."""
        from knowledge.models.chunk import Chunk

        other_language = (
            Chunk.objects.live()
            .filter(source=OuterRef("pk"))
            .exclude(config=Cast(OuterRef("collection__language"), Chunk._meta.get_field("config")))
        )
        return self.filter(live_revision__isnull=False).filter(
            ~Q(live_revision__embedder=embedder) | Exists(other_language)
        )

    def with_what_was_read(self) -> models.QuerySet[Any]:
        """With the extent of what answers and without any text, in one query for any number of rows."""
        from knowledge.models.chunk import Chunk

        chunks = Chunk.objects.filter(revision=OuterRef("live_revision"))
        counted = chunks.order_by().values("revision").annotate(number=Count("pk")).values("number")
        return (
            self.select_related("collection", "owner", "live_revision")
            .defer("text", "live_revision__text", "live_revision__report")
            .annotate(
                page_count=F("live_revision__report__page_count"),
                warnings=F("live_revision__report__warnings"),
                notes=F("live_revision__report__notes"),
                characters=Subquery(chunks.order_by("-ordinal").values("end")[:1]),
                chunk_count=Coalesce(Subquery(counted), 0),
            )
        )

    def remove(self) -> int:
        """Delete them with all that was read from them; what they contributed to the statistics is noted.

        Files that no other source needs go when the transaction is through.
        """
        from knowledge.models.chunk import Chunk
        from knowledge.models.job import Job

        with transaction.atomic():
            ids = self.locked()
            files = Original.objects.of_sources(ids)
            Job.objects.filter(source__in=ids).delete()  # whoever reads one of them writes nothing more
            followers.tell_of_going(ids)
            Chunk.objects.filter(source__in=ids).silence()
            Source.objects.filter(pk__in=ids).delete()
            transaction.on_commit(Original.objects.filter(pk__in=files).unused().remove_with_files)
        return len(ids)

    def locked(self) -> list[int]:
        """Their ids, locked until the transaction ends.

        Whoever changes a source together with its job, its chunks or the corpus locks in this order: source, job, what
        followers lock, chunks, corpus. So followers are told before chunks begin to answer or sources go.
        """
        rows = self.order_by("pk").select_for_update(of=("self",), no_key=True)
        return list(rows.values_list("pk", flat=True))

    def enable(self, enabled: bool = True) -> int:
        """Let them answer, or keep them from it, at once; nothing is deleted. Returns how many changed."""
        from knowledge.models.chunk import Chunk

        with transaction.atomic():
            ids = self.filter(enabled=not enabled).locked()
            changed = Source.objects.filter(pk__in=ids)
            changed.update(enabled=enabled, updated_at=timezone.now())
            chunks = Chunk.objects.filter(source__in=ids)
            if enabled:
                back = chunks.filter(source__in=changed.answering(), revision__state="live")
                followers.tell_of_speaking(back.values_list("pk", flat=True))
                back.speak()
            else:
                chunks.silence()
        return len(ids)


class Source(models.Model):
    class Kind(models.TextChoices):
        URL = "url", _("web page")
        PDF = "pdf", _("PDF")
        TEXT = "text", _("text")

    class Status(models.TextChoices):
        NEW = "new", _("waiting")
        READING = "reading", _("reading")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")
        GONE = "gone", _("gone from the web")

    class Refresh(models.TextChoices):
        NEVER = "never", _("never")
        DAILY = "daily", _("daily")
        WEEKLY = "weekly", _("weekly")
        MONTHLY = "monthly", _("monthly")

    collection = models.ForeignKey(
        Collection, models.CASCADE, related_name="sources", verbose_name=_("collection")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = models.CharField(
        _("title"), max_length=500, blank=True, help_text=_("Leave empty to take it from the document.")
    )
    url = models.URLField(_("address"), max_length=2000, blank=True)
    text = models.TextField(_("text"), blank=True)
    original = models.ForeignKey(
        Original,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sources",
        verbose_name=_("uploaded file"),
    )
    file_name = models.CharField(_("file name"), max_length=255, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="sources",
        verbose_name=_("owner"),
    )
    enabled = models.BooleanField(_("enabled"), default=True, help_text=_("Only enabled sources answer."))
    review_by = models.DateField(_("review by"), null=True, blank=True)
    refresh_interval = models.CharField(_("refresh"), max_length=10, choices=Refresh, default=Refresh.NEVER)
    next_refresh_at = models.DateTimeField(_("next refresh"), null=True, blank=True)
    etag = models.CharField(max_length=500, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.NEW, editable=False)
    status_detail = models.TextField(_("what happened"), blank=True, editable=False)
    misses = models.PositiveSmallIntegerField(_("times not found in a row"), default=0, editable=False)
    live_revision = models.ForeignKey(
        "knowledge.Revision", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    read_at = models.DateTimeField(_("last read"), null=True, blank=True, editable=False)
    checked_at = models.DateTimeField(_("last checked"), null=True, blank=True, editable=False)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="url", original__isnull=True, text="") & ~Q(url="")
                | Q(kind="pdf", original__isnull=False, text="", url="")
                | Q(kind="text", original__isnull=True, url="") & ~Q(text=""),
                name="knowledge_source_one_kind",
                violation_error_message=_("A source is an address, a PDF or a text: exactly one of them."),
            ),
            models.UniqueConstraint(
                fields=["collection", "url"],
                condition=Q(kind="url"),
                name="knowledge_source_address_once",
                violation_error_message=_("This collection has a source with this address already."),
            ),
        ]
        indexes = [
            models.Index(fields=["collection", "status"], name="knowledge_source_status"),
            models.Index(
                fields=["next_refresh_at"], name="knowledge_source_due", condition=Q(kind="url", enabled=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("knowledge:source", args=[self.pk])

    @property
    def name(self) -> str:
        """What people call it: the curator's title, else the document's, else where it came from."""
        from_document = self.live_revision.title if self.live_revision else ""
        return self.title or from_document or self.file_name or self.url or self.text[:60]

    def page_url(self, page: int | None, chunk_id: int | None = None) -> str:
        """Where a reader sees the very place: our own view of a PDF's page or of a text, the web page itself."""
        if self.kind == self.Kind.URL and not page:
            return self.url
        path = reverse("knowledge:page", args=[self.pk, page]) if page else self.get_absolute_url()
        return f"{path}?passage={chunk_id}" if chunk_id else path

    def move_to(self, collection: Collection) -> None:
        """Put it, with what was read, into another collection: its readers change at once."""
        with transaction.atomic():
            Source.objects.filter(pk=self.pk).locked()
            self.chunks.update(collection=collection)
            self.collection = collection
            self.save(update_fields=["collection", "updated_at"])
            answering = list(self.chunks.filter(live=True).values_list("pk", flat=True))
            followers.tell_of_speaking(answering)
            Corpus.objects.note_changes(len(answering))  # they cease in one collection and begin in another

    def schedule_refresh(self, now: datetime.datetime) -> None:
        """Set the time of the next refresh by the interval; the caller saves. Tomorrow if it was just missing."""
        days = {self.Refresh.DAILY: 1, self.Refresh.WEEKLY: 7, self.Refresh.MONTHLY: 30}
        interval = days.get(self.Refresh(self.refresh_interval))
        wanted = interval is not None and self.kind == self.Kind.URL
        self.next_refresh_at = now + datetime.timedelta(days=interval or 0) if wanted else None

    def note_unchanged(self) -> None:
        """The document is what it was: what was read goes on answering."""
        now = timezone.now()
        self.status, self.status_detail, self.misses = self.Status.READY, "", 0
        self.checked_at = now
        self.schedule_refresh(now)
        self.save(
            update_fields=["status", "status_detail", "misses", "checked_at", "next_refresh_at", "updated_at"]
        )

    def note_missing(self, sentence: str) -> None:
        """The server says that the page is gone. The second time in a row it ceases to answer; nothing is deleted."""
        self.note_failure(sentence)
        self.misses += 1
        if self.misses >= MISSES_UNTIL_HIDDEN:
            self.status = self.Status.GONE
            hidden = gettext("It was missing %(times)s times in a row, so it no longer answers.")
            self.status_detail = f"{sentence} {hidden % {'times': self.misses}}"
        self.save(update_fields=["misses", "status", "status_detail"])
        if self.status == self.Status.GONE:
            self.chunks.all().silence()

    def note_failure(self, sentence: str) -> None:
        """Say what went wrong. What answered before goes on answering."""
        now = timezone.now()
        self.status = self.Status.FAILED
        self.status_detail = sentence
        self.checked_at = now
        self.schedule_refresh(now)
        self.save(update_fields=["status", "status_detail", "checked_at", "next_refresh_at", "updated_at"])
