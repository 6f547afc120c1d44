"""What is set aside, in the store."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from feedsvc.store.tables import documents, set_aside


def lines(connection: Connection, limit: int) -> list[tuple[str, str, str, str, datetime]]:
    """(source, place, ref, reason, since), in that order."""
    s = set_aside.c
    wanted = select(s.source, s.place, s.ref, s.reason, s.since).order_by(s.source, s.place, s.ref).limit(limit)
    return [(row.source, row.place, row.ref, row.reason, row.since) for row in connection.execute(wanted)]


def forget_reading(connection: Connection, places: Iterable[tuple[str, str]]) -> None:
    """Let these (source, place) be read again, as if they were new."""
    for source, place in sorted(places):
        of = (documents.c.source == source, documents.c.place == place)
        connection.execute(update(documents).where(*of).values(digest="", stamp=""))


def remove(connection: Connection, source: str, place: str, ref: str) -> None:
    """Set one aside no more."""
    of = (set_aside.c.source == source, set_aside.c.place == place, set_aside.c.ref == ref)
    connection.execute(delete(set_aside).where(*of))
