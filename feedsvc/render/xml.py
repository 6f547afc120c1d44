"""Feed → RSS 2.0 or Atom 1.0, through feedgen.

Pure: the same Feed gives the same bytes. feedgen dates feeds and entries with the current time unless
each of them is told otherwise, so every date is set here or in `feedgen_ext`.
"""

import re
from html import escape
from pathlib import PurePosixPath
from typing import Any

from feedgen.feed import FeedGenerator

from feedsvc.model import Entry, Feed
from feedsvc.render.edge import enclosure_of, language_tag, names, summary_of, title_of, writable
from feedsvc.render.feedgen_ext import UNWRITTEN, AtomEntry, AtomFeed, RssFeed, RssItem

_GENERATOR = "feedsvc"
_RSS_IMAGES = (".gif", ".jpeg", ".jpg", ".png")
# What validators take for the URL of an enclosure: one with a dot in its host.
_ENCLOSABLE = re.compile(r"https?://(?:[a-z0-9-]+\.)+[a-z0-9-]+(?::[0-9]+)?(?:/|\Z)")


def render_rss(feed: Feed) -> bytes:
    """An RSS 2.0 document (https://www.rssboard.org/rss-specification).

    An item's description is HTML there, so plain text is escaped once to become it. Titles and the
    channel's description are plain text (https://www.rssboard.org/rss-profile).
    """
    channel = _generator(feed, feed.self_urls["rss"], "application/rss+xml")
    channel.description(writable(feed.description).strip() or channel.title())
    channel.updated(UNWRITTEN)
    image = writable(feed.image or "")
    if image and _fits_rss(image):
        channel.image(image)  # its title and its link are the channel's
    if feed.every_min:
        channel.ttl(feed.every_min)
    channel.register_extension("more", RssFeed, RssItem, atom=False)
    channel.more.feed = feed
    for entry in feed.entries:
        _add_item(channel, entry, feed)
    document: bytes = channel.rss_str()
    return document


def render_atom(feed: Feed) -> bytes:
    """An Atom 1.0 document (RFC 4287). An entry without authors has the feed's (§4.2.1)."""
    generator = _generator(feed, feed.self_urls["atom"], "application/atom+xml")
    generator.id(writable(feed.id))
    generator.subtitle(writable(feed.description).strip())
    generator.updated(feed.updated.replace(microsecond=0))
    generator.author(name=writable(feed.author).strip() or generator.title())
    if image := writable(feed.image or ""):
        generator.icon(image)
        generator.logo(image)
    generator.register_extension("more", AtomFeed, AtomEntry, rss=False)
    generator.more.feed = feed
    for entry in feed.entries:
        _add_entry(generator, entry, feed)
    document: bytes = generator.atom_str()
    return document


def _generator(feed: Feed, self_url: str, media_type: str) -> Any:
    generator = FeedGenerator()
    generator.title(title_of(feed, feed.home_url))
    if language := language_tag(feed.language):
        generator.language(language)
    if rights := writable(feed.rights).strip():
        generator.rights(rights)
    generator.generator(_GENERATOR)
    generator.link(href=writable(self_url), rel="self", type=media_type)
    # Last: whichever link comes last becomes the RSS channel's own.
    generator.link(href=writable(feed.home_url), rel="alternate", type="text/html")
    return generator


def _add_item(channel: Any, entry: Entry, feed: Feed) -> None:
    item = channel.add_entry(order="append")
    item.title(title_of(entry, entry.url))
    item.link(href=writable(entry.url))
    item.guid(writable(entry.id), permalink=False)
    item.description(escape(summary_of(entry) or item.title(), quote=False))
    if html := writable(entry.content_html):
        item.content(html)
    item.category(_categories(entry))
    if (file := enclosure_of(entry)) and _ENCLOSABLE.match(file.url):
        item.enclosure(file.url, file.length, file.media_type)
    if (credit := entry.credit) and credit.url:
        item.source(writable(credit.url), writable(credit.title).strip() or writable(credit.url))
    item.more.entry, item.more.feed = entry, feed


def _add_entry(generator: Any, entry: Entry, feed: Feed) -> None:
    element = generator.add_entry(order="append")
    element.id(writable(entry.id))
    element.title(title_of(entry, entry.url))
    element.published(entry.published.replace(microsecond=0))
    element.updated(entry.updated.replace(microsecond=0))
    element.link(href=writable(entry.url))
    html, summary = writable(entry.content_html), writable(entry.summary).strip()
    if html:
        element.content(html, type="html")
    if summary or not html:
        element.summary(summary or element.title())
    element.author([{"name": name} for name in names(entry.authors)])
    element.category(_categories(entry))
    element.rights(writable(entry.rights).strip())
    element.more.entry, element.more.feed = entry, feed


def _fits_rss(image: str) -> bool:
    """Whether an RSS channel may have it: it takes GIF, JPEG and PNG, as far as the name tells.

    Validators go by whatever comes after the last dot, though it be in a query.
    https://www.rssboard.org/rss-specification#ltimagegtSubelementOfLtchannelgt
    """
    suffix = PurePosixPath(re.split("[?#]", image)[0]).suffix.lower()
    ending = re.search(r"\.(\w+)\Z", image)
    return suffix in ("", *_RSS_IMAGES) and (ending is None or f".{ending[1].lower()}" in _RSS_IMAGES)


def _categories(entry: Entry) -> list[dict[str, str]]:
    return [{"term": name} for name in names(entry.categories)]
