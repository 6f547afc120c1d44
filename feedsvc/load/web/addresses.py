"""Which addresses may be connected to: a list of those that may not, each with what it is.

Pure. `ipaddress.is_global` is no help: it says True for the NAT64 and 6to4 forms of 127.0.0.1, for multicast and
for the metadata services of some clouds. Sources: the IANA special-purpose address registries
(RFC 6890 and its updates) and the documentation of the clouds.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address

# Reachable for a source whose settings say so. Everything below is reachable for none.
PRIVATE = {
    "127.0.0.0/8": "a loopback address",
    "10.0.0.0/8": "a private address",
    "172.16.0.0/12": "a private address",
    "192.168.0.0/16": "a private address",
    "100.64.0.0/10": "a shared address of a carrier",
    "::1/128": "a loopback address",
    "fc00::/7": "a private address",
}

# Within the ranges of PRIVATE or of the public internet, so they are looked at first.
METADATA = {
    "169.254.169.254/32": "the metadata service of a cloud",
    "169.254.170.2/32": "the metadata service of a cloud",  # Amazon ECS
    "100.100.100.200/32": "the metadata service of a cloud",  # Alibaba
    "168.63.129.16/32": "the metadata service of a cloud",  # Azure
    "192.0.0.192/32": "the metadata service of a cloud",  # Oracle
    "fd00:ec2::/32": "the metadata service of a cloud",  # Amazon
    "fd20:ce::254/128": "the metadata service of a cloud",  # Google
    "fd00:42::42/128": "the metadata service of a cloud",  # Scaleway
}

SPECIAL = {
    "0.0.0.0/8": "an address of this host itself",
    "169.254.0.0/16": "a link-local address",
    "192.0.0.0/24": "an address reserved for protocols",
    "192.0.2.0/24": "an address for documentation",
    "192.88.99.0/24": "a 6to4 relay",
    "198.18.0.0/15": "an address for benchmarks",
    "198.51.100.0/24": "an address for documentation",
    "203.0.113.0/24": "an address for documentation",
    "224.0.0.0/4": "a multicast address",
    "255.255.255.255/32": "the broadcast address",
    "240.0.0.0/4": "a reserved address",
    "::/128": "an address of this host itself",
    "::ffff:0:0/96": "an IPv4 address within IPv6",
    "::ffff:0:0:0/96": "an IPv4 address within IPv6",  # RFC 2765 §2.1
    "::/96": "an IPv4 address within IPv6",
    "64:ff9b::/96": "a NAT64 address",
    "64:ff9b:1::/48": "a NAT64 address",
    "100::/64": "an address that leads nowhere",
    "2001::/32": "a Teredo address",
    "2001::/23": "an address reserved for protocols",
    "2001:db8::/32": "an address for documentation",
    "2002::/16": "a 6to4 address",
    "3fff::/20": "an address for documentation",
    "5f00::/16": "an address for segment routing",
    "fe80::/10": "a link-local address",
    "fec0::/10": "a site-local address",
    "ff00::/8": "a multicast address",
}

GLOBAL_V6 = IPv6Network("2000::/3")  # all that IANA has given out; the rest of IPv6 is reserved

Ranges = list[tuple[IPv4Network | IPv6Network, str]]


def _ranges(table: dict[str, str]) -> Ranges:
    return [(ip_network(network), kind) for network, kind in table.items()]


_METADATA, _PRIVATE, _SPECIAL = _ranges(METADATA), _ranges(PRIVATE), _ranges(SPECIAL)


def objection(address: Address, allow_private: bool = False) -> str | None:
    """What speaks against connecting to `address`, such as "a loopback address"; None if nothing does."""
    if never := _kind(address, _METADATA):
        return never
    if private := _kind(address, _PRIVATE):
        return None if allow_private else private
    if special := _kind(address, _SPECIAL):
        return special
    return "a reserved address" if address.version == 6 and address not in GLOBAL_V6 else None


def any_private(addresses: Iterable[Address]) -> bool:
    return any(_kind(address, _PRIVATE) for address in addresses)


def _kind(address: Address, ranges: Ranges) -> str | None:
    return next((kind for network, kind in ranges if address in network), None)
