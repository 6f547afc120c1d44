"""Feed → JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/).

Pure: the same Feed gives the same bytes; keys stand in the order of the specification. What it has no member for
stands in an extension, `_feedsvc`, of the feed ("current_url" of an archive, "deleted") and of its items ("rights",
"source", "related", "expired").
"""

from typing import Any

import orjson

from feedsvc.model import Credit, Entry, Feed, RelatedLink
from feedsvc.render.edge import deletions, enclosure_of, language_tag, names, own_language, title_of, writable

_VERSION = "https://jsonfeed.org/version/1.1"


def render_json(feed: Feed) -> bytes:
    """A JSON Feed document in UTF-8; times end in Z. Members without a value are left out."""
    document = {
        "version": _VERSION,
        "title": title_of(feed, feed.home_url),
        "home_page_url": writable(feed.home_url),
        "feed_url": writable(feed.self_urls["json"]),
        "description": writable(feed.description),
        "next_url": writable(feed.prev_urls.get("json", "")),
        "icon": writable(feed.image or ""),
        "favicon": writable(feed.image or ""),
        "language": language_tag(feed.language),
        "authors": _authors((feed.author,)),
        "_feedsvc": _more_of_feed(feed),
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
        "attachments": _attachments(entry),
        "_feedsvc": _more_of_item(entry),
    }
    return _stated(item)


def _more_of_feed(feed: Feed) -> dict[str, Any]:
    deleted = [{"id": writable(id), "when": when} for id, when in deletions(feed).items()]
    return _stated({"current_url": writable(feed.current_urls.get("json", "")), "deleted": deleted})


def _more_of_item(entry: Entry) -> dict[str, Any]:
    more = {
        "rights": writable(entry.rights).strip(),
        "source": entry.credit and _link(entry.credit),
        "also": [_link(link) for link in entry.also],
        "related": [_link(link) for link in entry.related],
        "expired": entry.expired,
    }
    return _stated(more)


def _link(link: Credit | RelatedLink) -> dict[str, str]:
    return _stated({"title": writable(link.title).strip(), "url": writable(link.url or "")})


def _attachments(entry: Entry) -> list[dict[str, Any]]:
    file = enclosure_of(entry)
    return [{"url": file.url, "mime_type": file.media_type, "size_in_bytes": file.length}] if file else []


def _authors(values: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"name": name} for name in names(values)]


def _stated(members: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in members.items() if value}
