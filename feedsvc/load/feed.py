"""RSS and Atom feed → RawArticles.

Pure. Markup is passed on as found (it is sanitised later); relative addresses are resolved where the
feed itself says against what. Dates are the text of the feed, never feedparser's reading of it.
"""

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

import feedparser
from lxml import html

from feedsvc.errors import UnreadableDocument
from feedsvc.load.decode import joined, to_text
from feedsvc.model import BodyFormat, Document, Marks, RawArticle, RawLink, Unread

DATES = ("published", "created", "updated")  # what is taken for the publication time, the best first
HEAD_CHARS = 16 * 1024  # the root element comes this early, whatever licence or stylesheet precedes it

_FEED_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|RDF)[\s/>]")
_SITEMAP_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:urlset|sitemapindex)[\s/>]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,9}));")
_BREAK = re.compile(r"<(?=/?(?:p|div|br|li|ul|ol|h[1-6]|tr|td|blockquote)\b)", re.IGNORECASE)

_DATE_ELEMENT = re.compile(
    r"<((?:[\w.-]+:)?(pubDate|published|issued|updated|modified|date|created))(?:\s[^<>]*)?>"
    r"\s*(?:<!\[CDATA\[)?\s*([^<\]]{1,200})",
    re.IGNORECASE,
)
# Under which name feedparser has what it finds in elements of other names.
_FIELD_BY_ELEMENT = {"pubdate": "published", "issued": "published", "modified": "updated", "date": "updated"}

_PARSER = html.HTMLParser(encoding="utf-8")
_HTML_TYPES = ("text/html", "application/xhtml+xml")

Elements = Mapping[tuple[str, str], str]  # (field, date) → the first element with just this, as the feed writes it


def parse_feed(document: Document, marks: Marks) -> Iterator[RawArticle | Unread]:
    """Read the entries of an RSS 0.9–2.0 or Atom feed, in its order.

    Raises UnreadableDocument for what is not a feed. A feed without entries holds none.
    """
    text = to_text(document.body, document.media_type)
    head = text[:HEAD_CHARS]
    if _SITEMAP_ROOT.search(head):
        raise UnreadableDocument("a sitemap lists pages and holds no articles")
    if not _FEED_ROOT.search(head):
        raise UnreadableDocument("not a feed")
    parsed = _parsed(text)
    if not parsed.entries and parsed.bozo:
        raise UnreadableDocument(f"broken before its first entry: {parsed.bozo_exception}")
    elements = _date_elements(text)
    for number, entry in enumerate(parsed.entries, 1):
        yield _article(entry, parsed, document, f"entry {number}", elements)


def _parsed(text: str) -> Any:
    try:
        return feedparser.parse(
            # As a stream: feedparser would open bytes that happen to be the name of a file.
            io.BytesIO(_REFERENCE.sub(_carried, text).encode()),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            # Rewriting the markup is worth it only where xml:base says what to resolve against.
            resolve_relative_uris="xml:base" in text,
            sanitize_html=False,
        )
    # It promises to raise nothing, yet its lenient parser lets through whatever the markup provokes.
    except Exception as error:
        raise UnreadableDocument(f"broken beyond repair as a feed: {error}") from error


