"""Feed → JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/).

Pure: the same Feed gives the same bytes; keys stand in the order of the specification.
"""

from typing import Any

import orjson

from feedsvc.model import Entry, Feed
from feedsvc.render.edge import language_tag, names, own_language, title_of, writable

_VERSION = "https://jsonfeed.org/version/1.1"


def render_json(feed: Feed) -> bytes:
    """A JSON Feed document in UTF-8; times end in Z. Members without a value are left out."""
    document = {
        "version": _VERSION,
        "title": title_of(feed, feed.home_url),
        "home_page_url": writable(feed.home_url),
        "feed_url": writable(feed.self_urls["json"]),
        "description": writable(feed.description),
        "icon": writable(feed.image or ""),
        "language": language_tag(feed.language),
        "authors": _authors((feed.author,)),
    }
    items = [_item(entry, feed) for entry in feed.entries]
    options = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS
    return orjson.dumps(_stated(document) | {"items": items}, option=options)


def _item(entry: Entry, feed: Feed) -> dict[str, Any]:
    title = title_of(entry, entry.url)
    html, summary = writable(entry.content_html), writable(entry.summary).strip()
    item = {
        "id": writable(entry.id),
        "url": writable(entry.url),
        "title": title,
        "content_html": html,
        "content_text": "" if html else summary or title,
        "summary": summary,
        "image": writable(entry.image.url if entry.image else ""),
        "date_published": entry.published,
        "date_modified": entry.updated,
        "authors": _authors(entry.authors),
        "tags": names(entry.categories),
        "language": own_language(entry, feed),
    }
    return _stated(item)


def _authors(values: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"name": name} for name in names(values)]


def _stated(members: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in members.items() if value}
