"""What the web pages, the command line and the health report read. Nothing here writes.

Readers see what was published (`served`); operators, through `every_article`, see all there is.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, not_, or_, select

from feedsvc.model import Article, Channel, ChannelState, Origin, RelatedLink, Turn
from feedsvc.store.copies import article_with_copy, shown_copies
from feedsvc.store.feeds import article, channel_of
from feedsvc.store.generations import PUBLICATION
from feedsvc.store.store import chunks, read_mark
from feedsvc.store.tables import (
    articles,
    channels,
    deltas,
    documents,
    feeds,
    generations,
    lineage,
    links,
    members,
    pages,
    set_aside,
    snapshots,
    source_states,
    witnesses,
)

NEVER = datetime(1, 1, 2, tzinfo=UTC)
STANDING = [state.value for state in ChannelState if state.stands]


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """A channel as a list of channels shows it. Times are of its members; `published_at` of its generation."""

    slug: str
    title: str
    description: str
    origin: Origin
    size: int
    newest: datetime | None
    published_at: datetime | None
    state: ChannelState
    language: str | None


@dataclass(frozen=True, slots=True)
class Pointer:
    """One stored representation of a feed: where its bytes are, and what a header says of them."""

    key: str
    generation: int
    format: str
    encoding: str
    media_type: str
    etag: str
    size: int
    published_at: datetime


def publication(connection: Connection) -> int:
    """A number that grows whenever other bytes are to be served."""
    return int(read_mark(connection, PUBLICATION) or 0)


def pointers(connection: Connection) -> list[Pointer]:
    """Every representation that stands."""
    s, stands = snapshots.c, and_(snapshots.c.key == feeds.c.key, snapshots.c.generation == feeds.c.generation)
    made = and_(generations.c.key == feeds.c.key, generations.c.generation == feeds.c.generation)
    size = func.length(s.body)  # without reading it, in both databases
    wanted = (
        select(s.key, s.generation, s.format, s.encoding, s.media_type, s.etag, size, generations.c.published_at)
        .join(feeds, stands)
        .join(generations, made)
    )
    return [Pointer(*row) for row in connection.execute(wanted)]


def heirs(connection: Connection) -> dict[str, str]:
    """merged slug → the slug of the channel that took its place."""
    wanted = select(channels.c.slug, channels.c.heir).where(channels.c.heir.is_not(None))
    return {row.slug: row.heir for row in connection.execute(wanted)}


def gone(connection: Connection, now: datetime, farewell: timedelta) -> set[str]:
    """The slugs of the channels that ended longer ago than it is told: their addresses lead nowhere."""
    wanted = select(channels.c.slug).where(channels.c.state == ChannelState.RETIRED.value)
    return set(connection.execute(wanted.where(func.coalesce(channels.c.ended, NEVER) <= now - farewell)).scalars())


def body(connection: Connection, pointer: Pointer) -> bytes | None:
    """The stored bytes, or None when that generation is no longer kept."""
    s = snapshots.c
    where = (s.key == pointer.key, s.generation == pointer.generation)
    wanted = select(s.body).where(*where, s.format == pointer.format, s.encoding == pointer.encoding)
    found = connection.execute(wanted).scalar_one_or_none()
    return bytes(found) if found is not None else None


def deltas_since(connection: Connection) -> dict[tuple[str, str], frozenset[str]]:
    """(key, format) → the digests of the former generations for which what has changed is stored."""
    d, stands = deltas.c, and_(deltas.c.key == feeds.c.key, deltas.c.generation == feeds.c.generation)
    found: dict[tuple[str, str], set[str]] = {}
    for key, format, since in connection.execute(select(d.key, d.format, d.since).join(feeds, stands)):
        found.setdefault((key, format), set()).add(since)
    return {feed: frozenset(digests) for feed, digests in found.items()}


def delta(connection: Connection, pointer: Pointer, since: str) -> bytes | None:
    """The plain bytes of what has changed since a former generation, or None when they are no longer kept."""
    d = deltas.c
    where = (d.key == pointer.key, d.generation == pointer.generation, d.format == pointer.format, d.since == since)
    found = connection.execute(select(d.body).where(*where)).scalar_one_or_none()
    return bytes(found) if found is not None else None


def shown_ids(connection: Connection) -> dict[str, list[str]]:
    """key → the ids of the articles in the standing generation, in their order; none for one that tells them not."""
    g, stands = generations.c, and_(generations.c.key == feeds.c.key, generations.c.generation == feeds.c.generation)
    wanted = select(g.key, g.shown).join(feeds, stands)
    return {key: [str(entry[0]) for entry in shown or ()] for key, shown in connection.execute(wanted)}


def channel_lines(connection: Connection) -> list[ChannelLine]:
    """The channels that are served, the one with the newest article first and that of the rest last."""
    key = "channels/" + channels.c.slug
    size, newest = func.count(articles.c.id), func.max(articles.c.published)
    wanted = (
        select(channels, size.label("size"), newest.label("newest"), generations.c.published_at)
        .outerjoin(members, members.c.slug == channels.c.slug)
        .outerjoin(
            articles, and_(articles.c.id == members.c.article_id, articles.c.served, articles.c.withdrawn.is_(None))
        )
        .outerjoin(feeds, feeds.c.key == key)
        .outerjoin(generations, and_(generations.c.key == key, generations.c.generation == feeds.c.generation))
        .where(channels.c.state.in_(STANDING))
        .group_by(*channels.c, generations.c.published_at)
        .order_by(channels.c.origin == Origin.REST, newest.desc().nulls_last(), channels.c.slug)
    )
    return [
        ChannelLine(
            slug=row.slug,
            title=row.title,
            description=row.description,
            origin=Origin(row.origin),
            size=row.size,
            newest=row.newest,
            published_at=row.published_at,
            state=ChannelState(row.state),
            language=row.language,
        )
        for row in connection.execute(wanted)
    ]


def channel(connection: Connection, slug: str) -> Channel | None:
    """A channel by its slug, merged ones too, without its members."""
    row = connection.execute(select(channels).where(channels.c.slug == slug)).one_or_none()
    if row is None:
        return None
    return channel_of(row)


def titles(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """id → title."""
    wanted = select(articles.c.id, articles.c.title)
    return {
        row.id: row.title
        for some in chunks(sorted(ids))
        for row in connection.execute(wanted.where(articles.c.id.in_(some)))
    }


def channel_articles(connection: Connection, slug: str, limit: int, offset: int = 0) -> list[Article]:
    """A page of a channel's articles, newest first, without their related links."""
    wanted = select(articles).join(members, members.c.article_id == articles.c.id).where(members.c.slug == slug)
    shown = (articles.c.served, articles.c.withdrawn.is_(None), articles.c.published.is_not(None))
    return _page(connection, wanted.where(*shown), limit, offset)


