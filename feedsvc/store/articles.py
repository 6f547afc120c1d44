"""Articles in the store: what identity asks of them, and what a run writes."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, bindparam, delete, func, insert, select, update

from feedsvc.model import Evidence, Precision
from feedsvc.normalise.nodes import Alias, Keys, Known, Moment
from feedsvc.normalise.settle import Intake, Settled
from feedsvc.store.copies import copies_of, ids_by_keys, prints_of, write_copies, write_prints
from feedsvc.store.feeds import WITHDRAWN
from feedsvc.store.graph import forget_vertices
from feedsvc.store.links import repoint_links, write_copied_links, write_links
from feedsvc.store.store import chunks, read_mark, upsert, write_mark
from feedsvc.store.tables import (
    amended,
    articles,
    documents,
    former_titles,
    links,
    members,
    pending,
    set_aside,
)
from feedsvc.store.witnesses import write_witnesses

REVISION = "articles revision"
NO_HAND: frozenset[str] = frozenset()
MANY = 5  # so many times fewer keys than articles make it worth while to look for each
# Looked up, as asking an enum for its member takes most of the time of reading a row.
EVIDENCE = {one.value: one for one in Evidence}
PRECISION = {one.value: one for one in Precision}


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document that was read in this run. `aside` holds (ref, reason) of each record left out.

    `stamp` tells whether it has to be read at all the next time; `as_before` is true for one that need not have been.
    """

    source: str
    place: str
    digest: str
    aside: tuple[tuple[str, str], ...] = ()
    stamp: str = ""
    as_before: bool = False


def revision(connection: Connection) -> int:
    """A number that grows whenever an article or a link changes."""
    return int(read_mark(connection, REVISION) or 0)


def known_documents(
    connection: Connection, source: str, places: Collection[str] | None = None
) -> dict[str, tuple[str, str]]:
    """place → (digest, stamp) of what was read before of a source: of these places, or of all."""
    d = documents.c
    wanted = select(d.place, d.digest, d.stamp).where(d.source == source)
    some = [wanted] if places is None else [wanted.where(d.place.in_(one)) for one in chunks(places)]
    return {row[0]: (row[1], row[2]) for one in some for row in connection.execute(one).all()}


def write_stamps(connection: Connection, read: Sequence[ReadDocument]) -> None:
    """Remember by which stamps these documents are known to be as they were."""
    rows = [{"of": one.source, "at": one.place, "now": one.stamp} for one in read if one.stamp]
    where = (documents.c.source == bindparam("of"), documents.c.place == bindparam("at"))
    for some in chunks(rows):
        connection.execute(update(documents).where(*where).values(stamp=bindparam("now")), some)


