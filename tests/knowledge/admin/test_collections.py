"""Collections: access and language."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from chat.models import Assistant
from knowledge.models import Collection, Job
from tests.factories import CollectionFactory, GroupFactory, ready_text

LIST = reverse("admin:knowledge_collection_changelist")


def save(client, collection, **changes):
    fields = {"name": collection.name, "slug": collection.slug, "language": collection.language}
    address = reverse("admin:knowledge_collection_change", args=[collection.pk])
    return client.post(address, {**fields, "access": collection.access, **changes})


def test_it_counts_sources_and_live_chunks(curator_client):
    collection = CollectionFactory()
    ready_text(collection=collection)
    ready_text("Another text, about windows and doors.", collection=collection)

    row = curator_client.get(LIST).context["cl"].result_list[0]

    assert (row.sources_, row.chunks_) == (2, 2)


def test_groups_without_a_group_are_refused(curator_client):
    collection = CollectionFactory()

    page = save(curator_client, collection, access="groups").content.decode()

    collection.refresh_from_db()
    assert "Choose at least one group, or nobody can read this collection." in page
    assert collection.access == Collection.Access.EVERYONE


def test_it_is_restricted_to_a_group(curator_client):
    collection, group = CollectionFactory(), GroupFactory()

    save(curator_client, collection, access="groups", groups=[group.pk])

    collection.refresh_from_db()
    assert (collection.access, list(collection.groups.all())) == ("groups", [group])


def test_another_language_has_its_sources_indexed_again(curator_client):
    source = ready_text()

    save(curator_client, source.collection, language="german")

    assert source.jobs.filter(state=Job.State.QUEUED).get().purpose == Job.Purpose.REINDEX


def test_another_name_has_nothing_indexed_again(curator_client):
    source = ready_text()

    save(curator_client, source.collection, name="Renamed")

    assert not source.jobs.open().exists()


def test_deleting_asks_with_figures(curator_client):
    collection = CollectionFactory(name="Old manuals")
    ready_text(collection=collection)
    address = reverse("admin:knowledge_collection_delete", args=[collection.pk])

    question = curator_client.get(address).content.decode()
    curator_client.post(address, {"post": "yes"})

    assert "Old manuals" in question
    assert "Chunks: 1" in question
    assert not Collection.objects.exists()


def deleted_alone(client, collection):
    address = reverse("admin:knowledge_collection_delete", args=[collection.pk])
    return client.post(address, {"post": "yes"}, follow=True)


def deleted_with_others(client, *collections):
    chosen = {"action": "delete_selected", "_selected_action": [each.pk for each in collections]}
    return client.post(LIST, chosen | {"post": "yes"}, follow=True)


@pytest.mark.parametrize("delete", [deleted_alone, deleted_with_others])
def test_all_that_an_assistant_quotes_is_kept_with_a_sentence(curator_client, delete):
    collection = CollectionFactory()
    Assistant.objects.create(name="Helper", slug="helper").collections.set([collection])

    page = delete(curator_client, collection)

    (told,) = (str(message) for message in page.context["messages"])
    assert "would quote every collection then: Helper." in told
    assert Collection.objects.get() == collection
    assert not LogEntry.objects.exists()


def test_both_collections_of_an_assistant_are_not_deleted_at_once(curator_client):
    both = [CollectionFactory(), CollectionFactory()]
    Assistant.objects.create(name="Helper", slug="helper").collections.set(both)

    deleted_with_others(curator_client, *both)

    assert Collection.objects.count() == 2


def test_several_that_no_assistant_needs_are_deleted(curator_client):
    deleted_with_others(curator_client, CollectionFactory(), CollectionFactory())

    assert not Collection.objects.exists()


def test_who_made_it_is_remembered(curator_client, administrator):
    fields = {"name": "New", "slug": "new", "language": "english", "access": "everyone"}
    curator_client.post(reverse("admin:knowledge_collection_add"), fields)

    assert Collection.objects.get().created_by == administrator
