"""Readers, curators and administrators: what the migration makes of them, and who gives which role to whom."""

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.urls import reverse

from assistant_project.accounts import roles
from assistant_project.accounts.roles import Role
from tests.factories import GroupFactory, UserFactory
from tests.project.accounts.conftest import ANOTHER, PASSWORD
from tests.roles import curator_of, group, migration, role_administrator, signed_in

User = get_user_model()
USERS, NEW_USER = reverse("admin:accounts_user_changelist"), reverse("admin:accounts_user_add")


def page_of(person, page="accounts_user_change"):
    return reverse(f"admin:{page}", args=[person.pk])


def post(client, person, **changes):
    """What the page of a person sends; the groups of its role are not on it."""
    others = person.groups.exclude(pk__in=roles.groups_with_rights())
    body = {"email": person.email, "name": person.name, "groups": [one.pk for one in others]}
    body |= {"is_active": "on", "email_verified_at_0": "2026-01-01", "email_verified_at_1": "12:00:00"}
    return client.post(page_of(person), body | {"role": roles.role_of(person) or ""} | changes)


def now(person):
    return User.objects.get(pk=person.pk)


def group_names(person):
    return set(person.groups.values_list("name", flat=True))


@pytest.fixture
def administrator(db):
    return role_administrator(email="admin@example.com")


@pytest.fixture
def client(administrator):
    return signed_in(administrator)


# --- what the migration makes ---


def test_readers_have_no_rights(db):
    assert not group("Readers").permissions.exists()


def test_curators_care_for_contents_and_for_nothing_else(db):
    rights = curator_of().get_all_permissions()

    assert {"knowledge.add_source", "knowledge.change_job", "chat.change_cachedanswer"} <= rights
    foreign = {"accounts", "admin", "auth", "limits"}
    assert not [right for right in rights if right.split(".")[0] in foreign]
    assert not {"knowledge.curate_all_collections", "knowledge.add_collection"} & rights
    assert not [right for right in rights if right.endswith(("assistant", "dailyusage", "change_cachegate"))]


def test_administrators_have_every_right_that_the_admin_asks_for(db):
    everything = Permission.objects.filter(content_type__app_label__in=migration.ADMINISTRATORS)
    missing = everything.exclude(group__name="Administrators")

    assert group("Administrators").permissions.filter(codename="curate_all_collections").exists()
    assert not missing


def test_a_group_that_exists_stays_as_it_is(db):
    mine = group("Curators")
    mine.permissions.set(Permission.objects.filter(codename="view_source"))

    with connection.schema_editor() as editor:
        migration.make_roles(apps, editor)

    assert [one.codename for one in mine.permissions.all()] == ["view_source"]
    assert Group.objects.filter(name="Curators").count() == 1


def test_a_curator_opens_the_sources_and_not_the_people(db):
    client = signed_in(curator_of())

    assert client.get(reverse("admin:knowledge_source_changelist")).status_code == 200
    assert client.get(USERS).status_code == 403


def test_an_administrator_opens_the_people(client):
    assert client.get(USERS).status_code == 200


# --- giving a role ---


@pytest.mark.parametrize(
    ("role", "is_staff", "names"),
    [
        ("reader", False, {"Readers"}),
        ("curator", True, {"Readers", "Curators"}),
        ("administrator", True, {"Readers", "Administrators"}),
    ],
)
@pytest.mark.parametrize("before", list(Role))
def test_a_role_takes_the_place_of_the_one_before(client, before, role, is_staff, names):
    person = UserFactory()
    roles.give(before, person)

    post(client, person, role=role)

    person = now(person)
    assert person.is_staff == is_staff
    assert group_names(person) == (names if before != role else group_names(person))
    assert roles.role_of(person) == role


def test_other_groups_stay_when_a_role_changes(client):
    person, board = UserFactory(), GroupFactory(name="Board")
    person.groups.add(board)

    post(client, person, role="curator")

    assert group_names(now(person)) == {"Board", "Readers", "Curators"}


def test_the_role_stays_when_other_groups_change(client):
    person, board = curator_of(), GroupFactory(name="Board")

    post(client, person, groups=[board.pk])

    assert group_names(now(person)) == {"Board", "Curators"}
    assert now(person).is_staff


def test_the_groups_of_roles_are_not_chosen_beside_them(client):
    person = UserFactory()

    refused = post(client, person, groups=[group("Administrators").pk])

    assert refused.context["adminform"].form.errors["groups"]
    assert not group_names(now(person))


def test_whoever_signed_up_is_a_reader_without_being_in_the_group_of_readers(client):
    person = UserFactory()

    post(client, person, name="Ada")

    assert now(person).name == "Ada"
    assert not group_names(now(person))
    assert roles.role_of(now(person)) is Role.READER


def test_a_new_person_gets_the_role_that_was_chosen(client):
    body = {
        "email": "new@example.com",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }

    client.post(NEW_USER, body | {"role": "curator"})

    person = User.objects.get(email="new@example.com")
    assert person.is_staff
    assert group_names(person) == {"Readers", "Curators"}


