"""The samples for a real site start the web as `up` does."""

import re
from pathlib import Path

import pytest

from assistant_project.management.commands.up import web

PROJECT = Path(__file__).parents[2]
OPTION = re.compile(r"--[a-z-]+(?:=[\w.]+)?")


@pytest.mark.parametrize(
    ("sample", "host"),
    [("Dockerfile", "0.0.0.0"), ("docs/deploy/systemd/assistant-web.service", "127.0.0.1")],
)
def test_a_sample_starts_the_web_with_the_options_of_up(sample, host):
    text = (PROJECT / sample).read_text()
    started = text[text.rindex("assistant_project.asgi:application") :].partition("Restart=")[0]

    assert sorted(OPTION.findall(started)) == sorted(OPTION.findall(" ".join(web(host, 8000).command)))
