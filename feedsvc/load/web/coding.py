"""Content codings → bytes, with a limit that is checked as they come.

Pure. A kilobyte of gzip can stand for a megabyte, and one of zstd or brotli for far more, so nothing is ever
decompressed in one go, and never more than one coding deep. A coding that ends early is an error, since half a
document would be taken for the whole. Source: RFC 9110 §8.4.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator

import brotli
import zstandard

from feedsvc.load.web.values import FetchFailed

ACCEPTED = "gzip, deflate, br, zstd"
PIECE = 64 * 1024  # bytes that leave a decompressor at a time
ZSTD_BYTES_IN = 128  # zstd has no limit on output: these can hold 32 blocks of 128 KiB, and no more
ZSTD_WINDOW_BYTES = 8 * 1024 * 1024  # RFC 9659 §3
GZIP_MAGIC = b"\x1f\x8b"

Pieces = Iterator[bytes]


def decode(pieces: Iterable[bytes], content_encoding: str, limit: int, cut: bool = False) -> bytes:
    """Undo `content_encoding` (the header's value, "" for none) and join the result.

    Raises FetchFailed for a coding that is unknown, repeated, damaged or ends early, and for a result of more than
    `limit` bytes, unless it is to be `cut` there.
    """
    body = bytearray()
    try:
        for piece in _decoder(content_encoding)(iter(pieces)):
            body += piece
            if len(body) > limit:
                if cut:
                    return bytes(body[:limit])
                raise FetchFailed(f"it is larger than {size(limit)}")
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise FetchFailed(f"it cannot be decompressed from {content_encoding}") from error
    return bytes(body)


def size(count: int) -> str:
    """A number of bytes for people: "10 MiB", "500 kB", "12 bytes"."""
    for unit, name in ((1024 * 1024, "MiB"), (1024, "KiB"), (1000, "kB")):
        if count >= unit and count % unit == 0:
            return f"{count // unit} {name}"
    return f"{count} bytes"


def _decoder(content_encoding: str) -> Callable[[Pieces], Pieces]:
    codings = [one.strip().lower() for one in content_encoding.split(",")]
    codings = [one for one in codings if one not in ("", "identity")]
    if len(codings) > 1:
        raise FetchFailed("it is compressed more than once")
    if not codings:
        return lambda pieces: pieces
    if codings[0] not in DECODERS:
        raise FetchFailed(f"it is coded as {codings[0][:40]!r}, which was not asked for")
    return DECODERS[codings[0]]


def _gzip(pieces: Pieces) -> Pieces:
    """A file of gzip may have several members, and servers pad the last (RFC 1952 §2.2)."""
    inflate, ended = zlib.decompressobj(16 + zlib.MAX_WBITS), False
    for piece in pieces:
        data = piece
        while data and not (ended and not data.startswith(GZIP_MAGIC)):
            if ended:
                inflate, ended = zlib.decompressobj(16 + zlib.MAX_WBITS), False
            yield from _inflated(inflate, data)
            data, ended = inflate.unused_data, inflate.eof
    _whole(ended, "gzip")


def _deflate(pieces: Pieces) -> Pieces:
    """With a zlib header as it should be (RFC 9110 §8.4.1.2), or without, as it is often done."""
    head = b""
    while len(head) < 2 and (piece := next(pieces, b"")):
        head += piece
    wrapped = len(head) >= 2 and head[0] & 0x0F == zlib.DEFLATED and int.from_bytes(head[:2]) % 31 == 0
    inflate = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
    yield from _inflated(inflate, head)
    for piece in pieces:
        yield from _inflated(inflate, piece)
    _whole(inflate.eof, "deflate")


def _inflated(inflate: "zlib._Decompress", data: bytes) -> Pieces:
    full = True
    # A full piece may leave output behind in the decompressor even when no input is left over.
    while (data or full) and not inflate.eof:
        piece = inflate.decompress(data, PIECE)
        yield piece
        data, full = inflate.unconsumed_tail, len(piece) == PIECE


def _brotli(pieces: Pieces) -> Pieces:
    decompressor = brotli.Decompressor()
    for piece in pieces:
        data, out = piece, b"more"
        # It says that it can take more input while there is output left, so only an empty piece tells.
        while (out or not decompressor.can_accept_more_data()) and not decompressor.is_finished():
            out = decompressor.process(data, output_buffer_limit=PIECE)
            yield out
            data = b""
    _whole(decompressor.is_finished(), "brotli")


def _zstd(pieces: Pieces) -> Pieces:
    def frame() -> "zstandard.ZstdDecompressionObj":
        return zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES).decompressobj()

    decompressor = frame()
    for piece in pieces:
        for start in range(0, len(piece), ZSTD_BYTES_IN):
            data = piece[start : start + ZSTD_BYTES_IN]
            while data:
                decompressor = frame() if decompressor.eof else decompressor
                yield decompressor.decompress(data)
                data = decompressor.unused_data
    _whole(decompressor.eof, "zstd")


def _whole(ended: bool, coding: str) -> None:
    if not ended:
        raise FetchFailed(f"it broke off before the end of its {coding} compression")


DECODERS: dict[str, Callable[[Pieces], Pieces]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
