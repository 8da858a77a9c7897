"""What may be fetched, how much of it, and how politely."""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from assistant_project.networks import as_networks

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class FetchPolicy:
    """Limits of one fetch. The defaults suit pages on the public internet."""

    allowed_networks: tuple[str, ...] = ()
    """Networks (CIDR) that may be opened though not public. Link-local and metadata stay refused."""
    allowed_ports: frozenset[int] = frozenset({80, 443})
    ignore_robots_for: frozenset[str] = frozenset()
    """Names of one's own hosts, whose robots.txt is not asked."""
    max_page_bytes: int = 10 * MEGABYTE
    """After decompression; also for plain text."""
    max_pdf_bytes: int = 50 * MEGABYTE
    max_redirects: int = 5
    seconds: float = 30.0
    """For everything together: robots.txt, redirects, headers and body."""
    connect_seconds: float = 5.0
    """For each address of a host that is tried."""
    seconds_between_requests_to_a_host: float = 1.0
    user_agent: str = "KnowledgeAssistant/0.1 (reads single pages that a curator has chosen)"
    ca_bundle: str = ""
    """File of certificate authorities to trust instead of the public ones."""
    resolve: Callable[..., list[Any]] = socket.getaddrinfo
    """Who turns names into addresses, with the signature of `socket.getaddrinfo`."""
    sleep: Callable[[float], None] = time.sleep


def policy_in_force() -> FetchPolicy:
    """The policy that the settings describe."""
    networks = tuple(settings.FETCH_ALLOWED_NETWORKS)
    try:
        as_networks(networks)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"FETCH_ALLOWED_NETWORKS: {error}. Write networks as CIDR parted by commas, "
            "for example 10.20.0.0/16,fd12:3456::/32."
        ) from None
    ports = frozenset(settings.FETCH_ALLOWED_PORTS)
    if wrong := [port for port in ports if not 1 <= port <= 65_535]:
        raise ImproperlyConfigured(
            f"FETCH_ALLOWED_PORTS: {wrong[0]} is no port. Write numbers from 1 to 65535."
        )
    bundle = settings.FETCH_CA_BUNDLE
    if bundle and not Path(bundle).is_file():
        raise ImproperlyConfigured(f"FETCH_CA_BUNDLE is {bundle!r}: there is no such file.")
    return FetchPolicy(
        allowed_networks=networks,
        allowed_ports=ports,
        ignore_robots_for=frozenset(host.lower() for host in settings.FETCH_IGNORE_ROBOTS_FOR),
        ca_bundle=bundle,
    )
