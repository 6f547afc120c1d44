"""The body of a request → bytes, bounded in size, before and after decompression, and in time as a whole.

The server gives a process one thread for Python, so whoever sends slowly keeps others waiting: it is for a proxy to
buffer what comes over slow lines.
"""

import gzip
import io
import math
import os
import socket
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import IO, Any

from flask import Request
from werkzeug.exceptions import ClientDisconnected

from feedsvc.serve.problem import Problem

MAX_BYTES = 10 * 1024 * 1024
DRAINED = 4  # times the limit: many clients see no answer before they have sent everything
WITHIN_S = 5.0
PIECE = 64 * 1024


def read_body(request: Request, limit: int = MAX_BYTES, within_s: float = WITHIN_S) -> bytes:
    """Read and decompress a body. Raises Problem: 400, 408, 413 or 415."""
    coding = (request.headers.get("Content-Encoding") or "identity").strip().lower()
    if coding not in ("identity", "gzip", "x-gzip"):
        # RFC 9110 §15.5.16: what would have been taken.
        raise Problem(415, "The body may be compressed with gzip, or not at all.", {"Accept-Encoding": "gzip"})
    announced = request.content_length or 0
    if announced > (limit if "Expect" in request.headers else limit * DRAINED):
        raise _too_large(limit)
    until = time.monotonic() + within_s
    with _hung_up_on(request.environ, within_s):
        body = _received(request.stream, limit, until)
    if time.monotonic() >= until:
        raise Problem(408, f"The body did not come within {math.ceil(within_s)} seconds.")
    if body is None:
        raise _too_large(limit)
    if len(body) < announced:  # the server tells no error from an end
        raise Problem(400, "The body broke off before its end.")
    return body if coding == "identity" else _decompressed(body, limit)


def _received(stream: IO[bytes], limit: int, until: float) -> bytes | None:
    """What comes until there is no more, or it is late; None for more than is taken."""
    body, size = bytearray(), 0
    try:
        while size <= limit * DRAINED and time.monotonic() < until and (piece := stream.read(PIECE)):
            size += len(piece)
            if size <= limit:
                body += piece
    except ClientDisconnected as error:
        raise Problem(400, "The body broke off before its end.") from error
    return bytes(body) if size <= limit else None


@contextmanager
def _hung_up_on(environ: Mapping[str, Any], within_s: float) -> Iterator[None]:
    """End the connection if what is done within takes too long: reading waits for as long as that is open."""
    timer = threading.Timer(within_s, _hang_up, (environ.get("REMOTE_ADDR"), str(environ.get("SERVER_PORT"))))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(address: str | None, port: str) -> None:
    """Take in nothing more from a client.

    The server does not say which connection a request came by, so all that the address has to this process are
    ended. None of them has been answered for a while anyway, and each can still be written to.
    """
    for number in os.listdir("/dev/fd"):
        with suppress(OSError), socket.socket(fileno=os.dup(int(number))) as connection:
            if connection.getpeername()[:1] == (address,) and str(connection.getsockname()[1]) == port:
                connection.shutdown(socket.SHUT_RD)


def _decompressed(body: bytes, limit: int) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
            whole = file.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Problem(400, "The body cannot be decompressed as gzip.") from error
    if len(whole) > limit:
        raise _too_large(limit)
    return whole


def _too_large(limit: int) -> Problem:
    return Problem(413, f"The body is larger than {limit // (1024 * 1024)} MiB; please send it in parts.")
