"""Conditional requests and content coding, by RFC 9110. Pure: header text in, decisions out."""

import re
from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from functools import lru_cache

ETAG = re.compile(r'(?:W/)?("[^"]*")')
MAX_HEADER = 8192  # longer ones are no header of a feed reader


def is_unchanged(if_none_match: str | None, if_modified_since: str | None, etag: str, modified: int) -> bool:
    """Whether a client that sent these headers has the representation already (RFC 9110 §13.2.2).

    `etag` is the strong tag with its quotes, `modified` the Unix time of Last-Modified. If-None-Match wins
    over If-Modified-Since and is compared weakly; it may be a list, or `*`.
    """
    if if_none_match is not None:
        return if_none_match.strip() == "*" or etag in _tags(if_none_match)
    if if_modified_since is not None:
        since = _unix_time(if_modified_since)
        return since is not None and since >= modified
    return False


@lru_cache(maxsize=4096)
def _tags(header: str) -> frozenset[str]:
    tags = set(ETAG.findall(header[:MAX_HEADER]))
    # Some clients forget the quotes; an exact match can mean nothing else.
    bare = header.strip().removeprefix("W/")
    return frozenset(tags | {f'"{bare}"'} if '"' not in bare else tags)


@lru_cache(maxsize=4096)
def _unix_time(header: str) -> int | None:
    try:
        return int(parsedate_to_datetime(header[:100]).timestamp())
    except (ValueError, OverflowError, OSError):
        return None


@lru_cache(maxsize=4096)
def best_coding(accept_encoding: str, offered: Iterable[str]) -> str:
    """The content coding to answer with (RFC 9110 §12.5.3): one of `offered`, best first, or "" for none.

    Of codings that the client likes equally, the first offered is taken; one with q=0 is refused.
    """
    weights = dict(_weights(accept_encoding[:MAX_HEADER]))
    everything_else = weights.get("*", 0.0)
    best, liking = "", 0.0
    for coding in offered:
        weight = weights.get(coding, weights.get(f"x-{coding}", everything_else))
        if weight > liking:
            best, liking = coding, weight
    return best


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
