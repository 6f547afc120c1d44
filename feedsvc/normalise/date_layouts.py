"""The layouts of a day: what is left of a date text when its time, zone and silent words are gone.

Pure. A `shape` has numbers, English three-letter months, separators, and whatever was not understood.
Every layout takes up the whole shape. Numeric days that people lay out in different orders are read
only if all orders that are possible agree, or if the weekday or the orders of a language pick one.
"""

import re
from collections.abc import Set
from datetime import date, datetime
from functools import cache

from dateutil.parser import parser, parserinfo

from feedsvc.normalise.date_words import ENGLISH

_MONTH = rf"(?P<month>{'|'.join(ENGLISH)})"
_GAP = r"[\s./-]+"
_WORDED = (
    # RFC 5322 §4.3: the year of "9 Feb 06" may have two digits. Elsewhere only an apostrophe tells ('06).
    re.compile(rf"(?P<day>\d{{1,2}})°?{_GAP}{_MONTH}{_GAP}(?P<year>\d{{4}}|'?\d\d)"),
    re.compile(rf"{_MONTH}{_GAP}(?P<day>\d{{1,2}})°?{_GAP}(?P<year>\d{{4}}|'\d\d)"),
    re.compile(rf"(?P<year>\d{{4}}){_GAP}{_MONTH}{_GAP}(?P<day>\d{{1,2}})°?"),
    re.compile(rf"(?P<year>[1-9]\d{{3}})\.? (?P<day>\d{{1,2}})[.-]? ?{_MONTH}"),  # 2025. gada 4. marts
)
_NUMERIC = re.compile(r"(\d{1,4})\s*([\s./-])\s*(\d{1,3})\s*([\s./-])\s*(\d{1,4})")
_UNITS = frozenset(("h", "hour", "hours", "m", "minute", "minutes", "s", "second", "seconds"))
_UNKNOWN = "it is laid out in no way known here"
_BASIC = re.compile(r"(\d{4})(\d\d)(\d\d)")
_ORDINAL = re.compile(r"(\d{4})-?(\d{3})")
_WEEK = re.compile(r"(\d{4})-?w(\d\d)-?([1-7])")
_WEEK_ALONE = re.compile(r"\d{4}-?w\d\d")


class Ambiguous(ValueError):
    """Numbers that are several days, each in another order."""


def day_in(shape: str, weekday: int | None, orders: Set[str] = frozenset()) -> date | None:
    """The day that a shape names, or None if it is no layout known here.

    `weekday` is the one named beside it (0 is Monday). `orders` are those of the text's language where it is known:
    "dMy", "Mdy", "yMd". Raises ValueError with a plain reason for a day that does not exist, Ambiguous for one that
    could be two.
    """
    for pattern in _WORDED:
        if match := pattern.fullmatch(shape):
            return _the_day(shape, _year(match["year"]), ENGLISH.index(match["month"]) + 1, int(match["day"]))
    if match := _BASIC.fullmatch(shape):
        return _the_day(shape, int(match[1]), int(match[2]), int(match[3]))
    if match := _ORDINAL.fullmatch(shape):
        return _ordinal(int(match[1]), int(match[2]))
    if match := _WEEK.fullmatch(shape):
        return _in_week(int(match[1]), int(match[2]), int(match[3]))
    if _WEEK_ALONE.fullmatch(shape):
        raise ValueError("it names a week but no day")
    if (match := _NUMERIC.fullmatch(shape)) and match[2] == match[4]:
        return _numeric(shape, (match[1], match[3], match[5]), match[2] == ".", weekday, orders)
    return None


def lacking(shape: str, weekday: int | None, timed: bool) -> str:
    """Why a shape names no day, for people."""
    numbers = re.findall(r"\d+", shape)
    if not shape:
        other = "a weekday but " if weekday is not None else "a time but " if timed else ""
        return f"it names {other}no day"
    if re.fullmatch(rf"{_MONTH}", shape):
        return "it names a month but no day and no year"
    if re.search(_MONTH, shape) and len(numbers) == 1:
        return f"it names a month but no {'day' if len(numbers[0]) == 4 else 'year'}"
    if re.fullmatch(r"\d{4}[-/.]\d{1,2}", shape):
        return "it names a month but no day"
    if shape.isdecimal():
        return "a bare number names no day"
    return _UNKNOWN