def newest_articles(connection: Connection, limit: int, offset: int = 0) -> list[Article]:
    """A page of everything that readers may see, newest first, without related links."""
    shown = (articles.c.served, articles.c.withdrawn.is_(None), articles.c.merged_into.is_(None))
    return _page(connection, select(articles).where(*shown), limit, offset)


def _page(connection: Connection, wanted: Select[Any], limit: int, offset: int) -> list[Article]:
    newest_first = wanted.order_by(articles.c.published.desc(), articles.c.id.desc())
    return [article(row) for row in connection.execute(newest_first.limit(limit).offset(offset))]


def public_article(connection: Connection, id: str) -> Article | str | None:
    """An article that readers may see, with the related links that they may see.

    A stub that turned out to be another article gives that one's id. None for one that is not public. Of one that
    has its `withdrawn` time, nothing else may be shown.
    """
    row = connection.execute(select(articles).where(articles.c.id == id)).one_or_none()
    if row is None or (row.merged_into is None and not row.served):
        return None
    if row.merged_into:
        return str(row.merged_into)
    shown = (articles.c.served, articles.c.withdrawn.is_(None))
    wanted = _related().where(links.c.article_id == id, links.c.listed, *shown)
    related = [_related_link(one) for one in connection.execute(wanted)]
    return article(row, related, shown_copies(connection, [id]).get(id, ()))


