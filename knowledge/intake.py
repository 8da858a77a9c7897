"""What staff add and change: addresses, PDFs and texts become sources, each with a job.

Nothing is refused without a sentence.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit, urlunsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from knowledge import tasks
from knowledge.errors import KnowledgeError, TooLargeError, UnsupportedDocumentError
from knowledge.models import Collection, Original, Source

PDF_BYTES = 50 * 1024 * 1024
TEXT_CHARACTERS = 5_000_000
ADDRESSES_AT_ONCE = 1_000
SCHEME = re.compile(r"[\w+.-]+:(?!\d)")
"""Before digits stands a host with its port, as in wiki:8080."""
OF_THE_DOCUMENT = {"url", "text"}
"""Fields that say what is to be read."""
PLAIN = {"title", "url", "text", "owner", "review_by", "refresh_interval"}
"""Fields that are saved as they are; a move and a change of `enabled` take the chunks along."""


class NoAddressError(KnowledgeError):
    """What was given as an address cannot be one."""


class AddressTakenError(KnowledgeError):
    """Another source of the collection has this address."""


class CollectionGoneError(KnowledgeError, Http404):
    """Somebody has deleted the collection meanwhile."""


@dataclass
class Intake:
    """What came of an offer."""

    added: list[Source] = field(default_factory=list)
    duplicates: list[Source] = field(default_factory=list)
    """Sources that are there already and say the same, or come from the same address."""
    replaceable: list[tuple[Source, Any]] = field(default_factory=list)
    """Sources with the same file name but another content, and the file that could replace them."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """What was offered, and why it was not taken."""

    def note(self, more: "Intake") -> None:
        self.added += more.added
        self.duplicates += more.duplicates
        self.replaceable += more.replaceable
        self.refused += more.refused


def add_urls(
    text: str, *, collection: Collection, owner: Any = None, refresh_interval: str = Source.Refresh.NEVER
) -> Intake:
    """Add addresses, one a line."""
    intake = Intake()
    lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    for line in lines[:ADDRESSES_AT_ONCE]:
        try:
            intake.note(add_url(line, collection=collection, owner=owner, refresh_interval=refresh_interval))
        except CollectionGoneError as error:
            intake.refused.append((line, str(error)))
    for line in lines[ADDRESSES_AT_ONCE:]:
        intake.refused.append((line, too_many_addresses()))
    return intake


def add_url(line: str, *, collection: Collection, owner: Any = None, **fields: str) -> Intake:
    """Add one address. `fields`: its title, its refresh interval. Raises CollectionGoneError."""
    try:
        url = checked_url(line)
    except NoAddressError as error:
        return Intake(refused=[(line, str(error))])
    with transaction.atomic():
        _one_at_a_time(collection)
        source, made = Source.objects.get_or_create(
            collection=collection,
            kind=Source.Kind.URL,
            url=url,
            defaults={"owner": owner} | fields,
        )
        if made:
            tasks.request_reading(source, user=owner)
    return Intake(added=[source]) if made else Intake(duplicates=[source])


def too_many_addresses() -> str:
    sentence = _("Only %(most)s addresses are taken at once. Add it again.")
    return sentence % {"most": _grouped(ADDRESSES_AT_ONCE)}


def checked_url(line: str) -> str:
    """An address in its usual form, without fragment and the comma of a list. Raises NoAddressError."""
    if re.search(r"\s", line):
        sentence = _(
            "A space stands in it. Write one address a line, each with https:// or http:// before it."
        )
        raise NoAddressError(sentence)
    parts = _parts_of(line.rstrip(",;"))
    if parts.username or parts.password:
        raise NoAddressError(
            _("The address holds a user name or password. Remove it: pages with a sign-in cannot be read.")
        )
    url = urlunsplit((parts.scheme.lower(), parts.netloc, parts.path or "/", parts.query, ""))
    most: Any = Source._meta.get_field("url").max_length
    if len(url) > most:
        sentence = _("The address is too long: %(most)s characters are taken at most.")
        raise NoAddressError(sentence % {"most": _grouped(most)})
    return url


def _parts_of(line: str) -> SplitResult:
    """Those of an address of the web, https:// if it names no scheme. Raises NoAddressError."""
    try:
        parts = urlsplit(line if SCHEME.match(line) else f"https://{line}")
        parts.port  # noqa: B018  (raises for what is no port)
        host = parts.hostname or ""
        if "." not in host and ":" not in host and host != "localhost":
            host = f"{host}.example"  # intranet names have no dot
        host = f"[{host}]" if ":" in host else host
        URLValidator(schemes=["http", "https"])(f"{parts.scheme.lower()}://{host}/")
    except (ValueError, ValidationError):
        sentence = _("This is not an address. It should begin with https:// or http://.")
        raise NoAddressError(sentence) from None
    return parts


def add_pdf(
    content: bytes, name: str, *, collection: Collection, owner: Any = None, title: str = ""
) -> Intake:
    """Add one PDF. Raises UnsupportedDocumentError, TooLargeError or CollectionGoneError."""
    check_pdf(content, name)
    with transaction.atomic():
        _one_at_a_time(collection)
        original = Original.objects.keep(content, "application/pdf")
        there = Source.objects.filter(collection=collection, kind=Source.Kind.PDF)
        if same := there.filter(original=original).first():
            return Intake(duplicates=[same])
        if same_name := there.filter(file_name=name).first():
            return Intake(replaceable=[(same_name, content)])
        source = Source.objects.create(
            collection=collection,
            kind=Source.Kind.PDF,
            original=original,
            file_name=name[:255],
            title=title,
            owner=owner,
        )
        tasks.request_reading(source, user=owner)
    return Intake(added=[source])


