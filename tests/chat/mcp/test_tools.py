import pytest

from chat.answering import places
from chat.mcp import reading
from chat.models import Message, Session
from knowledge.ingestion.document import PAGE_BREAK
from knowledge.models import Collection
from tests.factories import CollectionFactory, UserFactory, ready_text

pytestmark = pytest.mark.django_db(transaction=True)

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit. It saves energy."
QUESTION = "How hot should the water heater be set?"
LOOKING = {"search_knowledge", "list_sources", "read_source"}


@pytest.fixture
def heating(transactional_db):
    return ready_text(HEATER, title="Heating")


@pytest.fixture
def secret(transactional_db):
    """What only the members of a group may read."""
    hidden = CollectionFactory(slug="hidden", access=Collection.Access.GROUPS)
    return ready_text("The water heater of the vault is set to 77 degrees.", title="Vault", collection=hidden)


@pytest.fixture
def long_source(transactional_db):
    return ready_text("\n\n".join(f"Paragraph {n} of a long text. {'x' * 980}" for n in range(50)))


def booklet(*pages):
    """As a PDF is kept."""
    source = ready_text(HEATER, title="Booklet")
    revision = source.live_revision
    revision.text, revision.report = PAGE_BREAK.join(pages), {"page_count": len(pages)}
    revision.save()
    return source


@pytest.fixture
def three_pages(transactional_db):
    return booklet("one", "", "three")