def article_channels(connection: Connection, id: str, states: Collection[str] = STANDING) -> list[Channel]:
    """The channels an article is in, those that stand unless other `states` are asked for."""
    wanted = select(channels).join(members, members.c.slug == channels.c.slug).where(members.c.article_id == id)
    rows = connection.execute(wanted.where(channels.c.state.in_(states)).order_by(channels.c.slug))
    return [channel_of(row) for row in rows]


def _related() -> Select[Any]:
    columns = (links.c.article_id, links.c.target_id, links.c.title, links.c.url, links.c.published)
    return (
        select(*columns)
        .join(articles, articles.c.id == links.c.target_id)
        .order_by(links.c.article_id, links.c.position)
    )


def _related_link(row: Row[Any]) -> RelatedLink:
    return RelatedLink(row.title, row.url, row.published, row.target_id)


def every_article(connection: Connection) -> Iterator[Article]:
    """All articles and stubs with their related lists, by id, a page at a time. For operators."""
    ids = connection.execute(select(articles.c.id).where(articles.c.merged_into.is_(None)).order_by(articles.c.id))
    for some in chunks(ids.scalars().all()):
        related: dict[str, list[RelatedLink]] = {}
        for row in connection.execute(_related().where(links.c.article_id.in_(some), links.c.listed)):
            related.setdefault(row.article_id, []).append(_related_link(row))
        for row in connection.execute(select(articles).where(articles.c.id.in_(some)).order_by(articles.c.id)):
            yield article(row, related.get(row.id, ()))


def channel_members(connection: Connection, slug: str) -> list[Mapping[str, Any]]:
    """id, url, title and published of every article of a channel, newest first."""
    a = articles.c
    wanted = select(a.id, a.url, a.title, a.published).join(members, members.c.article_id == a.id)
    newest_first = wanted.where(members.c.slug == slug).order_by(a.published.desc(), a.id.desc())
    return [dict(row._mapping) for row in connection.execute(newest_first)]


def count_articles(connection: Connection) -> dict[str, int]:
    """How many articles readers may see: whole ones and stubs."""
    seen = and_(articles.c.served, articles.c.withdrawn.is_(None), articles.c.merged_into.is_(None))
    wanted = select(articles.c.stub, func.count()).where(seen).group_by(articles.c.stub)
    counts = {bool(stub): number for stub, number in connection.execute(wanted)}
    return {"whole": counts.get(False, 0), "stubs": counts.get(True, 0)}


def set_aside_lines(connection: Connection, limit: int) -> list[Mapping[str, Any]]:
    """What is set aside, the latest first: source, place, ref, reason, since."""
    wanted = select(set_aside).order_by(
        set_aside.c.since.desc(), set_aside.c.source, set_aside.c.place, set_aside.c.ref
    )
    return [dict(row._mapping) for row in connection.execute(wanted.limit(limit))]


def documents_by_source(connection: Connection) -> dict[str, int]:
    """source name → how many documents were read from it, without those of an article that may not be seen."""
    shown = or_(documents.c.article_id.is_(None), articles.c.served, articles.c.merged_into.is_not(None))
    wanted = (
        select(documents.c.source, func.count())
        .outerjoin(articles, articles.c.id == documents.c.article_id)
        .where(shown)
        .group_by(documents.c.source)
    )
    return {row[0]: row[1] for row in connection.execute(wanted)}


