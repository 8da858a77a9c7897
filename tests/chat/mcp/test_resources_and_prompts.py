import logging

import pytest
from mcp import Client, MCPError

from chat.mcp.asking import AskArguments
from chat.mcp.resources import CHARACTERS_AT_MOST
from chat.mcp.server import server_for
from knowledge.ingestion.document import PAGE_BREAK
from knowledge.models import Collection
from tests.factories import CollectionFactory, ready_text

pytestmark = pytest.mark.django_db(transaction=True)

LONG_PAGE = "x" * (CHARACTERS_AT_MOST // 2 - len(PAGE_BREAK))


@pytest.fixture
def booklet(transactional_db):
    """As a PDF of two pages is kept."""
    source = ready_text("Set the water heater to 120 degrees.", title="Booklet")
    revision = source.live_revision
    revision.text, revision.report = f"first{PAGE_BREAK}second", {"page_count": 2}
    revision.save()
    return source


@pytest.fixture
def long_booklet(booklet):
    """Of three pages, of which two are as much as is shown of a whole source."""
    revision = booklet.live_revision
    revision.text, revision.report = PAGE_BREAK.join([LONG_PAGE] * 3), {"page_count": 3}
    revision.save()
    return booklet


@pytest.fixture
def secret(transactional_db):
    hidden = CollectionFactory(access=Collection.Access.GROUPS)
    return ready_text("Nobody reads this.", title="Vault", collection=hidden)


async def test_sources_are_resources(user, booklet, secret, as_user):
    async with as_user(user) as client:
        resources = (await client.list_resources()).resources

    assert [(one.uri, one.name) for one in resources] == [(f"knowledge://sources/{booklet.pk}", "Booklet")]


async def test_resources_come_in_pages(user, many_sources, as_user):
    async with as_user(user) as client:
        first = await client.list_resources()
        second = await client.list_resources(cursor=first.next_cursor)

    uris = [one.uri for one in first.resources + second.resources]
    assert uris == [f"knowledge://sources/{pk}" for pk in many_sources]
    assert second.next_cursor is None


@pytest.mark.parametrize("cursor", ["x", "-1", "9" * 19, "²"])
async def test_a_cursor_that_nobody_was_given_is_refused(cursor, user, as_user):
    async with as_user(user) as client:
        with pytest.raises(MCPError, match="There is no such page"):
            await client.list_resources(cursor=cursor)


async def test_a_source_is_read_page_by_page(user, booklet, as_user):
    uri = f"knowledge://sources/{booklet.pk}"

    async with as_user(user) as client:
        whole = await client.read_resource(uri)
        page = await client.read_resource(f"{uri}/pages/2")

    assert [(one.uri, one.text) for one in whole.contents] == [
        (f"{uri}/pages/1", "first"),
        (f"{uri}/pages/2", "second"),
    ]
    assert page.contents == whole.contents[1:]


async def test_a_source_that_is_too_long_says_where_it_goes_on(user, long_booklet, as_user):
    uri = f"knowledge://sources/{long_booklet.pk}"

    async with as_user(user) as client:
        *pages, end = (await client.read_resource(uri)).contents
        following = (await client.read_resource(f"{uri}/pages/3")).contents

    assert [page.uri for page in pages] == [f"{uri}/pages/1", f"{uri}/pages/2"]
    assert (end.uri, "page 3 of 3" in end.text, f"{uri}/pages/3" in end.text) == (uri, True, True)
    assert f"source_id={long_booklet.pk}, page=3" in end.text
    assert following[0].text == LONG_PAGE


async def test_the_templates_are_those_that_can_be_read(user, as_user):
    async with as_user(user) as client:
        templates = (await client.list_resource_templates()).resource_templates

    assert [template.uri_template for template in templates] == [
        "knowledge://sources/{id}",
        "knowledge://sources/{id}/pages/{page}",
    ]


@pytest.mark.parametrize(
    "uri",
    [
        "knowledge://sources/{secret}",
        "knowledge://sources/{booklet}/pages/3",
        "knowledge://sources/{booklet}/pages/0",
        "knowledge://sources/999999999",
        "knowledge://sources/9999999999999999999",
        "knowledge://sources/",
        "file:///etc/passwd",
    ],
)
async def test_what_is_missing_and_what_is_closed_look_alike(uri, user, booklet, secret, as_user):
    uri = uri.format(secret=secret.pk, booklet=booklet.pk)

    async with as_user(user) as client:
        with pytest.raises(MCPError, match="There is nothing here, or it is not open to you"):
            await client.read_resource(uri)


async def test_a_key_that_may_only_ask_sees_no_resources(user, booklet, key_of, given, as_user):
    key, _ = await given(key_of)(user, "ask")

    async with as_user(user, key) as client:
        listed = await client.list_resources()
        with pytest.raises(MCPError, match="lacks the scope read"):
            await client.read_resource(f"knowledge://sources/{booklet.pk}")

    assert listed.resources == []


async def test_a_key_that_may_only_ask_sees_no_prompt_for_tools_that_it_lacks(user, key_of, given, as_user):
    key, _ = await given(key_of)(user, "ask")

    async with as_user(user, key) as client:
        listed = await client.list_prompts()
        with pytest.raises(MCPError, match="lacks the scope read"):
            await client.get_prompt("answer_from_sources", {"question": "How hot?"})

    assert listed.prompts == []


async def test_the_prompt_carries_the_question(user, as_user):
    async with as_user(user) as client:
        (prompt,) = (await client.list_prompts()).prompts
        filled = await client.get_prompt(prompt.name, {"question": "How hot?"})

    assert filled.messages[0].content.text.endswith("Question: How hot?")


@pytest.mark.parametrize(
    ("name", "arguments"), [("answer_from_sources", {"question": " "}), ("other", {"question": "x"})]
)
async def test_a_prompt_without_a_question_or_a_wrong_one_is_refused(name, arguments, user, as_user):
    async with as_user(user) as client:
        with pytest.raises(MCPError):
            await client.get_prompt(name, arguments)


async def test_a_tool_that_there_is_not_is_refused(user, as_user):
    async with as_user(user) as client:
        with pytest.raises(MCPError, match="There is no tool drop_tables"):
            await client.call_tool("drop_tables", {})


def broken():
    raise RuntimeError("the password is swordfish")


def invalid():
    """As a result may be that does not fit its model: no mistake of the caller's."""
    AskArguments(question="", password="swordfish")


@pytest.mark.parametrize("identify", [broken, invalid])
async def test_what_goes_wrong_inside_is_logged_and_not_told(identify, caplog):
    async with Client(server_for(identify)) as client:
        with caplog.at_level(logging.ERROR), pytest.raises(MCPError, match=r"Something went wrong\.") as told:
            await client.call_tool("ask", {"question": "How hot?"})

    assert "swordfish" not in str(told.value)
    assert "swordfish" in caplog.text
