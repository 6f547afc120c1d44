"""The headers of everything that is sent as it is stored. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

Header = tuple[str, str]
ANY_ORIGIN: Header = ("Access-Control-Allow-Origin", "*")


@dataclass(frozen=True, slots=True)
class Headers:
    """What goes with a 200, and what with a 304, which has no Content-Type (RFC 9110 §15.4.5)."""

    full: Sequence[Header]
    unchanged: Sequence[Header]


def stored_headers(
    etag: str,
    modified: datetime,
    media_type: str,
    coding: str,
    self_url: str,
    max_age_s: int,
    surrogate_keys: Sequence[str] = (),
) -> Headers:
    """The headers of one representation. `coding` is "" for the bytes as they are."""
    always = [
        ("ETag", etag),
        ("Last-Modified", format_datetime(modified, usegmt=True)),
        ("Cache-Control", f"public, max-age={max_age_s}"),
        ("Vary", "Accept-Encoding, Sec-Fetch-Dest"),
        ("Link", f'<{self_url}>; rel="self"'),
        ANY_ORIGIN,
        ("Access-Control-Expose-Headers", "ETag, Last-Modified, Link"),
    ]
    coded = [("Content-Encoding", coding)] if coding else []
    full = [("Content-Type", media_type), *coded, ("X-Content-Type-Options", "nosniff"), *always]
    return Headers(full, always)
