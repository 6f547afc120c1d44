"""Where the articles are that a channel once had, as far as what its feed has shown tells. Nothing here writes."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from feedsvc.model import ChannelState
from feedsvc.store.reasons import SERVED
from feedsvc.store.store import chunks
from feedsvc.store.tables import archives, articles, channels, feeds, generations, members, runs

_Place = tuple[str, str, int, datetime | None]  # see Departure
NOWHERE: _Place = ("", "", 0, None)


@dataclass(frozen=True, slots=True)
class Departure:
    """How many of the articles that have left a channel are in another one now, since the run with that number.

    `slug` and `title` are empty, and `run` 0, for those that are in none; `run_at` is None for a run that is no
    longer kept.
    """

    slug: str
    title: str
    run: int
    run_at: datetime | None
    size: int


def departures(connection: Connection, slug: str) -> tuple[int, list[Departure]]:
    """How many articles have left a channel, and where they are now, the latest run first.

    Known of those that its feed has shown. What readers may see no more is not counted.
    """
    here = set(connection.execute(select(members.c.article_id).where(members.c.slug == slug)).scalars())
    size, went = 0, Counter[_Place]()
    for ids in chunks(sorted(_ever_shown(connection, f"channels/{slug}") - here)):
        left = set(connection.execute(select(articles.c.id).where(articles.c.id.in_(ids), SERVED)).scalars())
        homes = [(id, place) for id, place in _homes(connection, ids) if id in left]
        size += len(left)
        went.update(place for _, place in homes)
        went[NOWHERE] += len(left - {id for id, _ in homes})
    found = [Departure(*place, count) for place, count in went.items() if count]
    return size, sorted(found, key=lambda one: (-one.run, -one.size, one.slug))


def _homes(connection: Connection, ids: Collection[str]) -> Iterator[tuple[str, _Place]]:
    """Each of these articles with each channel that it is in."""
    c, m = channels.c, members.c
    wanted = (
        select(m.article_id, c.slug, c.title, m.run, runs.c.started_at)
        .join(channels, c.slug == m.slug)
        .outerjoin(runs, runs.c.id == m.run)
        .where(m.article_id.in_(ids), c.state != ChannelState.MERGED.value)
    )
    for id, slug, title, run, run_at in connection.execute(wanted):
        yield id, (slug, title, run, run_at)


def _ever_shown(connection: Connection, key: str) -> set[str]:
    """The ids of all that a feed shows, has in its archives, or is known to have shown once."""
    shown = connection.execute(select(generations.c.shown).where(generations.c.key == key)).scalars()
    filed = connection.execute(select(archives.c.ids).where(archives.c.key == key)).scalars()
    gone = connection.execute(select(feeds.c.gone).where(feeds.c.key == key)).scalars()
    ids = {str(entry[0]) for entries in shown for entry in entries or ()}
    return ids.union(*(some for some in (*filed, *gone) if some))
