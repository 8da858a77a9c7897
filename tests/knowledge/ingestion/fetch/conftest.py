from collections.abc import Iterator

import pytest

from knowledge.ingestion.fetch import FetchPolicy
from tests.knowledge.ingestion.site import PAGE, Site, page, running


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as site:
        site.pages["/"] = page(PAGE)
        yield site


@pytest.fixture
def policy(site: Site) -> FetchPolicy:
    """Loopback and the site's port are open; robots.txt is asked in the tests about it only."""
    return FetchPolicy(
        allowed_networks=("127.0.0.0/8",),
        allowed_ports=frozenset({site.port}),
        ignore_robots_for=frozenset({"127.0.0.1", "site.test"}),
        seconds_between_requests_to_a_host=0,
        seconds=20,
    )
