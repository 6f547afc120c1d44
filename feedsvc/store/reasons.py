"""Why articles are in their channels: what explaining asks of the graph. Nothing here writes.

Only what readers may see is looked at or counted, so that what comes of it may stand on a page. Each function asks
a fixed number of questions, however many articles it is asked of.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import fsum
from typing import Any

from sqlalchemy import CTE, Connection, and_, func, or_, select, union_all

from feedsvc.store.reading import STANDING
from feedsvc.store.tables import articles, channels, edges, links, members, runs, verdicts, vertices
from feedsvc.themes.parts import Tie

SERVED = and_(articles.c.served, articles.c.withdrawn.is_(None), articles.c.merged_into.is_(None))
MOST_NEAR = 500  # articles that are looked at for what an article of the rest hangs together with

Place = tuple[str, str]  # an article's id and a channel's slug


@dataclass(frozen=True, slots=True)
class Tied:
    """An article that another one is tied to. See graph.Tie for `weight`, `likeness` and `near`.

    `lists_it` says whether it lists the other one, and `is_listed` whether the other one lists it: None for never,
    False where a list that once named it does so no more.
    """

    id: str
    weight: float
    likeness: float
    near: bool
    lists_it: bool | None
    is_listed: bool | None
    title: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Ties:
    """The strongest ties of each kind between an article and the others in a channel, strongest first.

    Of all there are, `list_it` are to articles that list it, `are_listed` to some that it lists, and `are_near` to
    some with a text near its own; one tie may be all three. `more` ties are not among the strongest.
    """

    strongest: tuple[Tied, ...]
    list_it: int
    are_listed: int
    are_near: int
    more: int

    def __len__(self) -> int:
        return len(self.strongest) + self.more


@dataclass(frozen=True, slots=True)
class Way:
    """A channel that ties of an article lead to, and their `share` of the weight of all that it has."""

    slug: str
    title: str
    share: float


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an article is in a channel, by what ties it to the others there.

    It has been there since the run with the number `run`, 0 where that is not known; `run_at` is None for one that is
    no longer kept. `here` are its ties to the others there, and `share` what of the weight of `all_ties` that is;
    `elsewhere` is the other channel that most of that weight leads to. `fits` is what the channel's rule says of it,
    None where that says nothing, and `to_fitting` the share that leads to members that fit. `came_with` are the titles
    of the channels that had it themselves and that the operator's file merged into this one.
    """

    run: int
    run_at: datetime | None
    here: Ties
    all_ties: int
    share: float
    elsewhere: Way | None
    fits: bool | None
    to_fitting: float
    came_with: tuple[str, ...] = ()


def reasons(connection: Connection, ids: Collection[str], slugs: Collection[str], each: int) -> dict[Place, Reason]:
    """(id, slug) → why, for each of these articles in each of these channels that it is in.

    Of each kind of ties, `each` are told at most. `ids` and `slugs` are few: those of a page.
    """
    since, merged = _since(connection, ids, slugs) if ids and slugs else ({}, {})
    if not since:
        return {}
    tied, homes = _tied(connection, ids), _homes(connection, ids, slugs)
    fits, fitting = _verdicts(connection, ids, slugs)
    here = {(id, slug): _strongest([one for one in tied[id] if slug in homes[one.id]], each) for id, slug in since}
    called = _titles(connection, {one.id for ties in here.values() for one in ties.strongest})
    found = {}
    for (id, slug), (run, run_at) in since.items():
        ties, ways = here[id, slug], _ways(tied[id], homes)
        named = tuple(replace(one, title=called[one.id][0], language=called[one.id][1]) for one in ties.strongest)
        found[id, slug] = Reason(
            run=run,
            run_at=run_at,
            here=replace(ties, strongest=named),
            all_ties=len(tied[id]),
            share=next((way.share for way in ways if way.slug == slug), 0.0),
            elsewhere=next((way for way in ways if way.slug != slug), None),
            fits=fits.get((id, slug)),
            to_fitting=_share([one for one in tied[id] if (one.id, slug) in fitting], tied[id]),
            came_with=tuple(merged.get((id, slug), ())),
        )
    return found


def _strongest(tied: Sequence[Tied], each: int) -> Ties:
    """Those that are among the first `each` of some kind. `tied` has the strongest first."""
    count = [0, 0, 0]
    strongest = []
    for one in tied:
        kinds = [one.lists_it is not None, one.is_listed is not None, one.near]
        count = [before + kind for before, kind in zip(count, kinds, strict=True)]
        if any(kind and number <= each for kind, number in zip(kinds, count, strict=True)):
            strongest.append(one)
    list_it, are_listed, are_near = count
    return Ties(tuple(strongest), list_it, are_listed, are_near, len(tied) - len(strongest))


def _ways(tied: Sequence[Tied], homes: Mapping[str, Mapping[str, str]]) -> list[Way]:
    """The channels that ties lead to, the one with most of their weight first."""
    titles = {slug: title for one in tied for slug, title in homes[one.id].items()}
    ways = [Way(slug, titles[slug], _share([one for one in tied if slug in homes[one.id]], tied)) for slug in titles]
    return sorted(ways, key=lambda way: (-way.share, way.slug))


def _share(part: Sequence[Tied], whole: Sequence[Tied]) -> float:
    return fsum(one.weight for one in part) / (fsum(one.weight for one in whole) or 1.0)


