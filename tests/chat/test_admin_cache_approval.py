"""Approving an entry on its page: with the text, the phrasings and the date that stand there."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from chat.cache import verified
from chat.models import CachedAnswer
from tests.chat.cache.curated import asking, written
from tests.chat.cache_admin import a_curator, at, changed, signed_in
from tests.factories import CollectionFactory, UserFactory, ready_text

QUESTION = "How hot should the water heater be?"
APPROVE = {"_approve": "1"}
DAY = datetime.timedelta(days=1)


@pytest.fixture
def curator(db):
    return a_curator()


@pytest.fixture
def client(curator):
    return signed_in(curator)


def dated(date, offered="2031-01-01"):
    """What the date on the page sends."""
    return {"review_by": str(date), "initial-review_by": str(offered)}


def test_an_entry_is_approved_with_a_date_of_its_own(client, curator):
    answer = written()

    page = client.post(at(answer), changed(answer, **APPROVE, **dated("2031-06-01")), follow=True)

    answer.refresh_from_db()
    assert (answer.verified_by, answer.review_by) == (curator, datetime.date(2031, 6, 1))
    assert "Approved until June 1, 2031." in page.content.decode()


def test_an_entry_is_approved_with_the_text_and_the_phrasings_that_stand_there(client):
    answer = written(QUESTION, others=("How cold is the fridge?",))
    sent = changed(answer, **APPROVE, content="At most 120 °F [1].") | {"questions-1-DELETE": "on"}

    client.post(at(answer), sent)

    answer.refresh_from_db()
    assert (answer.content, answer.is_verified) == ("At most 120 °F [1].", True)
    assert asking(answer) == [QUESTION]


def test_a_phrasing_that_is_taken_away_at_once_is_not_in_the_way(client, curator):
    source = ready_text(title="Guide")
    verified.approve(written("Boiler?", source=source), curator)
    answer = written(QUESTION, source=source, others=("Boiler?",))

    client.post(at(answer), changed(answer, **APPROVE) | {"questions-1-DELETE": "on"})

    answer.refresh_from_db()
    assert answer.is_verified


def test_the_history_says_who_approved(client, curator):
    answer = written()

    client.post(at(answer), changed(answer, **APPROVE))

    history = client.get(at(answer, "history")).content.decode()
    assert "Approved." in history
    assert str(curator) in history


def test_who_approves_again_is_offered_no_earlier_date(client, curator):
    far = timezone.localdate() + 400 * DAY
    answer = verified.approve(written(), curator, far)
    offered = [client.get(at(answer)).context["adminform"].form["review_by"].value()]

    CachedAnswer.objects.update(review_by=timezone.localdate() - DAY)
    offered.append(client.get(at(answer)).context["adminform"].form["review_by"].value())

    assert offered == [far, verified.usual_review_date()]


def test_a_changed_text_is_approved_when_it_is_saved(client, curator):
    answer = written()

    client.post(at(answer), changed(answer, content="At most 120 °F [1]."))

    answer.refresh_from_db()
    assert (answer.content, answer.verified_by) == ("At most 120 °F [1].", curator)


def test_another_date_is_approved_when_it_is_saved(client, curator):
    answer = verified.approve(written(), curator)

    client.post(at(answer), changed(answer, **dated("2031-06-01")))

    answer.refresh_from_db()
    assert answer.review_by == datetime.date(2031, 6, 1)


def test_who_saves_what_they_did_not_touch_approves_nothing(client):
    answer = written(content="Two lines:\n\n120 °F [1].")

    client.post(
        at(answer),
        changed(answer, content="Two lines:\r\n\r\n120 °F [1].", **dated("2031-01-01")),
    )

    answer.refresh_from_db()
    assert (answer.is_verified, answer.content) == (False, "Two lines:\n\n120 °F [1].")


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"content": "At most 120 °F [7]."}, "The text marks [7]"),
        (dated("2020-06-01"), "The review date has passed already."),
        (dated("soon"), "Enter a valid date."),
        (dated("2031-02-31"), "Enter a valid date."),
    ],
)
@pytest.mark.parametrize("button", [{}, APPROVE], ids=["save", "approve"])
def test_what_is_refused_is_said_and_the_text_stays_in_the_form(client, button, sent, sentence):
    answer = written()

    page = client.post(at(answer), changed(answer, content="Warm [1].") | button | sent)

    assert sentence in page.content.decode()
    assert page.context["adminform"].form["content"].value() == sent.get("content", "Warm [1].")
    assert not CachedAnswer.objects.verified().exists()


def test_nobody_approves_what_has_changed_since(client):
    answer = written()
    answer.passages.get().source.chunks.update(content_hash="another")

    page = client.post(at(answer), changed(answer, **APPROVE))

    assert "These passages have changed or are gone: [1] Guide." in page.content.decode()
    assert not CachedAnswer.objects.verified().exists()


@pytest.mark.parametrize("why", ["permission", "collection"])
def test_who_may_not_change_or_see_an_entry_cannot_approve_it(client, why):
    answer = written(source=ready_text(collection=CollectionFactory(access="groups")))
    if why == "permission":
        answer = written()
        viewer = UserFactory(is_staff=True)
        viewer.user_permissions.add(*Permission.objects.filter(codename__startswith="view_cached"))
        client = signed_in(viewer)

    refused = client.post(at(answer), changed(answer, **APPROVE))

    assert refused.status_code == (403 if why == "permission" else 302)
    assert not CachedAnswer.objects.verified().exists()


def test_who_may_only_look_is_offered_no_button(db):
    viewer = UserFactory(is_staff=True)
    viewer.user_permissions.add(*Permission.objects.filter(codename__startswith="view_cached"))

    page = signed_in(viewer).get(at(written()))

    assert page.status_code == 200
    assert "_approve" not in page.content.decode()
