"""Manners towards other people's servers: robots.txt is honoured, and requests to one host keep a distance.

Both are remembered in this process only: with several workers, each keeps its own distance.
"""

import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from protego import Protego

from knowledge.errors import AddressRefusedError, FetchError
from knowledge.ingestion.fetch.policy import FetchPolicy
from knowledge.ingestion.fetch.session import GuardedSession

ROBOTS_SECONDS = 3_600
ROBOTS_BYTES = 512_000
"""RFC 9309 asks to read at least 500 KiB of a robots.txt; rules behind that are not looked at."""
REMEMBERED_HOSTS = 1_000


class Robots:
    """The rules of each site's robots.txt (RFC 9309), kept for an hour."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rules: dict[str, tuple[float, Protego]] = {}

    def check(self, address: str, policy: FetchPolicy, session: GuardedSession) -> None:
        """Raises if the site does not want the address to be read."""
        parts = urlsplit(address)
        if parts.hostname in policy.ignore_robots_for:
            return
        if not self._rules_of(f"{parts.scheme}://{parts.netloc}", session).can_fetch(
            address, policy.user_agent
        ):
            raise FetchError(
                _(
                    "The robots.txt of %(host)s asks not to read %(address)s. If it is your own site, "
                    "an administrator can add the host to FETCH_IGNORE_ROBOTS_FOR."
                )
                % {"host": parts.hostname, "address": address}
            )

    def _rules_of(self, origin: str, session: GuardedSession) -> Protego:
        expires, rules = self._rules.get(origin, (0.0, None))
        if rules is None or expires <= self._clock():
            rules = Protego.parse(robots_text(origin, session))
            if len(self._rules) >= REMEMBERED_HOSTS:
                self._rules.clear()
            self._rules[origin] = (self._clock() + ROBOTS_SECONDS, rules)
        return rules


def robots_text(origin: str, session: GuardedSession) -> str:
    """The robots.txt of a site; "" if there is none: all is allowed. FetchError if the server fails."""
    try:
        response = session.visit(f"{origin}/robots.txt")
    except AddressRefusedError:  # out of reach is like not there; the page itself is checked again
        return ""
    with response:
        if response.status_code >= 500:
            raise FetchError(
                _(
                    "%(address)s cannot be read (status %(status)s), so it is not known whether the page may be. "
                    "Try again later."
                )
                % {"address": f"{origin}/robots.txt", "status": response.status_code}
            )
        if response.status_code != 200:
            return ""
        body = bytearray()
        for chunk in session.chunks(response):
            body += chunk
            if len(body) > ROBOTS_BYTES:
                del body[body.rfind(b"\n") + 1 :]  # half a rule may mean something else
                break
        return body.decode("utf-8-sig", errors="replace")


class Distance:
    """Keeps requests to one host apart."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._free_from: dict[str, float] = {}

    def keep(self, host: str, policy: FetchPolicy) -> None:
        """Waits until the last request to the host is long enough ago."""
        with self._lock:
            now = self._clock()
            self._free_from = {name: free for name, free in self._free_from.items() if free > now}
            turn = self._free_from.get(host, now)
            self._free_from[host] = turn + policy.seconds_between_requests_to_a_host
        if turn > now:
            policy.sleep(turn - now)
