"""Channels and the articles that readers may see: what theming, planning and rendering ask."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, exists, func, or_, select

from feedsvc.model import Article, Channel, ChannelState, Credit, Image, Origin, RelatedLink
from feedsvc.store.copies import shown_copies
from feedsvc.store.store import chunks
from feedsvc.store.tables import amended, articles, channels, links, members

WITHDRAWN = "withdrawn"  # the digest of an article of which nothing is left
SHOWN_LINKS = 10  # of an article in a feed
NOT_SHOWN = {"record_id", "url_key", "title_key", "served", "merged_into", "digest", "corrected", "reason"}
NOT_SHOWN |= {"own_at", "own_precision", "own_evidence", "listed_at", "listed_precision"}
SHOWN = [column for column in articles.columns if column.name not in NOT_SHOWN]


class PublicArticle(NamedTuple):
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
    touched: int = 0
    recalled: bool = False
    withdrawn: datetime | None = None


class Content(NamedTuple):
    """What else theming needs of an article, once."""

    summary: str
    body_html: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]


def count_public(connection: Connection, now: datetime, notice: timedelta) -> int:
    """How many articles `public_articles` would give."""
    return connection.execute(select(func.count()).select_from(articles).where(_public(now, notice))).scalar_one()


def public_articles(connection: Connection, now: datetime, notice: timedelta) -> list[PublicArticle]:
    """Everything readers may see: published by now, and for a stub, listed by a page that is.

    What an embargoed page lists says what it is about, so its stubs wait with it. That an article was withdrawn is
    told for as long as `notice`. One is recalled when an operator has withdrawn it, or has corrected it no longer ago.
    """
    a = articles.c
    columns = (a.id, a.source, a.url_key, a.title, a.stub, a.published, a.updated, a.digest, a.served)
    wanted = select(*columns).where(_public(now, notice)).order_by(a.published, a.id)
    found = [PublicArticle(*row) for row in connection.execute(wanted).all()]
    amendments = _amendments(connection, now - notice)
    return [one._replace(**amendments[one.id]) if one.id in amendments else one for one in found]


def _amendments(connection: Connection, since: datetime) -> dict[str, dict[str, Any]]:
    """id → what is different about an article that readers know. There are few of them, so they are asked for apart."""
    columns = (amended.c.article_id, amended.c.touched, amended.c.corrected, articles.c.withdrawn)
    wanted = select(*columns).join(articles, articles.c.id == amended.c.article_id)
    return {
        row.article_id: {
            "touched": row.touched,
            "withdrawn": row.withdrawn,
            "recalled": row.withdrawn is not None or (row.corrected is not None and row.corrected > since),
        }
        for row in connection.execute(wanted)
    }


def contents(connection: Connection, ids: Iterable[str]) -> Iterator[tuple[str, Content]]:
    """(id, content) of each of these articles, a page at a time."""
    a = articles.c
    for some in chunks(sorted(ids)):
        wanted = select(a.id, a.summary, a.body_html, a.authors, a.tags).where(a.id.in_(some)).order_by(a.id)
        for id, summary, body_html, authors, tags in connection.execute(wanted).all():
            yield id, Content(summary, body_html, tuple(authors), tuple(tags))


def _public(now: datetime, notice: timedelta) -> Any:
    a, lister = articles.c, articles.alias("lister")
    listed = exists().where(links.c.target_id == a.id, links.c.article_id == lister.c.id, lister.c.published <= now)
    # In this order: SQLite would have to read past the text of every article to see whether it is withdrawn.
    told = or_(a.digest != WITHDRAWN, and_(a.served, a.withdrawn > now - notice))
    return and_(a.published <= now, a.merged_into.is_(None), told, or_(a.stub.is_(False), a.served, listed))


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


def whole_articles(
    connection: Connection, ids: Iterable[str], unseen: Collection[str] = frozenset()
) -> dict[str, Article]:
    """Articles as feeds show them, with the first related links that readers may see, by id.

    `unseen` are those that readers are about to see for the first time.
    """
    found = {}
    for some in chunks(sorted(set(ids))):
        related, also = _shown_links(connection, some, unseen), shown_copies(connection, some)
        for row in connection.execute(select(*SHOWN).where(articles.c.id.in_(some))).all():
            found[row.id] = article(row, related.get(row.id, ()), also.get(row.id, ()))
    return found


def urls(connection: Connection, ids: Iterable[str]) -> dict[str, str | None]:
    """id → the article's own URL, as given."""
    wanted = select(articles.c.id, articles.c.url)
    pages = (connection.execute(wanted.where(articles.c.id.in_(some))) for some in chunks(sorted(ids)))
    return {row.id: row.url for page in pages for row in page}


def _shown_links(connection: Connection, ids: Sequence[str], unseen: Collection[str]) -> dict[str, list[RelatedLink]]:
    """What these articles list, as it is called by now: a correction of a title is one everywhere."""
    a = articles.c
    wanted = (
        select(links.c.article_id, a.id, a.title, links.c.url, a.url.label("own_url"), a.published, a.served)
        .join(articles, a.id == links.c.target_id)
        .where(links.c.article_id.in_(ids), links.c.listed, a.withdrawn.is_(None))
        .order_by(links.c.article_id, links.c.position)
    )
    found: dict[str, list[RelatedLink]] = {}
    for article_id, id, title, url, own_url, published, served in connection.execute(wanted).all():
        listed = found.setdefault(article_id, [])
        if len(listed) < SHOWN_LINKS and (served or id in unseen):
            listed.append(RelatedLink(title, own_url or url, published, id))
    return found


def article(row: Row[Any], related: Sequence[RelatedLink] = (), also: Sequence[RelatedLink] = ()) -> Article:
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
        also=tuple(also),
    )
