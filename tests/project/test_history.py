"""Who changed what: what is noted, and the page that shows it."""

import datetime

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from rest_framework.test import APIClient

from assistant_project import history
from assistant_project.accounts.models import ApiKey
from chat.cache import learning
from knowledge.models import Collection, Job, Source
from tests.chat.cache.curated import written
from tests.factories import CollectionFactory, TextSourceFactory, UserFactory, ready_text
from tests.knowledge.revisions import ready_pdf
from tests.pdf import pdf_with_text
from tests.roles import curator_of, role_administrator, signed_in

HISTORY = reverse("admin:admin_logentry_changelist")
SOURCES = reverse("admin:knowledge_source_changelist")
WHAT = {"added": ADDITION, "changed": CHANGE, "deleted": DELETION}


@pytest.fixture(autouse=True)
def originals(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ada(db):
    return role_administrator(email="ada@example.com")


@pytest.fixture
def client(ada):
    return signed_in(ada)


@pytest.fixture
def rest(ada):
    client = APIClient()
    client.force_authenticate(ada)
    return client


def notes(row):
    """What is noted of a row, the latest last."""
    found = LogEntry.objects.filter(
        object_id=row.pk,
        content_type__app_label=row._meta.app_label,
        content_type__model=row._meta.model_name,
    )
    with translation.override("en"):
        return [
            (note.user.email, note.action_flag, note.get_change_message()) for note in found.order_by("pk")
        ]


def act(client, action, *rows, address=SOURCES, **more):
    body = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    assert client.post(address, body).status_code in {200, 302}


# --- what is noted ---


@pytest.mark.parametrize("action", ["refresh_now", "read_again", "disable"])
def test_an_action_is_noted_for_each_source_that_it_reached(client, action):
    rows = [ready_text(title=title) for title in ("One", "Two")]
    other = ready_text(title="Three")

    act(client, action, *rows)

    assert [[note[:2] for note in notes(row)] for row in rows] == [[("ada@example.com", CHANGE)]] * 2
    assert not notes(other)


def test_enabling_is_noted(client):
    source = ready_text()
    Source.objects.filter(pk=source.pk).enable(False)

    act(client, "enable", source)

    assert notes(source) == [("ada@example.com", CHANGE, "Enabled.")]


def test_a_source_that_is_added_and_one_that_is_changed_are_noted(client):
    client.post(
        reverse("admin:knowledge_source_add"),
        {"title": "Note", "text": "Set it to 120 °F.", "collection": CollectionFactory().pk},
    )
    source = Source.objects.get()
    form = {
        "title": "Note",
        "text": source.text,
        "collection": source.collection_id,
        "owner": source.owner_id,
    }
    client.post(reverse("admin:knowledge_source_change", args=[source.pk]), form)

    assert notes(source) == [
        ("ada@example.com", ADDITION, "Added."),
        ("ada@example.com", CHANGE, "Changed Enabled."),
    ]


def test_a_refresh_from_the_page_of_a_source_is_noted(client):
    source = ready_text()

    client.post(reverse("admin:knowledge_source_refresh", args=[source.pk]))

    assert notes(source) == [("ada@example.com", CHANGE, "To be read again.")]


def test_a_move_is_noted(client):
    source = ready_text()
    form = {"title": source.title, "text": source.text, "enabled": "on"}

    client.post(
        reverse("admin:knowledge_source_change", args=[source.pk]),
        form | {"collection": CollectionFactory().pk},
    )

    assert notes(source) == [("ada@example.com", CHANGE, "Changed Collection.")]


def test_a_deletion_outlives_what_was_deleted(client):
    source = ready_text(title="Old")

    act(client, "delete_selected", source, post="yes")

    (note,) = LogEntry.objects.filter(action_flag=DELETION)
    assert (note.object_repr, note.user.email) == ("Old", "ada@example.com")
    assert not Source.objects.exists()


def test_a_job_that_is_run_again_is_noted(client):
    job = ready_text().jobs.get()
    Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED)

    act(client, "run_again", job, address=reverse("admin:knowledge_job_changelist"))

    assert notes(job) == [("ada@example.com", CHANGE, "Run again.")]


