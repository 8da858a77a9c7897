"""The bytes of a document as they came, kept once by their SHA-256."""

import hashlib
from collections.abc import Iterable

from django.core.files.base import ContentFile
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def path_of(original: "Original", filename: str) -> str:
    return f"{original.sha256[:2]}/{original.sha256}"


class OriginalQuerySet(models.QuerySet["Original"]):
    def keep(self, content: bytes, media_type: str, charset: str = "") -> "Original":
        """The row of these bytes; the file is written the first time they are seen, or if it was lost."""
        sha256 = hashlib.sha256(content).hexdigest()
        original, _made = self.get_or_create(
            sha256=sha256,
            defaults={"media_type": media_type, "charset": charset[:40], "size": len(content), "file": ""},
        )
        if not original.file.name or not original.file.storage.exists(original.file.name):
            original.file.save(sha256, ContentFile(content))
        return original

    def unused(self) -> "OriginalQuerySet":
        """Those that neither a source nor a revision refers to any more."""
        return self.filter(sources__isnull=True, revisions__isnull=True)

    def of_sources(self, ids: Iterable[int]) -> list[int]:
        """The ids of those that these sources, or any of their revisions, were read from."""
        used = self.filter(Q(sources__in=ids) | Q(revisions__source__in=ids))
        return list(used.values_list("pk", flat=True).distinct())

    def remove_with_files(self) -> int:
        removed = 0
        for original in self:
            name, storage = original.file.name, original.file.storage
            original.delete()
            if name:
                storage.delete(name)
            removed += 1
        return removed


class Original(models.Model):
    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    file = models.FileField(_("file"), upload_to=path_of, max_length=120)
    media_type = models.CharField(_("media type"), max_length=100)
    charset = models.CharField(_("character set"), max_length=40, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"))
    created_at = models.DateTimeField(_("kept since"), auto_now_add=True)

    objects = OriginalQuerySet.as_manager()

    class Meta:
        verbose_name = _("original")
        verbose_name_plural = _("originals")

    def __str__(self) -> str:
        return self.sha256[:12]

    def read(self) -> bytes:
        with self.file.open("rb") as file:
            return bytes(file.read())
