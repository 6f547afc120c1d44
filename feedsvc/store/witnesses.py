"""The dates of articles in the store, as they were written and where."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from feedsvc.normalise.settle import Witness
from feedsvc.store.store import chunks, upsert
from feedsvc.store.tables import witnesses


def write_witnesses(connection: Connection, found: Sequence[Witness]) -> None:
    """Write the dates of which anything is other than it was."""
    for some in chunks(found):
        wanted = select(witnesses).where(witnesses.c.article_id.in_({one.article_id for one in some}))
        before = {tuple(row) for row in connection.execute(wanted)}
        rows = [_row(one) for one in some]
        upsert(connection, witnesses, [row for row in rows if tuple(row.values()) not in before])


def _row(one: Witness) -> dict[str, Any]:
    """In the order of the table's columns."""
    date = one.date
    return {
        "article_id": one.article_id,
        "role": one.role,
        "kind": one.kind.value,
        "text": date.text,
        "at": date.at,
        "zone": date.zone,
        "zone_assumed": date.zone_assumed,
        "precision": date.precision.value,
        "note": date.note,
        "origin": date.origin,
    }
