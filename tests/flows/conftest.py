"""A real browser and the real ASGI application on loopback."""

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import uvicorn
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

PATIENCE_MILLISECONDS = 15_000
"""On a machine that has other things to do as well."""
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Closed after each module: while it runs, its event loop occupies the thread of the tests."""
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        missing = "There is no chromium on this machine (on Debian: apt-get install chromium)."
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def site(transactional_db, monkeypatch) -> Iterator[str]:
    """The address of the site, served by uvicorn in a thread on the test database."""
    from assistant_project.asgi import application

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser's event loop is not Django's
    listener = socket.create_server(("127.0.0.1", 0))
    # asyncio does so for sockets of its own only; without it many an answer waits 40 ms for an acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
    server = uvicorn.Server(uvicorn.Config(application, lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


class Visit:
    """One reader's browser, which notes what must never happen."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.context = context
        self.site = site
        self.errors: list[str] = []
        self.requests_elsewhere: list[str] = []
        self.dialogs: list[str] = []
        context.on("request", self._note_request)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("console", self._note_console)
        context.on("dialog", self._note_dialog)
        self.page: Page = context.new_page()

    def open(self, path: str = "/") -> Page:
        self.page.goto(self.site + path)
        return self.page

    def sign_in(self, user) -> None:
        client = Client()
        client.force_login(user)
        self.context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.site}]
        )

    def ask(self, question: str) -> None:
        self.page.wait_for_load_state()  # after a click on a link: the scripts that send a question are there by then
        self.page.get_by_label("Your question").fill(question)
        self.page.keyboard.press("Enter")

    def assert_unharmed(self) -> None:
        assert self.errors == []
        assert self.dialogs == []
        assert self.requests_elsewhere == []

    def _note_request(self, request) -> None:
        if urlsplit(request.url.removeprefix("blob:")).netloc != urlsplit(self.site).netloc:
            self.requests_elsewhere.append(request.url)

    def _note_console(self, message) -> None:
        if "Content Security Policy" in message.text:
            self.errors.append(message.text)

    def _note_dialog(self, dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


@pytest.fixture
def visit(chromium, site) -> Iterator[Visit]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en")
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    visit = Visit(context, site)
    yield visit
    context.close()
    visit.assert_unharmed()


@pytest.fixture
def console(visit) -> list[str]:
    """Everything that the browser complains about."""
    complaints: list[str] = []

    def note(message) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    visit.context.on("console", note)
    return complaints


@pytest.fixture
def model(model_server, settings):
    """A language model writes the answers."""
    settings.CHAT_MODEL = "test-model"
    settings.OPENAI_BASE_URL = model_server.url
    return model_server
