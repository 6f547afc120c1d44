"""The body of a request → bytes, bounded in size, before and after decompression, and in time as a whole.

The server gives a process one thread for Python, so whoever sends slowly keeps others waiting: it is for a proxy to
buffer uploads over slow lines.
"""

import gzip
import io
import math
import threading
import time
import zlib
from queue import Empty, SimpleQueue
from typing import IO

from flask import Request

from feedsvc.serve.problem import Problem

MAX_BYTES = 10 * 1024 * 1024
WITHIN_S = 10.0
PIECE = 64 * 1024

Pieces = SimpleQueue[bytes | None]  # None for a connection that broke


def read_body(request: Request, limit: int = MAX_BYTES, within_s: float = WITHIN_S) -> bytes:
    """Read and decompress a body. Raises Problem: 400, 408, 413 or 415."""
    coding = (request.headers.get("Content-Encoding") or "identity").strip().lower()
    if coding not in ("identity", "gzip", "x-gzip"):
        # RFC 9110 §15.5.16: what would have been taken.
        raise Problem(415, "The body may be compressed with gzip, or not at all.", {"Accept-Encoding": "gzip"})
    if (request.content_length or 0) > limit:
        raise _too_large(limit)
    body = _received(request.stream, limit, within_s)
    if request.content_length is not None and len(body) < request.content_length:
        raise Problem(400, "The body broke off before its end.")
    return body if coding == "identity" else _decompressed(body, limit)


def _received(stream: IO[bytes], limit: int, within_s: float) -> bytes:
    pieces: Pieces = SimpleQueue()
    # Reading cannot be told to give up, so it is left behind; it ends with the connection, which an answer closes.
    threading.Thread(target=_pump, args=(stream, limit, pieces), name="upload", daemon=True).start()
    until, body = time.monotonic() + within_s, bytearray()
    while True:
        try:
            piece = pieces.get(timeout=max(until - time.monotonic(), 0))
        except Empty:
            raise Problem(408, f"The body did not come within {math.ceil(within_s)} seconds.") from None
        if piece is None:
            raise Problem(400, "The body broke off before its end.")
        if not piece:
            return bytes(body)
        body += piece
        if len(body) > limit:
            raise _too_large(limit)


def _pump(stream: IO[bytes], limit: int, pieces: Pieces) -> None:
    """Pass on what comes until there is no more, or more than is taken."""
    size = 0
    try:
        while size <= limit:
            piece = bytes(stream.read(PIECE))
            size += len(piece)
            pieces.put(piece)
            if not piece:
                return
    except Exception:  # whatever the server raises when the client is gone
        pieces.put(None)


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
