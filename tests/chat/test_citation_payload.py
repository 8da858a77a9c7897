"""What is told of a citation, and what it opens."""

import pytest

from chat.cards import card
from chat.models import Citation
from knowledge.models import Source
from tests.chat.conversations import conversation
from tests.factories import ready_text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("url", "told"),
    [("/sources/1/pages/21/", ""), ("https://example.org/guide", "https://example.org/guide")],
    ids=["our own page", "a page on the web"],
)
def test_the_address_of_our_own_page_goes_with_its_source(url, told):
    source = ready_text()
    answer = conversation(None, ("Q", "A")).messages.get(role="assistant")
    citation = Citation.objects.create(message=answer, number=1, source=source, url=url, text="Set it.")

    before = citation.payload()["url"]
    Source.objects.filter(pk=source.pk).remove()
    citation.refresh_from_db()

    assert (before, citation.payload()["url"]) == (url, told)
    assert citation.payload()["text"] == "Set it."


def a_citation(**fields):
    answer = conversation(None, ("Q", "A")).messages.get(role="assistant")
    fields = {"number": 1, "source": ready_text(), "url": "https://example.org/guide"} | fields
    return Citation.objects.create(message=answer, **fields)


def test_a_web_page_opens_at_the_words_that_the_answer_quotes():
    citation = a_citation(text="A guide. Set the water heater to 120 degrees. Save energy.")

    shown = card(citation, "Set the water heater to 120 degrees [1].", readable=True)

    assert shown["url"] == (
        "https://example.org/guide#:~:text=Set%20the%20water%20heater%20to%20120%20degrees"
    )


def test_a_web_page_whose_words_are_not_quoted_opens_at_the_passage():
    citation = a_citation(text="Set the water heater lower.")

    shown = card(citation, "Lower temperatures save energy [1].", readable=True)

    assert shown["url"] == "https://example.org/guide#:~:text=Set%20the%20water%20heater%20lower."


def test_a_page_of_ours_opens_at_its_mark():
    citation = a_citation(text="Set it.", url="/sources/1/pages/21/?passage=5")

    assert card(citation, "Set it.", readable=True)["url"] == "/sources/1/pages/21/?passage=5#passage"


@pytest.mark.parametrize("url", ["https://example.org/guide", "/sources/1/"])
def test_what_the_reader_may_not_open_is_not_linked(url):
    assert card(a_citation(text="Set it.", url=url), "Set it.", readable=False)["url"] == ""


def test_a_text_that_the_reader_selected_leads_nowhere():
    assert card(a_citation(text="Set it.", url="", source=None), "Set it.", readable=True)["url"] == ""


@pytest.mark.parametrize(
    ("page", "heading", "section"),
    [
        (None, "Guide › Water › Tips", "Tips"),
        (None, "Guide", ""),
        (None, "", ""),
        (21, "Guide › Water › Tips", ""),
    ],
    ids=["a text with headings", "only its title", "a text without headings", "a page"],
)
def test_what_has_no_page_is_told_apart_by_its_last_heading(page, heading, section):
    citation = a_citation(title="Guide", heading=heading, page=page, text="Set it.")

    assert card(citation, "Set it.", readable=True)["section"] == section
