"""What readers get."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from feedsvc.model.articles import Credit, Image, RelatedLink


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as a feed shows it, ready to be written down.

    All text is plain and free of characters XML cannot carry; `content_html` is sanitised HTML with
    absolute URLs, or empty. `url` is absolute: the article's own, or its page on this service. `related` have
    absolute URLs too, and so have `also`, the places where others have published the same. An entry with an
    `expired` time tells that its article was withdrawn then.
    """

    id: str
    url: str
    title: str
    published: datetime
    updated: datetime
    summary: str = ""
    content_html: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    language: str | None = None
    image: Image | None = None
    rights: str = ""
    credit: Credit | None = None
    related: tuple[RelatedLink, ...] = ()
    also: tuple[RelatedLink, ...] = ()
    expired: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tombstone:
    """The id of an entry that is no more, and since when (RFC 6721)."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """A channel at a moment, format-free. `entries` are newest first.

    The mappings are from a format's name ("rss", "atom", "json") to a URL: `self_urls` is where the format is
    served; `prev_urls` is the archive with older entries, and `current_urls` the feed
    that an archive belongs to (RFC 5005 §4). `updated` is that of the newest change among the entries, never the
    clock. `every_min` is how often, in minutes, it is worth asking for news.
    """

    id: str
    title: str
    description: str
    home_url: str
    self_urls: Mapping[str, str]
    author: str
    updated: datetime
    language: str = "en"
    image: str | None = None
    rights: str = ""
    entries: tuple[Entry, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    every_min: int | None = None
    prev_urls: Mapping[str, str] = field(default_factory=dict)
    current_urls: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The bytes of one feed in one format, immutable. `etag` is strong, quotes included.

    `variants` maps a content coding ("gzip") to its own bytes and ETag.
    """

    format: str
    media_type: str
    body: bytes
    etag: str
    variants: Mapping[str, tuple[bytes, str]] = field(default_factory=dict)
