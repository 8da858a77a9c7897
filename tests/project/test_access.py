"""Every address of the site, for everybody, against the table of what must hold."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.contrib.admin.models import LogEntry
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from assistant_project.accounts.models import ApiKey
from chat.cache import learning
from chat.models import Assistant, DailyUsage, Message, Session
from knowledge import tasks
from knowledge.models import Delivery, Job
from tests.chat import tool_rows
from tests.chat.cache.entries import decision, entry
from tests.factories import CollectionFactory, GroupFactory, UserFactory
from tests.knowledge.revisions import chunk, ready_pdf
from tests.project import access
from tests.roles import curator_of

pytestmark = pytest.mark.django_db
ROWS = access.rows()
BODIES = {
    "api/v1/chat/": {"message": "How warm should the water be?"},
    "api/v1/sessions/<uuid:session_id>/messages/": {"content": "How warm should the water be?"},
    "api/v1/messages/<int:message_id>/feedback/": {"rating": 1},
    "api/v1/retrieve/": {"query": "warm water"},
}
"""Where a request that says nothing would be refused before anybody asks whose things it is about."""
LOOKS_AT_NO_COOKIES = re.compile(
    r"v1/.*|api/v1/auth/(signup|verify|verify/again|login|refresh|password/(forgot|reset)|email/confirm)/"
)


class World:
    """Somebody of each kind, and what belongs to the owner."""

    def __init__(self):
        self.team = GroupFactory()
        self.owner = UserFactory()
        self.owner.groups.add(self.team)
        curator = curator_of(CollectionFactory())
        admin = UserFactory(is_staff=True, is_superuser=True)
        people = {"other": UserFactory(), "owner": self.owner, "curator": curator, "admin": admin}
        self.source = ready_pdf(
            "Set it to 120 °F.", collection=CollectionFactory(access="groups", groups=[self.team])
        )
        self.session = Session.objects.create(user=self.owner)
        Message.objects.create(session=self.session, role="user", content="How warm?")
        self.answer = Message.objects.create(
            session=self.session, role="assistant", content="120 °F.", kind="extract"
        )
        self.entry = entry("How warm?", collections=[self.source.collection_id])
        self.key, _ = ApiKey.objects.issue(self.owner, name="Script", scopes=["ask"])
        self.in_admin = self._rows_of_the_admin()
        self.carried = {"anonymous": {}}
        self.carried |= {name: {"cookies": signed_in(person)} for name, person in people.items()}
        self.carried |= {key: {"headers": bearer(people, key)} for key in (*access.KEYS, access.EMBED)}

    def _rows_of_the_admin(self):
        kept = tool_rows.a_result(tool_rows.a_tool(tool_rows.a_server(url="http://127.0.0.1/")))
        return {
            "accounts/apikey": self.key,
            "accounts/user": self.owner,
            "auth/group": self.team,
            "admin/logentry": LogEntry.objects.log_actions(
                self.owner.pk, [self.source], 2, "Changed.", single_object=True
            ),
            "knowledge/collection": self.source.collection,
            "knowledge/source": self.source,
            "knowledge/revision": self.source.live_revision,
            "knowledge/chunk": chunk(self.source, "120 °F"),
            "knowledge/job": Job.objects.create(source=self.source),
            "knowledge/delivery": Delivery.objects.create(message_id=1, set_aside_at=timezone.now()),
            "chat/assistant": Assistant.objects.default(),
            "chat/session": self.session,
            "chat/message": self.answer,
            "chat/toolserver": kept.tool.server,
            "chat/toolresult": kept,
            "chat/cachedanswer": self.entry,
            "chat/cachedecision": decision(self.entry, message=self.answer),
            "chat/cachegate": learning.gate_row(),
            "chat/dailyusage": DailyUsage.objects.create(user=self.owner, day=timezone.localdate()),
        }

    def address(self, route: str) -> str:
        """A route with the ids of what belongs to the owner."""
        model = "/".join(route.split("/")[1:3])
        values = {
            "session_id": self.session.pk,
            "message_id": self.answer.pk,
            "slug": self.source.collection.slug,
            "pk": self._pk(route, model),
            "number": 1,
            "id": self.owner.pk,
            "token": "nobody.nothing",
            "name": "nobody",
            "app_label": "knowledge",
            "content_type_id": 0,
            "object_id": self.in_admin[model].pk if model in self.in_admin else 0,
            "url": "nowhere/",
        }
        filled = re.sub(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>", lambda m: str(values[m[1] or m[2]]), route)
        below = "nowhere/" if route.startswith("^") else ""
        return "/" + filled.replace("^", "").replace("$", "") + below

    def _pk(self, route: str, model: str) -> int:
        if route.startswith("account/keys/"):
            return self.key.pk
        return self.in_admin[model].pk if model in self.in_admin else self.source.pk

    def outcome(self, route: str, method: str, who: str, *, csrf: bool = False) -> str:
        """What somebody gets. Whatever the request changes is undone."""
        carried = self.carried[who]
        client = Client(enforce_csrf_checks=csrf, headers=carried.get("headers"))
        client.cookies.load(carried.get("cookies", {}))
        said = {}
        if route.startswith(("api/", "v1/")) and method != "GET":
            said = {"data": BODIES.get(route, {}), "content_type": "application/json"}
        with transaction.atomic():
            if route.startswith("health/"):
                tasks.beat()  # a worker is there, however long the other tests have taken
            response = getattr(client, method.lower())(self.address(route), **said)
            response.close()
            transaction.set_rollback(True)
        return word(response)


def signed_in(person) -> dict[str, str]:
    client = Client()
    client.force_login(person)
    return {name: cookie.value for name, cookie in client.cookies.items()}


def bearer(people, key: str) -> dict[str, str]:
    whose, scope = key.split(":")
    _, text = ApiKey.objects.issue(people[whose], name=scope, scopes=[scope])
    return {"Authorization": f"Bearer {text}"}


def word(response) -> str:
    """The outcome as the table tells it."""
    if response.status_code == 302:
        to = urlsplit(response.headers["Location"]).path
        return "sign-in" if to in {reverse("accounts:sign-in"), reverse("admin:login")} else "ok"
    refused = response.status_code in {401, 403, 404, 405, 429} or response.status_code >= 500
    return str(response.status_code) if refused else "ok"


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Made once: each request is undone by itself.

    An answer gives its database connection back while it is written. Here all is done in one transaction of one.
    """
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections[DEFAULT_DB_ALIAS], "close", lambda: None)
        yield World()
        transaction.set_rollback(True)