def test_who_cares_for_a_collection_is_noted(client):
    collection, curator = CollectionFactory(name="Handbook", slug="handbook"), curator_of()
    form = {"name": "Handbook", "slug": "handbook", "language": "english", "access": "everyone"}

    client.post(
        reverse("admin:knowledge_collection_change", args=[collection.pk]), form | {"curators": [curator.pk]}
    )

    assert notes(collection) == [("ada@example.com", CHANGE, "Changed Curators.")]


def test_an_entry_of_the_cache_that_is_withdrawn_is_noted(client):
    entry = written()

    client.post(reverse("admin:chat_cachedanswer_act", args=[entry.pk]), {"act": "withdraw"})

    assert notes(entry) == [("ada@example.com", CHANGE, "Withdrawn.")]


def test_a_verified_answer_that_is_written_is_noted(client):
    collection = CollectionFactory()
    body = {"question": "When?", "content": "At nine.", "collections": [collection.pk], "others": ""}

    client.post(reverse("admin:chat_cachedanswer_add"), body)

    (note,) = LogEntry.objects.filter(content_type__model="cachedanswer")
    assert (note.action_flag, note.user.email) == (ADDITION, "ada@example.com")


def test_the_target_of_the_gate_is_noted(client):
    gate = learning.gate_row()

    client.post(reverse("admin:chat_cachegate_target", args=[gate.pk]), {"target": "1.5"})

    assert notes(gate) == [("ada@example.com", CHANGE, "Target: 1.5 %.")]


def test_keys_that_are_made_and_revoked_are_noted(ada, client):
    client.post(reverse("admin:accounts_apikey_add"), {"user": ada.pk, "name": "script", "scopes": ["ask"]})
    key = ApiKey.objects.get(name="script")
    act(client, "revoke", key, address=reverse("admin:accounts_apikey_changelist"))

    assert [note[1:] for note in notes(key)] == [(ADDITION, "Added."), (CHANGE, "Revoked.")]


def test_log_ins_that_were_ended_are_noted(client):
    person = UserFactory()

    act(client, "end_log_ins", person, address=reverse("admin:accounts_user_changelist"))

    assert notes(person) == [("ada@example.com", CHANGE, "All log-ins ended.")]


# --- over REST ---


def test_what_staff_do_with_a_source_over_rest_is_noted(rest):
    made = rest.post("/api/v1/sources/", {"title": "Note", "text": "Set it to 120 °F."}).json()
    source = Source.objects.get(pk=made["id"])
    rest.patch(f"/api/v1/sources/{source.pk}/", {"enabled": False, "title": "Note"})
    rest.post(f"/api/v1/sources/{source.pk}/refresh/")
    rest.delete(f"/api/v1/sources/{source.pk}/")

    assert [note[1:] for note in notes(source)] == [
        (ADDITION, "Added."),
        (CHANGE, "Changed enabled."),
        (CHANGE, "To be read again."),
        (DELETION, ""),
    ]


def test_what_was_there_already_is_not_noted_as_added(rest):
    for _ in range(2):
        rest.post("/api/v1/sources/", {"title": "Note", "text": "Set it to 120 °F."})

    assert len(notes(Source.objects.get())) == 1


def test_several_addresses_over_rest_are_noted(rest):
    rest.post("/api/v1/sources/", {"urls": ["https://example.org/", "nonsense:"]}, format="json")

    assert notes(Source.objects.get()) == [("ada@example.com", ADDITION, "Added.")]


def test_a_file_that_is_replaced_over_rest_is_noted(rest, tmp_path):
    source = ready_pdf("Old")
    (tmp_path / "new.pdf").write_bytes(pdf_with_text(["New"]))

    with (tmp_path / "new.pdf").open("rb") as file:
        rest.put(f"/api/v1/sources/{source.pk}/file/", {"file": file}, format="multipart")

    assert notes(source) == [("ada@example.com", CHANGE, "Changed uploaded file.")]


def test_what_staff_do_with_a_collection_over_rest_is_noted(rest):
    rest.post("/api/v1/collections/", {"name": "Handbook"})
    collection = Collection.objects.get()
    rest.patch("/api/v1/collections/handbook/", {"name": "Guide"})
    rest.delete("/api/v1/collections/handbook/")

    assert [note[1:] for note in notes(collection)] == [
        (ADDITION, "Added."),
        (CHANGE, "Changed name."),
        (DELETION, ""),
    ]


