"""The admin of people and keys."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from assistant_project.accounts.models import ApiKey, LogIn
from chat.models import DailyUsage
from tests.chat.conversations import conversation
from tests.factories import GroupFactory, UserFactory
from tests.project.accounts.conftest import ANOTHER, PASSWORD

User = get_user_model()
KEYS, NEW_KEY = reverse("admin:accounts_apikey_changelist"), reverse("admin:accounts_apikey_add")
USERS = reverse("admin:accounts_user_changelist")


@pytest.fixture
def administrator(db):
    return UserFactory(email="admin@example.com", is_staff=True, is_superuser=True)


def browser_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def staff(administrator):
    return browser_of(administrator)


def make_key(client, user, **changes):
    return client.post(
        NEW_KEY, {"user": user.pk, "name": "script", "scopes": ["ask", "read"]} | changes, follow=True
    )


def test_a_key_is_shown_once_after_it_was_made(staff, administrator):
    page = make_key(staff, administrator).content.decode()
    text = re.search(r"ka_[\w-]{40,}", page)[0]

    key = ApiKey.objects.get()
    assert list(ApiKey.objects.valid().filter(digest=key.digest)) == [key]
    assert key.scopes == ["ask", "read"]
    assert Client().get("/api/v1/me/", headers={"X-API-Key": text}).status_code == 200
    assert text not in staff.get(KEYS).content.decode()
    assert key.prefix in staff.get(KEYS).content.decode()


@pytest.mark.parametrize("changes", [{"scopes": []}, {"scopes": ["everything"]}, {"name": ""}])
def test_a_key_needs_a_name_and_scopes_that_there_are(staff, administrator, changes):
    make_key(staff, administrator, **changes)

    assert not ApiKey.objects.exists()


def test_keys_are_revoked_in_the_list(staff, administrator):
    key, _ = ApiKey.objects.issue(administrator, name="script", scopes=["ask"])

    staff.post(KEYS, {"action": "revoke", "_selected_action": [key.pk]})

    key.refresh_from_db()
    assert not key.is_valid


def test_the_page_of_a_key_opens_and_renames_it(staff, administrator):
    key, _ = ApiKey.objects.issue(administrator, name="script", scopes=["ask"])
    address = reverse("admin:accounts_apikey_change", args=[key.pk])

    assert staff.get(address).status_code == 200
    staff.post(address, {"name": "report", "scopes": ["curate"]})

    key.refresh_from_db()
    assert (key.name, key.scopes) == ("report", ["ask"])


def test_staff_without_permission_see_no_keys(administrator):
    client = browser_of(UserFactory(is_staff=True))

    assert client.get(KEYS).status_code == 403
    assert client.get(NEW_KEY).status_code == 403


def test_who_is_no_administrator_makes_keys_for_nobody_else(administrator):
    keeper = UserFactory(is_staff=True)
    keeper.user_permissions.add(*Permission.objects.filter(codename__in=["add_apikey", "view_apikey"]))
    client = browser_of(keeper)

    make_key(client, administrator)
    assert not ApiKey.objects.exists()
    make_key(client, keeper)
    assert ApiKey.objects.get().user == keeper


def test_a_user_that_staff_make_is_verified(staff):
    body = {
        "email": "new@example.com",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }

    staff.post(reverse("admin:accounts_user_add"), body)

    assert User.objects.get(email="new@example.com").is_verified


def log_in_of(user):
    return LogIn.objects.create(user=user, token="x", expires_at="2999-01-01T00:00Z")


def test_staff_end_all_log_ins_of_a_person_and_nobody_elses(staff, administrator):
    ada = UserFactory()
    theirs, other = log_in_of(ada), log_in_of(administrator)
    browser = browser_of(ada)

    staff.post(USERS, {"action": "end_log_ins", "_selected_action": [ada.pk]})

    assert list(LogIn.objects.live()) == [other]
    assert theirs != other
    assert browser.get("/api/v1/me/").status_code == 401
    assert staff.get(USERS).status_code == 200


def test_a_deactivation_in_the_admin_ends_log_ins_for_good(staff):
    ada = UserFactory(email="ada@example.com")
    log_in_of(ada)

    staff.post(reverse("admin:accounts_user_change", args=[ada.pk]), {"email": ada.email, "name": ""})

    ada.refresh_from_db()
    assert not ada.is_active
    assert LogIn.objects.get().revoked_at


def test_a_password_that_staff_set_ends_log_ins(staff):
    ada = UserFactory()
    log_in_of(ada)
    body = {"usable_password": "true", "password1": ANOTHER, "password2": ANOTHER}

    staff.post(reverse("admin:auth_user_password_change", args=[ada.pk]), body)

    assert LogIn.objects.get().revoked_at


def test_the_last_administrator_is_not_deleted_in_the_admin(staff, administrator):
    staff.post(reverse("admin:accounts_user_delete", args=[administrator.pk]), {"post": "yes"})
    staff.post(USERS, {"action": "delete_selected", "_selected_action": [administrator.pk], "post": "yes"})

    assert User.objects.filter(pk=administrator.pk).exists()


def test_somebody_else_is_deleted_in_the_admin(staff):
    ada = UserFactory()
    conversation(ada, ("How warm?", "120 °F."))
    DailyUsage.objects.add(ada, questions=1)

    staff.post(reverse("admin:accounts_user_delete", args=[ada.pk]), {"post": "yes"})

    assert not User.objects.filter(pk=ada.pk).exists()


@pytest.fixture
def personnel(administrator):
    """Staff who may do everything with users, and are no administrator."""
    user = UserFactory(email="personnel@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__model="user"))
    return user


def rights(user):
    user = User.objects.get(pk=user.pk)
    return user.is_staff, user.is_superuser, [*user.groups.all()], user.user_permissions.count()


def test_who_is_no_administrator_gives_nobody_rights(personnel):
    ada = UserFactory(email="ada@example.com")
    body = {"is_active": "on", "is_staff": "on", "is_superuser": "on", "name": "Changed"}
    body |= {"email_verified_at_0": "2026-01-01", "email_verified_at_1": "12:00:00"}
    body |= {
        "role": "administrator",
        "groups": [GroupFactory().pk],
        "user_permissions": [Permission.objects.first().pk],
    }

    for user in (personnel, ada):
        before = rights(user)
        address = reverse("admin:accounts_user_change", args=[user.pk])
        refused = browser_of(personnel).post(address, body | {"email": user.email})
        browser_of(personnel).post(address, body | {"email": user.email, "role": ""})
        user.refresh_from_db()

        assert refused.context["adminform"].form.errors["role"]
        assert user.name == "Changed"
        assert rights(user) == before


def test_a_superuser_makes_another(staff):
    ada = UserFactory(email="ada@example.com")

    address = reverse("admin:accounts_user_change", args=[ada.pk])
    staff.post(address, {"email": ada.email, "is_active": "on", "is_superuser": "on"})

    assert rights(ada)[:2] == (True, True)


@pytest.mark.parametrize(
    "page", ["accounts_user_change", "accounts_user_delete", "auth_user_password_change"]
)
def test_an_administrator_is_changed_and_deleted_by_administrators_only(personnel, administrator, page):
    UserFactory(is_staff=True, is_superuser=True)  # not the last one, who would be spared anyway
    body = {"post": "yes", "email": "taken@example.com", "is_active": "on", "usable_password": "true"}
    body |= {"password1": ANOTHER, "password2": ANOTHER}

    answer = browser_of(personnel).post(reverse(f"admin:{page}", args=[administrator.pk]), body)

    assert answer.status_code == 403
    assert User.objects.get(pk=administrator.pk).email == "admin@example.com"
    assert not User.objects.get(pk=administrator.pk).check_password(ANOTHER)


@pytest.mark.parametrize("action", ["delete_selected", "end_log_ins"])
def test_no_action_in_the_list_reaches_an_administrator(personnel, administrator, action):
    UserFactory(is_staff=True, is_superuser=True)
    log_in = log_in_of(administrator)

    browser_of(personnel).post(
        USERS, {"action": action, "_selected_action": [administrator.pk], "post": "yes"}
    )

    assert User.objects.filter(pk=administrator.pk).exists()
    assert list(LogIn.objects.live()) == [log_in]


def test_log_ins_are_not_in_the_admin(staff):
    assert staff.get("/admin/accounts/login/").status_code == 404