# What the store is asked


def _ends(ids: Collection[str]) -> CTE:
    """Each tie of these articles, as seen from them: id, other, votes, likeness, near."""
    e = edges.c
    return union_all(
        *(
            select(one.label("id"), other.label("other"), e.votes, e.likeness, e.near).where(one.in_(ids))
            for one, other in ((e.a, e.b), (e.b, e.a))
        )
    ).cte("ends")


def _tied(connection: Connection, ids: Collection[str]) -> dict[str, list[Tied]]:
    """id → every article that it is tied to, without title, strongest first."""
    e, listed = _ends(ids).c, _listed(connection, ids)
    wanted = select(e.id, e.other, e.votes, e.likeness, e.near).join(articles, articles.c.id == e.other).where(SERVED)
    found: dict[str, list[Tied]] = defaultdict(list)
    for id, other, votes, likeness, near in connection.execute(wanted).all():
        weight = Tie(id, other, votes, likeness, near).weight
        found[id].append(Tied(other, weight, likeness, near, listed.get((other, id)), listed.get((id, other))))
    for tied in found.values():
        tied.sort(key=lambda one: (-one.weight, one.id))
    return found


def _listed(connection: Connection, ids: Collection[str]) -> dict[tuple[str, str], bool]:
    """(article, the one it lists) → whether it still does, of all links from and to these articles."""
    c = links.c
    wanted = select(c.article_id, c.target_id, c.listed)
    rows = union_all(wanted.where(c.article_id.in_(ids)), wanted.where(c.target_id.in_(ids)))
    return {(row[0], row[1]): bool(row[2]) for row in connection.execute(rows).all()}


def _homes(connection: Connection, ids: Collection[str], slugs: Collection[str]) -> dict[str, dict[str, str]]:
    """By its id, what each article that these are tied to is in: of these channels and of those that stand, the title
    by slug."""
    c, e = channels.c, _ends(ids).c
    wanted = (
        select(members.c.article_id, c.slug, c.title)
        .join(channels, c.slug == members.c.slug)
        .where(members.c.article_id.in_(select(e.other)), or_(c.slug.in_(slugs), c.state.in_(STANDING)))
    )
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for id, slug, title in connection.execute(wanted).all():
        found[id][slug] = title
    return found


def _since(
    connection: Connection, ids: Collection[str], slugs: Collection[str]
) -> tuple[dict[Place, tuple[int, Any]], dict[Place, list[str]]]:
    """The run since which each of these articles is in each of these channels, and the titles of those merged into the
    channel that keep the article, as the operator's file goes on merging them."""
    c, m = channels.c, members.c
    wanted = (
        select(m.article_id, m.slug, m.run, runs.c.started_at, c.heir, c.title)
        .join(channels, c.slug == m.slug)
        .outerjoin(runs, runs.c.id == m.run)
        .where(m.article_id.in_(ids), or_(m.slug.in_(slugs), c.heir.in_(slugs)))
        .order_by(c.slug)
    )
    since: dict[Place, tuple[int, Any]] = {}
    merged: dict[Place, list[str]] = defaultdict(list)
    for id, slug, run, run_at, heir, title in connection.execute(wanted):
        if slug in slugs:
            since[id, slug] = run, run_at
        if heir in slugs:
            merged[id, heir].append(title)
    return since, merged


def _titles(connection: Connection, ids: Collection[str]) -> dict[str, tuple[str, str | None]]:
    """id → title and language."""
    wanted = select(articles.c.id, articles.c.title, articles.c.language).where(articles.c.id.in_(ids))
    return {row[0]: (row[1], row[2]) for row in connection.execute(wanted)}


def _verdicts(
    connection: Connection, ids: Collection[str], slugs: Collection[str]
) -> tuple[dict[Place, bool], set[Place]]:
    """What the rules say of these articles, and the members that fit of those they are tied to."""
    v, m, e = verdicts.c, members.c, _ends(ids).c
    wanted = select(v.article_id, v.slug, v.fits).where(v.article_id.in_(ids), v.slug.in_(slugs))
    said = {(row[0], row[1]): bool(row[2]) for row in connection.execute(wanted)}
    drawing = (
        select(v.article_id, v.slug)
        .join(members, and_(m.article_id == v.article_id, m.slug == v.slug))
        .where(v.fits, v.slug.in_(slugs), v.article_id.in_(select(e.other)))
    )
    return said, {(row[0], row[1]) for row in connection.execute(drawing)}


def hanging_together(connection: Connection, id: str, slug: str) -> list[datetime]:
    """The times of an article and of all in the channel that it is tied to, directly or by way of others there.

    Of about MOST_NEAR articles at most.
    """
    found: dict[str, datetime] = {}
    next_ones: Collection[str] = [id]
    while next_ones and len(found) < MOST_NEAR:
        wanted = select(articles.c.id, articles.c.published).where(articles.c.id.in_(next_ones), SERVED)
        found |= {row[0]: row[1] for row in connection.execute(wanted)}
        e = _ends(next_ones).c
        near = select(e.other).join(members, members.c.article_id == e.other).where(members.c.slug == slug)
        next_ones = set(connection.execute(near.order_by(e.other).limit(MOST_NEAR)).scalars()) - found.keys()
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
