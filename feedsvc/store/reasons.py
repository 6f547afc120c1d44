"""Why articles are in their channels: what explaining asks of the graph. Nothing here writes.

Only what readers may see is looked at or counted, so that what comes of it may stand on a page. Each function asks
a fixed number of questions, however many articles it is asked of.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Select, and_, case, func, literal, select, union_all

from feedsvc.store.reading import STANDING
from feedsvc.store.tables import articles, channels, edges, links, members, runs, verdicts, vertices

LISTED_BY, LISTS, ALIKE = "listed by", "lists", "alike"
SERVED = and_(articles.c.served, articles.c.merged_into.is_(None))
STANDS = channels.c.state.in_(STANDING)
MOST_NEAR = 500  # articles that are looked at for what an article of the rest hangs together with

Place = tuple[str, str]  # an article's id and a channel's slug


@dataclass(frozen=True, slots=True)
class Tied:
    """An article that another one is tied to. See graph.Tie for `weight` and `likeness`.

    `listed` is false where a list that once named it does so no more.
    """

    id: str
    title: str
    language: str | None
    weight: float
    likeness: float
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Some:
    """The strongest of what there is, and how many more there are."""

    first: tuple[Tied, ...] = ()
    more: int = 0

    def __len__(self) -> int:
        return len(self.first) + self.more


@dataclass(frozen=True, slots=True)
class Way:
    """A channel that `ties` of an article lead to, and their `share` of the weight of all that it has."""

    slug: str
    title: str
    ties: int
    share: float


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an article is in a channel, by what ties it to the others there.

    It has been there since the run with the number `run`, 0 where that is not known; `run_at` is None for one that is
    no longer kept. `ties` counts all its ties, wherever they lead; `here` is this channel as they lead here, and
    `elsewhere` the other channel that most of their weight leads to. `fits` is what the channel's rule says of it, None
    where that says nothing, and `to_fitting` the share that leads to members that fit.
    """

    run: int
    run_at: datetime | None
    listed_by: Some
    lists: Some
    alike: Some
    ties: int
    here: Way | None
    elsewhere: Way | None
    fits: bool | None
    to_fitting: float


def reasons(connection: Connection, ids: Collection[str], slugs: Collection[str], each: int) -> dict[Place, Reason]:
    """(id, slug) → why, for each of these articles in each of these channels that it is in.

    Each list has `each` articles at most. `ids` and `slugs` are few: those of a page.
    """
    since = _since(connection, ids, slugs)
    tied = _tied(connection, ids, slugs, each)
    all_ties = _all_ties(connection, ids)
    ways = _ways(connection, ids)
    fits = _fits(connection, ids, slugs)
    to_fitting = _to_fitting(connection, ids, slugs) if fits else {}
    found = {}
    for (id, slug), (run, run_at) in since.items():
        count, total = all_ties.get(id, (0, 0.0))
        led = [replace(way, share=_share(way.share, total)) for way in ways.get(id, ())]
        some = {kind: tied.get((id, slug, kind), Some()) for kind in (LISTED_BY, LISTS, ALIKE)}
        found[id, slug] = Reason(
            run=run,
            run_at=run_at,
            listed_by=some[LISTED_BY],
            lists=some[LISTS],
            alike=some[ALIKE],
            ties=count,
            here=next((way for way in led if way.slug == slug), None),
            elsewhere=next((way for way in led if way.slug != slug), None),
            fits=fits.get((id, slug)),
            to_fitting=_share(to_fitting.get((id, slug), 0.0), total),
        )
    return found


def _share(part: float, total: float) -> float:
    return min(part / total, 1.0) if total else 0.0


def _ends(ids: Collection[str]) -> CTE:
    """Each tie of these articles, as seen from them: id, other, weight, likeness, near."""
    e = edges.c
    votes, near = (case((said, 1), else_=0) for said in (e.votes > 0, e.near))
    weight = (e.votes + e.likeness * (votes + near)).label("weight")
    return union_all(
        *(
            select(one.label("id"), other.label("other"), weight, e.likeness, e.near).where(one.in_(ids))
            for one, other in ((e.a, e.b), (e.b, e.a))
        )
    ).cte("ends")


def _since(connection: Connection, ids: Collection[str], slugs: Collection[str]) -> dict[Place, tuple[int, Any]]:
    m = members.c
    wanted = (
        select(m.article_id, m.slug, m.run, runs.c.started_at)
        .outerjoin(runs, runs.c.id == m.run)
        .where(m.article_id.in_(ids), m.slug.in_(slugs))
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(wanted)}


