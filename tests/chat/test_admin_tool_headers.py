"""A tool server is entered in the admin: its headers go in and never come out."""

import pytest
from django.contrib.admin.models import LogEntry

from chat.models import Assistant, ToolServer
from tests.chat.tool_admin import NEW, SECRET, at, errors, filled, notes, said, shown_tools
from tests.chat.tool_rows import a_server
from tests.factories import UserFactory
from tests.roles import role_administrator, signed_in


@pytest.fixture
def client(db):
    return signed_in(role_administrator(email="ada@example.com"))


def test_a_server_is_entered_with_headers_that_no_page_shows(client):
    assistant = Assistant.objects.default()

    client.post(NEW, filled(assistants=[assistant.pk], new_headers=f"Authorization: {SECRET}\r\nX-Team: 7"))

    server = ToolServer.objects.get()
    page = client.get(at(server)).content.decode()
    assert server.headers == {"Authorization": SECRET, "X-Team": "7"}
    assert list(server.assistants.all()) == [assistant]
    assert not server.is_enabled
    assert "Stored: Authorization, X-Team." in page
    assert SECRET not in page and server.sealed_headers not in page


def test_no_secret_is_in_the_history(client):
    client.post(NEW, filled(new_headers=f"Authorization: {SECRET}"))
    server = ToolServer.objects.get()

    client.post(
        at(server), filled(server, new_headers=f"Authorization: {SECRET}2") | shown_tools(client, server)
    )

    assert notes(server) == [("ada@example.com", "Added."), ("ada@example.com", "Changed Headers.")]
    assert not LogEntry.objects.filter(change_message__contains=SECRET).exists()


def test_headers_stay_if_none_are_written(client):
    server = a_server(headers={"X-Team": "7"})

    client.post(at(server), filled(server, name="Forecasts") | shown_tools(client, server))

    server.refresh_from_db()
    assert (server.name, server.headers) == ("Forecasts", {"X-Team": "7"})


def test_headers_are_removed_by_their_box(client):
    server = a_server(headers={"X-Team": "7"})

    client.post(at(server), filled(server, without_headers="on") | shown_tools(client, server))

    server.refresh_from_db()
    assert server.sealed_headers == ""


def test_headers_are_written_or_removed_but_not_both(client):
    server = a_server(headers={"X-Team": "7"})

    page = client.post(
        at(server),
        filled(server, without_headers="on", new_headers="X-Team: 8") | shown_tools(client, server),
    )

    assert list(errors(page)) == ["without_headers"]


@pytest.mark.parametrize("url", ["https://elsewhere.example.com/mcp", "http://tools.example.com/mcp"])
def test_stored_headers_never_go_to_another_server_than_they_were_written_for(client, url):
    server = a_server(headers={"Authorization": SECRET})

    page = client.post(at(server), filled(server, url=url) | shown_tools(client, server))

    server.refresh_from_db()
    assert "leads to another server" in str(errors(page)["new_headers"])
    assert server.url == "https://tools.example.com/mcp"


def test_the_path_of_an_address_changes_without_its_headers(client):
    server = a_server(headers={"Authorization": SECRET})

    client.post(at(server), filled(server, url="https://tools.example.com/v2") | shown_tools(client, server))

    server.refresh_from_db()
    assert (server.url, server.headers) == ("https://tools.example.com/v2", {"Authorization": SECRET})


def test_headers_that_cannot_be_read_any_more_are_to_be_written_anew(client, settings):
    server = a_server(headers={"Authorization": SECRET})
    settings.SECRET_KEY = "another"
    administrator = signed_in(UserFactory(is_staff=True, is_superuser=True))

    page = administrator.get(at(server)).content.decode()

    assert "SECRET_KEY has changed. Write them anew." in page


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("no header", "Line 1 is no header."),
        ("\n\nX Team: 7", "Line 3 is no header."),
        (": 7", "Line 1 is no header."),
        (f"{'x' * 101}: 7", "Line 1 is no header."),
        ("Host: example.com", "“Host” is set by the connection itself."),
        ("content-LENGTH: 7", "“content-LENGTH” is set by the connection itself."),
        ("Transfer-Encoding: chunked", "is set by the connection itself."),
        ("X-Team:", "The value of “X-Team” is empty"),
        (f"X-Team: {'x' * 4001}", "The value of “X-Team” is empty, longer"),
        ("X-Team: 7\x0bX-Other: 8", "or holds others than ASCII."),
        ("X-Team: 7\rX-Other: 8", "or holds others than ASCII."),
        ("X-Team: ü", "or holds others than ASCII."),
        ("X-Team: 7\nx-team: 8", "“x-team” is there twice."),
        ("\n".join(f"X-{n}: 1" for n in range(21)), "These are 21 lines. Leave at most 20."),
    ],
)
def test_what_is_no_header_is_said_and_nothing_is_stored(client, given, sentence):
    page = client.post(NEW, filled(new_headers=given))

    assert sentence in str(errors(page)["new_headers"][0])
    assert not ToolServer.objects.exists()


OPENLY = "Its headers go over the network in the open"


@pytest.mark.parametrize("url", ["http://tools.example.com/mcp", "HTTP://10.20.0.7/mcp"])
def test_headers_that_would_go_out_without_tls_are_warned_of_when_saved_and_on_the_page(client, url):
    saved = client.post(NEW, filled(url=url, new_headers=f"Authorization: {SECRET}"), follow=True)

    page = client.get(at(ToolServer.objects.get())).content.decode()
    assert any(OPENLY in sentence for sentence in said(saved))
    assert OPENLY in page


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("https://tools.example.com/mcp", f"Authorization: {SECRET}"),
        ("http://127.0.0.1/mcp", f"Authorization: {SECRET}"),
        ("http://localhost/mcp", f"Authorization: {SECRET}"),
        ("http://[::1]/mcp", f"Authorization: {SECRET}"),
        ("http://tools.example.com/mcp", ""),
    ],
)
def test_nothing_is_warned_of_if_no_header_leaves_the_machine_unencrypted(client, url, headers):
    saved = client.post(NEW, filled(url=url, new_headers=headers), follow=True)

    page = client.get(at(ToolServer.objects.get())).content.decode()
    assert not any(OPENLY in sentence for sentence in said(saved))
    assert OPENLY not in page
