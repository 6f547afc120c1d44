"""The headers of everything that is sent as it is stored. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from itertools import accumulate, takewhile
from urllib.parse import quote

Header = tuple[str, str]
ANY_ORIGIN: Header = ("Access-Control-Allow-Origin", "*")
STALE_IF_ERROR_S = 86_400  # a cache may go on with what it has for a day while this service is away (RFC 5861)
MOST_KEYS = 200
# Bytes. There are two headers of them, and nginx takes no more than 4 kB of headers from behind unless told to.
MAX_KEYS = 1400
OF_AN_ARTICLE = "article-"
NOT_OF_A_DELTA = frozenset({"Cache-Control", "Content-Length", "Surrogate-Key", "Cache-Tag"})


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
    page_url: str = "",
    deltas: bool = False,
) -> Headers:
    """The headers of one representation. `coding` is "" for the bytes as they are.

    `page_url` is where a person finds the same, if anywhere. `deltas` is whether A-IM is understood there.
    """
    surrogate_keys = _fitting(surrogate_keys)
    page = f', <{page_url}>; rel="alternate"; type="text/html"' if page_url else ""
    keys = [("Surrogate-Key", " ".join(surrogate_keys)), ("Cache-Tag", ",".join(surrogate_keys))]
    always = [
        ("ETag", etag),
        ("Last-Modified", format_datetime(modified, usegmt=True)),
        ("Cache-Control", cache_control(max_age_s)),
        ("Vary", "Accept-Encoding, Sec-Fetch-Dest" + (", A-IM" if deltas else "")),
        # One header, self first: some look no further than the first header, or the first link in it.
        ("Link", f'<{self_url}>; rel="self"{page}'),
        *(keys if surrogate_keys else []),
        ANY_ORIGIN,
        ("Access-Control-Expose-Headers", "ETag, IM, Last-Modified, Link"),
    ]
    coded = [("Content-Encoding", coding)] if coding else []
    full = [("Content-Type", media_type), *coded, ("X-Content-Type-Options", "nosniff"), *always]
    return Headers(full, always)


def cache_control(max_age_s: int) -> str:
    """Public for `max_age_s` seconds, and then once more while a cache asks for what is new (RFC 5861)."""
    return f"public, max-age={max_age_s}, stale-while-revalidate={max_age_s}, stale-if-error={STALE_IF_ERROR_S}"


def delta_headers(full: Sequence[Header], base: str, length: int) -> list[Header]:
    """The headers of a 226 with `length` bytes, sent to a client that has what has the tag `base` instead of a 200
    with the headers in `full`.

    A cache that knows nothing of instance manipulation would hand the delta to clients that have something else, so
    it is told not to store it; one that does must take no notice of that (RFC 3229 §10.8.2).
    """
    caching = next(value for name, value in full if name == "Cache-Control")
    kept = [header for header in full if header[0] not in NOT_OF_A_DELTA]
    im_only = caching.replace("public", "no-store, im", 1)
    return [*kept, ("Cache-Control", im_only), ("IM", "feed"), ("Delta-Base", base), ("Content-Length", str(length))]


def surrogate_keys(key: str, ids: Iterable[str] = ()) -> tuple[str, ...]:
    """The names by which a cache in front can be told to drop the feed with `key`, or whatever shows an article.

    "all" for the feed of everything, "channel-SLUG" for a channel's, else the key itself; then "article-UUID" for
    each of the articles' ids, as many of the first as fit.
    """
    home = f"channel-{key.removeprefix('channels/')}" if key.startswith("channels/") else key or "all"
    names = (home, *(f"{OF_AN_ARTICLE}{id.removeprefix('urn:uuid:')}" for id in ids))
    return _fitting([quote(name, safe="") for name in names])


def _fitting(names: Iterable[str]) -> tuple[str, ...]:
    """As many as a header may have; those of articles are the first to go."""
    ordered = sorted(dict.fromkeys(names), key=lambda name: name.startswith(OF_AN_ARTICLE))[:MOST_KEYS]
    ends = accumulate(len(name) + 1 for name in ordered)
    fitting = takewhile(lambda end: end <= MAX_KEYS, ends)
    return tuple(name for name, _ in zip(ordered, fitting, strict=False))
