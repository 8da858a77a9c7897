"""Which IP addresses may be opened. Pure: no settings, no look-ups.

The tables follow IANA's special-purpose address registries. `ipaddress.is_global` alone is not enough: it
differs between patch releases of Python and accepts multicast and addresses that carry another one inside.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def as_networks(cidrs: Iterable[str]) -> tuple[Network, ...]:
    """Networks from CIDR notation. ValueError if one is wrong or has bits set behind its mask."""
    return tuple(ip_network(cidr) for cidr in cidrs)


# No allow-list opens these: they tell the machine's secrets or carry another address in an unknown place.
NEVER = as_networks(
    (
        "169.254.0.0/16",  # link-local, and the metadata service of most clouds
        "fe80::/10",  # link-local
        "100.100.100.200",  # metadata: Alibaba
        "168.63.129.16",  # metadata: Azure, on a public address
        "192.0.0.192",  # metadata: Oracle
        "fd00:ec2::254",  # metadata: Amazon
        "fd20:ce::254",  # metadata: Google
        "fd00:42::42",  # metadata: Scaleway
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b:1::/48",  # NAT64 of a local network
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
    )
)
IPV4_COMPATIBLE = IPv6Network("::/96")  # carries an IPv4 address too, but for :: and ::1
NAT64 = IPv6Network("64:ff9b::/96")

PUBLIC_IPV6 = IPv6Network("2000::/3")
NOT_PUBLIC = as_networks(
    (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
    )
)


def may_open(address: str, allowed: Iterable[Network]) -> bool:
    """Whether an IP address is public or in an allowed network; an address inside another must pass too."""
    outer = _unmapped(ip_address(address))
    inner = _carried(outer)
    if _never(outer) or (inner is not None and _never(inner)):
        return False
    allowed = tuple(allowed)
    return all(_is_public(one) or _is_in(one, allowed) for one in (outer, inner) if one is not None)


def can_be_allowed(address: str) -> bool:
    """Whether an administrator's allow-list can open the address at all."""
    return may_open(address, as_networks(("0.0.0.0/0", "::/0")))


def _unmapped(address: Address) -> Address:
    """::ffff:10.0.0.1 is nothing else than 10.0.0.1, also to the operating system."""
    return getattr(address, "ipv4_mapped", None) or address


def _carried(address: Address) -> IPv4Address | None:
    return IPv4Address(int(address) & 0xFFFF_FFFF) if address in NAT64 else None


def _never(address: Address) -> bool:
    hides_ipv4 = address in IPV4_COMPATIBLE and not (address.is_loopback or address.is_unspecified)
    return hides_ipv4 or _is_in(address, NEVER)


def _is_public(address: Address) -> bool:
    if address.version == 6 and address not in PUBLIC_IPV6:
        return False
    return address.is_global and not _is_in(address, NOT_PUBLIC)


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)
