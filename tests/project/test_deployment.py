"""The samples for a real site start the web as `up` does."""

import re
from pathlib import Path

import pytest

from assistant_project.management.commands.up import web
from tests.project.test_settings import environment, python

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


REAL_SITE = {"DEBUG": "false", "SECRET_KEY": "k1-" * 20, "ALLOWED_HOSTS": ".example.org"}


@pytest.mark.parametrize(
    ("variables", "warned"),
    [
        ({}, {"assistant.W001", "assistant.W002"}),
        ({"SITE_URL": "https://assistant.example.com", "SIGN_UP": "closed"}, {"assistant.W001"}),
        ({"SITE_URL": "https://assistant.example.org", "EMAIL_BACKEND": "console"}, {"assistant.W002"}),
        ({"SITE_URL": "https://assistant.example.org", "EMAIL_HOST": "mail.example.org"}, set()),
        ({"SITE_URL": "https://assistant.example.org", "SIGN_UP": "closed"}, set()),
    ],
)
def test_what_a_real_site_lacks_is_told(tmp_path, variables, warned):
    ended = python("manage.py", "check", "--deploy", env=environment(tmp_path, **REAL_SITE, **variables))

    assert set(re.findall(r"assistant\.W\d+", ended.stderr)) == warned
