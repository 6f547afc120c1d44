"""Rendered bytes → Snapshot: strong ETags and compressed variants.

Pure: the same bytes give the same snapshot anywhere and at any time.
"""

import gzip
import hashlib

from feedsvc.model import Snapshot

GZIP_LEVEL = 9  # made once, sent thousands of times


def snapshot(format: str, media_type: str, body: bytes) -> Snapshot:
    """Wrap the bytes of one feed. One ETag an encoding, as RFC 9110 §8.8.3.3 asks of strong ones."""
    # gzip writes the time into its header unless told otherwise.
    packed = gzip.compress(body, GZIP_LEVEL, mtime=0)
    digest = hashlib.sha256(body).hexdigest()[:32]
    return Snapshot(format, media_type, body, f'"{digest}"', {"gzip": (packed, f'"{digest}-gzip"')})
