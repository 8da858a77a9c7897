"""From where a request comes: an address that its sender cannot choose."""

import ipaddress
from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

UNKNOWN = "unknown"
NETWORK_BITS = 64  # what one customer gets of IPv6: whoever has it has every address within


def client_address(request: HttpRequest | Request) -> str:
    """The client's IPv4 address, or its IPv6 network; one word for all whose address nobody knows.

    Behind NUM_PROXIES proxies it is what the outermost of them saw: each appends the address of its own client to
    X-Forwarded-For, and what stands before that is the client's word. A request that has passed fewer proxies, or
    whose entry is no address, counts for the one that delivered it.
    """
    passed = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    seen = [request.META.get("REMOTE_ADDR", "")]
    if 0 < settings.NUM_PROXIES <= len(passed):
        seen.insert(0, passed[-settings.NUM_PROXIES])
    return next(filter(None, map(_normal, seen)), UNKNOWN)


def _normal(text: str) -> str:
    """One spelling for one client; empty for what is no address."""
    for spelling in (text.strip(), text.strip().rpartition(":")[0]):  # some proxies write the port too
        with suppress(ValueError):
            address = ipaddress.ip_address(spelling.removeprefix("[").removesuffix("]"))
            return _network(address) if isinstance(address, ipaddress.IPv6Address) else str(address)
    return ""


def _network(address: ipaddress.IPv6Address) -> str:
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((address.packed, NETWORK_BITS), strict=False))
