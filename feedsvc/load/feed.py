"""RSS and Atom feed → RawArticles.

Pure. Markup is passed on as found (it is sanitised later); relative addresses are resolved where the
feed itself says against what. Dates are the text of the feed, never feedparser's reading of it.
"""

import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import feedparser
from lxml import html

from feedsvc.errors import UnreadableDocument
from feedsvc.load.decode import joined, to_text
from feedsvc.model import BodyFormat, Document, Marks, RawArticle, RawLink, Unread

HEAD_BYTES = 16 * 1024  # the root element comes this early, whatever licence or stylesheet precedes it

_FEED_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|RDF)[\s>]")
_SITEMAP_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:urlset|sitemapindex)[\s>]")
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,9}));")
_BREAK = re.compile(r"<(?=/?(?:p|div|br|li|ul|ol|h[1-6]|tr|td|blockquote)\b)", re.IGNORECASE)

_HTML_TYPES = ("text/html", "application/xhtml+xml")


def parse_feed(document: Document, marks: Marks) -> Iterator[RawArticle | Unread]:
    """Read the entries of an RSS 0.9–2.0 or Atom feed, in its order.

    Raises UnreadableDocument for what is not a feed. A feed without entries holds none.
    """
    head = to_text(document.body[:HEAD_BYTES], document.media_type)
    if _SITEMAP_ROOT.search(head):
        raise UnreadableDocument("a sitemap lists pages and holds no articles")
    if not _FEED_ROOT.search(head):
        raise UnreadableDocument("not a feed")
    parsed = _parsed(document)
    for number, entry in enumerate(parsed.entries, 1):
        yield _article(entry, parsed, document, f"entry {number}")


def _parsed(document: Document) -> Any:
    try:
        return feedparser.parse(
            # As a stream: feedparser would open bytes that happen to be the name of a file.
            io.BytesIO(_REFERENCE.sub(_carried, document.body)),
            response_headers={"content-type": document.media_type} if "charset" in document.media_type else {},
            # Rewriting the markup is worth it only where xml:base says what to resolve against.
            resolve_relative_uris=b"xml:base" in document.body,
            sanitize_html=False,
        )
    # It promises to raise nothing, yet its lenient parser lets through whatever the markup provokes.
    except Exception as error:
        raise UnreadableDocument(f"broken beyond repair as a feed: {error}") from error


def _carried(reference: re.Match[bytes]) -> bytes:
    """A character reference, or U+FFFD for one that XML cannot carry (XML 1.0 §2.2) and feedparser trips over."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    allowed = code in (0x9, 0xA, 0xD) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return reference[0] if allowed else b"&#xFFFD;"


def _article(entry: Any, parsed: Any, document: Document, ref: str) -> RawArticle | Unread:
    title = _plain(entry.get("title_detail"))
    content, summary = _content(entry), entry.get("summary_detail") or {}
    url = _url(entry, parsed, document)
    if not (title or url or content.get("value")):
        return Unread(ref, "the entry has neither a title nor a link nor content")
    # dict.get: feedparser's own passes the publication time off as a missing update.
    updated = _text(dict.get(entry, "updated"))
    return RawArticle(
        title=title,
        published=_text(entry.get("published")) or _text(entry.get("created")) or updated,
        updated=updated,
        record_id=_text(entry.get("id")),
        url=url,
        authors=_authors(entry) or (_authors(parsed.feed) if parsed.version.startswith("atom") else ()),
        summary=_plain(summary) if summary.get("value") != content.get("value") else None,
        body=joined(content.get("value") or ""),
        body_format=BodyFormat.HTML if content.get("type") in _HTML_TYPES else BodyFormat.TEXT,
        tags=tuple(filter(None, (_text(tag.get("label") or tag.get("term")) for tag in entry.get("tags", [])))),
        language=_text(content.get("language") or parsed.feed.get("language")),
        image=_image(entry),
        related=tuple(_related(entry)),
        ref=ref,
    )
