"""RSS and Atom feed → RawArticles.

Pure. Markup is passed on as found (it is sanitised later); relative addresses are resolved where the
feed itself says against what. Dates are the text of the feed, never feedparser's reading of it.
"""

import io
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any
from urllib.parse import urljoin

import feedparser
from lxml import html

from feedsvc.errors import UnreadableDocument
from feedsvc.load.decode import joined, to_text
from feedsvc.model import BodyFormat, Document, Marks, RawArticle, RawDate, RawLink, Unread

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

# Text that names a person: feedparser cuts it up around what it takes for an e-mail address, with four letters at most
# after the last stop. Another sign in place of the @ keeps it whole.
_PERSON = re.compile(
    r"<(?:[\w.-]+:)?(?:author|creator|managingEditor|email)(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[[^\]]{0,500}|[^<]{0,500})",
    re.IGNORECASE,
)
_AT = "\uff20"
_ADDRESS = r"(?:mailto:)?[^\s()<>,;:@]{1,64}@[^\s()<>,;:@]{1,250}\.[^\s()<>,;:@.]{1,63}"
_ADDRESS_AND_NAME = re.compile(rf"{_ADDRESS}\s*\(((?:[^()]|\([^()]*\))+)\)")  # RFC 5322 §3.4, as RSS 2.0 has it
_NAMELESS = re.compile(rf"[<(]?{_ADDRESS}[>)]?")

_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:[?#]|$)", re.IGNORECASE)
_WIDTH = re.compile(r"[0-9]{1,5}")
# A text that is escaped once more than it should be: it begins with a tag, and has no other.
_ESCAPED_MARKUP = re.compile(
    r"\s*&lt;(p|div|h[1-6]|ul|ol|figure|b|i|em|strong|a|span|blockquote)(?:\s|&gt;)", re.IGNORECASE
)

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
            io.BytesIO(_PERSON.sub(_without_at, _REFERENCE.sub(_carried, text)).encode()),
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


def _without_at(person: re.Match[str]) -> str:
    return person[0].replace("@", _AT)


def _date_elements(text: str) -> Elements:
    found: dict[tuple[str, str], str] = {}
    for name, local, date in _DATE_ELEMENT.findall(text):
        field = _FIELD_BY_ELEMENT.get(local.lower(), local.lower())
        found.setdefault((field, date.strip()), name)
    return found


def _article(entry: Any, parsed: Any, document: Document, ref: str, elements: Elements) -> RawArticle | Unread:
    title = _plain(entry.get("title_detail"))
    content, summary = _content(entry), _unescaped(entry.get("summary_detail") or {})
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
        more_dates=tuple(
            RawDate(date, origin=_origin(field, dates, parsed, elements))
            for field, date in dates.items()
            if field != published
        ),
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
    found = next((text for text in texts if text.get("type") in _HTML_TYPES and text.get("value")), texts[0])
    return _unescaped(found) if found.get("type") in _HTML_TYPES else found


def _unescaped(detail: Any) -> Any:
    """What was escaped twice is so no more."""
    value = detail.get("value") or ""
    begins = _ESCAPED_MARKUP.match(value)
    if begins and "<" not in value and f"&lt;/{begins[1].lower()}" in value.lower():
        return {**detail, "value": unescape(value)}
    return detail


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
    # feedparser gives a person without a name that of the one before.
    return tuple(dict.fromkeys(name for person in people for name in _names(_text(person.get("name")) or "")))


def _names(text: str) -> list[str]:
    """Names without the addresses beside them; an address alone names nobody."""
    told = text.replace(_AT, "@")
    names = _ADDRESS_AND_NAME.findall(told) or [_NAMELESS.sub("", told)]
    return [name for found in names if (name := found.strip(" ,;\t\r\n"))]


def _image(entry: Any) -> tuple[str | None, str | None, str | None]:
    """(URL, media type, bytes) of the entry's picture; a thumbnail stands in where there is none.

    Of several sizes the one that is said to be the default, else the widest.
    """
    media = sorted(filter(_is_picture, entry.get("media_content", [])), key=_size, reverse=True)
    own = [*media, *filter(_is_picture, entry.get("enclosures", [])), entry.get("image") or {}]
    for item in [*own, *sorted(entry.get("media_thumbnail", []), key=_size, reverse=True)]:
        if url := _text(item.get("url") or item.get("href")):
            return url, _text(item.get("type")), _text(item.get("filesize") or item.get("length"))
    return None, None, None


def _is_picture(item: Any) -> bool:
    media_type, address = item.get("type") or "", item.get("url") or item.get("href") or ""
    if item.get("medium") or media_type:
        return item.get("medium") == "image" or media_type.startswith("image/")
    return _PICTURE.search(address) is not None


def _size(item: Any) -> tuple[bool, int]:
    width = item.get("width") or ""
    return item.get("isdefault") == "true", int(width) if _WIDTH.fullmatch(width) else 0


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
