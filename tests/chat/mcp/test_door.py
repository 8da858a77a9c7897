import asyncio

import httpx
import pytest
from asgiref.testing import ApplicationCommunicator

from assistant_project import installation
from assistant_project.accounts import tokens
from assistant_project.asgi import by_address
from chat.mcp.door import MESSAGE_BYTES

pytestmark = pytest.mark.django_db(transaction=True)

LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
ELSEWHERE = "https://pages.example.org"
BOTH = "application/json, text/event-stream"


@pytest.fixture
def key(user, key_of):
    return key_of(user)


@pytest.fixture
def post(key):
    """Sends a message; with the key, unless other headers are given instead."""

    async def send(message=LIST, *, address="http://testserver/mcp", method="POST", key=key[1], **headers):
        given = {"Accept": "application/json"} | ({"X-API-Key": key} if key else {})
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = {"content": message} if isinstance(message, bytes) else {"json": message}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(by_address)) as client:
            return await client.request(method, address, headers=given, **content)

    return send


async def test_who_accepts_json_gets_json(post):
    response = await post()

    assert response.headers["Content-Type"] == "application/json"
    assert len(response.json()["result"]["tools"]) == 4


async def test_who_accepts_events_gets_events(post):
    response = await post(Accept=BOTH)

    assert response.headers["Content-Type"].startswith("text/event-stream")
    assert response.headers["X-Accel-Buffering"] == "no"
    assert '"result"' in response.text


@pytest.mark.parametrize("address", ["http://testserver/mcp", "http://testserver/mcp/"])
async def test_a_slash_at_the_end_makes_no_difference(address, post):
    response = await post(address=address)

    assert response.status_code == 200


async def test_an_address_below_is_none_of_mcps(post):
    response = await post(address="http://testserver/mcp/other", method="GET")

    assert response.status_code == 404


async def test_what_this_installation_asks_itself_is_refused_as_a_loop(post):
    asked_itself = await post(**{installation.HEADER: installation.mark()})
    asked_by_another = await post(**{installation.HEADER: "0" * 32})

    assert (asked_itself.status_code, asked_itself.json()["code"]) == (508, "asked_by_itself")
    assert asked_by_another.status_code == 200


async def test_a_key_may_come_as_a_bearer(post, key):
    response = await post(key="", Authorization=f"Bearer {key[1]}")

    assert response.status_code == 200


async def test_an_access_token_opens_the_door_as_well(post, user, given):
    access = (await given(tokens.issue)(user)).access

    response = await post(key="", Authorization=f"Bearer {access}")

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("authorization", "code"),
    [("", "not_authenticated"), ("Bearer ka_wrong", "key_not_valid"), ("Bearer x.y.z", "token_not_valid")],
)
async def test_who_has_no_valid_credentials_is_told_so(authorization, code, post):
    response = await post(key="", **({"Authorization": authorization} if authorization else {}))

    assert (response.status_code, response.json()["code"]) == (401, code)
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_revoked_key_no_longer_opens_it(post, key, given):
    await given(type(key[0]).objects.filter(pk=key[0].pk).revoke)()

    response = await post()

    assert response.status_code == 401


async def test_another_name_of_the_server_is_refused(post):
    response = await post(Host="rebound.example.org")

    assert (response.status_code, response.json()["code"]) == (421, "wrong_host")


async def test_where_all_else_is_led_to_https_a_key_is_not_taken_without(post, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    plain = await post()
    encrypted = await post(address="https://testserver/mcp")
    behind_a_proxy = await post(X_Forwarded_Proto="https")

    assert (plain.status_code, plain.json()["code"]) == (403, "https_needed")
    assert (encrypted.status_code, behind_a_proxy.status_code) == (200, 200)


async def test_pages_of_other_sites_are_refused(post):
    response = await post(Origin=ELSEWHERE)

    assert (response.status_code, response.json()["code"]) == (403, "permission_denied")


async def test_pages_of_the_site_itself_are_let_in(post):
    response = await post(Origin="http://testserver")

    assert response.status_code == 200


async def test_pages_of_sites_that_the_settings_name_are_let_in(post, settings):
    settings.CORS_ALLOWED_ORIGINS = [ELSEWHERE]

    response = await post(Origin=ELSEWHERE)

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == ELSEWHERE


async def test_their_browsers_may_ask_first(post, settings):
    settings.CORS_ALLOWED_ORIGINS = [ELSEWHERE]
    asked = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "x-api-key"}

    response = await post(key="", method="OPTIONS", Origin=ELSEWHERE, **asked)

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Headers"] == "x-api-key"


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
async def test_there_is_no_session_to_listen_to_or_to_end(method, post):
    response = await post(method=method)

    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


async def test_requests_are_counted_as_those_of_rest(post, settings):
    settings.RATES = settings.RATES | {"request": "1/hour"}

    responses = [await post() for _ in range(2)]

    assert [response.status_code for response in responses] == [200, 429]
    assert int(responses[1].headers["Retry-After"]) > 0
    assert responses[1].json()["detail"].startswith("Too many requests.")


async def test_a_request_that_is_too_large_is_refused(post):
    response = await post(b'{"jsonrpc": "2.0"' + b" " * MESSAGE_BYTES + b"}")

    assert response.status_code == 413


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[" * 100_000, b'{"jsonrpc":"2.0","id":1,"method":"\\ud800"}', b"\xff", b"[]", b"null"],
)
async def test_what_is_no_message_is_refused(content, post):
    response = await post(content, Content_Type="application/json")

    assert response.status_code == 400


@pytest.mark.parametrize("version", ["2025-06-18", "2026-07-28"])
async def test_a_client_that_leaves_before_its_message_has_come_is_no_failure(version, key):
    headers = {"host": "testserver", "x-api-key": key[1], "content-type": "application/json", "accept": BOTH}
    headers |= {"mcp-protocol-version": version, "mcp-method": "tools/list"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/mcp",
        "query_string": b"",
        "client": ("127.0.0.1", 1),
    }
    scope["headers"] = [(name.encode(), value.encode()) for name, value in headers.items()]
    line = ApplicationCommunicator(by_address, scope)
    await line.send_input({"type": "http.request", "body": b'{"jsonrpc"', "more_body": True})
    await line.send_input({"type": "http.disconnect"})

    await line.wait(timeout=20)

    assert line.output_queue.empty()


async def test_refusals_are_in_the_language_of_the_client(post):
    response = await post(Origin=ELSEWHERE, Accept_Language="de")

    assert response.json()["detail"] != (await post(Origin=ELSEWHERE)).json()["detail"]


async def test_two_callers_at_once_each_see_their_own(post, key_of, given, user):
    asking = (await given(key_of)(user, "ask"))[1]
    reading = (await given(key_of)(user, "read"))[1]

    first, second = await asyncio.gather(post(key=asking), post(key=reading))

    names = [[tool["name"] for tool in one.json()["result"]["tools"]] for one in (first, second)]
    assert names == [["ask"], ["search_knowledge", "list_sources", "read_source"]]
