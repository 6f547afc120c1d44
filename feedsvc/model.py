"""Every noun of the service, as frozen values.

No behaviour beyond what follows from the fields themselves, no IO, no clock. All datetimes in
`Article`, `Channel`, `Entry` and `Feed` are aware and in UTC; a `RawArticle` holds text only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Precision(StrEnum):
    """How finely a text told the time. A day-precise time is the first second of that day in its zone."""

    DAY = "day"
    MINUTE = "minute"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class ReadDate:
    """One date as it was written, and what was made of it.

    `at` is aware and in UTC. `zone` is the zone or offset it was read in ("+03:00", "EDT",
    "Europe/Kyiv"); `zone_assumed` is true when the text named none and the source's zone was taken.
    `note` says what was odd but harmless, such as a weekday that does not fit the day.
    """

    text: str
    at: datetime
    zone: str
    zone_assumed: bool
    precision: Precision
    note: str | None = None


class Evidence(StrEnum):
    """How a publication time is known, weakest last.

    RECORD: stated by structured data (a JSON key, front matter, page metadata).
    LISTED: stated by another page's related-links block.
    PAGE: shown on a scraped page, which may be the moment the page was rendered.
    """

    RECORD = "record"
    LISTED = "listed"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes from a source, with nothing interpreted.

    `place` is where in the source it lies: the path relative to a folder, with forward slashes.
    `media_type` decides the parser. `fetched_at` is aware and in UTC.
    """

    source: str
    place: str
    media_type: str
    body: bytes
    fetched_at: datetime
    url: str | None = None


@dataclass(frozen=True, slots=True)
class RawLink:
    """A related link as a parser read it: text only."""

    title: str
    url: str | None = None
    published: str | None = None


class BodyFormat(StrEnum):
    TEXT = "text"
    HTML = "html"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class RawArticle:
    """What a parser read: strings, nothing guessed and nothing cleaned.

    `date_evidence` says what kind of statement `published` is. `ref` names the record within its
    document ("line 12", "record 3"), or is empty when the document is the article. `embargo` is the time before
    which nobody may see it. `image_type` and `image_length` are the image's media type and size in bytes.
    `credit_title` and `credit_url` name the publication that a republished article was taken over from,
    `feed_title` and `feed_url` the feed that it was found in.
    """

    title: str
    published: str | None = None
    date_evidence: Evidence = Evidence.RECORD
    updated: str | None = None
    record_id: str | None = None
    url: str | None = None
    authors: tuple[str, ...] = ()
    subtitle: str | None = None
    summary: str | None = None
    body: str = ""
    body_format: BodyFormat = BodyFormat.TEXT
    tags: tuple[str, ...] = ()
    language: str | None = None
    image: str | None = None
    image_type: str | None = None
    image_length: str | None = None
    rights: str | None = None
    credit_title: str | None = None
    credit_url: str | None = None
    feed_title: str | None = field(default=None, compare=False)  # says nothing of the article itself
    feed_url: str | None = field(default=None, compare=False)
    embargo: str | None = None
    related: tuple[RawLink, ...] = ()
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A record that a parser had to leave out, and why. It never stops its neighbours.

    `article` is what could be read of it all the same, for operators who know what is missing.
    """

    ref: str
    reason: str
    article: RawArticle | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Marks:
    """The words by which a source's pages are taken apart; compared whole-line, case folded.

    `related` opens the related-links block, `end` closes the article and that block.
    """

    related: tuple[str, ...] = ("MORE ON THEME",)
    end: tuple[str, ...] = ("Follow us",)


@dataclass(frozen=True, slots=True)
class Image:
    """A picture by its URL, with its media type and its size in bytes where they are known."""

    url: str
    media_type: str | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """The publication that a republished article was taken over from."""

    title: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class DraftLink:
    """A related link, normalised, before it is known which article it means.

    `title_key` and `url_key` are the forms that matching compares. `date_text` is the time as written,
    kept even when nothing could be read from it.
    """

    title: str
    title_key: str
    url: str | None = None
    url_key: str | None = None
    published: ReadDate | None = None
    date_text: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A normalised article that has no id yet: it may turn out to be one that is known already.

    `document` is the place it was read from; `place` is that too, but only when the document holds this one
    article, so that the place tells it apart.
    `digest` covers what a reader sees, but neither the publication time nor the related links. `published` is the
    end of the embargo where that is later.
    """

    source: str
    document: str
    ref: str
    title: str
    title_key: str
    published: ReadDate
    evidence: Evidence
    digest: str
    fetched_at: datetime
    place: str | None = None
    record_id: str | None = None
    url: str | None = None
    url_key: str | None = None
    updated: ReadDate | None = None
    authors: tuple[str, ...] = ()
    subtitle: str = ""
    summary: str = ""
    body_html: str = ""
    tags: tuple[str, ...] = ()
    language: str | None = None
    image: Image | None = None
    rights: str = ""
    credit: Credit | None = None
    links: tuple[DraftLink, ...] = ()


