"""A curator of one collection neither sees nor touches what is in another's, by whatever door."""

import pytest
from django.contrib.auth.models import Permission
from django.core.signing import dumps
from django.urls import reverse
from django.utils import timezone

from knowledge.admin.add_sources import SALT
from knowledge.models import Collection, Delivery, Job, Original, Source
from tests.factories import CollectionFactory, GroupFactory, UserFactory, ready_text
from tests.knowledge.revisions import ready_pdf
from tests.roles import curator_of, role_administrator, signed_in

SOURCES = reverse("admin:knowledge_source_changelist")
COLLECTIONS = reverse("admin:knowledge_collection_changelist")
ADD = reverse("admin:knowledge_source_add")
SEARCH_TEST = reverse("admin:knowledge_source_search_test")


@pytest.fixture(autouse=True)
def originals(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def board(db):
    """The group that reads the other collection."""
    return GroupFactory(name="Board")


@pytest.fixture
def theirs(board):
    """A source of a collection that is another curator's and closed to this one."""
    return ready_text(
        "The merger is planned for March.",
        title="Merger",
        collection=CollectionFactory(name="Secrets", access="groups", groups=[board]),
    )


@pytest.fixture
def mine(db):
    return ready_text(title="Heating", collection=CollectionFactory(name="Handbook"))


@pytest.fixture
def curator(mine):
    return curator_of(mine.collection)


@pytest.fixture
def client(curator, theirs):
    return signed_in(curator)


def listed(client, address, **query):
    return set(client.get(address, query).context["cl"].result_list)


def at(row, page="change"):
    return reverse(f"admin:knowledge_{row._meta.model_name}_{page}", args=[row.pk])


def rows_of(source):
    """One of each kind that belongs to a source, and its collection."""
    return [source.collection, source, source.live_revision, source.chunks.first(), source.jobs.first()]


def unchanged(source):
    fields = {
        name: getattr(source, name) for name in ("title", "collection_id", "enabled", "owner_id", "text")
    }
    source.refresh_from_db()
    return fields == {name: getattr(source, name) for name in fields}


@pytest.mark.parametrize("place", range(5))
def test_lists_show_what_is_in_ones_own_collections(client, mine, theirs, place):
    row, other = rows_of(mine)[place], rows_of(theirs)[place]
    address = reverse(f"admin:knowledge_{row._meta.model_name}_changelist")

    found = listed(client, address)

    assert row in found
    assert other not in found


@pytest.mark.parametrize("word", ["Merger", "March"])
@pytest.mark.parametrize("model", ["source", "collection", "job", "chunk", "revision"])
def test_a_search_finds_nothing_of_anothers(client, model, word):
    page = client.get(reverse(f"admin:knowledge_{model}_changelist"), {"q": word})

    assert not [row for row in page.context["cl"].result_list if word in str(row)]


def test_a_filter_by_anothers_collection_shows_nothing_and_offers_none(client, theirs):
    CollectionFactory(name="Third").curators.add(UserFactory(is_staff=True))

    page = client.get(SOURCES)
    filtered = listed(client, SOURCES, collection__id__exact=theirs.collection_id)

    assert theirs not in filtered
    assert "Secrets" not in page.content.decode()
    assert "Third" not in page.content.decode()


def test_the_chunks_of_anothers_source_are_not_headed_by_its_name(client, theirs):
    page = client.get(reverse("admin:knowledge_chunk_changelist"), {"source__id__exact": theirs.pk})

    assert "Merger" not in page.content.decode()
    assert not page.context["cl"].result_count


@pytest.mark.parametrize("page", ["change", "delete", "history"])
@pytest.mark.parametrize("place", range(5))
def test_a_direct_address_leads_to_nothing_of_anothers(client, theirs, place, page):
    row = rows_of(theirs)[place]

    answer = client.get(at(row, page), follow=True)

    refused = answer.status_code in {403, 404} or answer.request["PATH_INFO"] == reverse("admin:index")
    assert refused
    assert "March" not in answer.content.decode()


def test_anothers_source_is_not_changed_by_its_address(client, theirs, mine):
    body = {"title": "Mine", "text": "Mine", "collection": mine.collection_id, "enabled": ""}

    client.post(at(theirs), body)
    client.post(at(theirs, "delete"), {"post": "yes"})

    assert unchanged(theirs)


@pytest.mark.parametrize("action", ["refresh_now", "read_again", "enable", "disable", "delete_selected"])
def test_an_action_does_not_reach_anothers_source(client, theirs, action):
    jobs = Job.objects.count()

    client.post(SOURCES, {"action": action, "_selected_action": [theirs.pk], "post": "yes"})

    assert unchanged(theirs)
    assert Job.objects.count() == jobs


def test_an_action_on_all_rows_reaches_ones_own_only(client, mine, theirs):
    chosen = {"action": "disable", "_selected_action": [mine.pk], "select_across": "1"}

    client.post(SOURCES, chosen)

    mine.refresh_from_db()
    assert not mine.enabled
    assert unchanged(theirs)


def test_a_job_of_anothers_is_not_run_again(client, theirs):
    failed = theirs.jobs.get()
    Job.objects.filter(pk=failed.pk).update(state=Job.State.FAILED)

    client.post(
        reverse("admin:knowledge_job_changelist"), {"action": "run_again", "_selected_action": [failed.pk]}
    )

    assert not Job.objects.open().exists()


def test_anothers_source_is_not_refreshed(client, theirs):
    answer = client.post(reverse("admin:knowledge_source_refresh", args=[theirs.pk]))

    assert answer.status_code == 404
    assert not theirs.jobs.open().exists()


def test_progress_tells_nothing_of_anothers_source(client, mine, theirs):
    told = client.get(
        reverse("admin:knowledge_source_progress"), {"source": [mine.pk, theirs.pk], "part": "status"}
    ).json()

    assert list(told) == [str(mine.pk)]


def settings_of(source, **changes):
    """What the form of a text sends."""
    return {
        "title": source.title,
        "text": source.text,
        "collection": source.collection_id,
        "enabled": "on",
        "owner": "",
        "review_by": "",
    } | changes


def test_ones_own_source_is_not_moved_to_anothers_collection(client, mine, theirs):
    page = client.post(at(mine), settings_of(mine, collection=theirs.collection_id))

    assert page.context["adminform"].form.errors["collection"]
    assert "Secrets" not in page.content.decode()
    assert unchanged(mine)


def test_ones_own_source_is_changed_and_moved_to_another_one_of_ones_own(client, curator, mine):
    other = CollectionFactory(name="Leaflets")
    other.curators.add(curator)

    client.post(at(mine), settings_of(mine, title="Boiler", collection=other.pk))

    mine.refresh_from_db()
    assert (mine.title, mine.collection) == ("Boiler", other)


def test_a_stranger_does_not_become_the_owner(client, mine):
    stranger = UserFactory(email="stranger@example.com")

    page = client.post(at(mine), settings_of(mine, owner=stranger.pk))

    assert page.context["adminform"].form.errors["owner"]
    assert "stranger@example.com" not in client.get(at(mine)).content.decode()


def test_a_colleague_becomes_the_owner(client, mine):
    colleague = curator_of(mine.collection)

    client.post(at(mine), settings_of(mine, owner=colleague.pk))

    mine.refresh_from_db()
    assert mine.owner == colleague


def test_nothing_is_added_to_anothers_collection(client, theirs):
    sources = Source.objects.count()
    body = {"addresses": "https://example.com/", "refresh_interval": "never"}

    page = client.post(ADD, body | {"collection": theirs.collection_id})

    assert "Secrets" not in page.content.decode()
    assert Source.objects.count() == sources


def test_what_is_added_without_a_collection_goes_to_ones_own(client, mine):
    client.post(ADD, {"addresses": "https://example.com/", "refresh_interval": "never"})

    assert Source.objects.get(url="https://example.com/").collection == mine.collection


@pytest.mark.parametrize("address", [ADD, SOURCES, COLLECTIONS])
def test_a_curator_of_nothing_is_told_whom_to_ask(db, address):
    client = signed_in(curator_of())

    assert "Ask an administrator" in client.get(address).content.decode()


def test_a_curator_of_nothing_adds_nothing(theirs):
    client = signed_in(curator_of())

    page = client.post(ADD, {"addresses": "https://example.com/", "refresh_interval": "never"})

    assert "Ask an administrator" in page.content.decode()
    assert Source.objects.get() == theirs


def test_a_file_does_not_take_the_place_of_anothers(client, board):
    secrets = CollectionFactory(access="groups", groups=[board])
    source = ready_pdf("Old", collection=secrets)
    kept = Original.objects.keep(b"%PDF-1.7 new", "application/pdf")
    token = dumps({"source": source.pk, "original": kept.pk}, salt=SALT)

    answer = client.post(reverse("admin:knowledge_source_replace"), {"token": token})

    assert answer.status_code == 404
    before = source.original_id
    source.refresh_from_db()
    assert source.original_id == before


@pytest.mark.parametrize("collections", [[], ["theirs"]])
def test_the_search_test_finds_nothing_of_anothers_whoever_is_said_to_ask(client, board, theirs, collections):
    chosen = [theirs.collection_id for _ in collections]

    page = client.get(
        SEARCH_TEST,
        {"question": "When is the merger?", "viewer": f"group-{board.pk}", "collections": chosen},
    ).content.decode()

    assert "March" not in page
    assert "Secrets" not in page
    assert "Board" not in page


def test_the_search_test_of_a_group_that_reads_ones_own_collection_leaves_anothers_out(client, board, mine):
    mine.collection.groups.add(board)

    asked = {"question": "When is the merger? How warm is the water heater?", "viewer": f"group-{board.pk}"}
    page = client.get(SEARCH_TEST, asked).content.decode()

    assert "120" in page
    assert "March" not in page


def test_the_search_test_beside_anothers_source_does_not_name_it(client, theirs):
    assert client.get(SEARCH_TEST, {"source": theirs.pk}).context["source"] is None


def test_a_curator_renames_a_collection_and_does_not_say_who_reads_it(client, mine, board, curator):
    collection = mine.collection
    colleague = UserFactory(is_staff=True)
    body = {"name": "Guide", "language": "german", "access": "groups", "groups": [board.pk]}

    client.post(at(collection), body | {"slug": "taken", "curators": [colleague.pk]})

    before = collection.slug
    collection.refresh_from_db()
    assert (collection.name, collection.language) == ("Guide", "german")
    assert (collection.access, collection.slug) == ("everyone", before)
    assert not collection.groups.exists()
    assert list(collection.curators.all()) == [curator]


def test_a_curator_makes_no_collection(client):
    answer = client.post(
        reverse("admin:knowledge_collection_add"),
        {"name": "New", "slug": "new", "language": "english", "access": "everyone"},
    )

    assert answer.status_code == 403
    assert not Collection.objects.filter(slug="new").exists()


def test_an_administrator_says_who_reads_and_who_cares(mine, board, theirs):
    client, curator = signed_in(role_administrator()), curator_of()
    body = {"name": "Handbook", "slug": "handbook", "language": "english", "access": "groups"}

    client.post(at(mine.collection), body | {"groups": [board.pk], "curators": [curator.pk]})

    collection = Collection.objects.get(slug="handbook")
    assert list(collection.groups.all()) == [board]
    assert list(collection.curators.all()) == [curator]
    assert listed(client, SOURCES) == {mine, theirs}


def test_only_staff_become_curators(mine):
    client, reader = signed_in(role_administrator()), UserFactory()
    body = {"name": "Handbook", "slug": "handbook", "language": "english", "access": "everyone"}

    page = client.post(at(mine.collection), body | {"curators": [reader.pk]})

    assert page.context["adminform"].form.errors["curators"]
    assert not mine.collection.curators.exists()


def test_messages_of_the_queue_are_for_administrators(client):
    Delivery.objects.create(message_id=1, set_aside_at=timezone.now())
    address = reverse("admin:knowledge_delivery_changelist")

    assert client.get(address).status_code == 403
    assert len(listed(signed_in(role_administrator()), address)) == 1


def test_who_is_no_longer_a_curator_sees_nothing_from_then_on(client, curator, mine):
    mine.collection.curators.remove(curator)

    assert not listed(client, SOURCES)


@pytest.mark.parametrize("page", ["reading", "differences"])
def test_the_pages_of_anothers_source_are_not_there(client, theirs, page):
    assert client.get(reverse(f"admin:knowledge_source_{page}", args=[theirs.pk])).status_code == 404


def test_many_sources_are_not_moved_to_anothers_collection(client, mine, theirs):
    chosen = {"action": "move", "_selected_action": [mine.pk]}

    asked = client.post(SOURCES, chosen)
    client.post(SOURCES, chosen | {"apply": "1", "collection": theirs.collection_id})

    assert "Secrets" not in asked.content.decode()
    assert unchanged(mine)


def test_anothers_sources_are_not_moved_into_ones_own_collection(client, mine, theirs):
    chosen = {"action": "move", "_selected_action": [theirs.pk], "apply": "1"}

    client.post(SOURCES, chosen | {"collection": mine.collection_id})

    assert unchanged(theirs)


def test_what_would_happen_in_anothers_collection_is_not_foretold(client, theirs):
    offered = {"addresses": "https://example.com/", "collection": theirs.collection_id}

    assert client.post(reverse("admin:knowledge_source_preview"), offered).status_code == 400


def test_an_answer_on_trial_quotes_nothing_of_anothers_whoever_is_said_to_ask(client, board, mine):
    mine.collection.groups.add(board)
    asked = {"question": "When is the merger?", "viewer": f"group-{board.pk}"}

    page = client.post(reverse("admin:chat_assistant_trial"), asked).content.decode()

    assert "March" not in page
    assert "you may not" in page


def test_the_front_page_names_nothing_of_anothers(client, theirs):
    theirs.note_failure("The merger is off.")

    assert "erger" not in client.get(reverse("admin:index")).content.decode()


def test_no_source_is_looked_up_by_autocomplete(client, theirs):
    asked = {"term": "Merger", "app_label": "knowledge", "model_name": "chunk", "field_name": "source"}

    answer = client.get(reverse("admin:autocomplete"), asked)

    assert answer.status_code == 403 or not answer.json()["results"]


def test_collections_that_are_looked_up_are_ones_own(curator, mine, theirs):
    curator.user_permissions.add(Permission.objects.get(codename="change_assistant"))
    asked = {"app_label": "chat", "model_name": "assistant", "field_name": "collections"}

    found = signed_in(curator).get(reverse("admin:autocomplete"), asked).json()["results"]

    assert [one["text"] for one in found] == [mine.collection.name]


@pytest.mark.parametrize("address", [reverse("admin:index"), SOURCES, ADD])
def test_a_curator_without_a_collection_is_told_whom_to_ask(db, address):
    client = signed_in(curator_of())

    page = client.get(address).content.decode()

    assert "Ask an administrator to make one" in page
    assert 'type="file"' not in page


def test_a_curator_sees_which_groups_read_her_collection(client, mine, board):
    mine.collection.access = Collection.Access.GROUPS
    mine.collection.save()
    mine.collection.groups.add(board)

    page = client.get(at(mine.collection)).content.decode()

    assert "members of its groups" in page
    assert "Board" in page
