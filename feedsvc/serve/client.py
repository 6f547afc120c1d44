"""Where a request comes from, behind as many proxies as the operator trusts. Pure."""

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from typing import Any


def client_address(environ: Mapping[str, Any], trusted_proxies: int) -> str:
    """The address of the client as the outermost trusted proxy saw it; "" where none is known.

    Each proxy adds to X-Forwarded-For the address that it was asked from; what stands further to the left was sent
    by the client and may be made up.
    """
    direct = str(environ.get("REMOTE_ADDR") or "")
    if not trusted_proxies:
        return direct
    told = str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    seen = [*(address.strip() for address in told if address.strip()), direct]
    return seen[max(len(seen) - 1 - trusted_proxies, 0)]


def network(address: str) -> str:
    """What stands for one client: an IPv4 address, or the /64 in which an IPv6 one changes (RFC 8981)."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or ip.exploded[:19])
    return str(ip)
