"""How often one address may be sent a document. A 304 is free, and so are pages.

Counted in memory by each web process for itself, and divided among none: with four workers, an address may get up to
four times as much. No address is kept: it is counted under a digest that only this process can make.
"""

import hashlib
import math
import secrets
import time
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

import structlog
from limits import RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from feedsvc.serve.client import client_address, network
from feedsvc.settings import Serve

log = structlog.get_logger()

BURST = 10  # answers at once, however low the rate: subscribing takes several requests, and a reader may have channels
# Addresses share this many counters, so that memory is bounded whoever asks: 15 MB at most. That another one shares
# the counter of one that is refused is as unlikely.
COUNTERS = 1 << 16
KNOWN = 4096  # addresses of which it is remembered for a while whether they are limited


class Limiter:
    """The counts of this process. A rate of 0 refuses nobody."""

    def __init__(self, settings: Serve) -> None:
        self._trusted_proxies = settings.trusted_proxies
        self._unlimited = [ip_network(one) for one in settings.unlimited]
        self._known: dict[bytes, bool] = {}
        self._wondered = False
        self._salt = secrets.token_bytes(32)
        self._rates = FixedWindowRateLimiter(Counters())
        self._limit: RateLimitItemPerMinute | None = None
        if settings.requests_per_minute:
            minutes = math.ceil(BURST / settings.requests_per_minute)
            self._limit = RateLimitItemPerMinute(settings.requests_per_minute * minutes, minutes)

    def wait_s(self, environ: Mapping[str, Any]) -> int:
        """Count an answer to this request. Returns 0 where it may be sent, else in how many seconds one may be.

        `environ` is WSGI's. Ask only for answers with a body, after it is known that the answer is not 304.
        """
        if self._limit is None:
            return 0
        address = client_address(environ, self._trusted_proxies)
        digest = self._digest(address)
        if self._is_unlimited(digest, address):
            return 0
        if ":" in address:
            digest = self._digest(network(address))
        counter = str(int.from_bytes(digest) % COUNTERS)
        if self._rates.hit(self._limit, counter):
            return 0
        self._wonder(environ)
        until = self._rates.get_window_stats(self._limit, counter).reset_time
        return max(math.ceil(until - time.time()), 1)

    def _is_unlimited(self, digest: bytes, address: str) -> bool:
        if digest not in self._known:
            if len(self._known) >= KNOWN:
                self._known.clear()
            self._known[digest] = _lies_in(address, self._unlimited)
        return self._known[digest]

    def _digest(self, address: str) -> bytes:
        return hashlib.blake2b(address.encode("utf-8", "backslashreplace"), digest_size=8, key=self._salt).digest()

    def _wonder(self, environ: Mapping[str, Any]) -> None:
        """Say once that all the world may be behind one address: a proxy that nobody told of would be refused."""
        if not self._wondered and not self._trusted_proxies and _is_near(str(environ.get("REMOTE_ADDR", ""))):
            self._wondered = True
            remedy = "if that is a proxy in front of this service, set serve.trusted_proxies"
            log.warning("too many requests from one address of this machine or its network", remedy=remedy)


class Counters(Storage):
    """How much was counted by key, and until when that counts. Never forgets a key: there must be few.

    The storage in memory that `limits` brings goes through all its keys in a thread of its own, up to a hundred times
    a second, which takes a third of the time of an answer.
    """

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[str, tuple[int, float]] = {}

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        count, until = self._counts.get(key, (0, 0.0))
        if until <= (now := time.time()):
            count, until = 0, now + expiry
        self._counts[key] = (count + amount, until)
        return count + amount

    def get(self, key: str) -> int:
        count, until = self._counts.get(key, (0, 0.0))
        return count if until > time.time() else 0

    def get_expiry(self, key: str) -> float:
        return self._counts.get(key, (0, 0.0))[1]

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        count = len(self._counts)
        self._counts.clear()
        return count

    def clear(self, key: str) -> None:
        self._counts.pop(key, None)


def _lies_in(address: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    plain = getattr(ip, "ipv4_mapped", None) or ip
    return any(plain in one for one in networks)


def _is_near(address: str) -> bool:
    try:
        return ip_address(address).is_private
    except ValueError:
        return False


def told_to_wait(seconds: int) -> str:
    """What is said with a 429, in a sentence."""
    return f"Too many requests have come from your address; please ask again in {seconds} seconds."
