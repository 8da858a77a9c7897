"""The sockets to servers of tools: opened only where the settings allow.

The address is checked where the socket is opened, for each connection: a name may resolve differently a moment later.
"""

import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any

import anyio
import httpcore2
from django.utils.translation import gettext as _

from assistant_project.networks import Network, can_be_allowed, may_open
from chat.tools.errors import ToolError

Resolve = Callable[[str, int], Awaitable[Sequence[Any]]]


async def resolve(host: str, port: int) -> Sequence[Any]:
    """As getaddrinfo does.

    Not in the few threads of the event loop: names whose servers are silent would keep them from everything else.
    """
    look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    return await anyio.to_thread.run_sync(look_up, abandon_on_cancel=True)


class Guard(httpcore2.AsyncNetworkBackend):
    """Opens sockets to allowed addresses and ports, and to no others. TLS and the Host header keep the name."""

    def __init__(
        self, networks: Iterable[Network], ports: Iterable[int], *, resolve: Resolve = resolve
    ) -> None:
        self._networks, self._ports, self._resolve = tuple(networks), frozenset(ports), resolve
        self._sockets = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  (the library's signature)
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        addresses = await self._allowed_addresses(host, port)
        # Told second: to allow a port is of no use for an address that stays closed.
        if port not in self._ports:
            raise _port_refused(host, port, self._ports)
        failure: Exception | None = None
        for address in addresses:
            try:
                return await self._sockets.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        sentence = _("%(host)s does not accept connections on port %(port)s (%(reason)s).")
        reason = getattr(failure, "__cause__", None) or failure
        raise ToolError("unreachable", sentence % {"host": host, "port": port, "reason": reason})

    async def _allowed_addresses(self, host: str, port: int) -> list[str]:
        try:
            found = [address[0] for *_, address in await self._resolve(host.strip("[]"), port)]
        except (OSError, UnicodeError):
            found = []
        if not found:
            sentence = _("There is no host named %(host)s. Check the address for a typing error.")
            raise ToolError("unreachable", sentence % {"host": host})
        allowed = [address for address in found if may_open(address, self._networks)]
        if not allowed:
            raise _address_refused(host, found[0])
        return allowed


def _port_refused(host: str, port: int, ports: Iterable[int]) -> ToolError:
    sentence = _(
        "Port %(port)s of %(host)s may not be opened, only %(ports)s. "
        "An administrator can add it to TOOL_ALLOWED_PORTS."
    )
    allowed = ", ".join(str(port) for port in sorted(ports))
    return ToolError("unreachable", sentence % {"port": port, "host": host, "ports": allowed})


def _address_refused(host: str, address: str) -> ToolError:
    where = host if host.strip("[]") == address else f"{host} ({address})"
    if not can_be_allowed(address):
        sentence = _("%(where)s may not be opened: no tools stand behind such an address.")
        return ToolError("unreachable", sentence % {"where": where})
    sentence = _(
        "%(where)s may not be opened: it is no public address. If it is a server of your own, "
        "an administrator can add its network to TOOL_ALLOWED_NETWORKS."
    )
    return ToolError("unreachable", sentence % {"where": where})
