"""Who `manage.py mcp` serves; that it does is shown in tests/flows/test_mcp.py."""

import pytest
from asgiref.sync import sync_to_async
from django.core.management import CommandError, call_command
from mcp import Client, MCPError

from assistant_project.accounts.models import ApiKey
from assistant_project.management.commands.mcp import KEY, by_email, by_key
from chat.mcp.server import server_for
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key():
    return ApiKey.objects.issue(UserFactory(), name="client", scopes=["read"])


@pytest.mark.parametrize(
    ("options", "environment", "complaint"),
    [
        ([], {}, "Say who asks: --user EMAIL, or an API key in ASSISTANT_API_KEY."),
        ([], {KEY: "ka_wrong"}, "This API key is not valid, or no longer."),
        (["--user", "nobody@example.com"], {}, "There is no such user."),
    ],
)
def test_nobody_in_particular_is_not_served(options, environment, complaint, monkeypatch):
    monkeypatch.delenv(KEY, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(CommandError, match=complaint):
        call_command("mcp", *options)


def test_a_user_who_is_deactivated_is_not_served():
    user = UserFactory(is_active=False)

    with pytest.raises(CommandError, match="There is no such user"):
        call_command("mcp", "--user", user.email)


def test_a_user_is_not_held_to_scopes_and_a_key_is(key):
    by_name, with_key = by_email(key[0].user.email.upper()), by_key(key[1])

    assert by_name.user == with_key.user
    assert [by_name.may("ask"), with_key.may("ask"), with_key.may("read")] == [True, False, True]


async def test_a_key_that_is_revoked_meanwhile_opens_nothing_more(key):
    async with Client(server_for(lambda: by_key(key[1]))) as client:
        before = await client.list_tools()
        await sync_to_async(ApiKey.objects.filter(pk=key[0].pk).revoke)()

        with pytest.raises(MCPError, match="This API key is not valid"):
            await client.call_tool("list_sources", {})

    assert before.tools
