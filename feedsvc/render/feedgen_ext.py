"""Extensions that make feedgen 1.0 write what it leaves out or gets wrong.

Pure. feedgen calls an extension after it has written its own elements, so each one adds to or mends the
lxml tree. Two for the feed, two for its entries: one pair a format, since an instance serves one feed.
"""

import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from html import unescape

from lxml.etree import Entity, SubElement, _Element

from feedsvc.model import Credit, Entry, Feed, RelatedLink
from feedsvc.render.edge import deletions, enclosure_of, names, own_language, timestamp, writable
from feedsvc.render.rhythm import per_period

_ATOM = "http://www.w3.org/2005/Atom"
_DC = "http://purl.org/dc/elements/1.1/"
_DCTERMS = "http://purl.org/dc/terms/"
_FH = "http://purl.org/syndication/history/1.0"
_MEDIA = "http://search.yahoo.com/mrss/"
_SY = "http://purl.org/rss/1.0/modules/syndication/"
_TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
_RIGHTS = f"{{{_DC}}}rights"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_MARK = re.compile("([&<])")
_REFERENCES = {"&": "#x26", "<": "#x3C"}
_LIKE_MARKUP = re.compile(r"<[/A-Za-z]|&#|&\w*[0-9_]")


class _UnwrittenDate(datetime):
    def __bool__(self) -> bool:
        return False


# feedgen gives a channel a lastBuildDate of now unless told otherwise, and writes every RSS date under
# setlocale, which switches the whole process, all threads, to another locale. It skips a date that counts
# as none, and the extensions below write the dates.
UNWRITTEN = _UnwrittenDate(1, 1, 1, tzinfo=UTC)


class RssFeed:
    """Adds to an RSS channel its dates, its rhythm, its archives and its author, which feedgen knows for Atom only."""

    feed: Feed

    def extend_ns(self) -> Mapping[str, str]:
        return {"dc": _DC, "dcterms": _DCTERMS, "fh": _FH, "media": _MEDIA, "sy": _SY}

    def extend_rss(self, root: _Element) -> None:
        channel = root[0]
        _text(channel, "pubDate", _rfc822(self.feed.updated))
        _text(channel, "lastBuildDate", _rfc822(self.feed.updated))
        for name in names((self.feed.author,)):
            _text(channel, f"{{{_DC}}}creator", name)
        if self.feed.every_min:
            period, times = per_period(self.feed.every_min)
            _text(channel, f"{{{_SY}}}updatePeriod", period)
            _text(channel, f"{{{_SY}}}updateFrequency", str(times))
        _add_history(channel, self.feed, "rss", f"{{{_ATOM}}}link")
        _refer_to_marks(channel.iter("title", "description", "copyright"))


class RssItem:
    """Adds to an RSS item its dates, its authors as dc:creator, its rights, its related links, its language and image.

    RSS has one author at most and wants an e-mail address for it.
    """

    entry: Entry
    feed: Feed

    def extend_rss(self, item: _Element) -> None:
        entry = self.entry
        _text(item, "pubDate", _rfc822(entry.published))
        _text(item, f"{{{_DCTERMS}}}modified", timestamp(entry.updated))
        for name in names(entry.authors):
            _text(item, f"{{{_DC}}}creator", name)
        if rights := writable(entry.rights).strip():
            _text(item, _RIGHTS, rights)
        for related in (*entry.also, *entry.related):
            SubElement(item, f"{{{_ATOM}}}link", _related(related))
        _add_what_both_have(item, entry, self.feed)
        _refer_to_marks(item.iter("title", "category", "source", _RIGHTS))


class AtomFeed:
    """Adds to an Atom feed its archives and tombstones, and declares the namespaces of its entries."""

    feed: Feed

    def extend_ns(self) -> Mapping[str, str]:
        known = {"dcterms": _DCTERMS, "fh": _FH, "media": _MEDIA}
        return known | {"at": _TOMBSTONES} if deletions(self.feed) else known  # validators do not know that one

    def extend_atom(self, root: _Element) -> None:
        _add_history(root, self.feed, "atom", "link")
        for id, when in deletions(self.feed).items():
            SubElement(root, f"{{{_TOMBSTONES}}}deleted-entry", ref=writable(id), when=timestamp(when))
        _refer_to_marks(root.iter("title", "subtitle", "rights", "name"))


