"""How long a curator stands by an answer, and in which words."""

import datetime

import pytest
from django.utils import timezone

from chat.cache import verified
from chat.cache.verified import AnswerRefused
from chat.models import CachedAnswer
from chat.writers.extractive import NO_MODEL
from tests.chat.cache.curated import written
from tests.factories import UserFactory

DAY = datetime.timedelta(days=1)
QUOTED = f"Set it to 120 °F [1].\n\n{NO_MODEL}"


@pytest.fixture
def curator(db):
    return UserFactory(is_staff=True, is_superuser=True)


WAYS = pytest.mark.parametrize(
    "stand_by",
    [
        lambda answer, by, date=None: verified.approve(answer, by, date),
        lambda answer, by, date=None: verified.edit(answer, answer.content, by, date),
        lambda answer, by, date=None: verified.write(
            "How hot?",
            answer.content.replace(" [1]", ""),
            by=by,
            collections=answer.collections,
            review_by=date,
            instead_of=answer,
        ),
    ],
    ids=["approve", "edit", "write anew"],
)


@WAYS
def test_a_review_date_in_the_past_is_refused(curator, stand_by):
    answer = written()

    with pytest.raises(AnswerRefused, match="The review date has passed already"):
        stand_by(answer, curator, timezone.localdate() - DAY)

    assert not CachedAnswer.objects.verified().exists()


@WAYS
def test_an_answer_may_be_reviewed_today(curator, stand_by):
    approved = stand_by(written(), curator, timezone.localdate())

    assert approved.review_by == timezone.localdate()


@WAYS
def test_what_a_curator_stands_by_does_not_say_that_no_model_wrote_it(curator, stand_by):
    approved = stand_by(written(content=QUOTED), curator)

    approved.refresh_from_db()
    assert approved.content.replace(" [1]", "") == "Set it to 120 °F."


def test_that_sentence_alone_is_no_answer(curator):
    with pytest.raises(AnswerRefused, match="Write the answer first"):
        verified.edit(written(), NO_MODEL, curator)


@pytest.mark.parametrize(("days", "offered"), [(None, 182), (-1, 182), (30, 182), (400, 400)])
def test_the_later_of_the_usual_date_and_its_own_is_offered(days, offered):
    today = timezone.localdate()
    answer = CachedAnswer(review_by=None if days is None else today + days * DAY)

    assert verified.next_review_date(answer) == today + offered * DAY