def routes(patterns=None, prefix: str = "") -> Iterator[str]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def test_the_table_names_every_address_once_and_no_other():
    named = [(row.route, row.method) for row in ROWS]

    assert {route for route, _ in named} == set(routes())
    assert len(named) == len(set(named))


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_gets_what_the_table_says(world, row):
    found = {who: world.outcome(row.route, row.method, who) for who in row.expected}

    assert found == row.expected


@pytest.mark.parametrize("row", [row for row in ROWS if not row.is_for_programs], ids=str)
def test_a_key_opens_nothing_but_the_api(world, row):
    assert world.outcome(row.route, row.method, "owner:curate") == row.expected["anonymous"]


@pytest.mark.parametrize("route", sorted({row.route for row in ROWS if row.is_for_programs}))
def test_a_method_that_the_table_does_not_name_is_not_there(world, route):
    named = {row.method for row in ROWS if row.route == route}

    found = {
        method: world.outcome(route, method, "admin") for method in access.METHODS if method not in named
    }

    assert set(found.values()) <= {"405"}, found


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row.method != "GET" and not LOOKS_AT_NO_COOKIES.fullmatch(row.route)],
    ids=str,
)
def test_what_a_browser_is_signed_in_for_needs_the_token_of_our_pages(world, row):
    assert world.outcome(row.route, row.method, "admin", csrf=True) == "403"
