"""A host name → a connection to one of its addresses, every one of which was looked at first.

The name is resolved once, and the connection is made to the very address that was checked, so that a name which
resolves differently the next moment (DNS rebinding) gains nothing. Certificates are checked for the name.
Literals in odd notations (2130706433, 0x7f000001, 127.1) are resolved like names, so they come to the same.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from feedsvc.load.web.addresses import Address, objection
from feedsvc.load.web.coding import size
from feedsvc.load.web.target import Target
from feedsvc.load.web.values import FetchFailed

CONNECT_S = 5  # for each address: one that swallows packets must not take the time of the others
MAX_ADDRESSES = 4

Resolve = Callable[[str, int], Iterable[str]]


class Meter:
    """What one errand may still take: seconds on the network, and bytes from the wire."""

    def __init__(self, seconds: float) -> None:
        self._total_s = seconds
        self._spent_s = 0.0
        self._since: float | None = None
        self._limit_bytes = self._left_bytes = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        """The time between two of these is the errand's own waiting, and doesn't count."""
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._spent_s += time.monotonic() - self._since
            self._since = None

    def left_s(self, at_most: float = float("inf")) -> float:
        """Raises FetchFailed when there is no time left."""
        running_s = 0 if self._since is None else time.monotonic() - self._since
        left = self._total_s - self._spent_s - running_s
        if left <= 0:
            raise FetchFailed(f"it took longer than {self._total_s:g} s")
        return min(left, at_most)

    def allow(self, count: int) -> None:
        """Set the limit anew, from here on."""
        self._limit_bytes = self._left_bytes = count

    def take(self, count: int) -> None:
        self._left_bytes -= count
        if self._left_bytes < 0:
            raise FetchFailed(f"it sent more than {size(self._limit_bytes)}")


def system_addresses(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


def tls_context(ca_file: str | None = None) -> ssl.SSLContext:
    """Certificates are checked against `ca_file`, or the authorities that browsers trust."""
    return ssl.create_default_context(cafile=ca_file or DEFAULT_CA_BUNDLE_PATH)


@dataclass(frozen=True, slots=True)
class Wire:
    """The two things outside that connecting needs: names and certificates."""

    resolve: Resolve = system_addresses
    tls: ssl.SSLContext = field(default_factory=tls_context)


def checked_addresses(wire: Wire, target: Target, allow_private: bool, meter: Meter) -> list[Address]:
    """The addresses of the host, in the resolver's order. One that may not be connected to rules out them all."""
    addresses = _resolved(wire.resolve, target, meter)
    for address in addresses:
        if reason := objection(address, allow_private):
            shown = target.host if target.host == str(address) else f"{target.host} ({address})"
            raise FetchFailed(f"{shown} is {reason}, and is not connected to")
    return addresses


def connected(wire: Wire, target: Target, addresses: Sequence[Address], meter: Meter) -> socket.socket:
    """Connect to the first of `addresses` that answers, and speak TLS if the target does.

    Raises FetchFailed when time runs out, and OSError (ssl.SSLError is one).
    """
    connection = _first_connection(addresses, target.port, meter)
    if target.scheme != "https":
        return connection
    try:
        connection.settimeout(meter.left_s())  # for the whole handshake, not for each read of it
        return wire.tls.wrap_socket(connection, server_hostname=target.host)
    except BaseException as error:
        connection.close()
        if isinstance(error, ValueError) and not isinstance(error, OSError):  # a certificate's error is both
            raise FetchFailed(f"no certificate can be for the name {target.host}") from error
        raise


def _resolved(resolve: Resolve, target: Target, meter: Meter) -> list[Address]:
    try:
        texts = _names_looked_up(resolve, target).result(meter.left_s())
        addresses = [ipaddress.ip_address(text) for text in dict.fromkeys(texts)]
    except TimeoutError as error:
        raise FetchFailed(f"the name {target.host} could not be looked up in time") from error
    except (OSError, ValueError) as error:  # ValueError: labels too long or empty
        raise FetchFailed(f"the name {target.host} is not known") from error
    if not addresses:
        raise FetchFailed(f"the name {target.host} is not known")
    return addresses


def _names_looked_up(resolve: Resolve, target: Target) -> "Future[list[str]]":
    """getaddrinfo has no time limit, so it works in a thread that may be left behind, and never holds up an exit."""
    future: Future[list[str]] = Future()

    def work() -> None:
        try:
            future.set_result(list(resolve(target.host, target.port)))
        except Exception as error:
            future.set_exception(error)

    Thread(target=work, daemon=True).start()
    return future


def _first_connection(addresses: Sequence[Address], port: int, meter: Meter) -> socket.socket:
    problem: OSError = OSError("no address")
    for address in addresses[:MAX_ADDRESSES]:
        connection = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
        try:
            connection.settimeout(meter.left_s(CONNECT_S))
            connection.connect((str(address), port))
            return connection
        except OSError as error:
            connection.close()
            problem = error
        except BaseException:
            connection.close()
            raise
    raise problem
