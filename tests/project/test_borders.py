"""Only the guarded door opens HTTP connections to the outside."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PACKAGES = ("assistant_project", "knowledge", "chat")
DOOR = PROJECT / "knowledge" / "ingestion" / "fetch"
OTHER_DOORS = {
    "assistant_project/management/commands/up.py": {"http.client"},  # asks the server that it started itself
    "chat/tools/connection.py": {"httpcore2", "httpx2", "mcp.client"},  # servers of tools,
    "chat/tools/guard.py": {"httpcore2"},  # behind a guard of their own
    "chat/writers/provider.py": {"httpx2"},  # the chat model's own client
}
"""They open nothing that a curator or a reader named."""

HTTP_CLIENTS = (
    "aiohttp",
    "http.client",
    "httpcore2",
    "httplib2",
    "httpx",
    "httpx2",
    "mcp.client",
    "niquests",
    "pycurl",
    "requests",
    "trafilatura.downloads",
    "trafilatura.feeds",
    "trafilatura.fetch_response",
    "trafilatura.fetch_url",
    "trafilatura.sitemaps",
    "trafilatura.spider",
    "urllib.request",
    "urllib3",
    "websockets",
)


def names_used(source: str) -> Iterator[str]:
    """Dotted names of everything that a module imports, and of every attribute chain in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Attribute):
            yield ast.unparse(node)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield from (word.value for word in node.args if isinstance(word, ast.Constant))


def clients_used(source: str) -> set[str]:
    """The HTTP clients among the names that a module uses."""
    return {
        client
        for name in names_used(source)
        for client in HTTP_CLIENTS
        if name == client or name.startswith(f"{client}.")
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_but_the_door_uses_an_http_client(package):
    modules = [path for path in (PROJECT / package).rglob("*.py") if DOOR not in path.parents]

    found = {path.relative_to(PROJECT).as_posix(): clients_used(path.read_text()) for path in modules}

    assert modules
    assert {path: clients for path, clients in found.items() if clients - OTHER_DOORS.get(path, set())} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import requests",
        "import requests.adapters as r",
        "from requests import get",
        "from urllib.request import urlopen",
        "from urllib import request",
        "import http.client",
        "from http import client",
        "import httpx, json",
        "def later():\n    import aiohttp",
        "import importlib\nimportlib.import_module('httpx')",
        "from trafilatura import fetch_url",
        "import trafilatura\ntrafilatura.fetch_url('http://example.org')",
    ],
)
def test_the_search_finds_each_way_to_use_one(source):
    assert clients_used(source)


@pytest.mark.parametrize(
    "source",
    [
        "from urllib.parse import urlsplit",
        "from http import HTTPStatus",
        "import trafilatura\ntrafilatura.extract('')",
    ],
)
def test_the_search_leaves_the_rest_alone(source):
    assert clients_used(source) == set()


def test_only_one_module_makes_streaming_responses():
    makers = {
        path.relative_to(PROJECT).as_posix()
        for package in PACKAGES
        for path in (PROJECT / package).rglob("*.py")
        if any(name.endswith("StreamingHttpResponse") for name in names_used(path.read_text()))
    }

    assert makers == {"chat/sse.py"}
