"""Whom a request counts for, whatever it says of itself."""

import pytest
from django.test import RequestFactory
from rest_framework.request import Request

from assistant_project.limits.addresses import UNKNOWN, client_address

PROXY = "192.0.2.1"


def request(forwarded: str | None = None, peer: str = PROXY):
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)


@pytest.mark.parametrize("forwarded", [None, "203.0.113.7", "203.0.113.7, 198.51.100.2", "rubbish"])
def test_without_a_proxy_the_header_is_not_believed(settings, forwarded):
    settings.NUM_PROXIES = 0

    assert client_address(request(forwarded)) == PROXY


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "10.0.0.1, 203.0.113.7", "203.0.113.7"),
        (1, "10.0.0.1, 10.0.0.2,203.0.113.7", "203.0.113.7"),
        (2, "203.0.113.7, 198.51.100.2", "203.0.113.7"),
        (2, "10.0.0.1, 203.0.113.7, 198.51.100.2", "203.0.113.7"),
    ],
)
def test_behind_proxies_the_entry_of_the_outermost_counts_and_forged_ones_do_not(
    settings, proxies, forwarded, expected
):
    settings.NUM_PROXIES = proxies

    assert client_address(request(forwarded)) == expected


@pytest.mark.parametrize("forwarded", [None, "", "203.0.113.7", "rubbish, 198.51.100.2", ", 198.51.100.2"])
def test_with_too_few_or_useless_entries_the_peer_counts(settings, forwarded):
    settings.NUM_PROXIES = 2

    assert client_address(request(forwarded)) == PROXY


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("203.0.113.7:49152", "203.0.113.7"),
        ("[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_each_spelling_of_a_client_counts_as_the_same(settings, written, expected):
    settings.NUM_PROXIES = 1

    assert client_address(request(written)) == expected


def test_all_addresses_of_an_ipv6_customer_count_as_one(settings):
    settings.NUM_PROXIES = 0

    counted = {client_address(request(peer=f"2001:db8:1:2::{n}")) for n in range(1, 20)}

    assert counted == {"2001:db8:1:2::/64"}
    assert client_address(request(peer="2001:db8:1:3::1")) == "2001:db8:1:3::/64"


@pytest.mark.parametrize("proxies", [0, 1])
def test_whoever_comes_through_a_unix_socket_has_a_name_too(settings, proxies):
    settings.NUM_PROXIES = proxies
    local = request()
    del local.META["REMOTE_ADDR"]

    assert client_address(local) == UNKNOWN


def test_a_proxy_on_a_unix_socket_is_believed(settings):
    settings.NUM_PROXIES = 1

    assert client_address(request("203.0.113.7", peer="")) == "203.0.113.7"


def test_requests_of_the_rest_framework_are_read_the_same_way(settings):
    settings.NUM_PROXIES = 1

    assert client_address(Request(request("203.0.113.7"))) == "203.0.113.7"
