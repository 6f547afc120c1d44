"""Times → where they lie on an axis, and what is written along it.

Pure. The axis is even, but for long gaps between many times that lie close together: those are cut short, so
that one old article does not press all the others into a corner. Sums are of whole seconds, so they are exact.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal

from dateutil.rrule import DAILY, HOURLY, MINUTELY, MONTHLY, WEEKLY, YEARLY, rrule

# Written out, because strftime and calendar speak the language of the process's locale.
MONTHS = "January February March April May June July August September October November December".split()

_SECOND = timedelta(seconds=1)
_HOUR_S, _DAY_S, _YEAR_S = 3600, 86_400, 31_556_952
_LEAST_S = _HOUR_S  # the shortest span that is drawn
_DAWN = datetime.min.replace(tzinfo=UTC)
_DUSK = datetime.max.replace(tzinfo=UTC)
_MOST_CUTS = 3
_LEAST_GAPS = 10  # fewer may lie as they will
_LONG = 2  # a gap is cut when it is longer than so many times all the shorter ones together, or so many days,
_CUT = 8  # and is then drawn as the eighth part of them

# (frequency, interval, about how many seconds), from ten minutes to a thousand years
_STEPS: tuple[tuple[Literal[0, 1, 2, 3, 4, 5, 6], int, int], ...] = (
    *((MINUTELY, count, count * 60) for count in (10, 15, 30)),
    *((HOURLY, count, count * _HOUR_S) for count in (1, 2, 3, 6, 12)),
    *((DAILY, count, count * _DAY_S) for count in (1, 2)),
    *((WEEKLY, count, count * 7 * _DAY_S) for count in (1, 2)),
    *((MONTHLY, count, count * _YEAR_S // 12) for count in (1, 2, 3, 6)),
    *((YEARLY, count * scale, count * scale * _YEAR_S) for scale in (1, 10, 100, 1000) for count in (1, 2, 5)),
)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the axis at `share` of its length; `within` is the longer period that `label` leaves open."""

    share: float
    label: str
    within: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the axis on which time runs evenly: `offset` is where it begins, in seconds that are drawn."""

    start: datetime
    end: datetime
    offset: int

    @property
    def drawn_to(self) -> int:
        return self.offset + (self.end - self.start) // _SECOND


@dataclass(frozen=True, slots=True)
class Timescale:
    """Stretches in order of time; what lies between two of them is cut short."""

    stretches: tuple[Stretch, ...]

    def share(self, at: datetime) -> float:
        """Where a time that is on the axis lies, from 0 at its beginning to 1 at its end."""
        stretch = self.stretches[max(0, bisect_right(self.stretches, at, key=lambda one: one.start) - 1)]
        return (stretch.offset + (at - stretch.start) // _SECOND) / self.stretches[-1].drawn_to

    @property
    def cuts(self) -> list[float]:
        """The middles of the gaps that were cut short, as shares of the length."""
        total = self.stretches[-1].drawn_to
        return [(left.drawn_to + right.offset) / 2 / total for left, right in pairwise(self.stretches)]

    def ticks(self, most: int) -> Iterator[Tick]:
        """Marks at round times, about `most` of them; one at the beginning of a stretch that has no round time."""
        total = self.stretches[-1].drawn_to
        frequency, interval, _ = next((step for step in _STEPS if total <= most * step[2]), _STEPS[-1])
        for stretch in self.stretches:
            rule = rrule(frequency, interval=interval, dtstart=_floor(stretch.start, frequency, interval))
            times = rule.between(stretch.start, stretch.end, inc=True)
            for at in times:
                yield Tick(self.share(at), *_words(at, frequency))
            if not times:
                yield Tick(self.share(stretch.start), *_words(stretch.start, DAILY))


def timescale(times: Sequence[datetime]) -> Timescale:
    """The axis on which these times, aware and at least one, can be shown."""
    points = sorted(at.astimezone(UTC).replace(microsecond=0) for at in times)
    gaps = [(right - left) // _SECOND for left, right in pairwise(points)]
    cut, drawn = _cuts(gaps)
    stretches, first, offset = [], 0, 0
    for last in [*cut, len(gaps)]:
        stretches.append(Stretch(points[first], points[last], offset))
        first, offset = last + 1, stretches[-1].drawn_to + drawn
    return Timescale(tuple(stretches) if stretches[-1].drawn_to >= _LEAST_S else (_widened(points[0], points[-1]),))


def _cuts(gaps: list[int]) -> tuple[list[int], int]:
    """Which gaps to cut, as places in order, and how long each of them is drawn instead."""
    by_length = sorted(range(len(gaps)), key=lambda place: (-gaps[place], place))
    for count in range(_MOST_CUTS, 0, -1):
        cut, rest = by_length[:count], by_length[count:]
        together = max(sum(gaps[place] for place in rest), _DAY_S)
        if len(rest) >= _LEAST_GAPS and all(gaps[place] > _LONG * together for place in cut):
            return sorted(cut), together // _CUT
    return [], 0


def _widened(start: datetime, end: datetime) -> Stretch:
    """The shortest stretch with these times in its middle."""
    pad = (_LEAST_S * _SECOND - (end - start)) // 2
    return Stretch(start - min(pad, start - _DAWN), end + min(pad, _DUSK - end), 0)


def _floor(at: datetime, frequency: int, interval: int) -> datetime:
    """The round time from which counting in these steps hits round times only."""
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if frequency == WEEKLY:
        return day - timedelta(days=day.weekday())  # the first day of year 1 is a Monday
    if frequency == MONTHLY:
        return day.replace(month=1, day=1)
    if frequency == YEARLY:
        return day.replace(year=max(1, day.year - day.year % interval), month=1, day=1)
    return day


def _words(at: datetime, frequency: int) -> tuple[str, str]:
    """What a mark says, and the longer period that it lies within."""
    month = MONTHS[at.month - 1][:3]
    if frequency == YEARLY:
        return str(at.year), ""
    if frequency == MONTHLY:
        return month, str(at.year)
    if frequency in (HOURLY, MINUTELY):
        return f"{at:%H:%M}", f"{at.day} {month} {at.year}"
    return f"{at.day} {month}", str(at.year)