class AtomEntry:
    """Gives an Atom entry's link back its attributes, and adds the other links, its source, its language and image."""

    entry: Entry
    feed: Feed

    def extend_atom(self, element: _Element) -> None:
        entry = self.entry
        for link in element.iterchildren("link"):  # the only one; feedgen writes its href and no more
            link.set("rel", "alternate")
            link.set("type", "text/html")
        if file := enclosure_of(entry):
            known = {"rel": "enclosure", "href": file.url, "type": file.media_type, "length": str(file.length)}
            SubElement(element, "link", known)
        for related in (*entry.also, *entry.related):
            SubElement(element, "link", _related(related))
        if entry.credit:
            _add_source(element, entry.credit, entry.published)
        _add_what_both_have(element, entry, self.feed)
        _refer_to_marks(element.iter("title", "summary", "rights", "name"))


def _add_what_both_have(element: _Element, entry: Entry, feed: Feed) -> None:
    if language := own_language(entry, feed):
        element.set(_LANG, language)
    if image := entry.image:
        known = {"url": writable(image.url), "medium": "image"}
        known |= {"type": writable(image.media_type)} if image.media_type else {}
        known |= {"fileSize": str(image.length)} if image.length else {}
        SubElement(element, f"{{{_MEDIA}}}content", known)
    if entry.expired:
        # A period of DCMI (https://www.dublincore.org/specifications/dublin-core/dcmi-period/): syndicators take
        # down what has come to its end.
        period = f"start={timestamp(entry.published)};end={timestamp(entry.expired)};scheme=W3C-DTF"
        _text(element, f"{{{_DCTERMS}}}valid", period)


def _add_history(parent: _Element, feed: Feed, format: str, link_tag: str) -> None:
    """The archive before, and the feed that an archive belongs to (RFC 5005 §4).

    No archive names the next one, which it would have to learn of after it was written: it never changes.
    """
    links = {
        "current": feed.current_urls.get(format),
        "prev-archive": feed.prev_urls.get(format),
    }
    if links["current"]:
        SubElement(parent, f"{{{_FH}}}archive")
        if not links["prev-archive"]:
            # Validators take an archive without neighbours for unfinished, and the feed is newer in any case.
            links["next-archive"] = links["current"]
    for rel, url in links.items():
        if url:
            SubElement(parent, link_tag, rel=rel, href=writable(url))


def _add_source(element: _Element, credit: Credit, published: datetime) -> None:
    """Where an entry was taken over from, with the three elements that a source should have (RFC 4287 §4.2.11).

    Nobody has told its id or its time: the one is made of its URL, the other is the latest that is sure.
    """
    title, url = writable(credit.title).strip(), writable(credit.url or "")
    source = SubElement(element, "source")
    _text(source, "id", f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, url or title)}")
    _text(source, "title", title or url)
    _text(source, "updated", timestamp(published))
    if url:
        SubElement(source, "link", rel="alternate", href=url)


def _related(link: RelatedLink) -> dict[str, str]:
    """The attributes of a link to a related article.

    The title is left out where it reads like markup: it could not be marked as text, as an element's can.
    """
    known = {"rel": "related", "href": writable(link.url or "")}
    title = writable(link.title).strip()
    if title and not (_MARK.search(title) and _reads_like_markup(title)):
        known["title"] = title
    return known


def _reads_like_markup(text: str) -> bool:
    return unescape(text) != text or _LIKE_MARKUP.search(text) is not None


def _refer_to_marks(elements: Iterator[_Element]) -> None:
    """Writes & and < in plain text as hexadecimal references, by which readers tell that it is no HTML.

    https://www.rssboard.org/rss-profile#data-types-characterdata
    """
    for element in list(elements):
        first, *rest = _MARK.split(element.text or "")
        if rest:
            element.text = first
        for mark, text in zip(rest[::2], rest[1::2], strict=True):
            reference = Entity(_REFERENCES[mark])
            reference.tail = text
            element.append(reference)


def _text(parent: _Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment)
