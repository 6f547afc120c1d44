"""How pages put times, sites and the direction of text. Pure."""

from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

from feedsvc.render.maps.timescale import MONTHS

# Languages whose usual script runs from right to left, and such scripts (ISO 15924), which a tag may name.
RIGHT_TO_LEFT = frozenset("ar arc ckb dv fa glk he iw ks mzn nqo pnb prs ps sd syr ug ur yi".split())
SCRIPTS_RIGHT_TO_LEFT = frozenset("adlm arab aran hebr mand nkoo rohg syrc thaa".split())


def direction(language: str | None) -> Literal["rtl", "auto"]:
    """The direction of text that says it is in `language`: for others, that of its first letter.

    Text in Arabic may begin with a Latin name. The other way round a tag is trusted less: many pages are tagged as
    English whatever they are in.
    """
    primary, *rest = (language or "").lower().replace("_", "-").split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), None)
    runs_left = script in SCRIPTS_RIGHT_TO_LEFT if script else primary in RIGHT_TO_LEFT
    return "rtl" if runs_left else "auto"


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
