"""What has become of channels: their turns, how far they reach, and where merged ones lead. Nothing here writes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from feedsvc.model import Event, Turn
from feedsvc.store.tables import articles, channels, lineage, members, runs


@dataclass(frozen=True, slots=True)
class Chapter:
    """A turn in the life of a channel, or of one that came from it or ended in it.

    `title` is that of the channel it happened to, `other` that of the event's other channel or "". `run_at` is None
    for a run that is no longer kept.
    """

    event: Event
    run: int
    run_at: datetime | None
    title: str
    other: str


@dataclass(frozen=True, slots=True)
class Extent:
    """How many articles that readers may see a channel has, and the times of the first and the last."""

    size: int
    first: datetime | None
    last: datetime | None


def history(connection: Connection, slug: str, limit: int) -> tuple[list[Chapter], int]:
    """The latest turns first, and how many more there are."""
    c, other = lineage.c, channels.alias("other")
    # A former title may look like a slug.
    names_other = c.turn.in_((Turn.SPLIT.value, Turn.MERGED.value))
    wanted = (
        select(lineage, runs.c.started_at, channels.c.title, other.c.title.label("other_title"))
        .add_columns(func.count().over().label("among"))
        .join(channels, channels.c.slug == c.slug)
        .outerjoin(other, and_(names_other, other.c.slug == c.other))
        .outerjoin(runs, runs.c.id == c.run)
        .where(or_(c.slug == slug, and_(names_other, c.other == slug)))
        .order_by(c.id.desc())
        .limit(limit)
    )
    rows = connection.execute(wanted).all()
    chapters = [
        Chapter(
            Event(row.slug, Turn(row.turn), row.at, row.other, row.articles),
            row.run,
            row.started_at,
            row.title,
            row.other_title or "",
        )
        for row in rows
    ]
    return chapters, rows[0].among - len(rows) if rows else 0


def birth(connection: Connection, slug: str) -> tuple[int, datetime | None] | None:
    """The run in which a channel came to be and its time, as far as they are known."""
    wanted = (
        select(lineage.c.run, runs.c.started_at)
        .outerjoin(runs, runs.c.id == lineage.c.run)
        .where(lineage.c.slug == slug, lineage.c.turn.in_((Turn.BORN.value, Turn.SPLIT.value)))
        .order_by(lineage.c.id)
    )
    row = connection.execute(wanted.limit(1)).one_or_none()
    return (row[0], row[1]) if row else None


def extent(connection: Connection, slug: str) -> Extent:
    at = articles.c.published
    wanted = (
        select(func.count(), func.min(at), func.max(at))
        .join(members, members.c.article_id == articles.c.id)
        .where(members.c.slug == slug, articles.c.served, articles.c.withdrawn.is_(None))
    )
    return Extent(*connection.execute(wanted).one())


def leads_to(connection: Connection, slug: str) -> list[str]:
    """The channels that the addresses of a merged one redirect to, one after the other."""
    found: list[str] = []
    while (heir := _heir(connection, found[-1] if found else slug)) and heir not in found:
        found.append(heir)
    return found


def _heir(connection: Connection, slug: str) -> str | None:
    return connection.execute(select(channels.c.heir).where(channels.c.slug == slug)).scalar_one_or_none()
