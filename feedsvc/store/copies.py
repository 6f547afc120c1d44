"""Copies in the store: what other sources have of articles, and the prints by which texts are known again."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, delete, exists, insert, select, update

from feedsvc.model import Print, RelatedLink
from feedsvc.normalise.copies import WITHIN
from feedsvc.normalise.nodes import Copy, Keys
from feedsvc.normalise.prints import keys_of, print_of
from feedsvc.store.store import chunks, upsert
from feedsvc.store.tables import articles, copies, documents, print_keys, prints

NUMBERS = np.dtype("<i8")
NO_PRINT = Print((), 0)


@dataclass(frozen=True, slots=True)
class KnownCopy:
    """A copy, and since when it is known."""

    copy: Copy
    since: datetime


def ids_by_keys(connection: Connection, keys: Keys) -> set[str]:
    """The ids of articles of which a copy has one of these keys, or the text one of the numbers."""
    c = copies.c
    told = ((c.record_id, keys.record_ids), (c.url_key, keys.url_keys), (c.title_key, keys.title_keys))
    found = {
        id
        for column, values in told
        for some in chunks(sorted(values))
        for id in connection.execute(select(c.article_id).where(column.in_(some))).scalars()
    }
    for some in chunks(sorted(keys.prints)):
        found.update(connection.execute(select(print_keys.c.article_id).where(print_keys.c.number.in_(some))).scalars())
    return found


def copies_of(connection: Connection, ids: Iterable[str]) -> dict[str, list[KnownCopy]]:
    """id → what other sources have of the article, in the order in which it came to be known."""
    found: dict[str, list[KnownCopy]] = {}
    for some in chunks(sorted(ids)):
        wanted = select(copies).where(copies.c.article_id.in_(some)).order_by(copies.c.since, copies.c.digest)
        for row in connection.execute(wanted):
            found.setdefault(row.article_id, []).append(KnownCopy(_copy(row), row.since))
    return found


def _copy(row: Row[Any]) -> Copy:
    return Copy(
        source=row.source,
        key=row.key,
        record_id=row.record_id,
        url=row.url,
        url_key=row.url_key,
        title=row.title,
        title_key=row.title_key,
        published=row.published,
        likeness=row.likeness,
    )


def shown_copies(connection: Connection, ids: Iterable[str]) -> dict[str, list[RelatedLink]]:
    """id → where else the same text is, under URLs of its own."""
    found = copies_of(connection, ids)
    links = {id: {c.url: RelatedLink(c.title, c.url, c.published, id) for c in _shown(of)} for id, of in found.items()}
    return {id: list(by_url.values()) for id, by_url in links.items() if by_url}


def _shown(known: Iterable[KnownCopy]) -> Iterator[Copy]:
    return (one.copy for one in known if one.copy.url is not None and one.copy.likeness is not None)


def prints_of(connection: Connection, ids: Iterable[str]) -> dict[str, Print]:
    """id → the print of the article's text, for those that have one."""
    found = {}
    for some in chunks(sorted(ids)):
        for row in connection.execute(select(prints).where(prints.c.article_id.in_(some), prints.c.runs > 0)):
            found[row.article_id] = Print(tuple(np.frombuffer(row.sample, NUMBERS).tolist()), row.runs)
    return found


def write_copies(connection: Connection, found: Sequence[tuple[str, Copy]], now: datetime) -> set[str]:
    """Write what is known of copies now. Returns the ids of the articles that readers are told something else of."""
    rows = {_digest(copy): _row(id, copy, now) for id, copy in found}
    before = {
        row.digest: row
        for some in chunks(sorted(rows))
        for row in connection.execute(select(copies).where(copies.c.digest.in_(some)))
    }
    changed = []
    for digest, row in rows.items():
        stands = dict(before[digest]._mapping) if digest in before else None
        # A likeness is that of the two texts when they were compared.
        row |= {"since": stands["since"], "likeness": stands["likeness"] or row["likeness"]} if stands else {}
        if row != stands:
            changed.append(row)
    for some in chunks(changed):
        upsert(connection, copies, some)
    return {row["article_id"] for row in changed if row["url"] and row["likeness"] is not None}


def _row(id: str, copy: Copy, now: datetime) -> dict[str, Any]:
    return {
        "digest": _digest(copy),
        "article_id": id,
        "source": copy.source,
        "key": copy.key,
        "record_id": copy.record_id,
        "url": copy.url,
        "url_key": copy.url_key,
        "title": copy.title,
        "title_key": copy.title_key,
        "published": copy.published,
        "likeness": copy.likeness,
        "since": now.replace(microsecond=0),
    }


def _digest(copy: Copy) -> str:
    return hashlib.sha256(f"{copy.source}\n{copy.key}".encode()).hexdigest()


def scrub(connection: Connection, id: str) -> None:
    """Leave nothing of the copies of an article but what they are known by when they come again."""
    connection.execute(update(copies).where(copies.c.article_id == id).values(title="", url=None))


def forget_copy(connection: Connection, id: str, place: tuple[str, str]) -> None:
    """The source of (source, place) has its copy of an article no more."""
    source, of = place[0], (documents.c.source == place[0], documents.c.place == place[1])
    connection.execute(delete(copies).where(copies.c.article_id == id, copies.c.source == source))
    connection.execute(delete(documents).where(*of))


def is_at_same_url(connection: Connection, id: str, source: str) -> bool:
    """Whether a source has an article that another one leads at the very URL of it."""
    c = copies.c
    same = select(c.digest).where(c.article_id == id, c.source == source, c.likeness.is_(None)).limit(1)
    return connection.execute(same).first() is not None


def article_with_copy(connection: Connection, key: str) -> str | None:
    """The id of the article of which a source has a copy at the URL with this key."""
    wanted = select(copies.c.article_id).where(copies.c.url_key == key).order_by(copies.c.since, copies.c.digest)
    return connection.execute(wanted.limit(1)).scalar_one_or_none()


def write_prints(connection: Connection, found: Iterable[tuple[str, Print]]) -> None:
    """Replace the prints of these articles."""
    for some in chunks(found):
        ids = [id for id, _ in some]
        for table in (print_keys, prints):
            connection.execute(delete(table).where(table.c.article_id.in_(ids)))
        samples = {id: np.array(of.sample, NUMBERS).tobytes() for id, of in some}
        numbers = [{"number": number, "article_id": id} for id, of in some for number in keys_of(of)]
        connection.execute(
            insert(prints), [{"article_id": id, "sample": samples[id], "runs": of.runs} for id, of in some]
        )
        for rows in chunks(numbers):
            connection.execute(insert(print_keys), rows)


def print_missing(connection: Connection, times: Collection[datetime]) -> None:
    """Make the prints of articles near these times that were taken in while there was no other source."""
    a = articles.c
    near = a.published.between(min(times) - WITHIN, max(times) + WITHIN)
    unknown = select(a.id).where(near, a.stub.is_(False), ~exists().where(prints.c.article_id == a.id))
    for some in chunks(connection.execute(unknown.order_by(a.id)).scalars().all()):
        rows = connection.execute(select(a.id, a.body_html, a.summary).where(a.id.in_(some))).all()
        # One that is too short is remembered as such.
        write_prints(connection, [(row.id, print_of(row.body_html or row.summary) or NO_PRINT) for row in rows])
