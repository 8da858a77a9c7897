from dataclasses import replace
from itertools import count

import pytest

from knowledge.errors import FetchError
from knowledge.ingestion.fetch import FetchPolicy, fetch_url
from knowledge.ingestion.fetch.courtesy import Distance, Robots
from knowledge.ingestion.fetch.guard import Watchdog
from knowledge.ingestion.fetch.session import GuardedSession
from tests.knowledge.ingestion.site import PAGE, Site, page, redirect, resolve, stalling

ROBOTS = "/robots.txt"
NUMBERS = count()


@pytest.fixture
def site(site: Site) -> Site:
    """The site under a name of its own, because the process remembers hosts longer than a test lasts."""
    site.host = f"site-{next(NUMBERS)}.test"
    return site


@pytest.fixture
def asking_robots(policy: FetchPolicy) -> FetchPolicy:
    return replace(policy, resolve=resolve, ignore_robots_for=frozenset())


def test_a_page_that_robots_txt_forbids_is_not_asked_for(site, asking_robots):
    site.pages[ROBOTS] = page(b"User-agent: *\nDisallow: /", kind="text/plain")

    with pytest.raises(FetchError, match=rf"robots\.txt of {site.host} asks not to read"):
        fetch_url(site.url(), policy=asking_robots)

    assert site.asked == [ROBOTS]


def test_a_host_of_ones_own_is_read_against_its_robots_txt(site, asking_robots):
    own = replace(asking_robots, ignore_robots_for=frozenset({site.host}))
    site.pages[ROBOTS] = page(b"User-agent: *\nDisallow: /", kind="text/plain")

    assert fetch_url(site.url(), policy=own).content == PAGE
    assert site.asked == ["/"]


def test_robots_txt_may_name_the_product(site, asking_robots):
    rules = b"User-agent: knowledgeassistant\nAllow: /\n\nUser-agent: *\nDisallow: /"
    site.pages[ROBOTS] = page(rules, kind="text/plain")

    assert fetch_url(site.url(), policy=asking_robots).content == PAGE


def test_the_longest_rule_of_robots_txt_wins(site, asking_robots):
    site.pages[ROBOTS] = page(b"User-agent: *\nAllow: /\nDisallow: /*.html$", kind="text/plain")
    site.pages["/page.html"] = page(PAGE)

    assert fetch_url(site.url(), policy=asking_robots).content == PAGE
    with pytest.raises(FetchError, match="asks not to read"):
        fetch_url(site.url("/page.html"), policy=asking_robots)


def test_a_redirect_is_held_against_robots_txt_too(site, asking_robots):
    site.pages[ROBOTS] = page(b"User-agent: *\nDisallow: /private", kind="text/plain")
    site.pages["/open"] = redirect("/private/page")
    site.pages["/private/page"] = page(PAGE)

    with pytest.raises(FetchError, match="asks not to read"):
        fetch_url(site.url("/open"), policy=asking_robots)


@pytest.mark.parametrize("status", [401, 403, 404, 429])
def test_without_a_robots_txt_everything_may_be_read(site, asking_robots, status):
    site.pages[ROBOTS] = page(b"User-agent: *\nDisallow: /", status=status)

    assert fetch_url(site.url(), policy=asking_robots).content == PAGE


def test_a_robots_txt_out_of_reach_counts_as_missing(site, asking_robots):
    site.pages[ROBOTS] = redirect("http://169.254.169.254/robots.txt")

    assert fetch_url(site.url(), policy=asking_robots).content == PAGE


def test_while_robots_txt_fails_nothing_may_be_read(site, asking_robots):
    site.pages[ROBOTS] = page(b"", status=503)

    with pytest.raises(FetchError, match=r"robots\.txt cannot be read \(status 503\)"):
        fetch_url(site.url(), policy=asking_robots)


def test_robots_txt_is_read_up_to_its_limit(site, asking_robots):
    rules = b"User-agent: *\nDisallow: /shut\n" + b"#" * 490_000 + b"\nDisallow: /page" * 6_000
    site.pages[ROBOTS] = stalling(rules, kind="text/plain")

    assert fetch_url(site.url("/"), policy=asking_robots).content == PAGE
    with pytest.raises(FetchError, match="asks not to read"):
        fetch_url(site.url("/shut"), policy=asking_robots)


def test_half_a_rule_at_the_limit_of_robots_txt_is_left_out(site, asking_robots):
    site.pages[ROBOTS] = stalling(b"User-agent: *\nDisallow: /" + b"x" * 600_000, kind="text/plain")

    assert fetch_url(site.url(), policy=asking_robots).content == PAGE


def test_robots_txt_is_remembered_for_an_hour(site, asking_robots):
    now = 0.0
    robots = Robots(clock=lambda: now)
    with Watchdog(20) as watchdog, GuardedSession(asking_robots, watchdog) as session:
        robots.check(site.url("/a"), asking_robots, session)
        now = 3_599.0
        robots.check(site.url("/b"), asking_robots, session)
        assert site.asked == [ROBOTS]

        now = 3_600.0
        robots.check(site.url("/c"), asking_robots, session)
        assert site.asked == [ROBOTS, ROBOTS]


def test_requests_to_one_host_keep_their_distance(policy):
    now, waits = 100.0, []
    one_a_second = replace(policy, seconds_between_requests_to_a_host=1.0, sleep=waits.append)
    distance = Distance(clock=lambda: now)

    distance.keep("a.test", one_a_second)
    distance.keep("b.test", one_a_second)
    now = 100.25
    distance.keep("a.test", one_a_second)
    now = 102.5
    distance.keep("a.test", one_a_second)

    assert waits == [0.75]


def test_the_second_page_of_a_host_waits_for_its_turn(site, asking_robots):
    waits = []
    slow = replace(asking_robots, seconds_between_requests_to_a_host=60, sleep=waits.append)

    fetch_url(site.url(), policy=slow)
    fetch_url(site.url(), policy=slow)

    assert len(waits) == 1
    assert 0 < waits[0] <= 60
