from dataclasses import replace

import pytest

from knowledge.errors import AddressRefusedError, FetchError
from knowledge.ingestion.fetch import fetch_url
from tests.knowledge.ingestion.site import (
    PAGE,
    certificate_for,
    endless_redirect,
    page,
    redirect,
    resolve,
    running,
)


def test_redirects_are_followed_to_the_final_address(site, policy):
    site.pages["/old"] = redirect("/older", status=301)
    site.pages["/older"] = redirect(site.url("/"), status=308)

    assert fetch_url(site.url("/old"), policy=policy).name == site.url("/")


def test_the_sixth_redirect_is_refused(site, policy):
    for step in range(6):
        site.pages[f"/{step}"] = redirect(f"/{step + 1}")
    site.pages["/6"] = page(PAGE)

    assert fetch_url(site.url("/1"), policy=policy).content == PAGE
    with pytest.raises(FetchError, match="more than 5 times"):
        fetch_url(site.url("/0"), policy=policy)


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest",
        "//[::1]/x",
        "file:///etc/passwd",
        "gopher://127.0.0.1:25/_x",
        "data:text/html,x",
        "http://user:secret@127.0.0.1/x",
    ],
)
def test_each_redirect_is_checked_again(site, policy, target):
    site.pages["/"] = redirect(target)

    with pytest.raises(AddressRefusedError, match="The address redirects to"):
        fetch_url(site.url(), policy=policy)


def test_a_redirect_to_a_broken_address_is_an_error(site, policy):
    site.pages["/"] = redirect("http://[broken/")

    with pytest.raises(FetchError, match="not a valid address"):
        fetch_url(site.url(), policy=policy)


def test_the_body_of_a_redirect_is_not_read(site, policy):
    site.pages["/old"] = endless_redirect("/")

    assert fetch_url(site.url("/old"), policy=policy).content == PAGE


def test_a_redirect_from_https_to_http_is_refused(site, policy, tmp_path):
    context, certificate = certificate_for("site.test", tmp_path)
    with running(context) as safe:
        safe.pages["/"] = redirect(site.url())
        both = replace(
            policy,
            allowed_ports=frozenset({safe.port, site.port}),
            ca_bundle=certificate,
            resolve=resolve,
        )

        with pytest.raises(AddressRefusedError, match="not encrypted"):
            fetch_url(safe.url(host="site.test"), policy=both)

    assert site.asked == []
