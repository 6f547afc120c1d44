"""Channels, generations and snapshots in the store: what theming and planning ask, and what a run publishes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, exists, func, insert, or_, select, update

from feedsvc.model import Article, Channel, ChannelState, Credit, Image, Origin, RelatedLink, Snapshot
from feedsvc.store.store import chunks, read_mark, upsert, write_mark
from feedsvc.store.tables import articles, channels, feeds, generations, links, members, snapshots

PUBLICATION = "publication"  # grows whenever other bytes are to be served
FOLLOWED = "feeds follow"  # what the standing feeds were made from
SHOWN_LINKS = 10  # of an article in a feed
KEPT_GENERATIONS = 3  # a reader in mid-answer still finds the bytes of the generation before


@dataclass(frozen=True, slots=True)
class PublicArticle:
    """What theming and planning need of every article that readers may see."""

    id: str
    source: str
    url_key: str | None
    title: str
    stub: bool
    published: datetime
    updated: datetime | None
    digest: str
    served: bool


@dataclass(frozen=True, slots=True)
class Content:
    """What else theming needs of an article, once."""

    summary: str
    body_html: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """The generation that readers get of a feed now."""

    id: str
    generation: int
    digest: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class NewGeneration:
    """A feed made anew: its snapshots, and what planning needs to see whether it still stands."""

    key: str
    id: str
    digest: str
    newest: datetime | None
    entries: int
    snapshots: tuple[Snapshot, ...]


def followed(connection: Connection) -> str | None:
    """What the standing feeds were made from, as a run wrote it down."""
    return read_mark(connection, FOLLOWED)


def count_public(connection: Connection, now: datetime) -> int:
    """How many articles `public_articles` would give."""
    return connection.execute(select(func.count()).select_from(articles).where(_public(now))).scalar_one()


def public_articles(connection: Connection, now: datetime) -> list[PublicArticle]:
    """Everything readers may see: published by now, and for a stub, listed by a page that is.

    What an embargoed page lists says what it is about, so its stubs wait with it.
    """
    a = articles.c
    columns = (a.id, a.source, a.url_key, a.title, a.stub, a.published, a.updated, a.digest, a.served)
    wanted = select(*columns).where(_public(now)).order_by(a.published, a.id)
    return [PublicArticle(*row) for row in connection.execute(wanted).all()]


def contents(connection: Connection, ids: Iterable[str]) -> Iterator[tuple[str, Content]]:
    """(id, content) of each of these articles, a page at a time."""
    a = articles.c
    for some in chunks(sorted(ids)):
        wanted = select(a.id, a.summary, a.body_html, a.authors, a.tags).where(a.id.in_(some)).order_by(a.id)
        for row in connection.execute(wanted):
            yield row.id, Content(row.summary, row.body_html, tuple(row.authors), tuple(row.tags))


def _public(now: datetime) -> Any:
    a, lister = articles.c, articles.alias("lister")
    listed = exists().where(links.c.target_id == a.id, links.c.article_id == lister.c.id, lister.c.published <= now)
    return and_(a.published <= now, a.merged_into.is_(None), or_(a.stub.is_(False), a.served, listed))


def next_due(connection: Connection, now: datetime) -> datetime | None:
    """When the next article that may not be seen yet is due, if there is one."""
    wanted = select(articles.c.published).where(articles.c.published > now).order_by(articles.c.published).limit(1)
    return connection.execute(wanted).scalar_one_or_none()


def all_channels(connection: Connection) -> list[Channel]:
    """Every channel there ever was, with its members, by slug."""
    ids: dict[str, set[str]] = {}
    for slug, id in connection.execute(select(members.c.slug, members.c.article_id)).all():
        ids.setdefault(slug, set()).add(id)
    wanted = select(channels).order_by(channels.c.slug)
    return [channel_of(row, frozenset(ids.get(row.slug, ()))) for row in connection.execute(wanted)]


def channel_of(row: Row[Any], members: frozenset[str] = frozenset()) -> Channel:
    return Channel(
        slug=row.slug,
        title=row.title,
        origin=Origin(row.origin),
        description=row.description,
        state=ChannelState(row.state),
        heir=row.heir,
        members=members,
        born=row.born,
        image=row.image,
        language=row.language,
        rival=row.rival,
        rival_runs=row.rival_runs,
    )


def whole_articles(connection: Connection, ids: Iterable[str]) -> dict[str, Article]:
    """Articles as feeds show them, with the first related links that readers may see, by id."""
    found = {}
    for some in chunks(sorted(set(ids))):
        related = _shown_links(connection, some)
        for row in connection.execute(select(articles).where(articles.c.id.in_(some))):
            found[row.id] = article(row, related.get(row.id, ()))
    return found


def _shown_links(connection: Connection, ids: Sequence[str]) -> dict[str, list[RelatedLink]]:
    """What these articles list, as it is called by now: a correction of a title is one everywhere."""
    a = articles.c
    wanted = (
        select(links.c.article_id, a.id, a.title, links.c.url, a.url.label("own_url"), a.published)
        .join(articles, a.id == links.c.target_id)
        .where(links.c.article_id.in_(ids), links.c.listed, a.served, a.withdrawn.is_(None))
        .order_by(links.c.article_id, links.c.position)
    )
    found: dict[str, list[RelatedLink]] = {}
    for row in connection.execute(wanted):
        listed = found.setdefault(row.article_id, [])
        if len(listed) < SHOWN_LINKS:
            listed.append(RelatedLink(row.title, row.own_url or row.url, row.published, row.id))
    return found


def article(row: Row[Any], related: Sequence[RelatedLink] = ()) -> Article:
    return Article(
        id=row.id,
        source=row.source,
        title=row.title,
        published=row.published,
        updated=row.updated,
        url=row.url,
        stub=row.stub,
        authors=tuple(row.authors),
        subtitle=row.subtitle,
        summary=row.summary,
        body_html=row.body_html,
        tags=tuple(row.tags),
        language=row.language,
        image=Image(row.image, row.image_type, row.image_length) if row.image else None,
        rights=row.rights,
        credit=Credit(row.credit_title, row.credit_url) if row.credit_title else None,
        note=row.note,
        withdrawn=row.withdrawn,
        related=tuple(related),
    )


def standing(connection: Connection) -> dict[str, Standing]:
    """key → the generation that stands."""
    wanted = select(feeds.c.key, feeds.c.id, feeds.c.generation, generations.c.digest, generations.c.published_at).join(
        generations, and_(generations.c.key == feeds.c.key, generations.c.generation == feeds.c.generation)
    )
    return {
        row.key: Standing(row.id, row.generation, row.digest, row.published_at) for row in connection.execute(wanted)
    }


def publish(
    connection: Connection,
    before: Sequence[Channel],
    after: Sequence[Channel],
    generations_made: Sequence[NewGeneration],
    shown: Iterable[str],
    follows: str,
    now: datetime,
    run: int,
) -> None:
    """Let a run's channels and feeds stand, all in the caller's one transaction.

    `shown` are the articles that readers may see for the first time.
    """
    _write_channels(connection, before, after, run)
    stands = standing(connection)
    for made in generations_made:
        _write_generation(connection, made, stands.get(made.key), now)
    _freeze(connection, shown)
    write_mark(connection, FOLLOWED, follows)
    if generations_made or list(before) != list(after):
        write_mark(connection, PUBLICATION, str(int(read_mark(connection, PUBLICATION) or 0) + 1))


def _write_channels(connection: Connection, before: Sequence[Channel], after: Sequence[Channel], run: int) -> None:
    was = {channel.slug: channel for channel in before}
    # An heir must be there before the one that names it.
    for channel in sorted(after, key=lambda c: (c.state is ChannelState.MERGED, c.slug)):
        former = was.get(channel.slug)
        if former == channel:
            continue
        row = {
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
        }
        upsert(connection, channels, [row])
        _write_members(connection, channel.slug, former.members if former else frozenset(), channel.members, run)


def _write_members(connection: Connection, slug: str, was: frozenset[str], now: frozenset[str], run: int) -> None:
    for ids in chunks(sorted(was - now)):
        connection.execute(delete(members).where(members.c.slug == slug, members.c.article_id.in_(ids)))
    for ids in chunks(sorted(now - was)):
        upsert(connection, members, [{"slug": slug, "article_id": id, "run": run} for id in ids])


def _write_generation(connection: Connection, made: NewGeneration, stands: Standing | None, now: datetime) -> None:
    number = stands.generation + 1 if stands else 1
    upsert(connection, feeds, [{"key": made.key, "id": made.id, "generation": number}])
    connection.execute(
        insert(generations).values(
            key=made.key,
            generation=number,
            digest=made.digest,
            published_at=now,
            newest=made.newest,
            entries=made.entries,
        )
    )
    connection.execute(
        insert(snapshots), [row for one in made.snapshots for row in _snapshot_rows(made.key, number, one)]
    )
    old = number - KEPT_GENERATIONS
    connection.execute(delete(snapshots).where(snapshots.c.key == made.key, snapshots.c.generation <= old))
    connection.execute(delete(generations).where(generations.c.key == made.key, generations.c.generation <= old))


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
