"""Who reads which feed, in the store: what the web processes have counted, and what is asked of it.

A poller is a digest that holds for one day: its salt is thrown away when the day is over, so nobody can tell who
it was, nor whether it came again.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from feedsvc.store.store import chunks, upsert
from feedsvc.store.tables import marks, pollers, readings

SALT = "salt of "  # and a day
SALT_BYTES = 32
COUNTED = ("requests", "conditional", "unchanged", "refused", "sent", "saved")


@dataclass(frozen=True, slots=True)
class Sums:
    """Answers given: all, to conditional requests, 304s, refusals; bytes of bodies sent, and those that need not be."""

    requests: int = 0
    conditional: int = 0
    unchanged: int = 0
    refused: int = 0
    sent: int = 0
    saved: int = 0


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many read a feed with one kind of reader: by themselves, and through services that tell how many."""

    key: str
    reader: str
    alone: int
    subscribers: int


def salt(connection: Connection, day: str) -> bytes:
    """The day's salt, the same for all processes; made when it is first asked for."""
    name = SALT + day
    upsert(connection, marks, [{"name": name, "value": secrets.token_hex(SALT_BYTES)}], update=False)
    return bytes.fromhex(connection.execute(select(marks.c.value).where(marks.c.name == name)).scalar_one())


def add(connection: Connection, readings_of: Sequence[Mapping[str, Any]], polled: Sequence[Mapping[str, Any]]) -> None:
    """Add to the rows of `readings` and `pollers`. Of subscribers, the latest number counts."""
    _add(connection, readings, readings_of, COUNTED)
    _add(connection, pollers, polled, COUNTED[:3])


def _add(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], summed: Collection[str]) -> None:
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    rest = {
        name: table.c[name] + new if name in summed else new
        for name, new in statement.excluded.items()
        if name not in keys
    }
    # In one order: two processes that lock the same rows in different ones would wait for each other.
    in_order = sorted(rows, key=lambda row: [row[key] for key in keys])
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest), in_order)


def readers_of(connection: Connection, day: str) -> set[str]:
    """The kinds of readers that have been counted on a day."""
    return set(connection.execute(select(readings.c.reader).where(readings.c.day == day).distinct()).scalars())


def count_pollers(connection: Connection, day: str, keys: Collection[str]) -> dict[str, int]:
    """key → how many pollers it has had on a day."""
    p = pollers.c
    found: dict[str, int] = {}
    for some in chunks(sorted(keys)):
        wanted = select(p.key, func.count()).where(p.day == day, p.key.in_(some)).group_by(p.key)
        found |= {row[0]: row[1] for row in connection.execute(wanted)}
    return found


def pollers_of(connection: Connection, day: str, key: str) -> set[str]:
    wanted = select(pollers.c.poller).where(pollers.c.day == day, pollers.c.key == key)
    return set(connection.execute(wanted).scalars())


def forget(connection: Connection, today: str, before: str) -> None:
    """Throw away the salts of other days than today, and what was counted `before` a day."""
    connection.execute(delete(marks).where(marks.c.name.startswith(SALT), marks.c.name < SALT + today))
    for table in (readings, pollers):
        connection.execute(delete(table).where(table.c.day < before))


def sums(connection: Connection, since: str, by: str) -> dict[str, Sums]:
    """What was answered since a day, by "key" or by "reader"."""
    totals = [func.sum(readings.c[name]) for name in COUNTED]
    wanted = select(readings.c[by], *totals).where(readings.c.day >= since).group_by(readings.c[by])
    # PostgreSQL sums whole numbers to decimal ones.
    return {row[0]: Sums(*(int(number) for number in row[1:])) for row in connection.execute(wanted)}


def fuller_day(connection: Connection, today: str, yesterday: str) -> str:
    """Of the two the one with more pollers, so that a day that has only begun does not pass for a whole one."""
    wanted = select(pollers.c.day, func.count()).where(pollers.c.day >= yesterday)
    counts = {row[0]: row[1] for row in connection.execute(wanted.group_by(pollers.c.day))}
    return yesterday if counts.get(yesterday, 0) > counts.get(today, 0) else today


def crowds(connection: Connection, day: str) -> list[Crowd]:
    p = pollers.c
    alone = func.count().filter(p.subscribers == 0)
    wanted = select(p.key, p.reader, alone, func.sum(p.subscribers)).where(p.day == day)
    return [Crowd(*row) for row in connection.execute(wanted.group_by(p.key, p.reader))]


def alone_by_reader(connection: Connection, day: str) -> dict[str, int]:
    """How many read anything by themselves, by the kind of reader; one that reads several feeds is one."""
    p = pollers.c
    wanted = select(p.reader, func.count(p.poller.distinct())).where(p.day == day, p.subscribers == 0)
    return {row[0]: row[1] for row in connection.execute(wanted.group_by(p.reader))}


def worst_pollers(connection: Connection, since: str, limit: int) -> list[Mapping[str, Any]]:
    """Those that were sent the whole of one feed most often on one day: all but who they were."""
    p = pollers.c
    wanted = select(p.day, p.key, p.reader, p.requests, p.conditional, p.unchanged).where(p.day >= since)
    most_first = wanted.order_by((p.requests - p.unchanged).desc(), p.requests.desc(), p.day.desc(), p.key, p.poller)
    return [dict(row._mapping) for row in connection.execute(most_first.limit(limit))]
