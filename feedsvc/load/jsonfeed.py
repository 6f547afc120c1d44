"""JSON Feed 1.0 and 1.1 → RawArticles (https://www.jsonfeed.org/version/1.1/).

Pure. Its items are records under other names; one bad item stops only itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeGuard

from feedsvc.load.record import key_origin, read_optional
from feedsvc.model import RawArticle, RawDate, Unread

VERSION = "https://jsonfeed.org/version/"
NAMES = {
    "id": "id",
    "url": "url",
    "content_html": "body_html",
    "content_text": "body_text",
    "summary": "summary",
    "image": "image",
    "attachments": "attachments",
    "date_modified": "updated",
    "tags": "tags",
    "language": "language",
}


def is_json_feed(value: object) -> TypeGuard[dict[str, object]]:
    """Whether a decoded JSON document says that it is one."""
    return isinstance(value, dict) and str(value.get("version", "")).startswith(VERSION)


def read_items(feed: Mapping[str, object]) -> Iterator[RawArticle | Unread]:
    """Each item, in the feed's order. An item without authors or a language has the feed's."""
    items = feed.get("items")
    for number, item in enumerate(items if isinstance(items, list) else [], 1):
        ref = f"item {number}"
        if not isinstance(item, dict):
            yield Unread(ref, "an item must be an object")
            continue
        record = {ours: item[theirs] for theirs, ours in NAMES.items() if theirs in item}
        record |= {"url": item.get("url") or item.get("external_url")}
        record |= {
            "authors": _authors(item) or _authors(feed),
            "language": item.get("language") or feed.get("language"),
        }
        title, key = item.get("title"), _date_key(item)
        article = read_optional(record, _text(title), _text(item.get(key)) or None, ref)
        article = replace(
            article,
            date_origin=article.date_origin and key_origin(key),
            updated_origin=article.updated_origin and key_origin("date_modified"),
            more_dates=(RawDate(article.updated, origin=key_origin("date_modified")),) if article.updated else (),
            feed_title=_text(feed.get("title")),
            feed_url=_text(feed.get("home_page_url")),
        )
        if article.published is None:
            yield Unread(ref, "the item does not say when it was published", article)
        else:
            yield article


def _date_key(item: Mapping[str, object]) -> str:
    """What is only said to have changed is as old as that, as in Atom."""
    only_changed = _text(item.get("date_modified")) and not _text(item.get("date_published"))
    return "date_modified" if only_changed else "date_published"


def _authors(of: Mapping[str, object]) -> list[str]:
    told = of.get("authors") or [of.get("author")]
    return [_text(one.get("name")) for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
