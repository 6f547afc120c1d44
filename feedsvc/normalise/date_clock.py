"""The time of day and the numeric offset in a text about a date.

Pure. Works on folded text (see date_words.fold). What is taken out leaves MARK in its place, so that
later steps still know what stood right behind the time. Refusals are ValueErrors with a plain reason.
"""

import re
from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import NamedTuple

from feedsvc.model import Precision
from feedsvc.normalise import zones
from feedsvc.normalise.date_words import EVENING, MORNING, SILENT
from feedsvc.normalise.zones import Zone

# A control sign that str.split takes for space, so that no tidied text holds one of its own.
MARK = "\x1f"


class Clock(NamedTuple):
    """A time of day. `since_midnight` is whole seconds, at most a day: 24:00 and :60 carry over."""

    since_midnight: timedelta
    precision: Precision
    notes: tuple[str, ...] = ()


_HALF = r"[ap]\.?\s?m\b\.?|(?<=\d)[ap]\b|μ\.?μ\b\.?|π\.?μ\b\.?"
_HALF_BEFORE = "|".join(MORNING + EVENING)
_CLOCKS = (
    # 9:05, 09:05:07.25, 9:05 a.m., T9:15, 오후 9:05; not the hours of an offset
    re.compile(
        rf"(?:(?P<early>{_HALF_BEFORE})\s*)?(?:(?<=\d)\s?t\s?)?(?<![\d:+-])(?P<hour>\d{{1,2}}):(?P<minute>\d{{1,2}})"
        rf"(?::(?P<second>\d{{1,2}}))?(?:\.(?P<fraction>\d+))?(?:\s?(?P<late>{_HALF}))?(?![\d:])"
    ),
    # ISO 8601 basic: T092507, T0925, T09, each with a fraction of its last part
    re.compile(r"(?<=\d)\s?t\s?(?P<hour>\d\d)(?:(?P<minute>\d\d)(?P<second>\d\d)?)?(?:\.(?P<fraction>\d+))?(?![\d:])"),
    # 9 a.m., 9h, 9h05, 9 Uhr
    re.compile(
        rf"(?<![\d:.+/-])(?P<hour>\d{{1,2}})\s?(?:(?P<late>{_HALF})"
        r"|(?:h|uhr)(?:\s?(?P<minute>\d\d)(?:\s?min)?)?(?![^\W_]|\s?\d))"
    ),
)
_OFFSET = re.compile(
    rf"{MARK}\s*(?:(?P<prefix>[a-z]{{1,5}})\s?)?"
    r"(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d)(?::(?P<seconds>\d\d))?)?(?![\d:])"
)
# git and others write the offset last: "Sun Jun 22 02:27:37 2025 +0300", "22 Jun 2025 +0300", "2025-06-22+03:00".
_LAST_OFFSET = re.compile(
    r"(?:\s(?:(?P<prefix>[a-z]{1,5})\s?)?|(?<=\d)(?=\+\d\d:))(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)$"
)


def take_clock(text: str) -> tuple[Clock | None, str]:
    """Take out the first time of day, leaving MARK. Raises ValueError for a time that does not exist."""
    for pattern in _CLOCKS:
        if match := pattern.search(text):
            return _clock(match[0].strip(" t"), match.groupdict()), _marked(text, match)
    return None, text


def take_offset(text: str) -> tuple[list[Zone], str]:
    """Take out the numeric offset: its zone, then the zone of a name that disagrees ("EST+0500"), if any.

    The sign is ISO's wherever it stands: GMT+3 is three hours east.
    """
    match = _OFFSET.search(text)
    if match and not (match["minutes"] or match["prefix"] or match.end() == len(text)):
        match = None  # "10:00 -3 March 2024"
    match = match or _LAST_OFFSET.search(text)
    if not match or (MARK not in text and re.search(r"-\d\d:", match[0])):  # "3 March 2024 -10:30"
        return [], text
    parts = match.groupdict()
    name = zones.named(parts["prefix"]) if parts["prefix"] else None
    if parts["prefix"] and not name and parts["prefix"] not in SILENT:
        return [], text
    offset = zones.offset(parts["sign"], *(int(parts.get(key) or 0) for key in ("hours", "minutes", "seconds")))
    return [offset, name] if name and name.tz != UTC else [offset], _marked(text, match)


def _marked(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]}{MARK}{text[match.end() :]}"


def _clock(shown: str, parts: Mapping[str, str | None]) -> Clock:
    hour, minute, second = (int(parts.get(key) or 0) for key in ("hour", "minute", "second"))
    half, notes = parts.get("early") or parts.get("late"), []
    if half:
        evening = half in EVENING or half[0] in "pμ"
        if hour > (23 if evening else 12) or (evening and hour == 0):
            raise ValueError(f"there is no time {shown}")
        if hour > 12:
            notes.append(f"{shown} was read on the 24-hour clock")
        else:
            hour = hour % 12 + 12 * evening
    since_midnight = timedelta(hours=hour, minutes=minute, seconds=second + _fraction_s(parts))
    squeezed = len(parts.get("minute") or "00") == 1 and not parts.get("second")
    if minute > 59 or second > 60 or squeezed or (hour > 23 and since_midnight != timedelta(days=1)):
        raise ValueError(f"there is no time {shown}")
    if second == 60:
        notes.append("a leap second was read as the second after it")
    exact = parts.get("second") or parts.get("fraction")
    return Clock(since_midnight, Precision.SECOND if exact else Precision.MINUTE, tuple(notes))


def _fraction_s(parts: Mapping[str, str | None]) -> int:
    """Whole seconds in the fraction of the last part given (ISO 8601: 10:30.5 is 10:30:30)."""
    fraction = parts.get("fraction")
    if not fraction or parts.get("second"):
        return 0
    unit_s = 60 if parts.get("minute") else 3600
    return int(unit_s * int(fraction) // 10 ** len(fraction))
