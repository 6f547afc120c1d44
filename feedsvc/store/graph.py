"""The graph in the store: its articles, what ties them, what the operator's rules say of them, and the lineage."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, update

from feedsvc.model import Event
from feedsvc.store.store import chunks, read_mark, upsert
from feedsvc.store.tables import articles, edges, lineage, links, verdicts, vertices
from feedsvc.themes.parts import Edge, Text, Tie

ARRANGED = "arranged"  # how many articles there were then, how many have come since, and by which settings


class Woven(NamedTuple):
    """What is kept of an article that is in the graph. `strength` is what all its ties weigh together."""

    stub: bool
    digest: str
    model: str
    strength: float
    story: str


@dataclass(frozen=True, slots=True)
class NewVertex:
    """An article as it comes into the graph, or comes anew."""

    text: Text
    woven: Woven


def woven_articles(connection: Connection) -> dict[str, Woven]:
    """id → what is kept of every article in the graph, without its words."""
    v = vertices.c
    wanted = select(v.article_id, v.stub, v.digest, v.model, v.strength, v.story)
    return {row[0]: Woven(*row[1:]) for row in connection.execute(wanted).all()}


def texts(connection: Connection) -> dict[str, Text]:
    """id → what is compared of every article in the graph."""
    wanted = select(vertices.c.article_id, vertices.c.words, vertices.c.embedding)
    return {row[0]: Text(row[0], bytes(row[1]), bytes(row[2])) for row in connection.execute(wanted).all()}


def new_links(connection: Connection, now: datetime) -> list[Edge]:
    """(article, the one it lists) of every link that ties nothing yet, between articles that readers may see."""
    lister, target = articles.alias("lister"), articles.alias("target")
    wanted = (
        select(links.c.article_id, links.c.target_id)
        .join(lister, lister.c.id == links.c.article_id)
        .join(target, target.c.id == links.c.target_id)
        .where(links.c.woven.is_(False), links.c.article_id != links.c.target_id)
        .where(lister.c.published <= now, target.c.published <= now)
        .order_by(links.c.article_id, links.c.target_id)
    )
    return [(row[0], row[1]) for row in connection.execute(wanted)]


def list_lengths(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    """How many others each of these articles lists, or ever listed."""
    found: dict[str, int] = {}
    for some in chunks(sorted(set(ids))):
        wanted = select(links.c.article_id, func.count()).where(links.c.article_id.in_(some))
        found |= {row[0]: row[1] for row in connection.execute(wanted.group_by(links.c.article_id))}
    return found


def ties(connection: Connection, ids: Collection[str] | None = None) -> dict[Edge, Tie]:
    """Every tie, or those of these articles."""
    e = edges.c
    wanted = select(e.a, e.b, e.votes, e.likeness, e.near)
    if ids is None:
        return {(row[0], row[1]): Tie(*row) for row in connection.execute(wanted).all()}
    found: dict[Edge, Tie] = {}
    for some in chunks(sorted(ids)):
        for end in (e.a, e.b):
            found |= {(row[0], row[1]): Tie(*row) for row in connection.execute(wanted.where(end.in_(some)))}
    return found


def ties_within(connection: Connection, ids: AbstractSet[str]) -> list[Tie]:
    """The ties of which both ends are among these articles, in order."""
    e = edges.c
    wanted = select(e.a, e.b, e.votes, e.likeness, e.near)
    rows = (row for some in chunks(sorted(ids)) for row in connection.execute(wanted.where(e.a.in_(some))))
    return sorted((Tie(*row) for row in rows if row[1] in ids), key=lambda tie: tie.edge)


def arranged(connection: Connection) -> int:
    """How many articles there were when all channels were arranged last."""
    mark = read_mark(connection, ARRANGED)
    return int(json.loads(mark)[0]) if mark else 0


def write_graph(
    connection: Connection,
    new: Sequence[NewVertex],
    strengths: Mapping[str, float],
    woven: Sequence[Tie],
    linked: Sequence[Edge],
    run: int,
) -> None:
    """Weave in new articles and ties. `strengths` are those that are different now, `linked` the links now woven."""
    rows = [
        {
            "article_id": one.text.id,
            "stub": one.woven.stub,
            "digest": one.woven.digest,
            "words": one.text.words,
            "model": one.woven.model,
            "embedding": one.text.embedding,
            "strength": one.woven.strength,
            "story": one.woven.story,
            "run": run,
        }
        for one in new
    ]
    for some in chunks(rows):
        upsert(connection, vertices, some, plain=True)
    added = {one.text.id for one in new}
    changed = [{"id": id, "now": strength} for id, strength in sorted(strengths.items()) if id not in added]
    if changed:
        statement = update(vertices).where(vertices.c.article_id == bindparam("id"))
        connection.execute(statement.values(strength=bindparam("now")), changed)
    tied = [{"a": t.a, "b": t.b, "votes": t.votes, "likeness": t.likeness, "near": t.near, "run": run} for t in woven]
    for some in chunks(tied):
        upsert(connection, edges, some, plain=True)
    for listers in chunks(sorted({lister for lister, _ in linked})):
        seen = exists().where(vertices.c.article_id == links.c.target_id)
        connection.execute(update(links).where(links.c.article_id.in_(listers), seen).values(woven=True))


def read_verdicts(connection: Connection) -> list[tuple[str, str, bool]]:
    """(slug, article, whether it fits or is kept out) of all that the rules have said."""
    wanted = select(verdicts.c.slug, verdicts.c.article_id, verdicts.c.fits)
    return [(row[0], row[1], bool(row[2])) for row in connection.execute(wanted)]


def write_verdicts(
    connection: Connection, judged: Collection[str] | None, said: Iterable[tuple[str, str, bool]]
) -> None:
    """Replace what was said of the articles that were `judged`, or of all."""
    if judged is None:
        connection.execute(delete(verdicts))
    for some in chunks(sorted(judged or ())):
        connection.execute(delete(verdicts).where(verdicts.c.article_id.in_(some)))
    for rows in chunks({"slug": slug, "article_id": id, "fits": fits} for slug, id, fits in said):
        connection.execute(insert(verdicts), rows)


def write_lineage(connection: Connection, events: Iterable[Event], run: int) -> None:
    rows = [
        {"slug": e.slug, "run": run, "turn": e.turn.value, "at": e.at, "other": e.other, "articles": e.articles}
        for e in events
    ]
    for some in chunks(rows):
        connection.execute(insert(lineage), some)


def forget_vertices(connection: Connection, ids: Collection[str]) -> None:
    """Take stubs out of the graph that turned out to be other articles; their links are woven anew."""
    lost: dict[str, float] = defaultdict(float)
    for tie in ties(connection, ids).values():
        for end in tie.edge:
            lost[end] += tie.weight
    if lost:
        statement = update(vertices).where(vertices.c.article_id == bindparam("id"))
        less = statement.values(strength=vertices.c.strength - bindparam("lost"))
        connection.execute(less, [{"id": id, "lost": round(weight, 6)} for id, weight in sorted(lost.items())])
    for some in chunks(sorted(ids)):
        for table, column in (
            (edges, edges.c.a),
            (edges, edges.c.b),
            (vertices, vertices.c.article_id),
            (verdicts, verdicts.c.article_id),
        ):
            connection.execute(delete(table).where(column.in_(some)))
