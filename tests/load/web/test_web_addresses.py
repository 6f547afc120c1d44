"""Which addresses may be connected to."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.load.web.addresses import objection

FORBIDDEN = """
127.0.0.1 127.255.255.254 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 100.127.255.255 0.0.0.0 0.1.2.3
169.254.1.1 169.254.169.254 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.1
203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 100.100.100.200 168.63.129.16
:: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::8.8.8.8
64:ff9b:1::1 64:ff9b:1:ffff::7f00:1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1
2001:db8::1 2002:7f00:1:: 2002:c0a8:101::1 2002:808:808::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fd20:ce::254 fe80::1
fe80::a9fe:a9fe fe80::1%eth0 fec0::1 ff02::1 ff0e::1 4000::1 8000::1 0400::1
""".split()

ALLOWED = "8.8.8.8 1.1.1.1 93.184.215.14 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 192.0.1.1 198.17.0.1".split()
ALLOWED += "2606:4700::1111 2a00:1450:4001:80b::200e 2001:4860:4860::8888 2400:cb00::1 2600:1f18::1".split()

NEVER_EVEN_IN_THE_HOUSE = """
169.254.169.254 169.254.1.1 0.0.0.0 224.0.0.1 255.255.255.255 100.100.100.200 192.0.0.192 168.63.129.16 :: fe80::1
fd00:ec2::254 fd20:ce::254 ::ffff:127.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: ff02::1
""".split()


@pytest.mark.parametrize("text", FORBIDDEN)
def test_what_is_not_of_the_public_internet_is_forbidden_with_a_word_of_why(text: str) -> None:
    assert objection(ip_address(text))


@pytest.mark.parametrize("text", ALLOWED)
def test_what_is_of_the_public_internet_is_allowed(text: str) -> None:
    assert objection(ip_address(text)) is None


@pytest.mark.parametrize("text", ["127.0.0.1", "10.1.2.3", "172.20.0.1", "192.168.1.1", "100.64.0.1", "::1", "fd12::1"])
def test_a_source_may_be_let_into_the_house(text: str) -> None:
    assert objection(ip_address(text), allow_private=True) is None


@pytest.mark.parametrize("text", NEVER_EVEN_IN_THE_HOUSE)
def test_some_addresses_are_for_no_source_at_all(text: str) -> None:
    assert objection(ip_address(text), allow_private=True)


@given(st.integers(0, 2**32 - 1).map(IPv4Address) | st.integers(0, 2**128 - 1).map(IPv6Address))
def test_nothing_is_allowed_that_the_standard_library_would_forbid(address: IPv4Address | IPv6Address) -> None:
    if not address.is_global or address.is_multicast or address.is_reserved:
        assert objection(address)


@given(st.integers(0, 2**32 - 1).map(IPv4Address), st.sampled_from(["::", "::ffff:0:0", "64:ff9b::"]))
def test_an_ipv4_address_is_not_to_be_had_by_way_of_ipv6(address: IPv4Address, prefix: str) -> None:
    assert objection(
        IPv6Address(int(IPv6Address(prefix)) + int(address)), allow_private=True
    ) or address == IPv4Address(1)
