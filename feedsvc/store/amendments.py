"""What operators do to articles that readers know already, and what else changes in those."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from feedsvc.store import copies
from feedsvc.store.articles import REVISION, revision
from feedsvc.store.feeds import WITHDRAWN
from feedsvc.store.store import chunks, upsert, write_mark
from feedsvc.store.tables import (
    amended,
    articles,
    documents,
    former_titles,
    links,
    made,
    pages,
    pending,
    set_aside,
    source_states,
)

# Nothing of a withdrawn article is left but what tells it from others when it comes again: its keys, and its times.
NOTHING_LEFT: Mapping[str, Any] = {
    "title": "Withdrawn",
    "url": None,
    "digest": WITHDRAWN,
    "authors": [],
    "subtitle": "",
    "summary": "",
    "body_html": "",
    "tags": [],
    "image": None,
    "image_type": None,
    "image_length": None,
    "rights": "",
    "credit_title": "",
    "credit_url": None,
    "note": "",
    "corrected": None,
}


def withdraw(connection: Connection, id: str, reason: str, now: datetime) -> None:
    """Leave nothing of an article but its id, and why for operators. Pages that list it stay as they are."""
    values = {**NOTHING_LEFT, "withdrawn": now, "reason": reason}
    connection.execute(update(articles).where(articles.c.id == id).values(values))
    connection.execute(update(links).where(links.c.article_id == id).values(listed=False))
    copies.scrub(connection, id)
    # What was made on demand is made anew, with its time if its bytes come out the same.
    connection.execute(update(made).values(body=b"", digest=""))
    upsert(connection, amended, [{"article_id": id}], update=False)
    _changed(connection, [id])


def withdraw_place(connection: Connection, place: tuple[str, str], now: datetime) -> str | None:
    """Withdraw the article that a source handed over under this (source, place). Returns its id if there was one.

    Of what it has at a URL of its own, the same text elsewhere stays; what it has at the same URL is that article.
    """
    of = (documents.c.source == place[0], documents.c.place == place[1])
    aside = (set_aside.c.source == place[0], set_aside.c.place == place[1])
    connection.execute(delete(set_aside).where(*aside))
    id = connection.execute(select(documents.c.article_id).where(*of)).scalar_one_or_none()
    row = find(connection, id, None) if id else None
    if row is None or row["withdrawn"]:
        return None
    if row["source"] != place[0] and not copies.is_at_same_url(connection, row["id"], place[0]):
        copies.forget_copy(connection, row["id"], place)
        touch(connection, [row["id"]])
        _changed(connection, [row["id"]])
        return None
    withdraw(connection, row["id"], "its source took it back", now)
    return str(row["id"])


def reinstate(connection: Connection, id: str, source: str) -> None:
    """Let an article be what its source says of it, from the next time that this is read."""
    values = {"withdrawn": None, "reason": "", "note": "", "corrected": None, "digest": ""}
    connection.execute(update(articles).where(articles.c.id == id).values(values))
    connection.execute(delete(amended).where(amended.c.article_id == id))
    connection.execute(update(documents).where(documents.c.source == source).values(digest="", stamp=""))
    for table in (source_states, pages):  # so that what comes from there is read although nothing in it has changed
        connection.execute(update(table).where(table.c.source == source).values(digest=""))
    _changed(connection, [id])


def correct(connection: Connection, id: str, values: Mapping[str, Any], note: str, now: datetime) -> None:
    """Set columns of an article to what an operator says; its source changes them no more."""
    row = connection.execute(
        select(articles.c.title_key, articles.c.published, articles.c.corrected).where(articles.c.id == id)
    ).one()
    if "title_key" in values and row.published:
        former = {"article_id": id, "title_key": row.title_key, "at": row.published}
        upsert(connection, former_titles, [former], update=False)
    corrected = sorted({*(row.corrected or ()), *values})
    told = {"note": note} if note else {}
    changes = {**values, **told, "corrected": corrected, "updated": now}
    connection.execute(update(articles).where(articles.c.id == id).values(changes))
    upsert(connection, amended, [{"article_id": id, "touched": revision(connection) + 1, "corrected": now}])
    _changed(connection, [id])


def _changed(connection: Connection, ids: Iterable[str]) -> None:
    await_publication(connection, ids)
    write_mark(connection, REVISION, str(revision(connection) + 1))


def await_publication(connection: Connection, ids: Iterable[str]) -> None:
    """Remember that these articles are different from what the feeds say."""
    for some in chunks(sorted(set(ids))):
        upsert(connection, pending, [{"article_id": id} for id in some], update=False)


def touch(connection: Connection, ids: Iterable[str]) -> None:
    """Readers are told something else of these articles as of the next revision, though not by the articles."""
    now = revision(connection) + 1
    for some in chunks(sorted(ids)):
        upsert(connection, amended, [{"article_id": id, "touched": now} for id in some])


def find(connection: Connection, subject: str, key: str | None) -> Mapping[str, Any] | None:
    """An article by its id or URL: id, source, title, served, withdrawn."""
    a = articles.c
    exactly = (a.id == subject) | (a.url == subject)
    wanted = select(a.id, a.source, a.title, a.served, a.withdrawn, a.merged_into)
    best_first = wanted.where(exactly | (a.url_key == key) if key else exactly)
    row = connection.execute(best_first.order_by(exactly.desc(), a.merged_into.is_(None).desc(), a.id)).first()
    if row is not None and row.merged_into:
        return find(connection, row.merged_into, None)
    if row is None and key and (id := copies.article_with_copy(connection, key)):
        return find(connection, id, None)
    return dict(row._mapping) if row else None


def withdrawals(connection: Connection) -> list[datetime]:
    """When the articles were withdrawn that readers had seen."""
    wanted = select(articles.c.withdrawn).join(amended, amended.c.article_id == articles.c.id)
    return list(connection.execute(wanted.where(articles.c.withdrawn.is_not(None), articles.c.served)).scalars())


def touched(connection: Connection, unseen: Iterable[str]) -> dict[str, int]:
    """id → the revision, for those articles in feeds of which a related link is to be shown differently now.

    `unseen` are the articles that readers are about to see for the first time.
    """
    # Of what readers may not see yet, nothing may show: not even that the store has learnt more of it.
    seen = select(pending.c.article_id).join(articles, articles.c.id == pending.c.article_id).where(articles.c.served)
    changed = set(connection.execute(seen).scalars()) | set(unseen)
    now = revision(connection)
    found: dict[str, int] = {}
    for some in chunks(sorted(changed)):
        listers = (
            select(links.c.article_id)
            .join(articles, articles.c.id == links.c.article_id)
            .where(links.c.target_id.in_(some), links.c.listed, articles.c.served)
            .distinct()
        )
        found |= dict.fromkeys(connection.execute(listers).scalars(), now)
    return found


def settle(connection: Connection, touched: Mapping[str, int]) -> None:
    """The feeds follow the articles."""
    for some in chunks(sorted(touched.items())):
        upsert(connection, amended, [{"article_id": id, "touched": revision} for id, revision in some])
    connection.execute(delete(pending))
