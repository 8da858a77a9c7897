import asyncio

import pytest

from assistant_project.accounts.moments import BEGAN
from assistant_project.gate import BEGUN_AT_ONCE, Gate


class Application:
    """Reads the body, and answers when it is told to."""

    def __init__(self):
        self.computing = 0
        self.changed = asyncio.Condition()
        self.may_answer = asyncio.Event()

    async def __call__(self, scope, receive, send):
        while (await receive()).get("more_body"):
            pass
        self.computing += 1
        async with self.changed:
            self.changed.notify_all()
        await self.may_answer.wait()
        await send({"type": "http.response.start"})
        self.computing -= 1


class Request:
    """A request to the gate that runs in the background."""

    def __init__(self, application, *body, method="POST"):
        self.body = asyncio.Queue()
        for message in body or ({"type": "http.request", "more_body": False},):
            self.body.put_nowait(message)
        self.scope = {"type": "http", "method": method}
        self.task = asyncio.ensure_future(application(self.scope, self.body.get, self.send))

    async def send(self, message):
        pass


async def settled():
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
async def application():
    return Application()


@pytest.fixture
async def requests():
    made = []
    yield made
    for request in made:
        request.task.cancel()
    await asyncio.gather(*(request.task for request in made), return_exceptions=True)


async def test_few_requests_compute_at_once_and_all_are_answered(application, requests):
    door = Gate(application)
    requests += [Request(door) for _ in range(10)]
    await settled()

    assert application.computing == BEGUN_AT_ONCE
    application.may_answer.set()
    await asyncio.gather(*(request.task for request in requests))
    assert application.computing == 0


async def test_reading_is_never_kept_waiting(application, requests):
    door = Gate(application)
    requests += [Request(door) for _ in range(10)]
    requests += [Request(door, method="GET") for _ in range(5)]
    await settled()

    assert application.computing == BEGUN_AT_ONCE + 5


async def test_a_slow_sender_takes_no_place(application, requests):
    door = Gate(application)
    requests += [Request(door, {"type": "http.request", "more_body": True}) for _ in range(10)]
    requests.append(Request(door))
    await settled()

    assert application.computing == 1


async def test_who_waits_for_a_model_makes_room(application, requests):
    door = Gate(application, seconds=0.01)
    requests += [Request(door) for _ in range(BEGUN_AT_ONCE + 1)]

    async with asyncio.timeout(5), application.changed:
        await application.changed.wait_for(lambda: application.computing > BEGUN_AT_ONCE)


async def test_a_failure_leaves_its_place(requests):
    async def failing(scope, receive, send):
        await receive()
        raise ValueError("broken")

    door = Gate(failing)
    requests += [Request(door) for _ in range(3 * BEGUN_AT_ONCE)]

    outcomes = await asyncio.gather(*(request.task for request in requests), return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [ValueError] * (3 * BEGUN_AT_ONCE)


async def test_the_moment_at_which_a_request_came_is_noted_before_it_waits(application, requests):
    door = Gate(application)
    requests += [Request(door) for _ in range(BEGUN_AT_ONCE + 1)]
    await settled()

    assert application.computing == BEGUN_AT_ONCE
    assert all(BEGAN in request.scope for request in requests)
