"""What has come from the network or was handed over, until a run takes it in: the oldest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from feedsvc.store.store import chunks
from feedsvc.store.tables import inbox

READ, WITHDRAW = "read", "withdraw"


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
    for some in chunks(items):
        connection.execute(insert(inbox), [_row(item) for item in some])


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


def waiting(connection: Connection, limit: int) -> list[Item]:
    """The first items, the oldest first."""
    i = inbox.c
    columns = (i.source, i.place, i.action, i.media_type, i.url, i.body, i.fetched_at, i.id)
    rows = connection.execute(select(*columns).order_by(i.id).limit(limit))
    return [Item(*row[:5], bytes(row.body), *row[6:]) for row in rows]


def take(connection: Connection, ids: Sequence[int]) -> None:
    """Remove items that were taken in, in the transaction that takes them in."""
    for some in chunks(ids):
        connection.execute(delete(inbox).where(inbox.c.id.in_(some)))


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(inbox)).scalar_one()


def newest_id(connection: Connection) -> int:
    """The number of the newest item, 0 for none: it tells whether something has come since."""
    return connection.execute(select(func.max(inbox.c.id))).scalar_one() or 0
