"""What has come from the network or was handed over, until a run takes it in: the oldest first."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select

from feedsvc.store.store import chunks
from feedsvc.store.tables import inbox

READ, WITHDRAW = "read", "withdraw"
IN_TURN = 0x696E626F  # any number, as long as nobody else in the database locks it


@dataclass(frozen=True, slots=True)
class Item:
    """A document to read, or the place of an article to withdraw. `id` is given by the store."""

    source: str
    place: str
    action: str
    media_type: str
    url: str | None
    body: bytes
    fetched_at: datetime
    id: int = 0


def put(connection: Connection, items: Iterable[Item]) -> None:
    """Add items; they are accepted once the caller's transaction is."""
    _in_turn(connection)
    for some in chunks(items):
        connection.execute(insert(inbox), [_row(item) for item in some])


def put_instead(connection: Connection, source: str, items: Collection[Item]) -> None:
    """Add items of one source, each instead of whatever waits of its place."""
    for some in chunks(item.place for item in items):
        connection.execute(delete(inbox).where(inbox.c.source == source, inbox.c.place.in_(some)))
    put(connection, items)


def _in_turn(connection: Connection) -> None:
    """Let numbers become visible in their order, as they do in SQLite, which has one writer at a time.

    Else a lower one could appear after a higher one was taken in, and nobody would look for it.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(IN_TURN)))


def _row(item: Item) -> dict[str, object]:
    return {
        "source": item.source,
        "place": item.place,
        "action": item.action,
        "media_type": item.media_type,
        "url": item.url,
        "body": item.body,
        "fetched_at": item.fetched_at,
    }


def waiting(connection: Connection, limit: int, after: int = 0, limit_bytes: int | None = None) -> list[Item]:
    """The first items with numbers above `after`, the oldest first: at most `limit`, and no more when their bodies
    have come to `limit_bytes`. None are left when the list is empty."""
    wanted = select(inbox.c.id, func.length(inbox.c.body)).where(inbox.c.id > after)
    ids, size = [], 0
    for id, length in connection.execute(wanted.order_by(inbox.c.id).limit(limit)).all():
        ids.append(id)
        size += length
        if limit_bytes is not None and size >= limit_bytes:
            break
    return [item for some in chunks(ids) for item in _items(connection, _wanted().where(inbox.c.id.in_(some)))]


def of_places(connection: Connection, source: str, places: Iterable[str]) -> dict[str, Item]:
    """place → the newest item that waits of it, for those of these places of which one does."""
    found: dict[str, Item] = {}
    for some in chunks(places):
        wanted = _wanted().where(inbox.c.source == source, inbox.c.place.in_(some))
        found |= {item.place: item for item in _items(connection, wanted)}
    return found


def _wanted() -> Select[Any]:
    i = inbox.c
    return select(i.source, i.place, i.action, i.media_type, i.url, i.body, i.fetched_at, i.id).order_by(i.id)


def _items(connection: Connection, wanted: Select[Any]) -> Iterator[Item]:
    return (Item(*row) for row in connection.execute(wanted))


def take(connection: Connection, ids: Sequence[int]) -> None:
    """Remove items that were taken in, in the transaction that takes them in."""
    for some in chunks(ids):
        connection.execute(delete(inbox).where(inbox.c.id.in_(some)))


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(inbox)).scalar_one()


def newest_id(connection: Connection) -> int:
    """The number of the newest item, 0 for none: it tells whether something has come since."""
    return connection.execute(select(func.max(inbox.c.id))).scalar_one() or 0
