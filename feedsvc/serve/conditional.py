"""Conditional requests and content coding, by RFC 9110. Pure: header text in, decisions out."""

import re
from collections.abc import Iterable
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import lru_cache

ETAG = re.compile(r'(?:W/)?("[^"]*")')
MAX_HEADER = 2048  # longer ones are no header of a feed reader; what is remembered stays small
MAX_DATE = 64
REMEMBERED = 4096  # a site's readers send few different headers


def is_unchanged(if_none_match: str | None, if_modified_since: str | None, etag: str, modified: int) -> bool:
    """Whether a client that sent these headers has the representation already (RFC 9110 §13.2.2).

    `etag` is the strong tag with its quotes, `modified` the Unix time of Last-Modified. If-None-Match wins
    over If-Modified-Since and is compared weakly; it may be a list, or `*`.
    """
    if if_none_match is not None:
        return if_none_match.strip() == "*" or etag in _tags(if_none_match[:MAX_HEADER])
    if if_modified_since is not None:
        since = _unix_time(if_modified_since[:MAX_DATE])
        return since is not None and since >= modified
    return False


def entity_tags(if_none_match: str) -> frozenset[str]:
    """The tags that a client names, with their quotes and without `W/`."""
    return _tags(if_none_match[:MAX_HEADER])


@lru_cache(maxsize=REMEMBERED)
def _tags(header: str) -> frozenset[str]:
    tags = set(ETAG.findall(header))
    # Some clients forget the quotes; an exact match can mean nothing else.
    bare = header.strip().removeprefix("W/")
    return frozenset(tags | {f'"{bare}"'} if '"' not in bare else tags)


@lru_cache(maxsize=REMEMBERED)
def _unix_time(header: str) -> int | None:
    try:
        at = parsedate_to_datetime(header)
        # asctime() names no zone; RFC 9110 §5.6.7 has it in UTC, whatever zone this machine is in.
        return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError, OSError):
        return None


def best_coding(accept_encoding: str, offered: tuple[str, ...]) -> str:
    """The content coding to answer with (RFC 9110 §12.5.3): one of `offered`, best first, or "" for none.

    Of codings that the client likes equally, the first offered is taken; one with q=0 is refused, and none
    is taken that the client likes less than "identity".
    """
    return _best_coding(accept_encoding[:MAX_HEADER], offered)


@lru_cache(maxsize=REMEMBERED)
def _best_coding(accept_encoding: str, offered: tuple[str, ...]) -> str:
    weights = dict(_weights(accept_encoding))
    if not offered:
        return ""
    everything_else = weights.get("*", 0.0)
    liked = {coding: weights.get(coding, weights.get(f"x-{coding}", everything_else)) for coding in offered}
    best = max(offered, key=liked.__getitem__)
    return best if liked[best] > 0 and liked[best] >= weights.get("identity", everything_else) else ""


def takes(accept_encoding: str, coding: str) -> bool:
    """Whether a client can read a content coding; "", the bytes as they are, everyone can."""
    return not coding or best_coding(accept_encoding, (coding,)) == coding


def wants_news_only(a_im: str) -> bool:
    """Whether a client wants only the entries that have changed: `feed` among what A-IM lists (RFC 3229 §10.5.3)."""
    return _wants_news_only(a_im[:MAX_HEADER])


@lru_cache(maxsize=REMEMBERED)
def _wants_news_only(a_im: str) -> bool:
    return dict(_weights(a_im)).get("feed", 0.0) > 0


def _weights(header: str) -> Iterable[tuple[str, float]]:
    for part in header.split(","):
        coding, _, parameters = part.partition(";")
        yield coding.strip().lower(), _quality(parameters)


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
