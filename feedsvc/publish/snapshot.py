"""Rendered bytes → Snapshot: strong ETags and compressed variants.

Pure: the same bytes give the same snapshot anywhere and at any time.
"""

import gzip
import hashlib
from collections.abc import Callable, Mapping
from types import MappingProxyType

import brotli
import zstandard

from feedsvc.model import Snapshot

# Chosen by measuring 210 feeds of 91 kB on average: together 4.4 ms a feed, where gzip -9 alone takes 3.3 ms. They
# leave 26.6 kB (gzip -9: 26.2), 24.5 kB and 24.7 kB; the levels above cost half as much again for one percent.
GZIP_LEVEL, BROTLI_QUALITY, ZSTD_LEVEL = 5, 5, 7


def _brotli(body: bytes) -> bytes:
    packed: bytes = brotli.compress(body, quality=BROTLI_QUALITY)
    return packed


def _zstd(body: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(body)


def _gzip(body: bytes) -> bytes:
    # gzip writes the time into its header unless told otherwise.
    return gzip.compress(body, GZIP_LEVEL, mtime=0)


# By the name of the coding (RFC 9110 §8.4.1, RFC 7932, RFC 8878 §7.2), what packs best first.
PACKERS: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType({"br": _brotli, "zstd": _zstd, "gzip": _gzip})
CODINGS = tuple(PACKERS)


def snapshot(format: str, media_type: str, body: bytes) -> Snapshot:
    """Wrap the bytes of one document, with those of its variants that are smaller.

    One ETag an encoding, as RFC 9110 §8.8.3.3 asks of strong ones.
    """
    digest = hashlib.sha256(body).hexdigest()[:32]
    packed = {coding: pack(body) for coding, pack in PACKERS.items()}
    variants = {c: (bytes, f'"{digest}-{c}"') for c, bytes in packed.items() if len(bytes) < len(body)}
    return Snapshot(format, media_type, body, f'"{digest}"', variants)