def article_witnesses(connection: Connection, id: str) -> list[Mapping[str, Any]]:
    """Every date that is kept of an article, as it was written and as it was read."""
    wanted = select(witnesses).where(witnesses.c.article_id == id).order_by(witnesses.c.role, witnesses.c.kind)
    return [dict(row._mapping) for row in connection.execute(wanted)]


def article_fetched(connection: Connection, id: str, source: str) -> tuple[datetime, bool] | None:
    """When the network was last asked for the page of an article (true), else for all of its source (false).

    None where nobody goes there for it, as for a file.
    """
    its_own = and_(documents.c.source == pages.c.source, documents.c.place == pages.c.url)
    page = select(func.max(pages.c.checked_at)).join(documents, its_own).where(documents.c.article_id == id)
    if at := connection.execute(page).scalar_one():
        return at, True
    state = select(source_states.c.last_good).where(source_states.c.source == source)
    at = connection.execute(state).scalar_one_or_none()
    return (at, False) if at else None


def article_asides(connection: Connection, id: str, url: str | None, limit: int) -> list[Mapping[str, Any]]:
    """What is set aside of the documents that are this article, or lie at its URL: place, reason."""
    s, d = set_aside.c, documents.c
    its_own = select(d.place).where(d.article_id == id, d.source == s.source, d.place == s.place).exists()
    wanted = select(s.place, s.reason).where(or_(its_own, s.place == url)).order_by(s.place, s.source, s.ref)
    return [dict(row._mapping) for row in connection.execute(wanted.limit(limit))]


def article_listers(
    connection: Connection, id: str, limit: int, *, now: bool = True
) -> tuple[list[Mapping[str, Any]], int]:
    """Which articles list this one: id, title, date_text, withdrawn; the newest first, and how many more there are.

    Unless `now`, those whose own list does not name it, though it or that of a copy has; what was withdrawn lists
    nothing.
    """
    a, lists_it = articles.c, and_(links.c.listed, articles.c.withdrawn.is_(None))
    wanted = (
        select(a.id, a.title, links.c.date_text, a.withdrawn, func.count().over().label("among"))
        .join(links, links.c.article_id == a.id)
        .where(links.c.target_id == id, lists_it if now else not_(lists_it))
        .order_by(a.published.desc(), a.id)
    )
    rows: list[Mapping[str, Any]] = [dict(row._mapping) for row in connection.execute(wanted.limit(limit))]
    return rows, rows[0]["among"] - len(rows) if rows else 0


def article_row(connection: Connection, id_or_url: str, key: str | None = None) -> Mapping[str, Any] | None:
    """All that is stored of an article, by its id or its URL as given, else by the `key` that URLs are compared by.

    For operators.
    """
    a = articles.c
    exactly = or_(a.id == id_or_url, a.url == id_or_url)
    wanted = select(articles).where(or_(exactly, a.url_key == key) if key else exactly)
    best_first = wanted.order_by(exactly.desc(), a.merged_into.is_(None).desc(), a.stub, a.id)
    row = connection.execute(best_first.limit(1)).one_or_none()
    if row is None and key and (id := article_with_copy(connection, key)):
        return article_row(connection, id)
    return dict(row._mapping) if row else None


def came_with(connection: Connection, id: str, slug: str) -> list[str]:
    """The slugs of the channels that the operator's file merged into this one and that had the article themselves.

    Only a channel that the file goes on merging keeps its articles.
    """
    wanted = (
        select(channels.c.slug)
        .join(members, members.c.slug == channels.c.slug)
        .where(members.c.article_id == id, channels.c.heir == slug)
        .order_by(channels.c.slug)
    )
    return list(connection.execute(wanted).scalars())


def merged_in(connection: Connection, slug: str, run: int) -> list[str]:
    """The slugs of the channels that became part of this one in a run."""
    of = (lineage.c.other == slug, lineage.c.turn == Turn.MERGED.value, lineage.c.run == run)
    return list(connection.execute(select(lineage.c.slug).where(*of).order_by(lineage.c.slug)).scalars())
