"""The site behind a real nginx with the part of the configuration that docs/deploy shows."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from ipaddress import ip_network
from urllib.parse import urlsplit

import pytest
import requests

from tests.factories import ready_text
from tests.flows.worker import PATIENCE, PROJECT, eventually

QUESTION = "How hot should the water heater be?"
CONFIGURATION = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    upstream assistant {{ server {upstream}; }}
    server {{ listen 127.0.0.1:{port}; include {proxy}; }}
}}
"""


@pytest.fixture(scope="module")
def nginx() -> str:
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        missing = "There is no nginx on this machine (on Debian: apt-get install nginx)."
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    return program


@pytest.fixture
def front(nginx, site, tmp_path) -> Iterator[str]:
    """The address of the proxy."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    configuration = tmp_path / "nginx.conf"
    proxy = PROJECT / "docs" / "deploy" / "nginx" / "proxy.conf"
    configuration.write_text(
        CONFIGURATION.format(folder=tmp_path, upstream=urlsplit(site).netloc, port=port, proxy=proxy)
    )
    process = subprocess.Popen([nginx, "-p", tmp_path, "-e", "stderr", "-c", configuration])
    eventually(lambda: listens(port))
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_words_pass_nginx_while_the_model_still_thinks_about_the_next_ones(front, model):
    ready_text("Set the thermostat of the water heater to 120 degrees Fahrenheit.")
    model.behave(answer=["Set ", "it ", "to ", "120 ", "degrees."], hang_after=3)

    with requests.post(
        f"{front}/api/v1/chat/",
        json={"message": QUESTION},
        headers={"Accept": "text/event-stream"},
        stream=True,
        timeout=PATIENCE,
    ) as reply:
        lines = reply.iter_lines()
        words = [next(line for line in lines if line.startswith(b'data: {"text"')) for _ in range(3)]

    assert [word.decode().split('"')[3].strip() for word in words] == ["Set", "it", "to"]
    assert model.requests[-1].left.wait(PATIENCE)  # who leaves nginx leaves the model


def test_a_question_that_is_answered_at_once_passes_whole(front):
    ready_text("Set the thermostat of the water heater to 120 degrees Fahrenheit.")

    reply = requests.post(f"{front}/api/v1/chat/", json={"message": QUESTION}, timeout=PATIENCE)

    assert reply.status_code == 200
    assert "120 degrees" in reply.json()["content"]


def test_nginx_keeps_the_figures_to_the_inside(front, settings):
    settings.METRICS, settings.METRICS_NETWORKS = "networks", [ip_network("127.0.0.0/8")]

    assert requests.get(f"{front}/metrics", timeout=PATIENCE).status_code == 404
    assert requests.get(f"{front}/health/live", timeout=PATIENCE).status_code == 200


def test_nginx_refuses_what_is_too_large_before_the_site_stores_it(front):
    reply = requests.post(
        f"{front}/api/v1/chat/", headers={"Content-Length": str(61 * 2**20)}, timeout=PATIENCE
    )

    assert reply.status_code == 413