def replace_pdf(source: Source, content: bytes, name: str = "", *, user: Any = None) -> None:
    """Give a PDF source another file. The old one answers until the new one has been read.

    Raises UnsupportedDocumentError, TooLargeError or tasks.SourceGoneError.
    """
    if source.kind != Source.Kind.PDF:
        raise UnsupportedDocumentError(_("This source was not uploaded: it has no file to be replaced."))
    check_pdf(content, name or source.file_name)
    with transaction.atomic():
        tasks.hold(source)
        source.original = Original.objects.keep(content, "application/pdf")
        source.file_name = name[:255] or source.file_name
        source.save(update_fields=["original", "file_name", "updated_at"])
        tasks.request_reading(source, user=user, forced=True)


def add_text(title: str, text: str, *, collection: Collection, owner: Any = None) -> Intake:
    """Add a pasted text. Raises UnsupportedDocumentError, TooLargeError or CollectionGoneError."""
    check_text(text)
    there = Source.objects.filter(collection=collection, kind=Source.Kind.TEXT, title=title, text=text)
    with transaction.atomic():
        _one_at_a_time(collection)
        if same := there.first():
            return Intake(duplicates=[same])
        source = Source.objects.create(
            collection=collection, kind=Source.Kind.TEXT, title=title, text=text, owner=owner
        )
        tasks.request_reading(source, user=owner)
    return Intake(added=[source])


def _one_at_a_time(collection: Collection) -> None:
    """Until the transaction ends: of two equal offers the second is found to be a duplicate, and the collection stays.

    Raises CollectionGoneError.
    """
    if not Collection.objects.filter(pk=collection.pk).locked():
        raise CollectionGoneError(_("This collection has just been deleted. Choose another one."))


def replace_text(source: Source, text: str, *, user: Any = None) -> None:
    """Give a text source another text. The old one answers until the new one has been read."""
    change(source, {"text": text}, user=user)


def change(source: Source, changes: Mapping[str, Any], *, user: Any = None) -> bool:
    """Save, move and enable, as far as `changes` names it, which holds what differs.

    True if a worker will read the source again; until then the old text answers. Raises AddressTakenError,
    UnsupportedDocumentError, TooLargeError, CollectionGoneError or tasks.SourceGoneError.
    """
    if "text" in changes:
        check_text(changes["text"])
    heading_changed = source.kind == Source.Kind.TEXT and "title" in changes
    will_be_read = heading_changed or bool(OF_THE_DOCUMENT & changes.keys())
    try:
        with transaction.atomic():
            _hold(source, changes)
            _save(source, changes)
            if will_be_read:
                tasks.request_reading(source, user=user, forced=True)
    except IntegrityError as error:
        if "knowledge_source_address_once" not in str(error):
            raise
        raise AddressTakenError(_("This collection has a source with this address already.")) from None
    return will_be_read


def _hold(source: Source, changes: Mapping[str, Any]) -> None:
    """Lock it and where it is to go, in the order in which all lock them."""
    if "collection" in changes:
        _one_at_a_time(changes["collection"])
    tasks.hold(source)


def _save(source: Source, changes: Mapping[str, Any]) -> None:
    _save_plain(source, changes)
    if "collection" in changes:
        source.move_to(changes["collection"])
    if "enabled" in changes:
        Source.objects.filter(pk=source.pk).enable(changes["enabled"])


def _save_plain(source: Source, changes: Mapping[str, Any]) -> None:
    """Only what was changed: a worker may be writing the rest of the row."""
    fields = PLAIN & changes.keys()
    for name in fields:
        setattr(source, name, changes[name])
    if "refresh_interval" in fields:
        source.schedule_refresh(timezone.now())
        fields.add("next_refresh_at")
    if fields:
        source.save(update_fields=[*fields, "updated_at"])


def check_text(text: str) -> None:
    if not text.strip():
        raise UnsupportedDocumentError(_("The text is empty."))
    if len(text) > TEXT_CHARACTERS:
        sentence = _(
            "The text has %(characters)s characters; %(most)s are taken at most. Divide it into several texts."
        )
        raise TooLargeError(sentence % {"characters": _grouped(len(text)), "most": _grouped(TEXT_CHARACTERS)})


def check_pdf(content: bytes, name: str) -> None:
    check_file(name, size=len(content), begins_as_pdf=b"%PDF-" in content[:1024])


def check_file(name: str, *, size: int, begins_as_pdf: bool) -> None:
    """Raises UnsupportedDocumentError or TooLargeError for what no PDF can be; its bytes need not be here yet."""
    if not size:
        raise UnsupportedDocumentError(
            _("%(name)s is empty. Look whether it was saved completely, and upload it again.")
            % {"name": name}
        )
    if size > PDF_BYTES:
        sentence = _("%(name)s is too large: %(most)s MB are taken at most. Split it and upload the parts.")
        raise TooLargeError(sentence % {"name": name, "most": PDF_BYTES // 1024 // 1024})
    if not begins_as_pdf:
        raise UnsupportedDocumentError(
            _("%(name)s is not a PDF. Save the document as a PDF and upload that.") % {"name": name}
        )


def _grouped(number: int) -> str:
    """1,000 as the reader's language writes it."""
    return number_format(number, use_l10n=True, force_grouping=True)