def _carried(reference: re.Match[str]) -> str:
    """A character reference, or U+FFFD for one that XML cannot carry (XML 1.0 §2.2) and feedparser trips over."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    allowed = code in (0x9, 0xA, 0xD) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return reference[0] if allowed else "&#xFFFD;"


def _date_elements(text: str) -> Elements:
    found: dict[tuple[str, str], str] = {}
    for name, local, date in _DATE_ELEMENT.findall(text):
        field = _FIELD_BY_ELEMENT.get(local.lower(), local.lower())
        found.setdefault((field, date.strip()), name)
    return found


def _article(entry: Any, parsed: Any, document: Document, ref: str, elements: Elements) -> RawArticle | Unread:
    title = _plain(entry.get("title_detail"))
    content, summary = _content(entry), entry.get("summary_detail") or {}
    url = _url(entry, parsed, document)
    image, image_type, image_length = _image(entry)
    credit_title, credit_url = _credit(entry)
    if not (title or url or content.get("value")):
        return Unread(ref, "the entry has neither a title nor a link nor content")
    # dict.get: feedparser's own passes the publication time off as a missing update.
    dates = {field: date for field in DATES if (date := _text(dict.get(entry, field)))}
    published = next(iter(dates), "")
    return RawArticle(
        title=title,
        published=dates.get(published),
        updated=dates.get("updated"),
        date_origin=_origin(published, dates, parsed, elements),
        updated_origin=_origin("updated", dates, parsed, elements),
        record_id=_text(entry.get("id")),
        url=url,
        authors=_authors(entry) or (_authors(parsed.feed) if parsed.version.startswith("atom") else ()),
        summary=_plain(summary) or None if summary.get("value") != content.get("value") else None,
        body=joined(content.get("value") or ""),
        body_format=BodyFormat.HTML if content.get("type") in _HTML_TYPES else BodyFormat.TEXT,
        tags=tuple(filter(None, (_text(tag.get("label") or tag.get("term")) for tag in entry.get("tags", [])))),
        language=_text(content.get("language") or parsed.feed.get("language")),
        image=image,
        image_type=image_type,
        image_length=image_length,
        rights=_rights(entry, parsed),
        credit_title=credit_title,
        credit_url=credit_url,
        feed_title=parsed.feed.get("title"),
        feed_url=parsed.feed.get("link"),
        related=tuple(_related(entry)),
        ref=ref,
    )


def _origin(field: str, dates: Mapping[str, str], parsed: Any, elements: Elements) -> str:
    """In which element a date stands: "RSS pubDate", "RSS dc:date", "Atom published"."""
    if field not in dates:
        return ""
    name = elements.get((field, dates[field].strip()))
    language = "Atom" if parsed.version.startswith("atom") else "RSS"
    return f"{language} {name}" if name else f"when the entry says it was {field}"


def _content(entry: Any) -> Any:
    """The fullest of an entry's texts; a description stands in where there is no content."""
    texts = [*entry.get("content", []), entry.get("summary_detail") or {}]
    return next((text for text in texts if text.get("type") in _HTML_TYPES and text.get("value")), texts[0])


def _url(entry: Any, parsed: Any, document: Document) -> str | None:
    alternates = (link.get("href") for link in entry.get("links", []) if link.get("rel") == "alternate")
    found = next(filter(None, alternates), None)
    # Without a link feedparser offers the guid, which is one only where it looks like one.
    if not found and "://" in (entry.get("link") or ""):
        found = entry.get("link")
    base = document.url or parsed.feed.get("link") or ""
    try:
        return joined(urljoin(base, found)) if found else None
    except ValueError:  # "http://[" and its like
        return _text(found)


def _authors(holder: Any) -> tuple[str, ...]:
    people = holder.get("authors") or [{"name": holder.get("author")}]
    return tuple(name for person in people if (name := _text(person.get("name") or person.get("email"))))


def _image(entry: Any) -> tuple[str | None, str | None, str | None]:
    """(URL, media type, bytes) of the entry's picture; a thumbnail stands in where there is none."""
    media = [*entry.get("media_content", []), *entry.get("enclosures", [])]
    pictures = [
        item for item in media if item.get("medium") == "image" or (item.get("type") or "").startswith("image/")
    ]
    for item in [*pictures, *entry.get("media_thumbnail", [])]:
        if url := _text(item.get("url") or item.get("href")):
            return url, _text(item.get("type")), _text(item.get("filesize") or item.get("length"))
    return None, None, None


def _rights(entry: Any, parsed: Any) -> str | None:
    """An entry's own, else those of its Atom feed, which count for all its entries (RFC 4287 §4.2.10)."""
    inherited = parsed.feed.get("rights_detail") if parsed.version.startswith("atom") else None
    return _plain(entry.get("rights_detail")) or _text(entry.get("media_copyright")) or _plain(inherited) or None


def _credit(entry: Any) -> tuple[str | None, str | None]:
    """(title, URL) of the feed that the entry was taken over from (RSS 2.0 <source>, RFC 4287 §4.2.11)."""
    source = entry.get("source") or {}
    links = source.get("links", [])
    hrefs = [link.get("href") for rel in ("alternate", "self") for link in links if link.get("rel") == rel]
    title = _plain(source.get("title_detail")) or _text(source.get("title"))
    return title, next(filter(None, map(_text, [source.get("href"), *hrefs])), None)


def _related(entry: Any) -> Iterator[RawLink]:
    for link in entry.get("links", []):
        if link.get("rel") == "related" and link.get("href"):
            yield RawLink(joined(link.get("title") or ""), joined(link["href"]))


def _text(value: object) -> str | None:
    return joined(value) if isinstance(value, str) and value else None


def _plain(detail: Any) -> str:
    """The text of a title or summary: only here is it known whether it is markup."""
    value = joined((detail or {}).get("value") or "")
    if detail and detail.get("type") in _HTML_TYPES and value.strip():
        markup = f"<div>{_BREAK.sub(' <', value)}</div>"
        element: html.HtmlElement = html.document_fromstring(markup.encode(), parser=_PARSER)
        value = str(element.text_content())
    return " ".join(value.split())
