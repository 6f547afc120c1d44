"""How pages put times, shares and sites. Pure."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from feedsvc.render.maps.timescale import MONTHS


def spoken(at: datetime) -> str:
    """A time as people read it: "21 June 2025, 21:47 UTC"."""
    return f"{spoken_day(at)}, {at.astimezone(UTC):%H:%M} UTC"


def spoken_day(at: datetime) -> str:
    """The day of a time, in UTC: "21 June 2025"."""
    at = at.astimezone(UTC)
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def machine(at: datetime) -> str:
    """A time as HTML's `datetime` attribute has it: "2025-06-21T21:47:06Z"."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def host(url: str) -> str:
    """The site that a URL leads to, without "www."."""
    return (urlsplit(url).hostname or "").removeprefix("www.")
