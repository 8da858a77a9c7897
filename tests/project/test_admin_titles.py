"""What pages of the admin are called, and where they stand."""

import pytest
from django.urls import reverse

from tests.factories import CollectionFactory, ready_text
from tests.roles import curator_of, signed_in

SOURCES = reverse("admin:knowledge_source_changelist")


@pytest.fixture
def collection(db):
    return CollectionFactory(name="heating")


@pytest.fixture
def client(collection):
    return signed_in(curator_of(collection))


def heading(page):
    """The text and the addresses of the title line."""
    return page.text.split("<h1", 1)[1].split("</h1>", 1)[0]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("admin:chat_message_changelist", "Questions and answers"),
        ("admin:chat_cachedecision_changelist", "Decisions"),
        ("admin:knowledge_chunk_changelist", "Chunks"),
    ],
)
def test_a_list_is_called_what_the_sidebar_calls_it(client, address, name):
    page = client.get(reverse(address))

    assert f">{name}<" in heading(page)
    assert f"{name} | Knowledge assistant</title>" in page.text


def test_the_name_of_a_row_stands_as_it_is_written_after_its_list(client, collection):
    source = ready_text(title="habibi.pdf", collection=collection)

    line = heading(client.get(reverse("admin:knowledge_source_change", args=[source.pk])))

    assert ">habibi.pdf<" in line
    assert f'href="{SOURCES}"' in line
    assert f'href="{reverse("admin:app_list", args=["knowledge"])}"' not in line


def test_a_page_of_its_own_keeps_its_title(client):
    page = client.get(reverse("admin:knowledge_source_add"))

    assert ">Add sources<" in heading(page)


def test_a_deletion_goes_back_to_the_rows_that_were_looked_at(client, collection):
    source = ready_text(collection=collection)
    looked_at = "?_changelist_filters=kind__exact%3Dtext"

    page = client.get(reverse("admin:knowledge_source_change", args=[source.pk]) + looked_at).text

    assert reverse("admin:knowledge_source_delete", args=[source.pk]) + looked_at in page
    assert "Delete source" in page


def test_the_sidebar_shows_where_one_is_while_a_row_is_added(admin_client):
    page = admin_client.get(reverse("admin:chat_toolserver_add"))

    items = [item for group in page.context["sidebar_navigation"] for item in group["items"]]
    assert [str(item["title"]) for item in items if item.get("active")] == ["Tool servers"]
