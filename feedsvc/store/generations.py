"""Generations, their snapshots and archives in the store: what readers were given, and what a run gives them next."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from feedsvc.model import Channel, ChannelState, Snapshot
from feedsvc.publish.guard import Shown
from feedsvc.publish.window import Past
from feedsvc.store.store import chunks, read_mark, upsert, write_mark
from feedsvc.store.tables import archives, articles, channels, deltas, feeds, generations, holds, members, snapshots

NOTHING: Mapping[str, Any] = MappingProxyType({})
PUBLICATION = "publication"  # grows whenever other bytes are to be served
FOLLOWED = "feeds follow"  # what the standing feeds were made from
KEPT_GENERATIONS = 5  # a reader in mid-answer finds its bytes, and one that comes often gets only what has changed
MOST_GONE = 2000  # ids of a feed that are remembered after they have gone from it


@dataclass(frozen=True, slots=True)
class Standing:
    """The generation that readers get of a feed now."""

    id: str
    generation: int
    digest: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Former:
    """A kept generation of a feed: what it showed, and by format the digest that its ETags are made of."""

    shown: tuple[Shown, ...]
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Delta:
    """A feed in one format with only the entries that have changed since the generation with the tag `since`."""

    format: str
    since: str
    body: bytes


@dataclass(frozen=True, slots=True)
class NewGeneration:
    """A feed made anew: its snapshots, and what planning needs to see whether it still stands.

    `closed` are the ids of further archives, and `gone` all the entries that went without going into one.
    """

    key: str
    id: str
    digest: str
    newest: datetime | None
    entries: int
    snapshots: tuple[Snapshot, ...]
    shown: tuple[Shown, ...] = ()
    closed: tuple[tuple[str, ...], ...] = ()
    gone: frozenset[str] = frozenset()
    deltas: tuple[Delta, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """A generation that may not go out: since when, why, and whether an operator lets it."""

    since: datetime
    reasons: tuple[str, ...]
    released: bool = False


def followed(connection: Connection) -> str | None:
    """What the standing feeds were made from, as a run wrote it down."""
    return read_mark(connection, FOLLOWED)


def standing(connection: Connection) -> dict[str, Standing]:
    """key → the generation that stands."""
    wanted = select(feeds.c.key, feeds.c.id, feeds.c.generation, generations.c.digest, generations.c.published_at).join(
        generations, and_(generations.c.key == feeds.c.key, generations.c.generation == feeds.c.generation)
    )
    return {
        row.key: Standing(row.id, row.generation, row.digest, row.published_at) for row in connection.execute(wanted)
    }


def pasts(connection: Connection) -> dict[str, Past]:
    """key → what the feed has shown before its standing generation."""
    filed: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for row in connection.execute(select(archives.c.key, archives.c.ids).order_by(archives.c.key, archives.c.number)):
        filed[row.key].append(tuple(row.ids))
    gone = {row.key: frozenset(row.gone or ()) for row in connection.execute(select(feeds.c.key, feeds.c.gone))}
    return {key: Past(tuple(filed[key]), gone.get(key, frozenset())) for key in filed.keys() | gone.keys()}


def formers(connection: Connection, keys: Collection[str]) -> dict[str, list[Former]]:
    """key → the kept generations of each of these feeds, the newest (which stands) first."""
    found: dict[str, list[Former]] = {}
    g, s = generations.c, snapshots.c
    for some in chunks(sorted(keys)):
        tags: dict[tuple[str, int], dict[str, str]] = defaultdict(dict)
        plain = select(s.key, s.generation, s.format, s.etag).where(s.key.in_(some), s.encoding == "")
        for row in connection.execute(plain):
            tags[row.key, row.generation][row.format] = row.etag.strip('"')
        wanted = select(g.key, g.generation, g.shown).where(g.key.in_(some)).order_by(g.key, g.generation.desc())
        for made in connection.execute(wanted):
            shown = tuple(_read_shown(one) for one in made.shown or ())
            found.setdefault(made.key, []).append(Former(shown, tags[made.key, made.generation]))
    return found


def _read_shown(stored: Sequence[Any]) -> Shown:
    id, published, updated, digest, trace = stored
    return Shown(id, datetime.fromtimestamp(published, UTC), datetime.fromtimestamp(updated, UTC), digest, trace)


def _stored_shown(one: Shown) -> list[Any]:
    return [one.id, one.published.timestamp(), one.updated.timestamp(), one.digest, one.trace]


def endings(connection: Connection) -> dict[str, datetime]:
    """slug → since when a retired channel is no more."""
    wanted = select(channels.c.slug, channels.c.ended).where(
        channels.c.state == ChannelState.RETIRED.value, channels.c.ended.is_not(None)
    )
    return {row.slug: row.ended for row in connection.execute(wanted)}


def read_holds(connection: Connection) -> dict[str, Hold]:
    """key → what is held back of it."""
    return {row.key: Hold(row.since, tuple(row.reasons), row.released) for row in connection.execute(select(holds))}


def release(connection: Connection, key: str) -> bool:
    """Let the next generation of a feed out, whatever it does. Returns whether one was held back."""
    return connection.execute(update(holds).where(holds.c.key == key).values(released=True)).rowcount > 0


def write_holds(connection: Connection, held: Mapping[str, Hold]) -> None:
    """Replace what is held back."""
    connection.execute(delete(holds))
    rows = [
        {"key": key, "since": hold.since, "reasons": list(hold.reasons), "released": hold.released}
        for key, hold in sorted(held.items())
    ]
    if rows:
        connection.execute(insert(holds), rows)


def publish(
    connection: Connection,
    before: Sequence[Channel],
    after: Sequence[Channel],
    generations_made: Sequence[NewGeneration],
    shown: Iterable[str],
    follows: str,
    now: datetime,
    run: int,
    ended: Mapping[str, datetime] = NOTHING,
) -> None:
    """Let a run's channels and feeds stand, all in the caller's one transaction.

    `shown` are the articles that readers may see for the first time; `ended` says since when channels are no more.
    """
    _write_channels(connection, before, after, run, ended)
    stands = standing(connection)
    for made in generations_made:
        _write_generation(connection, made, stands.get(made.key), now)
    _freeze(connection, shown)
    # It also stands for what the clock alone changes, such as the addresses of a channel whose farewell is over.
    changed = followed(connection) != follows
    write_mark(connection, FOLLOWED, follows)
    if generations_made or changed or list(before) != list(after):
        announce(connection)


def forget_former_bytes(connection: Connection, id: str) -> None:
    """Delete the bytes of former generations that showed an article."""
    stands = standing(connection)
    wanted = select(generations.c.key, generations.c.generation, generations.c.shown).order_by(generations.c.key)
    for row in connection.execute(wanted).all():
        # What has no entries, such as a sitemap, does not say whether it showed it.
        showed = not row.shown or any(one[0] == id for one in row.shown)
        if row.generation != stands[row.key].generation and showed:
            of = (snapshots.c.key == row.key, snapshots.c.generation == row.generation)
            connection.execute(delete(snapshots).where(*of))


def announce(connection: Connection) -> None:
    """Let the web processes look at everything anew."""
    write_mark(connection, PUBLICATION, str(int(read_mark(connection, PUBLICATION) or 0) + 1))


def _write_channels(
    connection: Connection, before: Sequence[Channel], after: Sequence[Channel], run: int, ended: Mapping[str, datetime]
) -> None:
    was = {channel.slug: channel for channel in before}
    changed = [channel for channel in after if was.get(channel.slug) != channel]
    # An heir must be there before the one that names it.
    in_order = sorted(changed, key=lambda c: (c.state is ChannelState.MERGED, c.slug))
    rows = [
        {
            "slug": channel.slug,
            "title": channel.title,
            "description": channel.description,
            "origin": channel.origin.value,
            "state": channel.state.value,
            "heir": channel.heir,
            "born": channel.born,
            "image": channel.image,
            "language": channel.language,
            "rival": channel.rival,
            "rival_runs": channel.rival_runs,
            "ended": ended.get(channel.slug),
        }
        for channel in in_order
    ]
    upsert(connection, channels, rows)
    members_before = {slug: channel.members for slug, channel in was.items()}
    _write_members(connection, members_before, {channel.slug: channel.members for channel in changed}, run)


def _write_members(
    connection: Connection, before: Mapping[str, frozenset[str]], now: Mapping[str, frozenset[str]], run: int
) -> None:
    """Write who has come to these channels and who has gone."""
    new = []
    for slug in sorted(now):
        was = before.get(slug, frozenset())
        for ids in chunks(sorted(was - now[slug])):
            connection.execute(delete(members).where(members.c.slug == slug, members.c.article_id.in_(ids)))
        new += [{"slug": slug, "article_id": id, "run": run} for id in sorted(now[slug] - was)]
    for rows in chunks(new):
        upsert(connection, members, rows, plain=True)


def _write_generation(connection: Connection, made: NewGeneration, stands: Standing | None, now: datetime) -> None:
    number = stands.generation + 1 if stands else 1
    gone = sorted(made.gone)[:MOST_GONE]
    upsert(connection, feeds, [{"key": made.key, "id": made.id, "generation": number, "gone": gone}])
    connection.execute(
        insert(generations).values(
            key=made.key,
            generation=number,
            digest=made.digest,
            published_at=now,
            newest=made.newest,
            entries=made.entries,
            shown=[_stored_shown(one) for one in made.shown],
        )
    )
    _write_archives(connection, made, now)
    connection.execute(
        insert(snapshots), [row for one in made.snapshots for row in _snapshot_rows(made.key, number, one)]
    )
    connection.execute(delete(deltas).where(deltas.c.key == made.key))
    if made.deltas:
        of = {"key": made.key, "generation": number}
        connection.execute(
            insert(deltas), [{**of, "format": d.format, "since": d.since, "body": d.body} for d in made.deltas]
        )
    old = number - KEPT_GENERATIONS
    connection.execute(delete(snapshots).where(snapshots.c.key == made.key, snapshots.c.generation <= old))
    connection.execute(delete(generations).where(generations.c.key == made.key, generations.c.generation <= old))


def _write_archives(connection: Connection, made: NewGeneration, now: datetime) -> None:
    if not made.closed:
        return
    of = archives.c.key == made.key
    filed = connection.execute(select(func.count()).select_from(archives).where(of)).scalar_one()
    of_all = {"key": made.key, "closed_at": now}
    rows = [{**of_all, "number": filed + n, "ids": list(ids)} for n, ids in enumerate(made.closed, 1)]
    connection.execute(insert(archives), rows)


def _snapshot_rows(key: str, number: int, one: Snapshot) -> list[dict[str, Any]]:
    plain: Mapping[str, tuple[bytes, str]] = {"": (one.body, one.etag), **one.variants}
    return [
        {
            "key": key,
            "generation": number,
            "format": one.format,
            "encoding": encoding,
            "media_type": one.media_type,
            "etag": etag,
            "body": body,
        }
        for encoding, (body, etag) in plain.items()
    ]


def _freeze(connection: Connection, ids: Iterable[str]) -> None:
    """From now on these articles keep the time they were published."""
    for some in chunks(sorted(ids)):
        connection.execute(update(articles).where(articles.c.id.in_(some)).values(served=True))
