"""The sockets of one fetch: opened only where the policy allows, and shut down when the time is over.

The address is checked where the socket is opened: a name may resolve differently a moment after a check.
"""

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Any, Self

from django.utils.translation import gettext as _
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from assistant_project.networks import as_networks, can_be_allowed, may_open
from knowledge.errors import AddressRefusedError, FetchError
from knowledge.ingestion.fetch.policy import FetchPolicy

OpenSocket = Callable[[str, int], socket.socket]


class Watchdog:
    """Ends a fetch after so many seconds: time-outs do not stop a server that sends a byte now and then."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timer = threading.Timer(seconds, self._fire)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._fired = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            for watched in self._watched:
                watched.close()
            self._watched.clear()

    def watch(self, opened: socket.socket) -> None:
        # A duplicate, because TLS takes the descriptor out of the socket object that it wraps.
        with self._lock:
            self._watched.append(opened.dup())
        self.check()

    def check(self) -> None:
        """Raises if the time is over. After a shutdown the library sees a clean end and would not notice."""
        if self._fired:
            raise FetchError(
                _(
                    "The server did not deliver everything within %(seconds)g seconds. "
                    "Nothing was kept. Try again later."
                )
                % {"seconds": self._seconds}
            )

    def _fire(self) -> None:
        with self._lock:
            self._fired = True
            for watched in self._watched:
                with contextlib.suppress(OSError):  # not connected yet, or closed by the other side
                    watched.shutdown(socket.SHUT_RDWR)


class Guard:
    """Opens sockets to allowed addresses and ports, and to no others."""

    def __init__(self, policy: FetchPolicy, watchdog: Watchdog) -> None:
        self._policy = policy
        self._watchdog = watchdog
        self._networks = as_networks(policy.allowed_networks)

    def open(self, host: str, port: int) -> socket.socket:
        """A connected socket. FetchError or AddressRefusedError if there is none to be had."""
        if port not in self._policy.allowed_ports:
            ports = ", ".join(str(allowed) for allowed in sorted(self._policy.allowed_ports))
            raise AddressRefusedError(
                _(
                    "Port %(port)s of %(host)s may not be opened, only %(ports)s. "
                    "An administrator can add it to FETCH_ALLOWED_PORTS."
                )
                % {"port": port, "host": host, "ports": ports}
            )
        failure: OSError | None = None
        for family, address in self._allowed_addresses(host, port):
            try:
                return self._connect(family, address)
            except OSError as error:
                failure = error
        raise FetchError(
            _(
                "%(host)s does not accept connections on port %(port)s (%(reason)s). "
                "Check the address, or try again later."
            )
            % {"host": host, "port": port, "reason": failure}
        )

    def _allowed_addresses(self, host: str, port: int) -> list[tuple[int, Any]]:
        try:
            found = self._policy.resolve(host.strip("[]"), port, 0, socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            found = []
        if not found:
            sentence = _("There is no host named %(host)s. Check the address for a typing error.")
            raise FetchError(sentence % {"host": host})
        self._watchdog.check()
        addresses = [(family, address) for family, _, _, _, address in found]
        allowed = [one for one in addresses if may_open(one[1][0], self._networks)]
        if not allowed:
            raise refusal(host, addresses[0][1][0])
        return allowed

    def _connect(self, family: int, address: Any) -> socket.socket:
        opened = socket.socket(family, socket.SOCK_STREAM)
        try:
            opened.settimeout(self._policy.connect_seconds)
            self._watchdog.watch(opened)
            opened.connect(address)
        except BaseException:
            opened.close()
            raise
        return opened


class GuardedAdapter(HTTPAdapter):
    """Lets requests connect through a function of ours. TLS and the Host header keep the name of the host."""

    def __init__(self, open_socket: OpenSocket) -> None:
        super().__init__()
        self.poolmanager.pool_classes_by_scheme = guarded_pools(open_socket)


def guarded_pools(open_socket: OpenSocket) -> dict[str, type[HTTPConnectionPool]]:
    """Connection pools by scheme whose connections get their socket from the function."""

    class PlainConnection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return open_socket(self._dns_host, self.port)

    class SecureConnection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return open_socket(self._dns_host, self.port)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = PlainConnection

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = SecureConnection

    return {"http": PlainPool, "https": SecurePool}


def refusal(host: str, address: str) -> AddressRefusedError:
    """Why an address is refused, and who can change that."""
    where = host if host.strip("[]") == address else f"{host} ({address})"
    if not can_be_allowed(address):
        sentence = _("%(where)s may not be opened: no page or document stands behind such an address.")
        return AddressRefusedError(sentence % {"where": where})
    sentence = _(
        "%(where)s may not be opened: it is no public address. If it is a server of your own, "
        "an administrator can add its network to FETCH_ALLOWED_NETWORKS."
    )
    return AddressRefusedError(sentence % {"where": where})
