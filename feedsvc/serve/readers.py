"""Who reads what, put together for operators: as figures for /health, and as lines for the command line.

What is told are counts, and the names that readers give themselves. Of single ones nothing is known but how often
they came on one day.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from feedsvc.curation import EVERYTHING
from feedsvc.explain.words import counted, listed, percent
from feedsvc.serve.agents import is_robot
from feedsvc.store import audience
from feedsvc.store.audience import Sums

DAYS = 7  # that requests and bytes are added up over
MAX_FEEDS = 200
MAX_FAMILIES = 20
MAX_WORST = 10


@dataclass(frozen=True, slots=True)
class Readers:
    """`readers` are people: the `subscribers` that services tell of, and whoever asks alone. Robots are none."""

    readers: int
    subscribers: int
    sums: Sums


@dataclass(frozen=True, slots=True)
class Readership:
    """Requests and bytes since a day, and the people of one `day`, today or yesterday; those with most people first.

    `worst` are pollers that were sent the whole of a feed most often on a day.
    """

    since: str
    day: str
    all: Readers
    by_key: Mapping[str, Readers]
    by_reader: Mapping[str, Readers]
    worst: Sequence[Mapping[str, Any]]


def gather(connection: Connection, now: datetime, days: int = DAYS) -> Readership:
    """What is known of the last `days` days, today among them."""
    today, yesterday, since = (_iso(now - timedelta(days=back)) for back in (0, 1, days - 1))
    day = audience.fuller_day(connection, today, yesterday)
    crowds = [crowd for crowd in audience.crowds(connection, day) if not is_robot(crowd.reader)]
    alone = {name: n for name, n in audience.alone_by_reader(connection, day).items() if not is_robot(name)}
    alone_by_key, told_by_key, told_by_reader = Counter[str](), Counter[str](), Counter[str]()
    for crowd in crowds:
        alone_by_key[crowd.key] += crowd.alone
        told_by_key[crowd.key] += crowd.subscribers
        told_by_reader[crowd.reader] += crowd.subscribers
    by_key = audience.sums(connection, since, "key")
    told = told_by_key.total()
    return Readership(
        since=since,
        day=day,
        all=Readers(sum(alone.values()) + told, told, _total(list(by_key.values()))),
        by_key=_put_together(by_key, alone_by_key, told_by_key),
        by_reader=_put_together(audience.sums(connection, since, "reader"), alone, told_by_reader),
        worst=audience.worst_pollers(connection, yesterday, MAX_WORST),
    )


def picture(found: Readership) -> dict[str, Any]:
    """The figures for /health; shares are from 0 to 1, and None where nobody asked."""
    return {
        "requests_since": found.since,
        "people_on": found.day,
        "all": _figures(found.all),
        "feeds": [{"feed": _name(key), **_figures(of)} for key, of in islice(found.by_key.items(), MAX_FEEDS)],
        "by_reader": [{"reader": name, **_figures(of)} for name, of in islice(found.by_reader.items(), MAX_FAMILIES)],
        "worst_pollers": [
            {
                "reader": row["reader"],
                "feed": _name(row["key"]),
                "day": row["day"],
                "requests": row["requests"],
                "unconditional_share": _share(row["requests"] - row["conditional"], row["requests"]),
                "unchanged_share": _share(row["unchanged"], row["requests"]),
            }
            for row in found.worst
        ],
    }


def lines(found: Readership) -> Iterator[str]:
    """The same for people, a line each."""
    if not found.all.sums.requests:
        yield f"nobody has asked for a feed since {found.since}, or readers are not counted (serve.readers_days)"
        return
    yield f"readers on {found.day}, requests since {found.since} (UTC)"
    yield f"all feeds: {_told(found.all)}"
    yield from _group("by feed", {_name(key): of for key, of in found.by_key.items()}, MAX_FEEDS)
    yield from _group("by reader", found.by_reader, MAX_FAMILIES)
    yield from listed("those who were sent most", (_poller(row) for row in found.worst))


def _group(heading: str, group: Mapping[str, Readers], most: int) -> Iterator[str]:
    shown = islice(group.items(), most)
    yield from listed(heading, (f"{name}: {_told(of)}" for name, of in shown), max(len(group) - most, 0))


def _poller(row: Mapping[str, Any]) -> str:
    requests, without = row["requests"], row["requests"] - row["conditional"]
    return (
        f"{row['reader']}, {_name(row['key'])}: {counted(requests, 'request')} on {row['day']},"
        f" {percent(without / requests)} unconditional, {percent(row['unchanged'] / requests)} 304"
    )


def _put_together(sums: Mapping[str, Sums], alone: Mapping[str, int], told: Mapping[str, int]) -> dict[str, Readers]:
    found = {name: Readers(alone.get(name, 0) + told.get(name, 0), told.get(name, 0), of) for name, of in sums.items()}
    return dict(sorted(found.items(), key=lambda item: (-item[1].readers, -item[1].sums.requests, item[0])))


def _figures(of: Readers) -> dict[str, Any]:
    sums = of.sums
    return {
        "readers": of.readers,
        "subscribers": of.subscribers,
        "requests": sums.requests,
        "refused": sums.refused,
        "conditional_share": _share(sums.conditional, sums.requests),
        "unchanged_share": _share(sums.unchanged, sums.requests),
        "bytes_sent": sums.sent,
        "bytes_saved": sums.saved,
    }


def _told(of: Readers) -> str:
    sums = of.sums
    people = counted(of.readers, "reader") + (f" ({of.subscribers} through services)" if of.subscribers else "")
    shares = f"{percent(sums.conditional / sums.requests)} conditional, {percent(sums.unchanged / sums.requests)} 304"
    refused = f", {sums.refused} refused" if sums.refused else ""
    return (
        f"{people}, {counted(sums.requests, 'request')}, {shares}{refused},"
        f" {_bytes(sums.sent)} sent, {_bytes(sums.saved)} saved"
    )


def _bytes(number: int) -> str:
    """ "812 B", "1.4 MB": three figures at most, in powers of a thousand."""
    size, units = float(number), iter("B kB MB GB TB PB".split())
    unit = next(units)
    while abs(size) >= 999.5:
        size, unit = size / 1000, next(units)
    return f"{size:.0f} {unit}" if unit == "B" or abs(size) >= 99.5 else f"{size:.1f} {unit}"


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _total(all: Sequence[Sums]) -> Sums:
    return Sums(*(sum(getattr(one, field.name) for one in all) for field in fields(Sums)))


def _name(key: str) -> str:
    return key.removeprefix("channels/") or EVERYTHING


def _iso(at: datetime) -> str:
    return at.date().isoformat()
