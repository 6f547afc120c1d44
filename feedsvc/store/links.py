"""The related lists of articles in the store."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from feedsvc.normalise.identity import Repoint
from feedsvc.normalise.settle import Link
from feedsvc.store.store import chunks, upsert
from feedsvc.store.tables import links


def repoint_links(connection: Connection, repoints: Sequence[Repoint]) -> None:
    """Let these links mean other articles than they did."""
    for one in repoints:
        meant = (links.c.target_id == one.old, links.c.title_key == one.title_key, links.c.published == one.at)
        for row in connection.execute(select(links).where(*meant)).mappings().all():
            upsert(connection, links, [{**row, "target_id": one.new, "woven": False}], update=False)
        connection.execute(delete(links).where(*meant))


def write_links(connection: Connection, lists: Mapping[str, Sequence[Link]]) -> bool:
    """Write the related lists that differ, by article; links that a page no longer has are kept as unlisted.

    Returns whether there are any.
    """
    before = _listed_links(connection, list(lists))
    rows, changed = [], []
    for article_id, listed in lists.items():
        now = [_link_row(article_id, position, link) for position, link in enumerate(listed)]
        if [_comparable(row) for row in before.get(article_id, [])] != [_comparable(row) for row in now]:
            changed.append(article_id)
            rows += now
    for ids in chunks(changed):
        connection.execute(update(links).where(links.c.article_id.in_(ids)).values(listed=False))
    for some in chunks(rows):
        upsert(connection, links, some)
    return bool(changed)


def write_copied_links(connection: Connection, lists: Mapping[str, Sequence[Link]]) -> bool:
    """Add what copies of articles list: it ties the article as well, and is shown where the article lists nothing.

    Returns whether any of it is new.
    """
    before = _listed_links(connection, list(lists))
    known = set[tuple[str, str]]()
    for some in chunks(lists):
        pairs = connection.execute(select(links.c.article_id, links.c.target_id).where(links.c.article_id.in_(some)))
        known.update((row.article_id, row.target_id) for row in pairs)
    rows = [
        {**_link_row(article_id, position, link), "listed": article_id not in before}
        for article_id, listed in lists.items()
        for position, link in enumerate(listed)
        if (article_id, link.target) not in known
    ]
    for some_rows in chunks(rows):
        upsert(connection, links, some_rows)
    return bool(rows)


def _listed_links(connection: Connection, article_ids: Iterable[str]) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {}
    for ids in chunks(article_ids):
        wanted = select(links).where(links.c.article_id.in_(ids), links.c.listed).order_by(links.c.position)
        for row in connection.execute(wanted):
            found.setdefault(row.article_id, []).append(row)
    return found


def _comparable(row: Any) -> tuple[Any, ...]:
    of = row if isinstance(row, dict) else row._mapping
    return of["target_id"], of["title"], of["url"], of["published"]


def _link_row(article_id: str, position: int, link: Link) -> dict[str, Any]:
    said = link.link
    return {
        "article_id": article_id,
        "target_id": link.target,
        "position": position,
        "listed": True,
        "title": said.title,
        "title_key": said.title_key,
        "url": said.url,
        "published": said.published.at if said.published else None,
        "date_text": said.date_text,
        "zone": said.published.zone if said.published else None,
    }
