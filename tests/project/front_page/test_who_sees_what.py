"""First steps, and what each person is shown."""

import pytest
from django.utils import timezone

from knowledge.models import Job, Source
from tests.factories import CollectionFactory, TextSourceFactory, ready_text
from tests.project.front_page.days import (
    FRONT,
    answered,
    client_with,
    figures,
    quote,
    states,
    used,
)

pytestmark = pytest.mark.django_db


def test_a_new_installation_shows_first_steps_and_no_empty_figures(staff):
    page = staff.get(FRONT).content.decode()

    assert "First steps" in page
    assert "95 % written within" not in page
    assert page.count("k-is-done") == 0


def test_a_step_that_is_done_is_ticked_and_the_next_one_remains(staff):
    ready_text()

    page = staff.get(FRONT).content.decode()

    assert "First steps" in page
    assert page.count("k-is-done") == 1


def test_first_steps_go_when_somebody_has_asked(staff):
    ready_text()
    used(questions=1)

    assert "First steps" not in staff.get(FRONT).content.decode()


def test_days_without_questions_say_so(staff):
    ready_text()
    used(ago=60, questions=1)

    page = staff.get(FRONT).content.decode()

    assert "Nobody has asked anything in these days" in page
    assert "95 % written within" not in page


def test_costs_are_for_who_may_see_what_was_used():
    used(questions=1, cost=5)
    answered()

    page = client_with("view_message").get(FRONT)

    assert "Questions" in figures(page)
    assert "Cost" not in figures(page)
    assert [chart.name for chart in page.context["charts"]] == ["outcomes", "waits", "opinions"]


def test_a_curator_sees_the_sources_of_her_own_collections_only():
    hers, other = CollectionFactory(), CollectionFactory()
    client = client_with("view_source", "view_job", "view_message", email="curator@example.com")
    hers.curators.set([client.session["_auth_user_id"]])
    TextSourceFactory(collection=hers, title="Hers").note_failure("No.")
    TextSourceFactory(collection=other, title="Not hers").note_failure("No.")
    for source in Source.objects.all():
        Job.objects.create(source=source, state="failed", finished_at=timezone.now())
    used(questions=1)

    page = client.get(FRONT)

    assert states(page, "statuses")["failed"] == 1
    assert states(page, "work_states")["failed since yesterday"] == 1
    assert "Not hers" not in page.content.decode()
    assert "The figures are of the whole site" in page.content.decode()


def test_a_curator_is_not_shown_questions_about_what_she_may_not_read():
    secret = CollectionFactory(access="groups")
    source = ready_text(collection=secret)
    quote(answered("What does the secret say?"), source)
    used(questions=1)

    page = client_with("view_message", "view_source").get(FRONT)

    assert page.context["answers"] == []
    assert "What does the secret say?" not in page.content.decode()