def _tied(
    connection: Connection, ids: Collection[str], slugs: Collection[str], each: int
) -> dict[tuple[str, str, str], Some]:
    """(id, slug, kind) → the other members that an article is tied to in that way, strongest first."""
    ends = _ends(ids)
    kinds = union_all(
        _of_kind(ends, LISTED_BY, and_(links.c.article_id == ends.c.other, links.c.target_id == ends.c.id)),
        _of_kind(ends, LISTS, and_(links.c.article_id == ends.c.id, links.c.target_id == ends.c.other)),
        select(ends, literal(ALIKE).label("kind"), literal(True).label("listed")).where(ends.c.near),
    ).subquery()
    k = kinds.c
    of_a_kind = (k.id, members.c.slug, k.kind)
    rank = func.row_number().over(partition_by=of_a_kind, order_by=(k.weight.desc(), k.other)).label("rank")
    among = func.count().over(partition_by=of_a_kind).label("among")
    ranked = (
        select(kinds, members.c.slug, articles.c.title, articles.c.language, rank, among)
        .join(members, members.c.article_id == k.other)
        .join(articles, articles.c.id == k.other)
        .where(members.c.slug.in_(slugs), SERVED)
        .subquery()
    )
    found: dict[tuple[str, str, str], Some] = {}
    for row in connection.execute(select(ranked).where(ranked.c.rank <= each).order_by(ranked.c.rank)):
        before = found.get((row.id, row.slug, row.kind), Some())
        one = Tied(row.other, row.title, row.language, row.weight, row.likeness, row.listed)
        found[row.id, row.slug, row.kind] = Some((*before.first, one), row.among - len(before.first) - 1)
    return found


def _of_kind(ends: CTE, kind: str, linked: ColumnElement[bool]) -> Select[Any]:
    return select(ends, literal(kind).label("kind"), links.c.listed).join(links, linked)


def _all_ties(connection: Connection, ids: Collection[str]) -> dict[str, tuple[int, float]]:
    """id → how many ties an article has, and what they weigh together."""
    e = _ends(ids).c
    wanted = select(e.id, func.count(), func.sum(e.weight)).join(articles, articles.c.id == e.other).where(SERVED)
    return {row[0]: (row[1], row[2]) for row in connection.execute(wanted.group_by(e.id))}


def _ways(connection: Connection, ids: Collection[str]) -> dict[str, list[Way]]:
    """id → the channels that an article's ties lead to, the one with most first; `share` is a weight still."""
    e, c = _ends(ids).c, channels.c
    weight = func.sum(e.weight).label("weight")
    wanted = (
        select(e.id, c.slug, c.title, func.count().label("ties"), weight)
        .join(articles, articles.c.id == e.other)
        .join(members, members.c.article_id == e.other)
        .join(channels, c.slug == members.c.slug)
        .where(SERVED, STANDS)
        .group_by(e.id, c.slug, c.title)
        .order_by(weight.desc(), c.slug)
    )
    found: dict[str, list[Way]] = {}
    for row in connection.execute(wanted):
        found.setdefault(row.id, []).append(Way(row.slug, row.title, row.ties, row.weight))
    return found


def _fits(connection: Connection, ids: Collection[str], slugs: Collection[str]) -> dict[Place, bool]:
    v = verdicts.c
    wanted = select(v.article_id, v.slug, v.fits).where(v.article_id.in_(ids), v.slug.in_(slugs))
    return {(row[0], row[1]): bool(row[2]) for row in connection.execute(wanted)}


def _to_fitting(connection: Connection, ids: Collection[str], slugs: Collection[str]) -> dict[Place, float]:
    """(id, slug) → what of an article's weight leads to members that fit the channel's rule."""
    e, v, m = _ends(ids).c, verdicts.c, members.c
    wanted = (
        select(e.id, v.slug, func.sum(e.weight))
        .join(verdicts, and_(v.article_id == e.other, v.fits))
        .join(members, and_(m.article_id == v.article_id, m.slug == v.slug))
        .join(articles, articles.c.id == e.other)
        .where(v.slug.in_(slugs), SERVED)
        .group_by(e.id, v.slug)
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(wanted)}


def hanging_together(connection: Connection, id: str, slug: str) -> list[datetime]:
    """The times of an article and of all in the channel that it is tied to, directly or by way of others there.

    Of MOST_NEAR articles at most.
    """
    found: dict[str, datetime] = {}
    next_ones: Sequence[str] = [id]
    while next_ones and len(found) < MOST_NEAR:
        rows = connection.execute(select(articles.c.id, articles.c.published).where(articles.c.id.in_(next_ones)))
        found |= {row[0]: row[1] for row in rows}
        e = _ends(next_ones).c
        wanted = select(e.other).join(members, members.c.article_id == e.other).where(members.c.slug == slug).distinct()
        wanted = wanted.join(articles, articles.c.id == e.other).where(SERVED).order_by(e.other).limit(MOST_NEAR)
        next_ones = [other for other in connection.execute(wanted).scalars() if other not in found]
    return list(found.values())


# Stories


@dataclass(frozen=True, slots=True)
class Telling:
    """An article as one of those that tell a story."""

    id: str
    title: str
    language: str | None
    published: datetime | None


def stories(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """id → the id of the first article that told the same, which may be its own."""
    wanted = select(vertices.c.article_id, vertices.c.story).where(vertices.c.article_id.in_(ids))
    return {row[0]: row[1] for row in connection.execute(wanted)}


def others_of_story(connection: Connection, id: str, limit: int) -> tuple[list[Telling], int]:
    """The other articles that tell the same story, newest first, and how many more there are."""
    a = articles.c
    story = select(vertices.c.story).where(vertices.c.article_id == id).scalar_subquery()
    wanted = (
        select(a.id, a.title, a.language, a.published, func.count().over())
        .join(vertices, vertices.c.article_id == a.id)
        .where(vertices.c.story == story, a.id != id, SERVED)
        .order_by(a.published.desc(), a.id.desc())
        .limit(limit)
    )
    rows = connection.execute(wanted).all()
    return [Telling(*row[:4]) for row in rows], rows[0][4] - len(rows) if rows else 0
