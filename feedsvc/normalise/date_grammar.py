"""The grammar of dates: from a text to the local time and the zone that it names.

Pure. Takes the time of day out of the text, then the zone, then the words that it knows; what is
left must be exactly one layout of a day, and every sign of the text must have been understood.
Nothing is filled in: a text without a day, a month or a year is refused. dateutil reads only
worded layouts that are not listed here, and only under `loosely`'s guards.

Refusals are ValueErrors whose message is a reason for people.
"""

import re
from collections.abc import Set
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from feedsvc.datewords.folding import fold
from feedsvc.model import Precision
from feedsvc.normalise import zones
from feedsvc.normalise.date_clock import MARK, Clock, take_clock, take_offset
from feedsvc.normalise.date_layouts import day_in, lacking, loosely
from feedsvc.normalise.date_words import ENGLISH, MONTHS, ORDINALS, RELATIVE, SILENT, WEEKDAYS
from feedsvc.normalise.zones import Zone


class Written(NamedTuple):
    """What a text says, before any zone is assumed: `local` is naive, whole seconds.

    `zone` rules; `rival` is a second zone that the text names beside it ("-0500 (EST)").
    """

    local: datetime
    zone: Zone | None
    precision: Precision
    rival: Zone | None = None
    notes: tuple[str, ...] = ()


class _Words(NamedTuple):
    """A text's words sorted out: `shape` keeps the numbers, English short months, and what is unknown."""

    shape: str
    weekday: int | None
    zones: list[Zone]
    complaint: str | None


MAX_CHARS = 200  # three times the longest form known; dateutil takes half a second for 100 kB
TOO_LONG = f"it is longer than {MAX_CHARS} characters"

_REWRITES = (
    (re.compile(r"(:\d\d:\d\d|t\s?\d\d(?::?\d\d){0,2}),(?=\d)"), r"\1."),  # ISO 8601's decimal comma
    (re.compile(r"[,;|•·@\[\]]"), " "),
    (re.compile(r"(?<=[^\W\d])'(?=[^\W\d])"), ""),  # o'clock, п'ятниця
    (re.compile(r"(?<=[^\W\d]):(?!\d)"), " "),  # "Published: 3 March 2024"
    (re.compile(r"(\d{1,4})\s*[年년]\s*(\d{1,4})\s*[月월]\s*(\d{1,4})\s*[日일]"), r" \1-\2-\3 "),
    (re.compile(r"(\d{1,4})\s*[時时시]\s*(\d{1,4})\s*[分분]\s*(\d{1,4})\s*[秒초]"), r"\1:\2:\3 "),
    (re.compile(r"(\d{1,4})\s*[時时시]\s*(\d{1,4})\s*[分분]"), r"\1:\2 "),
    (re.compile(r"\b(kl\.?|klo|ore|um)\s*(\d{1,2})\.(\d\d)(?![.\d])"), r"\1 \2:\3"),
    (re.compile(r"(?<![.\d])(\d{1,2})\.(\d\d)(?=\s*(?:uhr\b|[ap]\.?m\b))"), r"\1:\2"),
    (re.compile(r"(?<=\d{4} )(\d{1,2})\.(\d\d)(?![.\d])"), r"\1:\2"),  # 22 Jun 2025 02.27 BST
    (re.compile(r"^(\d{8})\s?(\d{4}|\d{6})(?!\d)"), r"\1t\2"),  # 20250622022737, as in ASN.1
)
_WORD = re.compile(r"([a-z]+(?:/[a-z]+(?:[_-][a-z]+)*)+(?:[+-]\d{1,2})?|[^\W\d_]+)")
_EPOCH = re.compile(r"([1-9]\d{9})(?:\d{3})?")  # seconds, or milliseconds
_EPOCH_START = datetime(1970, 1, 1)
# RFC 822's letters other than Z had the wrong sign in it, so RFC 5322 §4.3 has them read as -0000. Taken
# after seconds only ("10:05 A" may be a morning), and never H, which is how Spanish writes hours, or J.
_MILITARY = re.compile(r"(?<=:\d\d:\d\d) [A-GIK-Y]$")


def written(text: str, orders: Set[str] = frozenset()) -> Written:
    """Read all that a text says of a date; `orders` of day, month and year are those of its language, where known.

    Raises ValueError with a plain reason, and Ambiguous where another order would be another day.
    """
    civil, military = _MILITARY.subn(" Z", text.strip())
    plain, comments = _without_comments(_plain(civil))
    if match := _EPOCH.fullmatch(plain):
        return Written(_EPOCH_START + timedelta(seconds=int(match[1])), Zone("UTC", UTC), Precision.SECOND)
    for pattern, replacement in _REWRITES:
        plain = pattern.sub(replacement, plain)
    clock, rest = take_clock(zones.abbreviate(plain))
    offsets, rest = take_offset(rest)
    words = _sort(rest)
    day, clock = _day(words, clock, orders)
    named = offsets + words.zones or _in_comments(comments)
    _refuse_two_zones(named, bool(offsets))
    notes = [*_weekday_notes(words.weekday, day), *(clock.notes if clock else ())]
    if comments and clock and not named:
        notes.append("what stands in parentheses names no zone known here")
    if military:
        notes.append(f"the military zone {text.strip()[-1]} was read as UTC (RFC 5322 §4.3)")
    return Written(
        datetime.combine(day, time()) + (clock.since_midnight if clock else timedelta()),
        named[0] if named else None,
        clock.precision if clock else Precision.DAY,
        named[-1] if named[1:] else None,
        tuple(notes),
    )


