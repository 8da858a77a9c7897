"""A stored conversation on the chat page: it looks as it did when the answers came."""

import datetime
import html
import re

import pytest
from django.test import Client
from django.utils import timezone

from chat.models import Citation, Message, Session
from chat.writers.extractive import NO_MODEL
from knowledge.models import Source
from tests.chat.pages import forms
from tests.factories import UserFactory, ready_text

pytestmark = pytest.mark.django_db(transaction=True)

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
QUESTION = "How hot should the water heater be?"
WRITTEN = datetime.datetime(2026, 11, 20, 9, 30, tzinfo=datetime.UTC)


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def reader(user):
    client = Client()
    client.force_login(user)
    return client


def conversation(user, *, state="complete", kind="generated", content="Set it to 120 °F [1].", **answer):
    """One question and its answer."""
    session = Session.objects.create(user=user, title=QUESTION)
    Message.objects.create(session=session, role="user", content=QUESTION)
    Message.objects.create(
        session=session,
        role="assistant",
        state=state,
        kind=kind,
        content=content,
        model="test-model",
        **answer,
    )
    return session


def cite(session, *, text=HEATER, number=1, **fields):
    answer = session.messages.get(role="assistant")
    return Citation.objects.create(
        message=answer, number=number, text=text, **{"title": "Heating", "page": 21} | fields
    )


def page(client, session):
    return client.get(session.get_absolute_url()).text


def test_a_conversation_is_shown_again_as_it_was(reader, user):
    session = conversation(user)
    cite(session)

    shown = page(reader, session)

    assert QUESTION in shown
    assert f'href="#citation-{session.messages.last().pk}-1"' in shown
    assert f'id="citation-{session.messages.last().pk}-1"' in shown
    assert "Written by test-model" in shown


def test_nobody_else_opens_it(client, user):
    session = conversation(user)
    answer = session.messages.get(role="assistant")
    other = Client()
    other.force_login(UserFactory(is_staff=True, is_superuser=True))

    for stranger in (client, other):
        assert stranger.get(session.get_absolute_url()).status_code == 404
        assert stranger.get(f"{session.get_absolute_url()}messages/{answer.pk}/").status_code == 404


def test_pages_with_conversations_are_not_kept_by_browsers(reader, user):
    assert "no-store" in reader.get(conversation(user).get_absolute_url())["Cache-Control"]


def test_pages_are_compressed_for_browsers_that_take_it(reader, user):
    session = conversation(user)

    sent = reader.get(session.get_absolute_url(), headers={"accept-encoding": "gzip"})

    assert sent["Content-Encoding"] == "gzip"
    assert len(sent.content) < len(page(reader, session).encode()) / 3


def test_ones_own_conversations_are_listed_newest_first(reader, user):
    for n in range(55):
        Session.objects.create(user=user, title=f"Conversation {n:02}")
    conversation(UserFactory())

    shown = reader.get("/").text

    titles = [f"Conversation {n:02}" for n in range(54, 4, -1)]
    assert [title for title in titles if title in shown] == titles
    assert sorted(titles, key=shown.index) == titles
    assert "Conversation 04" not in shown
    assert QUESTION not in shown


@pytest.mark.parametrize(("conversations", "offered"), [(50, False), (51, True)])
def test_more_conversations_are_offered_if_there_are_more(reader, user, conversations, offered):
    Session.objects.bulk_create(Session(user=user, title="Heating") for _ in range(conversations))

    button = re.search("<button [^>]*show-more[^>]*>", reader.get("/").text)[0]

    assert ("hidden" not in button) is offered


def test_quotations_are_said_to_be_some_once(reader, user):
    session = conversation(user, kind="extract", content=f"{HEATER} [1]\n\n{NO_MODEL}")
    cite(session)

    shown = page(reader, session)

    assert "Quoted from the sources" in shown
    assert NO_MODEL not in shown


def test_a_failed_answer_says_why_keeps_its_text_and_can_be_tried_again(reader, user):
    session = conversation(
        user,
        state="failed",
        kind="",
        content="Half an ans",
        error_code="model_down",
        error_detail="It is down.",
    )

    shown = page(reader, session)

    assert "Half an ans" in shown
    assert "It is down." in shown
    assert f'name="message" value="{QUESTION}"' in shown
    assert "Try again" in shown


def test_a_stopped_answer_is_marked(reader, user):
    shown = page(reader, conversation(user, state="stopped", kind="", content="Half an ans"))

    assert "Half an ans" in shown
    assert "Stopped." in shown
    assert "Ask again" in shown


def test_an_answer_that_is_being_written_says_so(reader, user):
    shown = page(reader, conversation(user, state="streaming", kind="", content=""))

    assert "This answer is still being written" in shown
    assert 'data-state="streaming"' in shown


def test_an_abstention_offers_the_nearest_sources(reader, user):
    nearest = [{"title": "Boilers", "url": "/sources/7/pages/3/", "page": 3}]
    session = conversation(user, kind="abstained", content="No.", trace={"nearest": nearest})

    shown = page(reader, session)

    assert "Not in the sources" in shown
    assert 'href="/sources/7/pages/3/"' in shown
    assert "Boilers" in shown
    assert "page 3" in shown


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("cached", "Answered before, on 20 November 2026, from Heating, A &lt; B."),
        ("verified", "Verified by a curator on 20 November 2026, from Heating, A &lt; B."),
    ],
)
def test_an_answer_that_is_given_again_says_when_it_was_written_and_from_what(reader, user, kind, said):
    session = conversation(user, kind=kind, cached_at=WRITTEN)
    cite(session, number=1)
    cite(session, number=2, text="Insulate the tank.")
    cite(session, number=3, title="A < B")

    shown = page(reader, session)

    assert said in re.sub(r"</?time[^>]*>", "", shown)
    assert f'<time datetime="{WRITTEN.isoformat()}">' in shown