@dataclass(frozen=True, slots=True)
class RelatedLink:
    """An article's link to another, normalised. `article_id` is what it resolves to."""

    title: str
    url: str | None = None
    published: datetime | None = None
    article_id: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """An article as the service knows it; a stub when only others' related links tell of it.

    `id` is minted once (`urn:uuid:…`) and never changes. `url` is as given. `published` is None
    only for a stub whose time nobody gave. `body_html` is sanitised. `note` is what an operator says of a
    correction. Of an article with a `withdrawn` time readers get nothing but that it was withdrawn.
    """

    id: str
    source: str
    title: str
    published: datetime | None
    updated: datetime | None
    url: str | None = None
    stub: bool = False
    authors: tuple[str, ...] = ()
    subtitle: str = ""
    summary: str = ""
    body_html: str = ""
    tags: tuple[str, ...] = ()
    language: str | None = None
    image: Image | None = None
    rights: str = ""
    credit: Credit | None = None
    note: str = ""
    withdrawn: datetime | None = None
    related: tuple[RelatedLink, ...] = ()


class Origin(StrEnum):
    """Where a channel comes from: the link graph, the operator's file, or what is left over."""

    DISCOVERED = "discovered"
    CURATED = "curated"
    REST = "rest"


class ChannelState(StrEnum):
    """ACTIVE and DORMANT channels are served; a dormant one has had nothing new for longer than themes last.

    The addresses of a MERGED one lead to its heir; those of a RETIRED one lead nowhere.
    """

    ACTIVE = "active"
    DORMANT = "dormant"
    MERGED = "merged"
    RETIRED = "retired"

    @property
    def stands(self) -> bool:
        return self in (ChannelState.ACTIVE, ChannelState.DORMANT)


@dataclass(frozen=True, slots=True)
class Channel:
    """A theme with an identity over time. `members` are article ids; `heir` is the slug a merged one went to.

    `born` is the time of the newest article there was when the channel was first published. `image` is the URL of
    a picture of it and `language` a BCP 47 tag, where the operator gave them. `rival` is a title that has been
    better than its own in the last `rival_runs` runs that weighed the two.
    """

    slug: str
    title: str
    origin: Origin
    description: str = ""
    state: ChannelState = ChannelState.ACTIVE
    heir: str | None = None
    members: frozenset[str] = frozenset()
    born: datetime | None = None
    image: str | None = None
    language: str | None = None
    rival: str = ""
    rival_runs: int = 0


class Turn(StrEnum):
    """What can happen to a channel; that it continues is not told each time."""

    BORN = "born"
    SPLIT = "split"
    MERGED = "merged"
    RENAMED = "renamed"
    SLEPT = "slept"
    WOKE = "woke"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Event:
    """A turn in a channel's life, with the time of the newest article there was then.

    `other` is the channel it was split from or merged into, or the title it had before. `articles` is how many
    came along: its first members, or those that went to the heir.
    """

    slug: str
    turn: Turn
    at: datetime
    other: str = ""
    articles: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as a feed shows it, ready to be written down.

    All text is plain and free of characters XML cannot carry; `content_html` is sanitised HTML with
    absolute URLs, or empty. `url` is absolute: the article's own, or its page on this service. `related` have
    absolute URLs too. An entry with an `expired` time tells that its article was withdrawn then.
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
