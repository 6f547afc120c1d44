"""What archives, combined feeds and maps are made of: which articles, and by what it is seen that one has changed.

Only what readers were shown is ever looked at: nothing that is under embargo, and of what was withdrawn only that it
was.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, or_, select

from feedsvc.store.feeds import WITHDRAWN
from feedsvc.store.store import chunks
from feedsvc.store.tables import amended, archives, articles, feeds, members, vertices

TEXTS_AT_ONCE = 200  # bodies held in memory together
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TOUCHED = func.coalesce(amended.c.touched, 0)
# The digest first: SQLite would have to read past the text of every article to see when it was withdrawn.
WHEN_WITHDRAWN = case((articles.c.digest == WITHDRAWN, articles.c.withdrawn))


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive as it was closed, and the number of the newest one of its feed."""

    feed_id: str
    ids: tuple[str, ...]
    newest: int


@dataclass(frozen=True, slots=True)
class Filed:
    """By what it is seen that an entry of an archive has changed. `merged` is one that turned out to be another."""

    id: str
    title: str
    url: str | None
    published: datetime | None
    updated: datetime | None
    withdrawn: datetime | None
    digest: str
    note: str
    touched: int
    merged: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may come into a combined feed, or that it was withdrawn."""

    id: str
    withdrawn: datetime | None


@dataclass(frozen=True, slots=True)
class Text:
    """What words are looked for in."""

    id: str
    title: str
    subtitle: str
    summary: str
    body_html: str


@dataclass(frozen=True, slots=True)
class Member:
    """By what it is seen that an article of some channels has changed."""

    id: str
    title: str
    url: str | None
    updated: datetime | None
    digest: str
    touched: int
    withdrawn: datetime | None


@dataclass(frozen=True, slots=True)
class Charted:
    """An article as a map shows it. `story` is the id of the first article that told the same, or ""."""

    id: str
    title: str
    published: datetime
    stub: bool
    story: str


def archive(connection: Connection, key: str, number: int) -> Archive | None:
    """The archive with this number of the feed with `key`."""
    newest = select(func.max(archives.c.number)).where(archives.c.key == key).scalar_subquery()
    wanted = select(feeds.c.id, archives.c.ids, newest.label("newest")).join(feeds, feeds.c.key == archives.c.key)
    row = connection.execute(wanted.where(archives.c.key == key, archives.c.number == number)).one_or_none()
    return Archive(row.id, tuple(row.ids), row.newest) if row else None


def filed(connection: Connection, ids: Sequence[str]) -> list[Filed]:
    """The entries of an archive, newest first."""
    a = articles.c
    merged = a.merged_into.is_not(None).label("merged")
    columns = (a.id, a.title, a.url, a.published, a.updated, a.withdrawn, a.digest, a.note, TOUCHED)
    found: list[Filed] = []
    for some in chunks(ids):
        wanted = select(*columns, merged).outerjoin(amended).where(a.id.in_(some), a.served)
        found += [Filed(*row) for row in connection.execute(wanted)]
    return sorted(found, key=lambda one: (one.published or EPOCH, one.id), reverse=True)


def member_states(connection: Connection, slugs: Sequence[str], since: datetime) -> list[Member]:
    """How the articles of these channels are now, by id; withdrawn ones if they are told."""
    a = articles.c
    wanted = select(a.id, a.title, a.url, a.updated, a.digest, TOUCHED, WHEN_WITHDRAWN).outerjoin(amended)
    return [Member(*row) for row in connection.execute(wanted.where(*_shown(since), _in(slugs)).order_by(a.id))]


def candidates(connection: Connection, slugs: Sequence[str], since: datetime, limit: int) -> list[Candidate]:
    """The newest articles of these channels, or of all there is, newest first; withdrawn ones if they are told."""
    a = articles.c
    wanted = select(a.id, WHEN_WITHDRAWN).where(*_shown(since), *([_in(slugs)] if slugs else []))
    newest_first = wanted.order_by(a.published.desc(), a.id.desc()).limit(limit)
    return [Candidate(*row) for row in connection.execute(newest_first)]


def charted(connection: Connection, slug: str, limit: int) -> list[Charted]:
    """The newest articles of a channel, newest first, without those that were withdrawn."""
    a = articles.c
    wanted = (
        select(a.id, a.title, a.published, a.stub, func.coalesce(vertices.c.story, ""))
        .join(members, members.c.article_id == a.id)
        .outerjoin(vertices, vertices.c.article_id == a.id)
        .where(members.c.slug == slug, a.served, a.merged_into.is_(None), a.published.is_not(None))
        .where(a.withdrawn.is_(None))
    )
    newest_first = wanted.order_by(a.published.desc(), a.id.desc()).limit(limit)
    return [Charted(*row) for row in connection.execute(newest_first).all()]


def newest_members(connection: Connection, slug: str, limit: int) -> list[str]:
    """The ids of the newest articles of a channel, without those that were withdrawn."""
    a = articles.c
    wanted = select(a.id).join(members, members.c.article_id == a.id).where(members.c.slug == slug)
    shown = wanted.where(a.served, a.merged_into.is_(None), a.published.is_not(None), a.digest != WITHDRAWN)
    return list(connection.execute(shown.order_by(a.published.desc(), a.id.desc()).limit(limit)).scalars())


def texts(connection: Connection, ids: Sequence[str]) -> Iterator[Text]:
    """The texts of these articles, in the order in which they are given."""
    a = articles.c
    for start in range(0, len(ids), TEXTS_AT_ONCE):
        some = ids[start : start + TEXTS_AT_ONCE]
        wanted = select(a.id, a.title, a.subtitle, a.summary, a.body_html).where(a.id.in_(some))
        found = {row.id: Text(*row) for row in connection.execute(wanted)}
        yield from (found[id] for id in some if id in found)


def _shown(since: datetime) -> tuple[ColumnElement[Any], ...]:
    """What readers have been shown, without what was withdrawn before `since`."""
    a = articles.c
    told = or_(a.digest != WITHDRAWN, a.withdrawn > since)
    return a.served, a.merged_into.is_(None), a.published.is_not(None), told


def _in(slugs: Sequence[str]) -> ColumnElement[bool]:
    return articles.c.id.in_(select(members.c.article_id).where(members.c.slug.in_(slugs)))