def test_a_verified_answer_need_not_cite_anything(reader, user):
    shown = page(reader, conversation(user, kind="verified", cached_at=WRITTEN))

    assert "Verified by a curator on 20 November 2026." in re.sub(r"</?time[^>]*>", "", shown)


@pytest.mark.parametrize("kind", ["generated", "cached", "verified", "extract", "abstained"])
def test_every_complete_answer_can_be_asked_for_afresh(reader, user, kind):
    session = conversation(user, kind=kind, cached_at=WRITTEN if kind in {"cached", "verified"} else None)

    (form,) = forms(page(reader, session), "Ask afresh")

    assert form["message"] == QUESTION
    assert form["session_id"] == str(session.pk)
    assert form["fresh"] == "true"


def test_an_answer_that_failed_is_tried_again_about_the_same_selected_text(reader, user):
    session = conversation(user, state="failed", kind="", content="", error_code="x", error_detail="Down.")
    session.messages.filter(role="user").update(selected_text="The tank holds 80 litres.")

    shown = page(reader, session)

    form = forms(shown, "Try again")[0]
    assert (form["message"], form["selected_text"]) == (QUESTION, "The tank holds 80 litres.")
    assert '<blockquote class="question-about" dir="auto">The tank holds 80 litres.' in shown


def test_images_that_went_along_are_told_of(reader, user):
    session = conversation(user)
    images = [{"media_type": "image/png", "bytes": 120}] * 2
    session.messages.filter(role="user").update(images=images)

    assert "With 2 images, which are not kept" in page(reader, session)


def test_a_verified_answer_whose_sources_may_have_changed_says_so(reader, user):
    shown = page(reader, conversation(user, kind="verified", cached_at=WRITTEN, trace={"review_due": True}))

    assert "Review due" in shown


@pytest.mark.parametrize(
    ("trace", "warning"),
    [
        ({"unsupported": [[0, 9]]}, "not in the passages that it cites"),
        ({"uncited": True}, "cites no passage"),
    ],
)
def test_a_doubtful_answer_warns(reader, user, trace, warning):
    assert warning in page(reader, conversation(user, trace=trace))


# --- citations


def test_a_citation_shows_place_age_and_the_quoted_words(reader, user):
    source = ready_text()
    session = conversation(user, content="Set the thermostat of the water heater to 50 °C [1].")
    cite(
        session,
        source=source,
        url="/sources/1/pages/21/?passage=5",
        heading="Heating › Water › Tips",
        source_read_at=timezone.now() - datetime.timedelta(days=15),
    )

    shown = page(reader, session)

    assert 'href="/sources/1/pages/21/?passage=5#passage"' in shown
    assert "Heating, page 21" in shown
    assert ">Water › Tips<" in shown
    assert "Read 2\xa0weeks ago" in shown
    assert "<mark>Set the thermostat of the water heater to</mark> 120 degrees" in shown


def test_a_source_that_was_taken_away_is_still_quoted_but_no_longer_linked(reader, user):
    source = ready_text()
    session = conversation(user)
    cite(session, source=source, url=source.page_url(None))
    Source.objects.filter(pk=source.pk).enable(False)

    shown = page(reader, session)

    assert HEATER in shown
    assert "This source is no longer available." in shown
    assert f'href="{source.page_url(None)}' not in shown


def test_a_web_page_is_opened_at_its_own_address_and_as_it_was_read(reader, user):
    source = ready_text()
    session = conversation(user)
    cite(session, source=source, url="https://example.org/heating", page=None)

    shown = page(reader, session)

    assert 'href="https://example.org/heating#:~:text=' in shown
    assert 'rel="noopener noreferrer nofollow"' in shown
    assert f'href="/sources/{source.pk}/"' in shown


def test_markup_in_questions_titles_and_passages_is_shown_as_text(reader, user):
    source = ready_text()
    session = conversation(user, content="<img src=x onerror=alert(1)> [1]")
    session.messages.filter(role="user").update(content="<b>Why?</b>")
    cite(session, source=source, title="<i>T</i>", heading="<u>H</u>", text="<script>alert(1)</script>")

    shown = page(reader, session)

    for markup in ("<img src=x", "<b>Why", "<i>T", "<u>H", "<script>alert"):
        assert markup not in shown
        assert html.escape(markup) in shown


# --- one answer for the script


def test_an_answer_alone_looks_as_it_does_in_the_page(reader, user):
    session = conversation(
        user, state="failed", kind="", content="Half", error_code="x", error_detail="Down."
    )
    answer = session.messages.get(role="assistant")

    alone = reader.get(f"{session.get_absolute_url()}messages/{answer.pk}/").text

    def without_token(markup):
        return [line for line in markup.splitlines() if "csrfmiddlewaretoken" not in line]

    assert "\n".join(without_token(alone)).strip() in "\n".join(without_token(page(reader, session)))
    assert "<html" not in alone


def test_a_question_is_no_answer(reader, user):
    session = conversation(user)
    question = session.messages.get(role="user")

    assert reader.get(f"{session.get_absolute_url()}messages/{question.pk}/").status_code == 404