def _plain(text: str) -> str:
    plain = " ".join(fold(text).split())
    if len(plain) > MAX_CHARS:  # compatibility forms can be eighteen times as long
        raise ValueError(TOO_LONG)
    if not plain:
        raise ValueError("it is empty")
    if any(char.isdecimal() and not char.isascii() for char in plain):
        raise ValueError("its digits are of another script")
    return plain


def _without_comments(text: str) -> tuple[str, list[str]]:
    """Take out RFC 5322 comments: in parentheses, nested, with a backslash before a literal character."""
    outside, comments, depth, literal = "", [""], 0, False
    if "(" not in text:
        return text, []
    for char in text:
        if depth and not literal and char == "\\":
            literal = True
            continue
        opens, closes = char == "(" and not literal, char == ")" and not literal and depth > 0
        depth += opens - closes
        if not depth:
            outside += " " if closes else char
        elif not (opens and depth == 1):
            comments[-1] += char
        if closes and not depth:
            comments.append("")
        literal = False
    if depth:
        raise ValueError("a parenthesis is not closed")
    return " ".join(outside.split()), comments[:-1]


def _in_comments(comments: list[str]) -> list[Zone]:
    """The zone that only a comment names: "09:05 (PST)", "09:05 (UTC+3)"."""
    for comment in comments:
        offsets, rest = take_offset(MARK + comment)
        if offsets and rest == MARK:
            return offsets
        if len(comment) > 1 and (zone := zones.named(comment)):
            return [zone]
    return []


def _refuse_two_zones(named: list[Zone], numeric: bool) -> None:
    if not numeric and len({zone.tz for zone in named}) > 1:
        raise ValueError(f"it names two zones, {named[0].label} and {named[-1].label}")


def _weekday_notes(weekday: int | None, day: date) -> list[str]:
    fits = weekday is None or weekday == day.weekday()
    return [] if fits else [f"the weekday given does not fit {day}"]


def _day(words: _Words, clock: Clock | None, orders: Set[str]) -> tuple[date, Clock | None]:
    """The day, and the time too where only dateutil understood it."""
    day = day_in(words.shape, words.weekday, orders)
    if day:
        return day, clock
    try:
        local, timed, exact = loosely(words.shape)
    except (ValueError, OverflowError) as error:
        reason = words.complaint or lacking(words.shape, words.weekday, clock is not None)
        raise ValueError(reason) from error
    if not timed:
        return local.date(), clock
    if clock:
        raise ValueError("it names two times")
    since_midnight = local - datetime.combine(local, time())
    return local.date(), Clock(since_midnight, Precision.SECOND if exact else Precision.MINUTE)


def _sort(text: str) -> _Words:
    """Tell months, weekdays, zones and silent words apart; keep numbers, signs and unknown words."""
    pieces = _WORD.split(text)
    words = pieces[1::2]
    months = sum(word in MONTHS for word in words)
    shape, weekday, complaint = pieces[0], None, None
    named: list[Zone] = []
    for index, (before, word, after) in enumerate(zip(pieces[::2], words, pieces[2::2], strict=False)):
        timed, kept = before.rstrip(" ").endswith(MARK), " "
        match _meaning(word, timed, not index, not after, months, before[-1:].isdigit()):
            case "month":
                kept = f" {ENGLISH[MONTHS[word] - 1]} "
            case "weekday":
                weekday = WEEKDAYS[word]
            case "zone":
                named += filter(None, [zones.named(word)])
            case "ordinal":
                kept = "°"
            case "unknown":
                kept = word
                complaint = complaint if complaint and word not in RELATIVE else _complaint(word, timed)
        shape += kept + after
    # Signs that join nothing any more.
    tokens = [token for token in shape.replace(MARK, " ").split() if token.strip("-./")]
    return _Words(" ".join(tokens).rstrip("."), weekday, named, complaint)


def _meaning(word: str, timed: bool, first: bool, last: bool, months: int, numbered: bool) -> str:
    """What a word is: right behind the time, first or last in the text, beside `months`, after a digit."""
    zone = zones.named(word) is not None
    if zone and timed and (last or word not in SILENT):  # AT is the Atlantic at the end, "at" before
        return "zone"
    if numbered and word in ORDINALS:
        return "ordinal"
    # "pt." opens a Polish Friday and closes a Pacific time; "mar." is a Tuesday if a month stands by.
    if word in WEEKDAYS and (first or not zone) and (months > 1 or word not in MONTHS):
        return "weekday"
    if word in MONTHS:
        return "month"
    # "10:05 A" is no morning for certain, and a lone letter at the end is no preposition.
    if word in SILENT and not (timed and last and len(word) == 1 and word not in "hu"):
        return "silent"
    return "zone" if zone else "unknown"


def _complaint(word: str, timed: bool) -> str:
    if word in RELATIVE:
        return f"{word!r} names a day only from where one stands"
    return f"the zone {word.upper()!r} is not known here" if timed else f"the word {word!r} is not understood"
