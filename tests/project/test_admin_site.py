"""The admin's site: its security policy, its front page, its people."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from chat.models import Message, Session
from tests.factories import TextSourceFactory, UserFactory, ready_text

FRONT = reverse("admin:index")


@pytest.fixture
def administrator(db):
    return UserFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def staff_client(administrator):
    client = Client()
    client.force_login(administrator)
    return client


def policy(response):
    directives = (part.split() for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: set(sources) for name, *sources in directives}


@pytest.fixture
def question(administrator):
    session = Session.objects.create(user=administrator)
    Message.objects.create(session=session, role="user", content="Is my <b>boss</b> ill?")
    return Message.objects.create(session=session, role="assistant", content="No idea.", kind="abstained")


@pytest.mark.parametrize("page", ["admin:index", "admin:login", "admin:knowledge_source_changelist"])
def test_the_admin_allows_what_alpine_needs_and_no_inline_script(staff_client, page):
    directives = policy(staff_client.get(reverse(page), follow=True))

    assert directives["script-src"] == {"'self'", "'unsafe-eval'"}
    assert directives["style-src"] == {"'self'", "'unsafe-inline'"}
    assert directives["default-src"] == {"'none'"}
    assert directives["frame-ancestors"] == {"'none'"}


def test_the_pages_of_readers_keep_the_strict_policy(client, db):
    directives = policy(client.get("/"))

    assert directives["script-src"] == {"'self'"}
    assert directives["style-src"] == {"'self'"}


def test_the_front_page_counts_sources_and_names_those_that_failed(staff_client):
    ready_text()
    TextSourceFactory(title="Broken <i>guide</i>").note_failure("The text is too short.")

    page = staff_client.get(FRONT)

    counts = {status.label: status.count for status in page.context["statuses"]}
    assert (counts["ready"], counts["failed"], counts["waiting"]) == (1, 1, 0)
    assert "Broken &lt;i&gt;guide&lt;/i&gt;" in page.content.decode()
    assert "The text is too short." in page.content.decode()


def test_an_empty_installation_says_what_to_do_first(staff_client):
    page = staff_client.get(FRONT).content.decode()

    assert "First steps" in page
    assert reverse("admin:knowledge_source_add") in page


def test_the_front_page_shows_the_last_questions(staff_client, question):
    page = staff_client.get(FRONT).content.decode()

    assert "Is my &lt;b&gt;boss&lt;/b&gt; ill?" in page
    assert "not answered by the sources" in page


def test_the_front_page_shows_nothing_that_its_reader_may_not_see(question):
    TextSourceFactory(title="Secret guide").note_failure("No.")
    client = Client()
    client.force_login(UserFactory(is_staff=True))

    page = client.get(FRONT).content.decode()

    assert "boss" not in page
    assert "Secret guide" not in page
    assert reverse("admin:knowledge_source_changelist") not in page


@pytest.mark.parametrize(
    ("codename", "address", "offered"),
    [
        ("view_source", "admin:knowledge_source_changelist", True),
        ("view_source", "admin:knowledge_source_add", False),
        ("view_message", "admin:chat_message_changelist", True),
        ("view_message", "admin:accounts_user_changelist", False),
    ],
)
def test_the_sidebar_offers_what_a_person_may_open(db, codename, address, offered):
    user = UserFactory(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename=codename))
    client = Client()
    client.force_login(user)

    page = client.get(FRONT).content.decode()

    assert (f'href="{reverse(address)}"' in page) is offered


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_password_is_changed_on_the_account_page_where_guesses_are_counted(staff_client, method):
    said = {
        "old_password": "a guess",
        "new_password1": "quite another 43",
        "new_password2": "quite another 43",
    }

    answer = getattr(staff_client, method)(reverse("admin:password_change"), said)

    assert answer["Location"] == reverse("me:password")


def test_a_user_is_added_by_e_mail(staff_client):
    password = "a long pass phrase 42"
    staff_client.post(
        reverse("admin:accounts_user_add"),
        {
            "email": "new@example.com",
            "name": "Newcomer",
            "usable_password": "true",
            "password1": password,
            "password2": password,
        },
    )

    assert get_user_model().objects.get(email="new@example.com").check_password(password)


def test_an_address_in_other_letters_is_the_same_person(staff_client):
    UserFactory(email="reader@example.com")

    page = staff_client.post(
        reverse("admin:accounts_user_add"), {"email": "Reader@example.com", "usable_password": "false"}
    )

    assert "There is an account with this e-mail address already." in page.content.decode()


def test_every_list_and_add_page_opens(staff_client):
    names = [
        f"admin:{name}"
        for name in (
            "accounts_user_changelist", "accounts_user_add", "auth_group_changelist", "auth_group_add",
            "chat_message_changelist", "chat_session_changelist", "knowledge_chunk_changelist",
            "knowledge_collection_changelist", "knowledge_collection_add", "knowledge_delivery_changelist",
            "knowledge_job_changelist", "knowledge_revision_changelist", "knowledge_source_changelist",
            "knowledge_source_add", "knowledge_source_search_test",
        )
    ]  # fmt: skip

    answers = {name: staff_client.get(reverse(name)).status_code for name in names}

    assert set(answers.values()) == {200}


def test_the_chunks_belong_to_the_sources_in_the_sidebar(staff_client):
    page = staff_client.get(reverse("admin:knowledge_chunk_changelist"))

    groups = page.context["sidebar_navigation"]
    assert [str(item["title"]) for group in groups for item in group["items"] if item["active"]] == [
        "Sources"
    ]
