import pytest

from assistant_project.networks import as_networks, may_open

NOT_PUBLIC = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.9.9",
    "127.0.0.53",
    "172.31.255.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.7.7",
    "198.19.0.1",
    "198.51.100.9",
    "203.0.113.5",
    "224.0.0.251",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::a00:1",
    "fc00::1",
    "fd12:3456::1",
    "fec0::7",
    "ff02::fb",
    "ff0e::1",
    "100::1",
    "2001:db8::1",
    "2001:2::1",
    "3fff::1",
    "5f00::1",
    "4000::1",
]
NEVER = [
    "169.254.0.1",
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fd00:42::42",
    "fe80::1",
    "fe80::1%1",
    "febf::9",
    "::ffff:169.254.169.254",
    "::ffff:100.100.100.200",
    "::ffff:0:169.254.169.254",
    "::169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::6464:64c8",
    "64:ff9b:1::a9fe:a9fe",
    "2002:a9fe:a9fe::",
    "2002:7f00:1::1",
    "2001:0:a9fe:a9fe::",
    "2001::1",
]
PUBLIC = [
    "1.1.1.1",
    "9.9.9.9",
    "192.0.1.1",
    "172.32.0.1",
    "::ffff:1.1.1.1",
    "2606:4700::1111",
    "2a00:1450:4001::8a",
]
EVERYTHING = as_networks(("0.0.0.0/0", "::/0"))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_open(address):
    assert may_open(address, ())


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_other_addresses_are_open_only_when_allowed(address):
    assert not may_open(address, ())
    assert may_open(address, EVERYTHING)


@pytest.mark.parametrize("address", NEVER)
def test_metadata_and_hidden_addresses_are_never_open(address):
    assert not may_open(address, EVERYTHING)


def test_an_allowed_translation_does_not_open_what_lies_behind_it():
    translated = as_networks(("64:ff9b::/96",))

    assert may_open("64:ff9b::101:101", translated)
    assert not may_open("64:ff9b::a00:1", translated)