def test_what_is_refused_is_not_noted(rest):
    source = TextSourceFactory()

    rest.patch(f"/api/v1/sources/{source.pk}/", {"url": "https://example.org/"})

    assert not LogEntry.objects.exists()


def test_entries_of_the_cache_that_were_deleted_over_rest_are_noted(rest, ada):
    written()

    rest.delete("/api/v1/cache/?all=true")

    (note,) = LogEntry.objects.all()
    assert (note.user, note.action_flag) == (ada, DELETION)


# --- the page ---


def listed(client, **query):
    return [entry.object_repr for entry in client.get(HISTORY, query).context["cl"].result_list]


def test_the_latest_change_stands_first_and_leads_to_what_was_changed(client, ada):
    source = TextSourceFactory(title="Heating")
    history.note_addition(ada, [TextSourceFactory(title="Boiler")])
    history.note_change(ada, [source], ["title"])

    page = client.get(HISTORY).content.decode()

    assert listed(client) == ["Heating", "Boiler"]
    assert reverse("admin:knowledge_source_change", args=[source.pk]) in page
    assert "Changed title." in page


def test_what_is_deleted_has_no_link(client, ada):
    source = TextSourceFactory(title="Heating")
    history.note_deletion(ada, [source])

    assert f"/source/{source.pk}/change/" not in client.get(HISTORY).content.decode()


def test_changes_are_filtered_by_person_kind_action_and_period(client, ada):
    other = UserFactory(is_staff=True)
    history.note_addition(ada, [TextSourceFactory(title="A")])
    history.note_change(other, [CollectionFactory(name="B")], ["name"])
    long_ago = timezone.now() - datetime.timedelta(days=40)
    LogEntry.objects.filter(object_repr="A").update(action_time=long_ago)
    (kind,) = LogEntry.objects.filter(object_repr="B").values_list("content_type", flat=True)

    assert listed(client, person=ada.pk) == ["A"]
    assert listed(client, what=kind) == ["B"]
    assert listed(client, action_flag=ADDITION) == ["A"]
    assert listed(client, period="30") == ["B"]
    assert listed(client, period="90") == ["B", "A"]
    assert listed(client, q="B") == ["B"]


@pytest.mark.parametrize("nonsense", [{"person": "x"}, {"what": "x"}, {"action_flag": "9"}, {"period": "2"}])
def test_a_filter_that_there_is_not_shows_everything(client, ada, nonsense):
    history.note_addition(ada, [TextSourceFactory(title="A")])

    assert listed(client, **nonsense) == ["A"]


def test_nothing_is_changed_on_the_page(client, ada):
    history.note_addition(ada, [TextSourceFactory()])
    entry = LogEntry.objects.get()

    address = reverse("admin:admin_logentry_delete", args=[entry.pk])
    assert client.post(address, {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:admin_logentry_add")).status_code == 403
    act(client, "delete_selected", entry, address=HISTORY, post="yes")
    assert LogEntry.objects.get() == entry


def test_the_history_is_for_administrators(db):
    assert signed_in(curator_of()).get(HISTORY).status_code == 403


def test_names_bring_no_markup(client, ada):
    history.note_addition(ada, [TextSourceFactory(title="<img src=x onerror=alert(1)>")])

    assert "<img src=x" not in client.get(HISTORY).content.decode()


def test_the_page_takes_as_many_queries_for_many_changes_as_for_one(client, ada):
    counts = []
    for n in (1, 20):
        history.note_addition(ada, [TextSourceFactory() for _ in range(n)])
        client.get(HISTORY)
        with CaptureQueriesContext(connection) as captured:
            client.get(HISTORY)
        counts.append(len(captured))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("is_noted", [True, False])
def test_the_page_of_a_row_offers_its_history_if_there_is_one(client, ada, is_noted):
    source = ready_text()
    if is_noted:
        history.note_change(ada, [source], "Enabled.")

    page = client.get(reverse("admin:knowledge_source_change", args=[source.pk])).content.decode()

    assert (reverse("admin:knowledge_source_history", args=[source.pk]) in page) is is_noted