def article_places(connection: Connection, places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """(source, place) → article id, for those documents among these that are one article."""
    by_source: dict[str, list[str]] = {}
    for source, place in sorted(places):
        by_source.setdefault(source, []).append(place)
    found: dict[tuple[str, str], str] = {}
    for source, listed in by_source.items():
        for some in chunks(listed):
            wanted = select(documents.c.place, documents.c.article_id).where(
                documents.c.source == source, documents.c.place.in_(some), documents.c.article_id.is_not(None)
            )
            found |= {(source, row.place): row.article_id for row in connection.execute(wanted)}
    return found


def known_articles(connection: Connection, keys: Keys, places: Mapping[tuple[str, str], str]) -> Iterator[Known]:
    """The articles with any of these keys, or all when they are not many more; `places` gives those by place."""
    number = connection.execute(select(func.count()).select_from(articles)).scalar_one()
    if keys.most * MANY > number:
        yield from _known(connection, articles.c.merged_into.is_(None))
        return
    a = articles.c
    titled = [alias.id for alias in aliases(connection, keys)]
    told = ((a.record_id, keys.record_ids), (a.url_key, keys.url_keys), (a.title_key, keys.title_keys))
    ids = {id for column, values in told for id in _ids(connection, column, values)} | ids_by_keys(connection, keys)
    for some in chunks(sorted(ids.union(places.values(), titled))):
        yield from _known(connection, a.merged_into.is_(None), a.id.in_(some))


def _ids(connection: Connection, column: Column[Any], values: Iterable[str]) -> Iterator[str]:
    for some in chunks(sorted(values)):
        yield from connection.execute(select(articles.c.id).where(column.in_(some))).scalars()


def _known(connection: Connection, *where: ColumnElement[bool]) -> Iterator[Known]:
    a = articles.c
    columns = (
        a.id, a.source, a.title_key, a.stub, a.record_id, a.url, a.url_key, a.own_at, a.own_precision, a.own_evidence,
        a.listed_at, a.listed_precision, a.published, a.updated, a.served, a.digest,
        func.length(a.body_html).label("size"),
    )  # fmt: skip
    rows = connection.execute(select(*columns).where(*where)).all()
    ids = [row.id for row in rows if not row.stub]
    copies, prints = copies_of(connection, ids), prints_of(connection, ids)
    for row in rows:
        yield Known(
            id=row.id,
            source=row.source,
            title_key=row.title_key,
            stub=row.stub,
            record_id=row.record_id,
            url=row.url,
            url_key=row.url_key,
            own=_moment(row.own_at, row.own_precision),
            own_evidence=EVIDENCE[row.own_evidence] if row.own_evidence else None,
            listed=_moment(row.listed_at, row.listed_precision),
            published=row.published,
            updated=row.updated,
            served=row.served,
            digest=row.digest,
            withdrawn=row.digest == WITHDRAWN,
            size=row.size,
            copies=tuple(known.copy for known in copies.get(row.id, ())),
            print=prints.get(row.id),
        )


def _moment(at: datetime | None, precision: str | None) -> Moment | None:
    return Moment(at, PRECISION[precision]) if at and precision else None


def taken_ids(connection: Connection, ids: Collection[str]) -> set[str]:
    """Those among these ids that something has, were it a stub that turned out to be another article."""
    return set(_ids(connection, articles.c.id, ids))


def aliases(connection: Connection, keys: Keys) -> Iterator[Alias]:
    """Titles and times by which pages list, or may list, articles that say otherwise of themselves by now.

    Those with the titles of these keys, that is: nothing asks for the others.
    """
    for titles in chunks(sorted(keys.title_keys)):
        yield from _aliases(connection, titles)


def _aliases(connection: Connection, titles: Sequence[str]) -> Iterator[Alias]:
    for row in connection.execute(select(former_titles).where(former_titles.c.title_key.in_(titles))):
        yield Alias(row.article_id, row.title_key, row.at)
    otherwise = (links.c.title_key != articles.c.title_key) | (links.c.published != articles.c.listed_at)
    wanted = (
        select(links.c.target_id, links.c.title_key, links.c.published)
        .join(articles, articles.c.id == links.c.target_id)
        .where(otherwise, links.c.published.is_not(None), links.c.title_key != "", links.c.title_key.in_(titles))
        .distinct()
    )
    for row in connection.execute(wanted):
        yield Alias(row.target_id, row.title_key, row.published)


def write_intake(connection: Connection, intake: Intake, read: Sequence[ReadDocument], now: datetime) -> bool:
    """Write everything one run took in. Returns whether any article or link is different now."""
    changed = bool(intake.articles or intake.merges or intake.repoints)
    hands = _hands(connection, (one.id for one in intake.articles if not one.new))
    _write_articles(connection, intake.articles, hands)
    _merge_stubs(connection, intake.merges)
    repoint_links(connection, intake.repoints)
    changed = write_links(connection, intake.links) or changed
    changed = write_copied_links(connection, intake.copied_links) or changed
    changed = _write_copies(connection, intake, now) or changed
    write_witnesses(connection, intake.witnesses)
    _write_former_titles(connection, intake)
    _write_documents(connection, intake, read)
    write_set_aside(connection, read, now)
    if changed:
        write_mark(connection, REVISION, str(revision(connection) + 1))
    return changed


def _hands(connection: Connection, ids: Iterable[str]) -> dict[str, frozenset[str] | None]:
    """id → the columns that an operator has set and no source may change; None for an article that was withdrawn."""
    a, found = articles.c, {}
    for some in chunks(ids):
        wanted = (
            select(a.id, a.withdrawn, a.corrected).join(amended, amended.c.article_id == a.id).where(a.id.in_(some))
        )
        for row in connection.execute(wanted):
            found[row.id] = None if row.withdrawn else frozenset(row.corrected or ())
    return found


def _write_articles(
    connection: Connection, settled: Sequence[Settled], hands: Mapping[str, frozenset[str] | None]
) -> None:
    settled = [one for one in settled if hands.get(one.id, NO_HAND) is not None]
    new = [{**_identity_row(one), "served": False, **_content_row(one)} for one in settled if one.new]
    changed = [{**_identity_row(one), **_content_row(one)} for one in settled if not one.new and one.content]
    dated = [_identity_row(one) for one in settled if not one.new and not one.content]
    for rows in chunks(new):
        connection.execute(insert(articles), rows)
    _update(connection, [row for row in changed if not hands.get(row["id"])])
    for row in changed:
        if kept := hands.get(row["id"]):
            _update(connection, [row], kept)
    for some in chunks(row["id"] for row in changed):
        upsert(connection, pending, [{"article_id": id} for id in some], update=False)
    _update(connection, dated, frozenset(("title", "title_key", "stub")))


def _update(connection: Connection, rows: Sequence[Mapping[str, Any]], kept: frozenset[str] = frozenset()) -> None:
    """Set what these rows say, but for the columns that are `kept`."""
    if not rows:
        return
    # Never the id, although it stays as it is: a database would look through all that might refer to the old one.
    names = sorted(rows[0].keys() - kept - {"id"})
    statement = update(articles).where(articles.c.id == bindparam("of"))
    statement = statement.values({name: bindparam(f"new_{name}") for name in names})
    for some in chunks(rows):
        connection.execute(
            statement, [{"of": row["id"]} | {f"new_{name}": row[name] for name in names} for row in some]
        )


def _identity_row(one: Settled) -> dict[str, Any]:
    dating = one.dating
    return {
        "id": one.id,
        "source": one.source,
        "record_id": one.record_id,
        "url": one.url,
        "url_key": one.url_key,
        "title": one.title,
        "title_key": one.title_key,
        "stub": one.stub,
        "published": dating.published,
        "updated": dating.updated,
        "own_at": dating.own.at if dating.own else None,
        "own_precision": dating.own.precision if dating.own else None,
        "own_evidence": dating.own_evidence,
        "listed_at": dating.listed.at if dating.listed else None,
        "listed_precision": dating.listed.precision if dating.listed else None,
    }


def _content_row(one: Settled) -> dict[str, Any]:
    content = one.content
    return {
        "digest": content.digest if content else "",
        "authors": list(content.authors) if content else [],
        "subtitle": content.subtitle if content else "",
        "summary": content.summary if content else "",
        "body_html": content.body_html if content else "",
        "tags": list(content.tags) if content else [],
        "language": content.language if content else None,
        "image": content.image.url if content and content.image else None,
        "image_type": content.image.media_type if content and content.image else None,
        "image_length": content.image.length if content and content.image else None,
        "rights": content.rights if content else "",
        "credit_title": content.credit.title if content and content.credit else "",
        "credit_url": content.credit.url if content and content.credit else None,
    }


def _merge_stubs(connection: Connection, merges: Mapping[str, str]) -> None:
    """A stub turned out to be another article: what pointed to it points there, and its page redirects."""
    forget_vertices(connection, merges)
    for stub, into in sorted(merges.items()):
        for row in connection.execute(select(links).where(links.c.target_id == stub)).mappings().all():
            if row["article_id"] != into:
                upsert(connection, links, [{**row, "target_id": into, "woven": False}], update=False)
        connection.execute(delete(links).where(links.c.target_id == stub))
        connection.execute(delete(members).where(members.c.article_id == stub))
        connection.execute(update(articles).where(articles.c.merged_into == stub).values(merged_into=into))
        connection.execute(update(articles).where(articles.c.id == stub).values(merged_into=into))


def _write_copies(connection: Connection, intake: Intake, now: datetime) -> bool:
    changed = write_copies(connection, intake.copies, now)
    rows = [{"article_id": id, "touched": revision(connection) + 1} for id in sorted(changed)]
    for some in chunks(rows):
        upsert(connection, amended, some)
    texts = ((one.id, one.content.print) for one in intake.articles if one.content)
    write_prints(connection, ((id, print) for id, print in texts if print))
    return bool(changed)


def _write_former_titles(connection: Connection, intake: Intake) -> None:
    rows = [{"article_id": one.id, "title_key": one.title_key, "at": one.at} for one in intake.former_titles]
    upsert(connection, former_titles, rows, update=False)


def _write_documents(connection: Connection, intake: Intake, read: Sequence[ReadDocument]) -> None:
    # A document that no article could be read from this time is still the one it was.
    before = article_places(connection, ((one.source, one.place) for one in read))
    id_by_place = {**before, **intake.id_by_place}
    rows = [
        {
            "source": one.source,
            "place": one.place,
            "digest": one.digest,
            "stamp": one.stamp,
            "article_id": id_by_place.get((one.source, one.place)),
        }
        for one in read
    ]
    for some in chunks(rows):
        upsert(connection, documents, some)


def write_set_aside(connection: Connection, read: Sequence[ReadDocument], now: datetime) -> None:
    """Replace what is set aside of the documents that were read again."""
    places = {(one.source, one.place) for one in read}
    stands = {
        (row.source, row.place, row.ref): row
        for some in chunks(sorted({place for _, place in places}))
        for row in connection.execute(select(set_aside).where(set_aside.c.place.in_(some)))
    }
    for source, place in sorted({key[:2] for key in stands} & places):
        connection.execute(delete(set_aside).where(set_aside.c.source == source, set_aside.c.place == place))
    rows = []
    for one in read:
        for ref, reason in one.aside:
            before = stands.get((one.source, one.place, ref))
            since = before.since if before and before.reason == reason else now
            rows.append({"source": one.source, "place": one.place, "ref": ref, "reason": reason, "since": since})
    for some in chunks(rows):
        upsert(connection, set_aside, some)


def forget_vanished(connection: Connection, places_by_source: Mapping[str, Collection[str] | None]) -> None:
    """Documents that are gone hold nothing aside any more. Their articles stay.

    `places_by_source` names every source that is configured, with the places that are there now, or None
    where that could not be seen.
    """
    rows = connection.execute(select(set_aside.c.source, set_aside.c.place).distinct()).all()
    for source, place in sorted((row.source, row.place) for row in rows):
        there = places_by_source.get(source, ())
        if there is not None and place not in there:
            connection.execute(delete(set_aside).where(set_aside.c.source == source, set_aside.c.place == place))
            # Should it come back as it was, it is to be read, and set aside, again.
            gone = (documents.c.source == source, documents.c.place == place)
            connection.execute(update(documents).where(*gone).values(digest="", stamp=""))


def count_set_aside(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(set_aside)).scalar_one()
