"""Sources, workers, and what readers did not get."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.models import Feedback
from knowledge.models import Delivery, Heartbeat, Job
from tests.factories import TextSourceFactory, ready_text
from tests.project.front_page.days import (
    FRONT,
    answered,
    day,
    quote,
    states,
    used,
)

pytestmark = pytest.mark.django_db


def test_sources_are_counted_by_what_is_to_be_done_with_them(staff):
    ready_text()
    ready_text(review_by=day(1), enabled=True)
    ready_text(review_by=day(0))
    ready_text(enabled=False, review_by=day(1))
    TextSourceFactory().note_failure("No.")
    now = timezone.now()
    url = {"kind": "url", "text": "", "refresh_interval": "daily"}
    TextSourceFactory(url="https://example.com/1", next_refresh_at=now - datetime.timedelta(1), **url)
    TextSourceFactory(url="https://example.com/2", next_refresh_at=now + datetime.timedelta(1), **url)

    page = staff.get(FRONT)

    assert states(page, "statuses") == {
        "waiting": 2, "reading": 0, "ready": 4, "failed": 1, "gone from the web": 0
    }  # fmt: skip
    assert states(page, "waiting") == {"Refresh is due": 1, "Review date has passed": 1, "Disabled": 1}


def test_sources_that_need_a_hand_come_with_the_reason_the_latest_first(staff):
    for number in range(8):
        TextSourceFactory(title=f"Broken {number}").note_failure(f"Reason {number}.")
    TextSourceFactory(title="Off", enabled=False).note_failure("Nobody minds.")

    page = staff.get(FRONT)

    named = [source.title for source in page.context["needs_a_hand"]]
    assert named == [f"Broken {number}" for number in (7, 6, 5, 4, 3, 2)]
    assert "Reason 7." in page.content.decode()
    assert "Nobody minds." not in page.content.decode()


def test_the_queue_is_told_in_figures(staff):
    now = timezone.now()
    long_ago = now - datetime.timedelta(days=2)
    for state, finished in (("done", now), ("done", long_ago), ("failed", now), ("failed", long_ago)):
        Job.objects.create(source=TextSourceFactory(), state=state, finished_at=finished)
    Job.objects.create(source=TextSourceFactory(), queued_at=now - datetime.timedelta(minutes=20))
    Delivery.objects.create(message_id=1, set_aside_at=now)
    Delivery.objects.create(message_id=2)

    page = staff.get(FRONT)

    assert states(page, "work_states") == {
        "waiting": 1, "running": 0, "done since yesterday": 1, "failed since yesterday": 1, "set aside": 1
    }  # fmt: skip
    assert "The oldest job has waited for 20\xa0minutes." in page.content.decode()


def test_a_silent_worker_is_told_with_what_to_do(staff):
    page = staff.get(FRONT).content.decode()

    assert "No worker has given a sign of life lately" in page
    assert "manage.py up" in page


def test_a_worker_that_lives_is_not_complained_of(staff):
    Heartbeat.objects.create(name="worker", at=timezone.now())

    page = staff.get(FRONT).content.decode()

    assert "No worker has given a sign of life lately" not in page
    assert "working" in page


def test_sources_are_ranked_by_the_answers_that_rest_on_them(staff):
    much, little = ready_text(title="Much"), ready_text(title="Little")
    unused, off = ready_text(title="Unused"), ready_text(title="Off")
    off.collection.sources.filter(pk=off.pk).enable(False)
    for _ in range(2):
        quote(answered(), much, much)
    quote(answered(), little)
    quote(answered(ago=40), little)

    page = staff.get(FRONT)

    cited = [(one["source"], one["answers"], one["share"]) for one in page.context["most_cited"]]
    assert cited == [(much, 2, 100), (little, 1, 50)]
    assert list(page.context["never_cited"]) == [unused]
    assert page.context["never_cited_count"] == 1
    behind = staff.get(page.context["never_cited_url"]).context["cl"]
    assert [source.pk for source in behind.result_list] == [unused.pk]


def test_unanswered_questions_are_ranked_by_how_often_they_were_asked(staff):
    used(questions=4)
    answered("Who pays?", kind="abstained", ago=2)
    answered("What is new?", kind="abstained", ago=1)
    last = answered("  who PAYS?", kind="abstained")
    answered("Who paid?", kind="abstained", ago=50)

    page = staff.get(FRONT)

    missed = [(row["answer"].question, row["times"]) for row in page.context["missed"]]
    assert missed == [("  who PAYS?", 2), ("What is new?", 1)]
    assert page.context["missed"][0]["answer"].pk == last.pk
    assert "asked 2 times" in page.content.decode()


def test_from_a_bad_answer_it_is_one_step_to_a_better_one(staff):
    used(questions=1)
    Feedback.objects.create(message=answered("Who pays?"), rating=-1, comment="<b>Wrong</b> year.")

    page = staff.get(FRONT)

    (row,) = page.context["disliked"]
    assert row["write_url"] == f"{reverse('admin:chat_cachedanswer_add')}?question=Who+pays%3F"
    assert "&lt;b&gt;Wrong&lt;/b&gt; year." in page.content.decode()
    assert f'href="{row["write_url"]}"' in page.content.decode()