@pytest.fixture
def three_long_pages(transactional_db):
    """Of which two are as much as is shown at once."""
    half = "x" * (reading.CHARACTERS_AT_ONCE // 2 - 1)
    return booklet(half, half, half)


def text_of(result):
    return "".join(block.text for block in result.content)


async def test_each_tool_says_what_it_takes_and_gives(user, as_user):
    async with as_user(user) as client:
        tools = (await client.list_tools()).tools

    assert {tool.name for tool in tools} == LOOKING | {"ask"}
    assert all(tool.title and tool.description for tool in tools)
    assert all(tool.input_schema["type"] == tool.output_schema["type"] == "object" for tool in tools)
    assert {tool.name for tool in tools if tool.annotations.read_only_hint} == LOOKING


@pytest.mark.parametrize(("scope", "names"), [("ask", {"ask"}), ("read", LOOKING), ("curate", set())])
async def test_a_key_is_offered_what_its_scopes_allow(scope, names, user, key_of, given, as_user):
    key, _ = await given(key_of)(user, scope)

    async with as_user(user, key) as client:
        tools = (await client.list_tools()).tools

    assert {tool.name for tool in tools} == names


@pytest.mark.parametrize(
    ("scope", "name", "arguments"),
    [
        ("ask", "search_knowledge", {"query": QUESTION}),
        ("ask", "list_sources", {}),
        ("ask", "read_source", {"source_id": 1}),
        ("read", "ask", {"question": QUESTION}),
    ],
)
async def test_a_key_without_the_scope_is_refused(scope, name, arguments, user, key_of, given, as_user):
    key, _ = await given(key_of)(user, scope)

    async with as_user(user, key) as client:
        result = await client.call_tool(name, arguments)

    assert result.is_error
    assert "lacks the scope" in text_of(result)
    assert not await Session.objects.aexists()


async def test_a_search_finds_passages_with_complete_addresses(user, heating, settings, as_user):
    settings.SITE_URL = "https://assistant.example.org"

    async with as_user(user) as client:
        result = await client.call_tool("search_knowledge", {"query": QUESTION, "limit": 1})

    (passage,) = result.structured_content["passages"]
    assert (passage["title"], passage["source_id"]) == ("Heating", heating.pk)
    assert passage["url"].startswith(f"https://assistant.example.org/sources/{heating.pk}/")
    assert "score" not in passage
    assert "120 degrees" in text_of(result)


async def test_a_search_stays_within_the_collections_that_are_named(user, heating, given, as_user):
    slug = (await given(lambda: heating.collection)()).slug

    async with as_user(user) as client:
        inside = await client.call_tool("search_knowledge", {"query": QUESTION, "collections": [slug]})
        outside = await client.call_tool("search_knowledge", {"query": QUESTION, "collections": ["other"]})

    assert inside.structured_content["passages"]
    assert outside.structured_content["passages"] == []


async def test_nothing_of_a_source_that_is_closed_to_the_user_is_told(user, heating, secret, as_user):
    async with as_user(user) as client:
        results = [
            await client.call_tool("search_knowledge", {"query": "vault water heater 77 degrees"}),
            await client.call_tool("search_knowledge", {"query": "vault", "collections": ["hidden"]}),
            await client.call_tool("list_sources", {}),
            await client.call_tool("list_sources", {"collection": "hidden"}),
            await client.call_tool("ask", {"question": "How hot is the water heater of the vault?"}),
        ]
        read = await client.call_tool("read_source", {"source_id": secret.pk})
        missing = await client.call_tool("read_source", {"source_id": 10**9})

    assert not [result for result in results if "77 degrees" in str(result) or "Vault" in str(result)]
    assert read.is_error
    assert text_of(read) == text_of(missing)


async def test_a_source_that_is_switched_off_is_not_shown_even_to_staff(heating, given, as_user):
    administrator = await given(UserFactory)(is_superuser=True, is_staff=True)
    await given(type(heating).objects.filter(pk=heating.pk).enable)(False)

    async with as_user(administrator) as client:
        listed = await client.call_tool("list_sources", {})
        read = await client.call_tool("read_source", {"source_id": heating.pk})

    assert listed.structured_content["sources"] == []
    assert read.is_error


async def test_sources_are_listed_a_page_at_a_time(user, many_sources, as_user):
    async with as_user(user) as client:
        first = (await client.call_tool("list_sources", {})).structured_content
        second = (await client.call_tool("list_sources", {"after": first["next_after"]})).structured_content

    assert [one["id"] for one in first["sources"] + second["sources"]] == many_sources
    assert len(second["sources"]) == 1
    assert second["next_after"] is None


async def test_a_long_text_is_read_in_parts_that_join_to_the_whole(user, long_source, given, as_user):
    whole = (await given(lambda: long_source.live_revision)()).text
    parts, page = [], 1

    async with as_user(user) as client:
        while page:
            shown = await client.call_tool("read_source", {"source_id": long_source.pk, "page": page})
            parts += [part["text"] for part in shown.structured_content["pages"]]
            page = shown.structured_content["next_page"]

    assert len(parts) == shown.structured_content["page_count"] > 1
    assert "".join(parts) == whole


async def test_pages_are_shown_as_they_are_numbered(user, three_pages, as_user):
    async with as_user(user) as client:
        shown = await client.call_tool("read_source", {"source_id": three_pages.pk, "page": 2})

    assert shown.structured_content["pages"] == [{"number": 2, "text": ""}, {"number": 3, "text": "three"}]
    assert (shown.structured_content["page_count"], shown.structured_content["next_page"]) == (3, None)


async def test_pages_that_do_not_fit_are_left_for_the_next_call(user, three_long_pages, as_user):

    async with as_user(user) as client:
        shown = await client.call_tool("read_source", {"source_id": three_long_pages.pk})

    assert [page["number"] for page in shown.structured_content["pages"]] == [1, 2]
    assert shown.structured_content["next_page"] == 3


async def test_there_is_no_page_after_the_last(user, three_pages, as_user):
    async with as_user(user) as client:
        shown = await client.call_tool("read_source", {"source_id": three_pages.pk, "page": 4})

    assert (shown.is_error, text_of(shown)) == (True, "Its last page is 3.")


async def test_an_answer_comes_with_its_citations_and_is_kept_as_a_programs(
    user, heating, key_of, given, as_user
):
    key, _ = await given(key_of)(user)

    async with as_user(user, key) as client:
        result = await client.call_tool("ask", {"question": QUESTION})

    answer = result.structured_content
    assert "120 degrees" in answer["answer"]
    assert [one["source_id"] for one in answer["citations"]] == [heating.pk]
    assert "[1] Heating http" in text_of(result)
    session = await Session.objects.aget(pk=answer["session_id"])
    assert (session.origin, session.user_id) == ("mcp", user.pk)


async def test_a_follow_up_goes_on_with_the_conversation(user, heating, as_user):
    async with as_user(user) as client:
        first = (await client.call_tool("ask", {"question": QUESTION})).structured_content
        second = await client.call_tool(
            "ask", {"question": "Does that save energy?", "session_id": first["session_id"]}
        )

    assert second.structured_content["session_id"] == first["session_id"]
    assert await Message.objects.filter(session=first["session_id"]).acount() == 4


async def test_nobody_goes_on_with_the_conversation_of_another(user, heating, given, as_user):
    session = await Session.objects.acreate(user=await given(UserFactory)())

    async with as_user(user) as client:
        result = await client.call_tool("ask", {"question": QUESTION, "session_id": str(session.pk)})

    assert (result.is_error, text_of(result)) == (True, "There is no such conversation.")


async def test_an_answer_is_reported_while_it_is_written(user, heating, model_server, settings, as_user):
    settings.CHAT_MODEL, settings.OPENAI_BASE_URL = "loopback", model_server.url
    model_server.behave(answer="Set it to 120 degrees Fahrenheit. [1]")
    reported = []

    async def note(progress, total, message):
        reported.append((progress, message))

    async with as_user(user) as client:
        result = await client.call_tool("ask", {"question": QUESTION}, progress_callback=note)

    assert [progress for progress, _ in reported] == list(range(1, len(reported) + 1))
    assert len(reported) > 3
    assert "".join(text for _, text in reported) == result.structured_content["answer"]


async def test_a_model_that_fails_is_told_as_a_failed_call(user, heating, model_server, settings, as_user):
    settings.CHAT_MODEL, settings.OPENAI_BASE_URL = "loopback", model_server.url
    model_server.behave(status=401)

    async with as_user(user) as client:
        result = await client.call_tool("ask", {"question": QUESTION})

    assert result.is_error
    assert (await Message.objects.aget(role="assistant")).error_detail == text_of(result)


async def test_no_answer_is_begun_while_too_many_are_being_written(user, heating, no_place_left, as_user):
    async with as_user(user) as client:
        result = await client.call_tool("ask", {"question": QUESTION})

    assert result.is_error
    assert "Too many answers" in text_of(result)
    assert not await Session.objects.aexists()


async def test_an_answer_that_has_ended_leaves_its_place(user, heating, as_user):
    before = places.taken

    async with as_user(user) as client:
        await client.call_tool("ask", {"question": QUESTION})

    assert places.taken == before


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("ask", {"question": QUESTION}), ("search_knowledge", {"query": QUESTION})],
)
async def test_questions_are_counted_as_those_of_rest(name, arguments, user, heating, settings, as_user):
    settings.RATES = settings.RATES | {"question": "1/hour"}

    async with as_user(user) as client:
        first = await client.call_tool(name, arguments)
        second = await client.call_tool(name, arguments)

    assert not first.is_error
    assert second.is_error
    assert text_of(second).startswith("Too many questions. Try again in")


@pytest.mark.parametrize(
    ("name", "arguments", "complaint"),
    [
        ("ask", {}, "question: Field required"),
        ("ask", {"question": " \x00 "}, "question: "),
        ("search_knowledge", {"query": " "}, "query: "),
        ("ask", {"question": "x" * 4_001}, "question: "),
        ("ask", {"question": "x", "assistant": "nobody"}, "There is no such assistant."),
        ("ask", {"question": "x", "session_id": "mine"}, "session_id: "),
        ("search_knowledge", {"query": "x" * 4_001}, "query: "),
        ("search_knowledge", {"query": "x", "limit": 51}, "limit: "),
        ("search_knowledge", {"query": "x", "user": 1}, "user: "),
        ("list_sources", {"after": -1}, "after: "),
        ("read_source", {"source_id": 2**63}, "source_id: "),
        ("read_source", {"source_id": 1, "page": 0}, "page: "),
    ],
)
async def test_what_is_wrong_with_a_call_is_told_to_the_model(name, arguments, complaint, user, as_user):
    async with as_user(user) as client:
        result = await client.call_tool(name, arguments)

    assert result.is_error
    assert text_of(result).startswith(complaint)
