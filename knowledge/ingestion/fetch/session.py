"""A requests session that opens allowed addresses only, checks each redirect and explains failures."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urljoin, urlsplit

import requests
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from requests import Response
from urllib3.exceptions import DecodeError, HTTPError, ProtocolError, SSLError, TimeoutError

from knowledge.errors import AddressRefusedError, FetchError
from knowledge.ingestion.fetch.guard import Guard, GuardedAdapter, Watchdog
from knowledge.ingestion.fetch.policy import FetchPolicy

CHUNK_BYTES = 65_536
ACCEPT = "text/html,application/xhtml+xml,application/pdf,text/plain;q=0.9,*/*;q=0.1"

SENTENCES: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((requests.Timeout, TimeoutError), gettext_noop("The server did not answer in time. Try again later.")),
    (
        (requests.exceptions.SSLError, SSLError),
        gettext_noop(
            "No safe connection is possible: the server's certificate is not valid for this address, "
            "or it is not trusted. Tell the owner of the site."
        ),
    ),
    (
        (requests.ConnectionError, ProtocolError),
        gettext_noop(
            "The connection broke off before everything had arrived, so nothing was kept. Try again later."
        ),
    ),
    (
        (DecodeError,),
        gettext_noop("The server sent data that cannot be unpacked. Tell the owner of the site."),
    ),
)
NOT_AN_ADDRESS = gettext_noop("This is not a valid address. Copy it from the address bar of your browser.")


class GuardedSession(requests.Session):
    """For one fetch: nothing from the environment (proxies, netrc, certificates), only http and https."""

    def __init__(self, policy: FetchPolicy, watchdog: Watchdog) -> None:
        super().__init__()
        self._policy = policy
        self._watchdog = watchdog
        self.trust_env = False
        self.verify = policy.ca_bundle or True
        self.headers.update({"User-Agent": policy.user_agent, "Accept": ACCEPT})
        self.adapters.clear()
        adapter = GuardedAdapter(Guard(policy, watchdog).open)
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def visit(
        self,
        url: str,
        *,
        headers: dict[str, str] | None = None,
        before_each: Callable[[str], None] | None = None,
    ) -> Response:
        """The answer at the end of the redirects, its body not read yet.

        `before_each` is called with every address on the way and may refuse it.
        """
        address = url
        for _attempt in range(self._policy.max_redirects + 1):
            try:
                check_address(address)
                if before_each:
                    before_each(address)
                response = self._answer(address, headers or {})
            except AddressRefusedError as error:
                if address == url:
                    raise
                told = _("The address redirects to %(address)s.") % {"address": address[:200]}
                raise AddressRefusedError(f"{told} {error}") from error
            if not response.is_redirect:
                return response
            response.close()
            address = redirect_target(response)
        sentence = _("The address redirects more than %(times)s times. Try to find the last one.")
        raise FetchError(sentence % {"times": self._policy.max_redirects})

    def get_redirect_target(self, resp: Response) -> None:
        """None, because `visit` follows: requests itself would read the redirect's body without a limit."""

    def chunks(self, response: Response) -> Iterator[bytes]:
        """The decompressed body as it arrives. FetchError if it ends too early."""
        with self._explained():
            # read1 returns what is there; read would wait until a chunk is full
            while chunk := response.raw.read1(CHUNK_BYTES, decode_content=True):
                yield chunk

    def _answer(self, address: str, headers: dict[str, str]) -> Response:
        with self._explained():
            request = self.prepare_request(requests.Request("GET", address, headers=headers))
            return self.send(
                request,
                stream=True,
                allow_redirects=False,
                timeout=(self._policy.connect_seconds, self._policy.seconds),
            )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (requests.RequestException, HTTPError, OSError) as error:
            self._watchdog.check()
            raise FetchError(sentence_for(error)) from error
        self._watchdog.check()


def check_address(address: str) -> None:
    """Raises for what no server needs to be asked for: other schemes, passwords in the address, no host."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise FetchError(_(NOT_AN_ADDRESS)) from None
    if parts.scheme not in {"http", "https"}:
        raise AddressRefusedError(_("Only addresses that begin with http:// or https:// can be read."))
    if "@" in parts.netloc:
        raise AddressRefusedError(
            _("The address holds a user name or password. Remove it: pages with a sign-in cannot be read.")
        )
    if not host:
        raise FetchError(_(NOT_AN_ADDRESS))


def redirect_target(response: Response) -> str:
    """Where the answer sends us. AddressRefusedError from https to http."""
    # headers arrive as Latin-1, but servers mean UTF-8
    location = response.headers["Location"].encode("latin-1", errors="replace").decode(errors="replace")
    try:
        target = urljoin(response.url, location)
    except ValueError:
        sentence = _("The address redirects to %(address)s, which is not a valid address.")
        raise FetchError(sentence % {"address": location}) from None
    if response.url.startswith("https:") and target.lower().startswith("http:"):
        sentence = _(
            "The address redirects from https to %(address)s, which is not encrypted. "
            "If you trust that page, add its own address."
        )
        raise AddressRefusedError(sentence % {"address": target})
    return target


def sentence_for(error: Exception) -> str:
    """What a curator reads about a failure of the network."""
    for kinds, sentence in SENTENCES:
        if isinstance(error, kinds):
            return _(sentence)
    if isinstance(error, ValueError):
        return _(NOT_AN_ADDRESS)
    return _("The server's answer cannot be understood. Try again later.")