def loosely(shape: str) -> tuple[datetime, bool, bool]:
    """Let dateutil read a worded layout that is not listed: the local time, and if it names hours and seconds.

    dateutil fills missing parts from a default, prefers the month in front and passes over what it
    cannot use. So two readings from different defaults and orders must agree, and every number of
    the text must be a part of the answer. Raises ValueError for all else.
    """
    numbers = sorted(map(int, re.findall(r"\d+", shape)))
    years, words = re.findall(r"(?<!\d)\d{4}(?!\d)", shape), re.findall(r"[^\W\d_]+", shape)
    units = [word for word in words if word not in ENGLISH]
    if len(years) != 1 or len(words) != len(units) + 1 or not _UNITS.issuperset(units) or re.search("[:'+]", shape):
        raise ValueError(_UNKNOWN)
    one, two = (
        _dateutil().parse(shape, default=default, dayfirst=day_first, tzinfos=_no_zone)
        for default, day_first in ((datetime(1972, 2, 1), False), (datetime(1996, 11, 28, 23, 59, 58), True))
    )
    timed, exact = one.hour == two.hour, one.second == two.second
    clock = [one.hour, *([one.minute] if one.minute == two.minute else []), *([one.second] if exact else [])]
    said = sorted([int(years[0]), one.day, *(clock if timed else [])])
    if one.date() != two.date() or said != numbers or timed != bool(units):
        raise ValueError(_UNKNOWN)
    return one, timed, timed and exact


class _Names(parserinfo):
    """dateutil's English words, without its two-digit years, which hang on today's."""

    def convertyear(self, year: int, century_specified: bool = False) -> int:
        if not century_specified:
            raise ValueError("it has no year of four digits")
        return year


@cache
def _dateutil() -> parser:
    return parser(_Names())


def _no_zone(name: str | None, offset: int | None) -> None:
    """Zones were taken out before; what dateutil still takes for one (it flips signs) is refused."""
    if name is not None or offset is not None:
        raise ValueError(_UNKNOWN)


def _the_day(shown: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValueError(f"there is no day {shown.replace('°', '')}") from error


def _ordinal(year: int, day: int) -> date:
    first = _the_day(f"{year:04}", year, 1, 1)
    if not 1 <= day <= date(year, 12, 31).timetuple().tm_yday:
        raise ValueError(f"the year {year} has no day {day}")
    return date.fromordinal(first.toordinal() + day - 1)


def _in_week(year: int, week: int, weekday: int) -> date:
    try:
        return date.fromisocalendar(year, week, weekday)
    except ValueError as error:
        raise ValueError(f"the year {year} has no week {week}") from error


def _year(text: str) -> int:
    """RFC 5322 §4.3: 00-49 are 2000-2049, 50-99 are 1950-1999."""
    year = int(text.strip("'"))
    return year if len(text) == 4 else year + (2000 if year < 50 else 1900)


def _numeric(
    shown: str, parts: tuple[str, str, str], dotted: bool, weekday: int | None, orders: Set[str]
) -> date | None:
    possible = _orders(*parts, dotted)
    if not possible:
        return None
    days = {order: day for order, numbers in possible.items() if (day := _if_any(*numbers))}
    if not days:
        raise ValueError(f"there is no day {shown}")
    if dotted and len(parts[2]) == 4 and orders != {"Mdy"}:
        return next(iter(days.values()))
    fitting = {order: day for order, day in days.items() if weekday in (None, day.weekday())}
    usual = {day for order, day in fitting.items() if order in orders}
    for some in (set(fitting.values()), usual, set(days.values())):
        if len(some) == 1:
            return some.pop()
    raise Ambiguous(f"{shown} is ambiguous, it could be {' or '.join(map(str, sorted(set(days.values()))))}")


def _orders(first: str, second: str, third: str, dotted: bool) -> dict[str, tuple[str, str, str]]:
    """The orders in which people write such a day, each with (year, month, day).

    Dots put the day first, as in German and Russian, unless the language has the month first; only a "month" past 12
    turns them round.
    """
    day_first, month_first = {"dMy": (third, second, first)}, {"Mdy": (third, first, second)}
    year_first = {"yMd": (first, second, third)}
    if len(first) == 4:
        return year_first if len(third) < 3 else {}
    if len(third) == 4:
        return day_first | month_first
    if len(third) != 2:
        return {}
    return day_first | ({} if dotted else month_first) | (year_first if len(first) == 2 else {})


def _if_any(year: str, month: str, day: str) -> date | None:
    try:
        return date(_year(year), int(month), int(day))
    except ValueError:
        return None
