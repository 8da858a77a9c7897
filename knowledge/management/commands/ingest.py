"""`manage.py ingest PATH_OR_URL … [--collection NAME]`: add sources and read them here and now."""

from collections.abc import Container
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_slug

from knowledge import intake, tasks
from knowledge.errors import KnowledgeError
from knowledge.models import Collection, Job, Source

TEXT_SUFFIXES = {".txt", ".md"}
BAR_WIDTH = 24


class Command(BaseCommand):
    help = "Adds PDFs, text files and addresses, reads them at once, and says what came of each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "what", nargs="+", metavar="PATH_OR_URL", help="a file, a folder of PDFs, or an address"
        )
        parser.add_argument("--collection", help="short name of a collection; made if there is none")

    def handle(self, *args: Any, **options: Any) -> None:
        collection = self._collection(options["collection"])
        failed = 0
        self.read: set[int] = set()
        offers = [path for what in options["what"] for path in expanded(what)]
        if not offers:
            raise CommandError(
                "There is no PDF and no text file in it. Folders below a folder are not searched."
            )
        for offer in offers:
            failed += not self._add(offer, collection)
        self.stdout.write(f"{len(offers) - failed} of {len(offers)} can be asked about now.")
        if failed:
            raise CommandError(f"{failed} could not be read; the sentences above say why.")

    def _collection(self, slug: str | None) -> Collection:
        if not slug:
            return Collection.objects.default()
        try:
            validate_slug(slug)
        except ValidationError:
            raise CommandError("A short name has letters, numbers, hyphens and underscores only.") from None
        collection, made = Collection.objects.get_or_create(slug=slug, defaults={"name": slug})
        if made:
            self.stdout.write(f"The collection {slug} was made; everyone may read it.")
        return collection

    def _add(self, offer: str, collection: Collection) -> bool:
        try:
            source = offered(offer, collection, self.read)
        except (KnowledgeError, OSError, UnicodeDecodeError) as error:
            self.stdout.write(self.style.ERROR(f"✗ {offer}: {explained(error)}"))
            return False
        self.read.add(source.pk)
        job = tasks.read_now(source, self._show_progress(offer))
        self.stdout.write(("\r" + " " * 79 + "\r") if self.stdout.isatty() else "", ending="")
        source.refresh_from_db()
        if job.state == Job.State.DONE:
            self.stdout.write(
                self.style.SUCCESS(f"✓ {source}: {job.result}. {source.status_detail}".rstrip())
            )
            return True
        self.stdout.write(self.style.ERROR(f"✗ {offer}: {job.error}"))
        return False

    def _show_progress(self, offer: str) -> Any:
        def show(stage: str, done: int, total: int) -> None:
            if self.stdout.isatty():
                filled = round(BAR_WIDTH * done / total) if total else 0
                bar = "█" * filled + "·" * (BAR_WIDTH - filled)
                self.stdout.write(f"\r{bar} {stage:10} {done}/{total} {offer[-30:]:30}", ending="")

        return show


def expanded(what: str) -> list[str]:
    """A folder means the PDFs and texts in it."""
    folder = Path(what)
    if not folder.is_dir():
        return [what]
    return [str(path) for path in sorted(folder.iterdir()) if path.suffix.lower() in {".pdf", *TEXT_SUFFIXES}]


def explained(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "There is no such file. An address begins with https:// or http://."
    if isinstance(error, UnicodeDecodeError):
        return "This text file is not in UTF-8. Save it as UTF-8."
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)


def offered(offer: str, collection: Collection, taken: Container[int] = ()) -> Source:
    """The source of a path or an address. One that is there already is read again, with what the file says now.

    taken: ids of sources that this command has read, which another file of the same name must not replace.
    """
    if "://" in offer:
        result = intake.add_urls(offer, collection=collection)
        if result.refused:
            raise KnowledgeError(result.refused[0][1])
        return (result.added + result.duplicates)[0]
    path = Path(offer)
    if path.suffix.lower() in TEXT_SUFFIXES:
        text = path.read_text(encoding="utf-8")
        there = collection.sources.filter(kind=Source.Kind.TEXT, title=path.stem).first()
        if there is None or there.text == text:
            result = intake.add_text(path.stem, text, collection=collection)
            return (result.added + result.duplicates)[0]
        refuse_taken(there, taken)
        intake.replace_text(there, text)
        return there
    result = intake.add_pdf(path.read_bytes(), path.name, collection=collection)
    if result.replaceable:
        there, content = result.replaceable[0]
        refuse_taken(there, taken)
        intake.replace_pdf(there, content)
        return there
    return (result.added + result.duplicates)[0]


def refuse_taken(source: Source, taken: Container[int]) -> None:
    if source.pk in taken:
        raise KnowledgeError("Another file of the same name was just read. Rename one of them.")
