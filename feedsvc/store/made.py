"""Documents that were made when they were first asked for, in the store: found, kept, and the oldest dropped.

Keeping one is a favour to the next reader, never a condition for this one: it waits for a store that is being written
to for a moment only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from feedsvc.model import Snapshot
from feedsvc.store.articles import revision
from feedsvc.store.patience import writing_soon
from feedsvc.store.store import Store, upsert
from feedsvc.store.tables import made

PATIENCE_MS = 500
COMBINED = "/feeds?"  # what the paths of combined feeds begin with
MOST_COMBINED = 500  # anybody may think of another combination


@dataclass(frozen=True, slots=True)
class Made:
    """One representation as it was made. `coding` is "" for the bytes as they are.

    `digest` is of all that went into it; `modified` is when its bytes first came to be.
    """

    path: str
    coding: str
    digest: str
    media_type: str
    etag: str
    modified: datetime
    body: bytes


def representations(path: str, digest: str, snapshot: Snapshot, modified: datetime) -> dict[str, Made]:
    """coding → a representation of the document at `path`."""
    plain = {"": (snapshot.body, snapshot.etag), **snapshot.variants}
    return {
        coding: Made(path, coding, digest, snapshot.media_type, etag, modified, body)
        for coding, (body, etag) in plain.items()
    }


def find(connection: Connection, path: str, coding: str, digest: str) -> Made | None:
    """What stands at `path`, if it was made from what has this digest; plain where that coding gained nothing."""
    m = made.c
    columns = (m.path, m.encoding, m.digest, m.media_type, m.etag, m.modified, m.body)
    wanted = select(*columns).where(m.path == path, m.encoding.in_((coding, "")), m.digest == digest)
    row = connection.execute(wanted.order_by(m.encoding.desc()).limit(1)).one_or_none()
    return Made(*row[:-1], body=bytes(row.body)) if row else None


def last(connection: Connection, path: str) -> tuple[str, datetime] | None:
    """The ETag of the plain bytes that were last made for `path`, and since when they are what they are."""
    row = connection.execute(
        select(made.c.etag, made.c.modified).where(made.c.path == path, made.c.encoding == "")
    ).one_or_none()
    return (row.etag, row.modified) if row else None


def keep(store: Store, documents: Mapping[str, Made], as_of: int, now: datetime) -> None:
    """Let all representations of a document stand at its path, in place of those that did.

    Not if the articles have changed since the revision they were made `as_of`: one may have been withdrawn, and then
    nothing of it shall come into the store again. Raises SQLAlchemyError if nothing can be written at this moment.
    """
    rows = [
        {
            "path": one.path,
            "encoding": one.coding,
            "digest": one.digest,
            "media_type": one.media_type,
            "etag": one.etag,
            "modified": one.modified,
            "made_at": now,
            "body": one.body,
        }
        for one in documents.values()
    ]
    with writing_soon(store, PATIENCE_MS) as connection:
        if revision(connection) == as_of:
            upsert(connection, made, rows)
            _drop_former(connection, documents[""])
            _drop_oldest(connection)


def _drop_former(connection: Connection, stands: Made) -> None:
    """Forget what stood at a path in codings that gain nothing now."""
    connection.execute(delete(made).where(made.c.path == stands.path, made.c.digest != stands.digest))


def _drop_oldest(connection: Connection) -> None:
    """Forget the combined feeds that were least recently made."""
    combined = select(made.c.path).where(made.c.path.startswith(COMBINED, autoescape=True), made.c.encoding == "")
    old = connection.execute(combined.order_by(made.c.made_at.desc(), made.c.path).offset(MOST_COMBINED))
    if paths := old.scalars().all():
        connection.execute(delete(made).where(made.c.path.in_(paths)))
