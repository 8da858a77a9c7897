import socket
from dataclasses import replace

import pytest

from knowledge.errors import AddressRefusedError, FetchError
from knowledge.ingestion.fetch import FetchPolicy, fetch_url
from tests.knowledge.ingestion.site import PAGE, certificate_for, page, resolve, running


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "[::1]", "[::]"]
)
def test_loopback_is_refused_in_every_spelling(site, policy, host):
    with pytest.raises(AddressRefusedError, match="may not be opened"):
        fetch_url(site.url(host=host), policy=replace(policy, allowed_networks=()))

    assert site.asked == []


def test_a_name_is_judged_by_the_address_that_is_opened(site, policy):
    """The resolver answers differently each time, as one does that attacks a check before the connection."""
    addresses = iter(["127.0.0.1", "169.254.169.254"])

    def rebinding(host, port, *_):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(addresses), port))]

    policy = replace(policy, resolve=rebinding)

    assert fetch_url(site.url(host="site.test"), policy=policy).content == PAGE
    with pytest.raises(AddressRefusedError, match=r"site\.test \(169\.254\.169\.254\) may not be opened"):
        fetch_url(site.url(host="site.test"), policy=policy)


def test_only_the_allowed_addresses_of_a_name_are_tried(site, policy):
    def both(host, port, *_):
        family = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*family, ("169.254.169.254", port)), (*family, ("127.0.0.1", port))]

    assert fetch_url(site.url(host="site.test"), policy=replace(policy, resolve=both)).content == PAGE


def test_an_unknown_name_is_an_error(site, policy):
    def unknown(*_):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with pytest.raises(FetchError, match=r"no host named site\.test"):
        fetch_url(site.url(host="site.test"), policy=replace(policy, resolve=unknown))


def test_a_closed_port_is_an_error(site, policy):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

        with pytest.raises(FetchError, match=f"does not accept connections on port {port}"):
            fetch_url(f"http://127.0.0.1:{port}/", policy=replace(policy, allowed_ports=frozenset({port})))


def test_a_port_that_is_not_allowed_is_refused(site, policy):
    with pytest.raises(
        AddressRefusedError, match=f"Port {site.port} of 127.0.0.1 may not be opened, only 80, 443"
    ):
        fetch_url(site.url(), policy=replace(policy, allowed_ports=frozenset({80, 443})))


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("ftp://example.org/x", "begin with http"),
        ("file:///etc/passwd", "begin with http"),
        ("example.org/page", "begin with http"),
        ("http://user:secret@example.org/", "user name or password"),
        ("http:///nowhere", "not a valid address"),
        ("http://[::1/", "not a valid address"),
        ("http://example.org:port/", "not a valid address"),
        ("http://" + "a" * 300 + ".org/", "not a valid address|no host named"),
        ("http://*/", "not a valid address"),
    ],
)
def test_an_address_that_no_server_needs_to_be_asked_for_is_refused(url, sentence):
    with pytest.raises(FetchError, match=sentence):
        fetch_url(url, policy=FetchPolicy())


def test_a_certificate_is_checked_against_the_name_of_the_host(policy, tmp_path):
    context, certificate = certificate_for("site.test", tmp_path)
    with running(context) as safe:
        safe.pages["/"] = page(PAGE)
        trusting = replace(
            policy, allowed_ports=frozenset({safe.port}), ca_bundle=certificate, resolve=resolve
        )

        assert fetch_url(safe.url(host="site.test"), policy=trusting).content == PAGE
        with pytest.raises(FetchError, match="certificate"):
            fetch_url(safe.url(host="127.0.0.1"), policy=trusting)


def test_a_certificate_that_nobody_vouches_for_is_an_error(policy, tmp_path):
    context, _ = certificate_for("site.test", tmp_path)
    with running(context) as safe:
        strict = replace(policy, allowed_ports=frozenset({safe.port}), resolve=resolve)

        with pytest.raises(FetchError, match="certificate"):
            fetch_url(safe.url(host="site.test"), policy=strict)

        assert safe.asked == []
