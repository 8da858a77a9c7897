import pytest
from django.core.exceptions import ImproperlyConfigured

from knowledge.errors import AddressRefusedError
from knowledge.ingestion.fetch import fetch_url, policy_in_force


def test_the_settings_describe_the_policy(settings):
    settings.FETCH_ALLOWED_NETWORKS = ["10.20.0.0/16"]
    settings.FETCH_ALLOWED_PORTS = [443, 8080]
    settings.FETCH_IGNORE_ROBOTS_FOR = ["Intranet.Example"]

    policy = policy_in_force()

    assert policy.allowed_networks == ("10.20.0.0/16",)
    assert policy.allowed_ports == {443, 8080}
    assert policy.ignore_robots_for == {"intranet.example"}


@pytest.mark.parametrize("network", ["10.20.0.1/16", "intranet", "10.0.0.0/33"])
def test_a_wrong_network_stops_with_a_sentence(settings, network):
    settings.FETCH_ALLOWED_NETWORKS = [network]

    with pytest.raises(ImproperlyConfigured, match=r"FETCH_ALLOWED_NETWORKS: .*Write networks as CIDR"):
        policy_in_force()


def test_a_wrong_port_stops_with_a_sentence(settings):
    settings.FETCH_ALLOWED_PORTS = [80, 70_000]

    with pytest.raises(ImproperlyConfigured, match="FETCH_ALLOWED_PORTS: 70000 is no port"):
        policy_in_force()


def test_authorities_of_ones_own_are_trusted(settings, tmp_path):
    bundle = tmp_path / "ca.pem"
    bundle.touch()
    settings.FETCH_CA_BUNDLE = str(bundle)

    assert policy_in_force().ca_bundle == str(bundle)


def test_a_file_of_authorities_that_is_not_there_stops_with_a_sentence(settings):
    settings.FETCH_CA_BUNDLE = "/nowhere/ca.pem"

    with pytest.raises(
        ImproperlyConfigured, match=r"FETCH_CA_BUNDLE is '/nowhere/ca\.pem': there is no such"
    ):
        policy_in_force()


def test_without_a_policy_the_settings_are_in_force(site, settings):
    settings.FETCH_ALLOWED_NETWORKS = []
    settings.FETCH_ALLOWED_PORTS = [site.port]

    with pytest.raises(AddressRefusedError, match="FETCH_ALLOWED_NETWORKS"):
        fetch_url(site.url())
