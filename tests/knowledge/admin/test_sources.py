"""The list of sources and its bulk actions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from knowledge.models import Job, Source
from tests.factories import CollectionFactory, TextSourceFactory, ready_text

LIST = reverse("admin:knowledge_source_changelist")


def act(client, action, *sources):
    return client.post(
        LIST, {"action": action, "_selected_action": [source.pk for source in sources]}, follow=True
    )


def queries(client):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(LIST).status_code == 200
    return len(captured)


def test_a_failed_source_shows_the_sentence_that_explains_it(curator_client):
    source = TextSourceFactory(title="Guide")
    source.note_failure("None of the 12 pages holds text: this looks like a scan.")

    page = curator_client.get(LIST)

    assert "None of the 12 pages holds text: this looks like a scan." in page.content.decode()


def test_a_failed_refresh_says_that_the_old_text_goes_on_answering(curator_client):
    source = ready_text()
    source.note_failure("The server did not answer.")

    page = curator_client.get(LIST)

    assert "The server did not answer. What was read before goes on answering." in page.content.decode()


def test_a_disabled_source_says_that_no_answer_quotes_it(curator_client):
    ready_text(title="Old prices")
    Source.objects.enable(False)

    page = curator_client.get(LIST)

    assert "Disabled: no answer quotes it." in page.content.decode()


def test_a_title_cannot_bring_markup_into_the_list(curator_client):
    TextSourceFactory(title="<script>alert(1)</script>")

    page = curator_client.get(LIST)

    assert "<script>alert(1)" not in page.content.decode()
    assert "&lt;script&gt;alert(1)" in page.content.decode()


def test_the_list_takes_as_many_queries_for_many_sources_as_for_one(curator_client):
    collection = CollectionFactory()
    ready_text(collection=collection, title="first")
    for_one = queries(curator_client)
    for n in range(4):
        ready_text(collection=collection, title=f"more {n}")
        Job.objects.create(source=TextSourceFactory(collection=collection))

    for_many = queries(curator_client)

    assert for_many == for_one


@pytest.mark.parametrize("query", [{}, {"p": "200"}, {"q": "text 99"}, {"status__exact": "new"}])
def test_ten_thousand_sources_take_few_queries(curator_client, query):
    collection = CollectionFactory()
    Source.objects.bulk_create(
        Source(collection=collection, kind="text", title=f"Text {n}", text="Words.") for n in range(10_000)
    )

    with CaptureQueriesContext(connection) as captured:
        page = curator_client.get(LIST, query)

    assert len(page.context["cl"].result_list) <= 50
    assert len(captured) <= 20
    assert not [sql for sql in captured if '"knowledge_source"."text"' in sql["sql"]]


def test_an_empty_list_says_what_to_do_first(curator_client):
    page = curator_client.get(LIST)

    assert "No source yet" in page.content.decode()
    assert reverse("admin:knowledge_source_add") in page.content.decode()


def test_a_search_without_a_hit_offers_to_show_all(curator_client):
    TextSourceFactory()

    page = curator_client.get(LIST, {"q": "nothing like it"})

    assert "Nothing fits" in page.content.decode()


@pytest.mark.parametrize(
    ("action", "purpose"), [("refresh_now", Job.Purpose.REFRESH), ("read_again", Job.Purpose.REREAD)]
)
def test_chosen_sources_are_asked_to_be_read(curator_client, administrator, action, purpose):
    chosen, other = TextSourceFactory(), TextSourceFactory()

    act(curator_client, action, chosen)

    assert [(job.purpose, job.requested_by) for job in chosen.jobs.all()] == [(purpose, administrator)]
    assert not other.jobs.exists()


def test_disabling_keeps_sources_out_of_answers_and_enabling_lets_them_back(curator_client):
    source = ready_text()

    act(curator_client, "disable", source)
    while_disabled = source.chunks.filter(live=True).count()
    act(curator_client, "enable", source)

    assert (while_disabled, source.chunks.filter(live=True).count()) == (0, 1)


@pytest.mark.parametrize("action", ["refresh_now", "read_again", "enable", "disable"])
def test_who_may_only_look_has_no_action(onlooker_client, action):
    source = TextSourceFactory()

    act(onlooker_client, action, source)

    source.refresh_from_db()
    assert source.enabled
    assert not source.jobs.exists()


def test_deleting_asks_with_figures_and_forgets_the_chunks(curator_client):
    source = ready_text(title="Old guide")
    address = reverse("admin:knowledge_source_delete", args=[source.pk])

    question = curator_client.get(address).content.decode()
    curator_client.post(address, {"post": "yes"})

    assert "Old guide" in question
    assert "Chunks" in question or "chunks" in question
    assert not Source.objects.exists()
