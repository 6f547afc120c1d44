"""Dates as pages and feeds write them → UTC.

Pure. Reads what a text plainly says and refuses the rest with a reason for people: nothing is filled
in from today, no order of day and month is guessed, no zone is dropped. The result hangs on the text
and the source's zone alone, never on the host's zone or the current date. The two stamps that come
by the thousand, and RFC 3339, take a short way; `date_grammar` reads all others to the same result.

Forms: RFC 822 and 5322 with comments, RFC 850, asctime, RFC 3339, ISO 8601 (basic, extended, week,
ordinal), JavaScript's and Java's Date.toString, epochs of 10 and 13 digits, worded dates in the
languages of `date_words` and in the one that a source says its dates are in, numeric dates whose
order is certain, or that of the source's language.
"""

import re
from datetime import UTC, datetime, timezone, tzinfo
from functools import lru_cache

from feedsvc.errors import UnreadableDate
from feedsvc.model import Precision, ReadDate
from feedsvc.normalise import zones
from feedsvc.normalise.date_grammar import MAX_CHARS, TOO_LONG, Written, written
from feedsvc.normalise.date_language import is_of_our_calendar, written_in
from feedsvc.normalise.zones import Zone, zone

__all__ = ["read_date", "to_utc", "zone"]

_MONTHS = {name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}
_MONTHS |= {f"{number:02}": number for number in range(1, 13)}
_WEEKDAYS = {name: number for number, name in enumerate("Mon Tue Wed Thu Fri Sat Sun".split())}

_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_STAMPS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        # Sat, 21 Jun 2025 21:47:25 GMT
        rf"(?P<weekday>[A-Z][a-z]{{2}}), (?P<day>\d\d?) (?P<month>[A-Z][a-z]{{2}}) (?P<year>\d{{4}}) {_CLOCK}"
        r" (?P<zone>GMT|[+-]\d{4})",
        # Sun Jun 22 2025 02:27:37 GMT+0300 (Eastern European Summer Time)
        rf"(?P<weekday>[A-Z][a-z]{{2}}) (?P<month>[A-Z][a-z]{{2}}) (?P<day>\d\d) (?P<year>\d{{4}}) {_CLOCK}"
        r" GMT(?P<zone>[+-]\d{4})(?: \([^()\\]*\))?",
        # 2025-06-22T02:27:37.123+03:00
        rf"(?P<weekday>)(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)[Tt ]{_CLOCK}(?:\.\d+)?"
        r"(?P<zone>Z|[+-]\d\d:\d\d)",
    )
)


def to_utc(text: str, default_zone: tzinfo) -> datetime:
    """Read a date as written in a page or feed and return it in UTC, in whole seconds.

    A date without an offset is read in `default_zone`. Raises UnreadableDate for text that
    does not plainly name a whole day. Zone abbreviations: RFC 5322 §4.3, and `zones`.
    """
    return read_date(text, default_zone).at


def read_date(text: str, default_zone: tzinfo, language: str = "") -> ReadDate:
    """Read a date and say how it was read: its zone, whether that was assumed, precision, oddities.

    `language` is the BCP 47 tag of the language that it may be worded in, if one is known to CLDR; its words come
    before all others.
    A day without a time is its first second in the zone. Fractions of a second are dropped. A local
    time that clocks skipped or showed twice is read by the offset before the change, and noted.
    Raises UnreadableDate with a plain reason, and nothing else.
    """
    if len(text) > MAX_CHARS:
        raise UnreadableDate(text, TOO_LONG)
    try:
        said = _written(text, language)
        label, tz = said.zone or Zone(str(default_zone), default_zone)
        local = said.local.replace(tzinfo=tz)
        at = local.astimezone(UTC)
        notes = said.notes if isinstance(tz, timezone) else (*said.notes, *_change_notes(local, label))
        if said.rival:
            notes = (*notes, *_rival_notes(local, label, said.rival))
    except OverflowError as error:
        raise UnreadableDate(text, "it lies outside the years 1 to 9999") from error
    except ValueError as error:
        raise UnreadableDate(text, str(error)) from error
    return ReadDate(text, at, label, said.zone is None, said.precision, "; ".join(notes) or None)


# The zone of the source is no part of the key, so the cache holds at most this many short texts.
@lru_cache(maxsize=2048)
def _written(text: str, language: str) -> Written:
    stamp = _stamp(text)
    if not language:
        return stamp or written(text)
    return stamp if stamp and is_of_our_calendar(stamp.local.year, language) else written_in(text, language)


def _stamp(text: str) -> Written | None:
    """The short way for the commonest stamps; None for whatever is odd in the least."""
    match = next(filter(None, (pattern.fullmatch(text) for pattern in _STAMPS)), None)
    if not match:
        return None
    weekday, zone_text = match["weekday"], match["zone"]
    try:
        local = datetime(
            int(match["year"]),
            _MONTHS[match["month"]],
            int(match["day"]),
            int(match["hour"]),
            int(match["minute"]),
            int(match["second"]),
        )
        if weekday and _WEEKDAYS[weekday] != local.weekday():
            return None
        return Written(local, _offset(zone_text), Precision.SECOND)
    except (KeyError, ValueError):
        return None


@lru_cache(maxsize=256)
def _offset(text: str) -> Zone | None:
    if text.isalpha():
        return zones.named(text.lower())
    return zones.offset(text[0], int(text[1:3]), int(text[-2:]))


def _change_notes(local: datetime, label: str) -> tuple[str, ...]:
    """Whether the zone's clocks skipped this local time or showed it twice (PEP 495)."""
    before, after = local.utcoffset(), local.replace(fold=1).utcoffset()
    if before is None or after is None or before == after:
        return ()
    if before < after:
        return (f"clocks in {label} skipped this time; it was read by the offset before the change",)
    return (f"clocks in {label} showed this time twice; the first was taken",)


def _rival_notes(local: datetime, label: str, rival: Zone) -> tuple[str, ...]:
    agree = local.utcoffset() == local.replace(tzinfo=rival.tz).utcoffset()
    return () if agree else (f"it also names {rival.label}, which disagrees; {label} was taken",)
