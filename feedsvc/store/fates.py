"""What has become of documents, by the source and the place that they came from. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from feedsvc.store.store import chunks
from feedsvc.store.tables import articles, documents, set_aside


@dataclass(frozen=True, slots=True)
class Fate:
    """`digest` is of the document that was read last, `aside` why it was set aside, or empty.

    The rest is of the article that it is: its id, whether readers have it, its time, since when it is withdrawn, and
    the source whose words readers get of it.
    """

    digest: str = ""
    aside: str = ""
    article: str | None = None
    served: bool = False
    published: datetime | None = None
    withdrawn: datetime | None = None
    leader: str = ""


def fates(connection: Connection, source: str, places: Iterable[str]) -> dict[str, Fate]:
    """place → what has become of it, for those of these places that a run has read."""
    found: dict[str, Fate] = {}
    for some in chunks(places):
        reasons = _reasons(connection, source, some)
        d, a = documents.c, articles.c
        columns = (d.place, d.digest, d.article_id, a.served, a.published, a.withdrawn, a.source)
        wanted = select(*columns).outerjoin(articles, a.id == d.article_id)
        for row in connection.execute(wanted.where(d.source == source, d.place.in_(some))):
            aside = reasons.get(row.place, "")
            served = bool(row.served)
            found[row.place] = Fate(
                row.digest, aside, row.article_id, served, row.published, row.withdrawn, row.source or ""
            )
    return found


def _reasons(connection: Connection, source: str, places: Iterable[str]) -> dict[str, str]:
    s = set_aside.c
    rows = connection.execute(select(s.place, s.reason).where(s.source == source, s.place.in_(list(places))))
    return {row.place: row.reason for row in rows}
