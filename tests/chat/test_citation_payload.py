"""What is told of a citation."""

import pytest

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
