"""What the headers of an answer say: type, charset, freshness, and when to come back.

Pure. Header names are lower case.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

MAX_FRESH_S = 86_400  # a year of max-age, set by mistake, must not make a source fall silent
MAX_RETRY_AFTER_S = 86_400
MAX_SECONDS_DIGITS = 12

Headers = Mapping[str, str]


def content_type(headers: Headers) -> tuple[str, str | None]:
    """The media type and the charset, in lower case: ("text/html", "utf-8"); "" and None where not given."""
    if not headers.get("content-type"):
        return "", None
    message = Message()
    message["content-type"] = headers["content-type"]
    return message.get_content_type(), message.get_content_charset()


def fresh_s(headers: Headers, now: datetime) -> int | None:
    """For how many seconds the answer may be used again unasked (RFC 9111 §4.2); None: it must not be kept.

    must-revalidate needs no care, since nothing stale is ever used. Never more than a day.
    """
    directives = _directives(headers.get("cache-control", ""))
    if "no-store" in directives:
        return None
    if "no-cache" in directives:
        return 0
    lifetime = _seconds(directives["max-age"]) or 0 if "max-age" in directives else _until_expiry(headers, now)
    return max(0, min(lifetime - (_seconds(headers.get("age", "")) or 0), MAX_FRESH_S))


def retry_after_s(headers: Headers, now: datetime) -> int | None:
    """Seconds from `now` by Retry-After, given in seconds or as a date (RFC 9110 §10.2.3); a day at most."""
    text = headers.get("retry-after", "").strip()
    seconds = _seconds(text)
    if seconds is None and (until := _date(text)):
        seconds = max(0, round((until - now).total_seconds()))
    return None if seconds is None else min(seconds, MAX_RETRY_AFTER_S)


def _directives(cache_control: str) -> dict[str, str]:
    pairs = (one.strip().lower().partition("=") for one in cache_control.split(","))
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs}


def _until_expiry(headers: Headers, now: datetime) -> int:
    """Expires counts from the server's own clock; an Expires that is no date is in the past (RFC 9111 §5.3)."""
    expires = _date(headers.get("expires", ""))
    sent = _date(headers.get("date", "")) or now
    return round((expires - sent).total_seconds()) if expires else 0


def _seconds(text: str) -> int | None:
    return int(text[:MAX_SECONDS_DIGITS]) if re.fullmatch(r"[0-9]+", text) else None


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
