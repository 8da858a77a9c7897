"""`fetch_url`: the one door for HTTP to addresses that people give us.

policy     what is allowed, from the settings
addresses  which IP addresses may be opened
guard      sockets that go nowhere else, and the watchdog over them
session    redirects and failures
courtesy   robots.txt and the distance between requests
media      what kind of document the bytes are
"""

from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from requests import Response

from knowledge.errors import FetchError, GoneError, NoTextError, TooLargeError
from knowledge.ingestion.document import Document
from knowledge.ingestion.fetch.courtesy import Distance, Robots
from knowledge.ingestion.fetch.guard import Watchdog
from knowledge.ingestion.fetch.media import HEAD_BYTES, PDF, declared_type, media_type, refuse_page_for_pdf
from knowledge.ingestion.fetch.policy import MEGABYTE, FetchPolicy, policy_in_force
from knowledge.ingestion.fetch.session import GuardedSession

__all__ = ["FetchPolicy", "fetch_url", "policy_in_force"]

ROBOTS = Robots()
DISTANCE = Distance()
VALIDATOR_CHARACTERS = 255
REFUSALS = {
    401: gettext_noop("The page asks for a sign-in and cannot be read. Save it as PDF and upload that."),
    403: gettext_noop("The server does not let this program read the page. Save it as PDF and upload that."),
    429: gettext_noop("The server has had too many requests. Try again later."),
    451: gettext_noop("The server may not deliver this page for legal reasons."),
}


def fetch_url(
    url: str, *, etag: str = "", last_modified: str = "", policy: FetchPolicy | None = None
) -> Document | None:
    """The document behind an address, or None if it has not changed since `etag` or `last_modified`.

    Raises FetchError, TooLargeError, UnsupportedDocumentError or NoTextError, each with a sentence for the
    curator, and GoneError if the page does not exist any more. Text is not decoded: the document keeps the
    charset that the server names.
    """
    policy = policy or policy_in_force()
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = {name: value for name, value in conditions.items() if value}
    with Watchdog(policy.seconds) as watchdog, GuardedSession(policy, watchdog) as session:

        def with_courtesy(address: str) -> None:
            ROBOTS.check(address, policy, session)
            DISTANCE.keep(urlsplit(address).hostname or "", policy)

        with session.visit(url.strip(), headers=headers, before_each=with_courtesy) as response:
            if response.status_code == 304 and headers:
                return None
            check_status(response.status_code)
            return read_document(session, response, policy, promised=url)


def check_status(status: int) -> None:
    """Raises for every answer that does not carry the page."""
    if status in {404, 410}:
        sentence = _("The page does not exist (status %(status)s). Check the address or remove the source.")
        raise GoneError(sentence % {"status": status})
    if status in REFUSALS:
        raise FetchError(f"{_(REFUSALS[status])} (Status {status}.)")
    if status >= 500:
        sentence = _("The server has a problem of its own (status %(status)s). Try again later.")
        raise FetchError(sentence % {"status": status})
    if status not in {200, 203}:
        sentence = _(
            "The server answered without the page (status %(status)s). Check the address in a browser."
        )
        raise FetchError(sentence % {"status": status})


def read_document(
    session: GuardedSession, response: Response, policy: FetchPolicy, *, promised: str
) -> Document:
    """Reads a body within the limits and judges what it is. `promised` is the curator's address."""
    declared, charset = declared_type(response.headers.get("Content-Type", ""))
    body = bytearray()
    for chunk in session.chunks(response):
        body += chunk
        if len(body) >= HEAD_BYTES:
            check_size(len(body), media_type(bytes(body[:HEAD_BYTES]), declared), policy)
    if not body:
        raise NoTextError(_("The server sent an empty page. Check the address in a browser."))
    kind = media_type(bytes(body[:HEAD_BYTES]), declared)
    check_size(len(body), kind, policy)
    refuse_page_for_pdf(kind, declared=declared, path=urlsplit(promised).path)
    return Document(
        content=bytes(body),
        media_type=kind,
        name=response.url,
        etag=validator(response, "ETag"),
        last_modified=validator(response, "Last-Modified"),
        charset=charset,
    )


def check_size(size: int, kind: str, policy: FetchPolicy) -> None:
    limit = policy.max_pdf_bytes if kind == PDF else policy.max_page_bytes
    if size <= limit:
        return
    sentence = (
        _("The PDF is larger than %(size)g MB, the most that is read. Split it and upload the parts.")
        if kind == PDF
        else _("The page is larger than %(size)g MB, the most that is read. Save what matters of it as PDF.")
    )
    raise TooLargeError(sentence % {"size": limit / MEGABYTE})


def validator(response: Response, name: str) -> str:
    """A header for the next conditional request; "" unless it can be stored and sent back as it is."""
    value = response.headers.get(name, "")
    return value if value.isascii() and value.isprintable() and len(value) <= VALIDATOR_CHARACTERS else ""
