"""Time zones by name: IANA names for settings, and the abbreviations that people write after a time.

Abbreviations come from one explicit table, never from the host. An unknown one is None here and
refused by the reader of dates, because dropping it would move an article by hours.
"""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Zone(NamedTuple):
    """A zone as a text named it: `label` for people ("+03:00", "EDT", "Europe/Kyiv"), `tz` for sums."""

    label: str
    tz: tzinfo


# Hours east of UTC. The first line is RFC 5322 §4.3, where EST is -5 even in July. Where several places
# share an abbreviation the commonest meaning stands: AST is Atlantic and not Arabian, BST British and not
# Bangladeshi, CST and MST North American, GST the Gulf's, IST India's and not Ireland's or Israel's.
# Abbreviations without a commonest meaning (AMT, SST, WST) are left out. MSK is today's +3.
_HOURS: dict[str, float] = {
    "ut": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "z": 0, "utc": 0, "zulu": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2,
    "met": 1, "mest": 2, "eet": 2, "eest": 3, "fet": 3, "msk": 3, "мск": 3, "msd": 4, "trt": 3, "idt": 3, "samt": 4,
    "yekt": 5, "omst": 6, "novt": 7, "krat": 7, "irkt": 8, "yakt": 9, "vlat": 10, "magt": 11, "pett": 12,
    "gst": 4, "azt": 4, "get": 4, "irst": 3.5, "irdt": 4.5, "aft": 4.5, "uzt": 5, "pkt": 5, "ist": 5.5,
    "npt": 5.75, "mmt": 6.5, "ict": 7, "wib": 7, "wita": 8, "wit": 9, "hkt": 8, "sgt": 8, "myt": 8, "pht": 8,
    "kst": 9, "jst": 9, "awst": 8, "acst": 9.5, "acdt": 10.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
    "wat": 1, "cat": 2, "sast": 2, "eat": 3, "brt": -3, "brst": -2, "art": -3, "uyt": -3, "clst": -3,
    "vet": -4, "bot": -4, "cot": -5, "pet": -5, "nst": -3.5, "ndt": -2.5, "ast": -4, "adt": -3,
    "akst": -9, "akdt": -8, "hst": -10, "hdt": -9,
}  # fmt: skip

# Names that follow the seasons: the place's own rules for the date decide between standard and summer time.
_PLACES = {
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
    "at": "America/Halifax",
    "uk": "Europe/London",
}

_FIXED = {
    word: Zone("UTC" if word == "z" else word.upper(), timezone(timedelta(hours=hours)) if hours else UTC)
    for word, hours in _HOURS.items()
}

# "Pacific Daylight Time", "Eastern": newspapers spell them out, and the initials make the abbreviation.
_SPELT = re.compile(r"\b([ecmp])(?:astern|entral|ountain|acific)(?: (s)tandard| (d)aylight)?(?: time)?\b")


def named(word: str) -> Zone | None:
    """The zone that a case-folded word names: an abbreviation or an IANA name with a slash; else None."""
    return _FIXED.get(word) or _placed(word)


@lru_cache(maxsize=256)
def offset(sign: str, hours: int, minutes: int = 0, seconds: int = 0) -> Zone:
    """The zone so far east (+) or west (-) of UTC. Raises ValueError past 23:59 (RFC 3339 §5.6)."""
    label = f"{sign}{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")
    if hours > 23 or minutes > 59 or seconds > 59:
        raise ValueError(f"there is no offset {label}")
    east = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return Zone(label, timezone(-east if sign == "-" else east) if east else UTC)


def abbreviate(text: str) -> str:
    """Case-folded text with spelt-out North American zones ("eastern time") as abbreviations ("et")."""
    return _SPELT.sub(lambda match: f"{match[1]}{match[2] or match[3] or ''}t", text)


def zone(name: str) -> tzinfo:
    """The zone with an IANA name, as settings give it. Raises ValueError with near names for any other."""
    if _iana().get(name.casefold()) != name:
        near = _near(name)
        hint = f"did you mean {' or '.join(near)}?" if near else "use an IANA name such as Europe/Kyiv or UTC"
        raise ValueError(f"unknown time zone {name!r}: {hint}")
    return ZoneInfo(name)


@lru_cache(maxsize=256)
def _placed(word: str) -> Zone | None:
    if word in _PLACES:
        return Zone(word.upper(), ZoneInfo(_PLACES[word]))
    name = _iana().get(word) if "/" in word else None
    return Zone(name, ZoneInfo(name)) if name else None


@cache
def _iana() -> dict[str, str]:
    """Case-folded name → name. The package's own list, so that no host adds names such as `localtime`."""
    names = resources.files("tzdata").joinpath("zones").read_text(encoding="ascii").split()
    return {name.casefold(): name for name in names}


def _near(name: str) -> list[str]:
    wanted, names = name.casefold()[:60], _iana()
    cities = [full for folded, full in names.items() if folded.rpartition("/")[2] == wanted]
    return cities or [names[near] for near in get_close_matches(wanted, names, n=2, cutoff=0.7)]
