"""One request → one answer that is bounded in every direction.

A fresh connection each time: nothing a host was allowed to do for one source is there for the next to use.
Reading stops at the deadline however slowly the bytes drip, and at the limits however many come; every way in
which it can go wrong is told in words.
"""

import http.client
import io
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from feedsvc.load.web.addresses import any_private
from feedsvc.load.web.coding import ACCEPTED, PIECE, decode, size
from feedsvc.load.web.connect import Meter, Wire, checked_addresses, connected
from feedsvc.load.web.target import Target
from feedsvc.load.web.values import FetchFailed, Limits

WITH_BODY = frozenset({200, 203})  # of any other answer only status and headers are read
LISTS = frozenset({"cache-control", "content-encoding", "transfer-encoding", "vary"})
FRAMING = 2  # chunked transfer may at most double what is sent; it is usually below a per cent


@dataclass(frozen=True, slots=True)
class Answer:
    """Header names are lower case. `body` is decompressed.

    `private` tells that the answer came from a private address.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    private: bool


def exchange(
    wire: Wire, target: Target, headers: Mapping[str, str], limits: Limits, meter: Meter, allow_private: bool
) -> Answer:
    """GET `target`. Raises FetchFailed, and nothing else."""
    try:
        addresses = checked_addresses(wire, target, allow_private, meter)
        with connected(wire, target, addresses, meter) as connection:
            status, answered, body = _asked(connection, target, headers, limits, meter)
        return Answer(status, answered, body, any_private(addresses))
    except (OSError, http.client.HTTPException) as error:
        meter.left_s()  # if no time is left, then that is the reason
        raise FetchFailed(_in_words(error)) from error


def _asked(
    connection: socket.socket, target: Target, headers: Mapping[str, str], limits: Limits, meter: Meter
) -> tuple[int, dict[str, str], bytes]:
    asking = http.client.HTTPConnection(target.host, target.port)
    asking.sock = connection
    asking.response_class = _metered_response(meter)
    meter.allow(limits.header_bytes + io.DEFAULT_BUFFER_SIZE)  # some of the body is read along with the headers
    connection.settimeout(meter.left_s())
    own = {"Host": target.authority, "Accept-Encoding": ACCEPTED, "Connection": "close"}
    asking.request("GET", target.path, headers={**headers, **own})
    with asking.getresponse() as response:
        answered = _joined(response.headers.items(), limits)
        if response.status not in WITH_BODY:
            return response.status, answered, b""
        return response.status, answered, _body(response, answered, limits, meter)


def _body(response: http.client.HTTPResponse, headers: Mapping[str, str], limits: Limits, meter: Meter) -> bytes:
    if not response.chunked and headers.get("transfer-encoding", "identity").lower() != "identity":
        raise FetchFailed("its transfer coding is not one that HTTP/1.1 asks everybody to know")
    if (response.length or 0) > limits.body_bytes and not limits.cut:
        raise FetchFailed(f"it is larger than {size(limits.body_bytes)}")
    meter.allow(FRAMING * limits.body_bytes + limits.header_bytes)
    return decode(_pieces(response), headers.get("content-encoding", ""), limits.body_bytes, limits.cut)


def _pieces(response: http.client.HTTPResponse) -> Iterator[bytes]:
    while piece := response.read(PIECE):
        yield piece
    if response.length:  # http.client takes an early end for the end
        raise FetchFailed(f"it broke off {size(response.length)} before its announced end")


def _joined(pairs: list[tuple[str, str]], limits: Limits) -> dict[str, str]:
    """Of a header that is there twice the first counts, but for those that are lists."""
    if sum(len(name) + len(value) for name, value in pairs) > limits.header_bytes:
        raise FetchFailed(f"its headers are larger than {size(limits.header_bytes)}")
    joined: dict[str, str] = {}
    for name, value in pairs:
        # A value may be folded over lines, and may not be sent back so (RFC 9112 §5.2).
        key, value = name.lower(), " ".join(value.split())
        if key not in joined:
            joined[key] = value
        elif key in LISTS:
            joined[key] += f", {value}"
    return joined


class _Metered(io.RawIOBase):
    """A socket's bytes, as long as the meter lets them through."""

    def __init__(self, connection: socket.socket, meter: Meter) -> None:
        self._connection = connection
        self._raw = connection.makefile("rb", buffering=0)
        self._meter = meter

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int | None:  # type: ignore[override]
        # A time limit on a socket is for one read, and a server that drips makes any number of them.
        self._connection.settimeout(self._meter.left_s())
        count = self._raw.readinto(buffer)
        self._meter.take(count or 0)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def _metered_response(meter: Meter) -> type[http.client.HTTPResponse]:
    class Response(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, debuglevel: int = 0, method: str | None = None) -> None:
            super().__init__(sock, debuglevel, method)
            self.fp.close()
            self.fp = io.BufferedReader(_Metered(sock, meter))

    return Response


def _in_words(error: OSError | http.client.HTTPException) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate cannot be trusted: {error.verify_message}"
        case ssl.SSLError():
            return f"the encrypted connection failed: {(error.reason or str(error)).replace('_', ' ').lower()}"
        case TimeoutError():
            return "it did not answer in time"
        case http.client.RemoteDisconnected():
            return "the server closed the connection without an answer"
        case http.client.IncompleteRead():
            return "it broke off before its end"
        case http.client.LineTooLong():
            return "a line of its headers is too long"
        case http.client.BadStatusLine() | http.client.UnknownProtocol():
            return "the server does not speak HTTP/1.1"
        case http.client.HTTPException():
            return f"its answer is no proper HTTP: {str(error) or type(error).__name__}"
        case ConnectionRefusedError():
            return "the connection was refused"
        case ConnectionError():
            return "the server broke the connection off"
    return f"the connection failed: {error.strerror or error}"
