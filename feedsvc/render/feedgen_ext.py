"""Extensions that make feedgen 1.0 write what it leaves out or gets wrong.

Pure. feedgen calls an extension after it has written its own elements, so each one adds to or mends the
lxml tree. Two for the feed, two for its entries: one pair a format, since an instance serves one feed.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime

from lxml.etree import SubElement, _Element

from feedsvc.model import Entry, Feed
from feedsvc.render.edge import names, own_language, writable

_DC = "http://purl.org/dc/elements/1.1/"
_MEDIA = "http://search.yahoo.com/mrss/"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class _UnwrittenDate(datetime):
    def __bool__(self) -> bool:
        return False


# feedgen gives a channel a lastBuildDate of now unless told otherwise, and writes every RSS date under
# setlocale, which switches the whole process, all threads, to another locale. It skips a date that counts
# as none, and the extensions below write the dates.
UNWRITTEN = _UnwrittenDate(1, 1, 1, tzinfo=UTC)


class RssFeed:
    """Adds to an RSS channel its dates and its author, which feedgen knows for Atom only."""

    feed: Feed

    def extend_ns(self) -> Mapping[str, str]:
        return {"dc": _DC, "media": _MEDIA}

    def extend_rss(self, root: _Element) -> None:
        channel = root[0]
        _text(channel, "pubDate", _rfc822(self.feed.updated))
        _text(channel, "lastBuildDate", _rfc822(self.feed.updated))
        for name in names((self.feed.author,)):
            _text(channel, f"{{{_DC}}}creator", name)


class RssItem:
    """Adds to an RSS item its date, its authors as dc:creator, its language and its image.

    RSS has one author at most and wants an e-mail address for it.
    """

    entry: Entry
    feed: Feed

    def extend_rss(self, item: _Element) -> None:
        _text(item, "pubDate", _rfc822(self.entry.published))
        for name in names(self.entry.authors):
            _text(item, f"{{{_DC}}}creator", name)
        _add_language_and_image(item, self.entry, self.feed)


class AtomFeed:
    """Declares for an Atom feed the namespaces of its entries."""

    def extend_ns(self) -> Mapping[str, str]:
        return {"media": _MEDIA}

    def extend_atom(self, root: _Element) -> None:
        """Nothing is missing."""


class AtomEntry:
    """Gives an Atom entry's link back its attributes, and adds its language and its image."""

    entry: Entry
    feed: Feed

    def extend_atom(self, element: _Element) -> None:
        for link in element.iterchildren("link"):  # the only one; feedgen writes its href and no more
            link.set("rel", "alternate")
            link.set("type", "text/html")
        _add_language_and_image(element, self.entry, self.feed)


def _add_language_and_image(element: _Element, entry: Entry, feed: Feed) -> None:
    if language := own_language(entry, feed):
        element.set(_LANG, language)
    # Not an enclosure: that needs a length in bytes (RSS 2.0), and nobody has fetched the image.
    if entry.image:
        SubElement(element, f"{{{_MEDIA}}}content", {"url": writable(entry.image.url), "medium": "image"})


def _text(parent: _Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment)