def test_a_new_person_is_a_reader_if_nothing_else_was_chosen(client):
    body = {
        "email": "new@example.com",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }

    client.post(NEW_USER, body)

    assert group_names(User.objects.get(email="new@example.com")) == {"Readers"}


def test_a_role_without_its_group_is_refused(client):
    person = UserFactory()
    group("Curators").delete()

    refused = post(client, person, role="curator")

    (sentence,) = refused.context["adminform"].form.errors["role"]
    assert "“Curators”" in sentence
    assert not now(person).is_staff


def test_the_history_says_which_role_was_given(client, administrator):
    person = UserFactory()

    post(client, person, role="curator")

    notes = LogEntry.objects.filter(object_id=person.pk, user=administrator)
    assert "Role: curator." in [note.change_message for note in notes]


def test_the_list_tells_the_roles(client, db):
    curator_of(email="cora@example.com")
    UserFactory(email="root@example.com", is_staff=True, is_superuser=True)
    UserFactory(email="own@example.com", is_staff=True)
    UserFactory(email="rita@example.com")

    page = client.get(USERS).content.decode()

    assert not [
        word for word in ("curator", "superuser", "rights of their own", "reader") if word not in page
    ]


# --- nobody gives a role above their own ---


def people_manager(*, role=None):
    """Staff who may do everything with users."""
    person = curator_of() if role == "curator" else UserFactory(is_staff=True)
    person.user_permissions.add(*Permission.objects.filter(content_type__model="user"))
    return person


@pytest.mark.parametrize(
    ("own", "given", "is_taken"),
    [
        (None, "curator", False),
        (None, "administrator", False),
        ("curator", "curator", True),
        ("curator", "administrator", False),
    ],
)
def test_no_role_above_ones_own_is_given(db, own, given, is_taken):
    person = UserFactory()
    group("Administrators")

    answer = post(signed_in(people_manager(role=own)), person, role=given)

    assert (roles.role_of(now(person)) == given) == is_taken
    assert (answer.status_code == 302) == is_taken


@pytest.mark.parametrize("own", [None, "curator"])
def test_nobody_raises_themselves(db, own):
    person = people_manager(role=own)
    before = roles.role_of(person)
    group("Administrators")

    post(signed_in(person), person, role="administrator")

    assert roles.role_of(now(person)) == before


def test_an_administrator_makes_no_superuser_and_gives_no_single_rights(client):
    person = UserFactory()
    right = Permission.objects.get(codename="delete_user")

    post(client, person, is_superuser="on", user_permissions=[right.pk], role="administrator")

    assert not now(person).is_superuser
    assert not now(person).user_permissions.exists()


@pytest.mark.parametrize(
    "page", ["accounts_user_change", "accounts_user_delete", "auth_user_password_change"]
)
@pytest.mark.parametrize("manager", ["own rights", "curator", "administrator"])
def test_who_stands_above_is_not_touched(db, manager, page):
    actor = role_administrator() if manager == "administrator" else people_manager(role=manager)
    UserFactory(
        is_staff=True, is_superuser=True
    )  # so that nobody below is the last one, who would be spared anyway
    above = UserFactory(email="above@example.com", is_staff=True, is_superuser=manager == "administrator")
    above.groups.add(group("Administrators"))
    body = {"post": "yes", "email": "taken@example.com", "is_active": "on", "usable_password": "true"}

    answer = signed_in(actor).post(page_of(above, page), body | {"password1": ANOTHER, "password2": ANOTHER})

    assert answer.status_code == 403
    assert now(above).email == "above@example.com"
    assert not now(above).check_password(ANOTHER)


def test_a_superuser_has_no_role_to_be_taken_away(db):
    superuser = UserFactory(is_staff=True, is_superuser=True)
    client = signed_in(superuser)

    page = client.get(page_of(superuser))
    post(client, superuser, role="reader", is_superuser="on")

    assert 'name="role"' not in page.content.decode()
    assert now(superuser).is_staff


def test_staff_with_rights_of_their_own_keep_them(client):
    person = UserFactory(is_staff=True)

    assert "Staff with rights of their own" in client.get(page_of(person)).content.decode()
    post(client, person, name="Ada")

    assert (now(person).name, now(person).is_staff) == ("Ada", True)


def test_groups_are_changed_by_administrators_only(client):
    keeper = UserFactory(is_staff=True)
    keeper.user_permissions.set(Permission.objects.filter(content_type__model="group"))
    curators = group("Curators")
    everything = {"name": "Curators", "permissions": [one.pk for one in Permission.objects.all()[:3]]}
    address = reverse("admin:auth_group_change", args=[curators.pk])

    assert signed_in(keeper).post(address, everything).status_code == 403
    assert signed_in(keeper).get(address).status_code == 200
    assert client.post(address, everything).status_code == 302
