"""compose.yaml and the units give the site no more rights than it needs, and look after the worker."""

import re
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load((PROJECT / "compose.yaml").read_text())["services"]


@pytest.mark.parametrize("name", ["migrate", "web", "worker"])
def test_what_we_run_in_a_container_has_no_rights_beyond_its_data(services, name):
    service = services[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["volumes"] == ["data:/data"]


def test_a_worker_in_a_container_has_time_for_its_first_sign_of_life(services):
    check = services["worker"]["healthcheck"]

    assert int(check["interval"].removesuffix("s")) >= settings.WORKER_SILENCE_SECONDS


@pytest.mark.parametrize("sample", ["compose.yaml", "docs/deploy/systemd/assistant-worker-health.service"])
def test_a_sample_asks_a_command_that_exists_about_the_worker(sample):
    commands = set(re.findall(r"manage\.py (\w+_health)", (PROJECT / sample).read_text()))

    assert commands
    assert commands <= get_commands().keys()
