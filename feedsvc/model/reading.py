"""What was read: documents, and what stands in them. Nothing is guessed, and nothing cleaned."""

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
    `note` says what was odd but harmless, such as a weekday that does not fit the day, and `origin` where it stood.
    """

    text: str
    at: datetime
    zone: str
    zone_assumed: bool
    precision: Precision
    note: str | None = None
    origin: str = field(default="", compare=False)  # the same date wherever it stands


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
    `media_type` decides the parser. `fetched_at` is aware and in UTC. `first_line` is the number of the first line
    in a part of a file that is several documents.
    """

    source: str
    place: str
    media_type: str
    body: bytes
    fetched_at: datetime
    url: str | None = None
    first_line: int = 1


@dataclass(frozen=True, slots=True)
class RawLink:
    """A related link as a parser read it: text only."""

    title: str
    url: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True)
class RawDate:
    """A date as a parser found it: its text, what kind of statement it is, and where it stands, for people."""

    text: str
    evidence: Evidence = Evidence.RECORD
    origin: str = ""


class BodyFormat(StrEnum):
    TEXT = "text"
    HTML = "html"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class RawArticle:
    """What a parser read: strings, nothing guessed and nothing cleaned.

    `date_evidence` says what kind of statement `published` is, `date_origin` and `updated_origin` where the two dates
    stand, for people. `more_dates` are what else may be the publication time, the best first, for a `published` that
    cannot be read, and `more_updates` the same for `updated`. `ref` names the record within its document ("line 12",
    "record 3"), or is empty when the document is the article. `embargo` is the time before which nobody may see it.
    `image_type` and `image_length` are the image's media type and size in bytes. `credit_title` and `credit_url` name
    the publication that a republished article was taken over from, `feed_title` and `feed_url` the feed that it was
    found in.
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
    date_origin: str = field(default="", compare=False)
    updated_origin: str = field(default="", compare=False)
    more_dates: tuple[RawDate, ...] = field(default=(), compare=False)
    more_updates: tuple[RawDate, ...] = field(default=(), compare=False)
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

    `related` opens the related-links block, `end` closes the article and that block; `date_language` has the words of
    dates, by its BCP 47 tag.
    """

    related: tuple[str, ...] = ("MORE ON THEME",)
    end: tuple[str, ...] = ("Follow us",)
    date_language: str = field(default="", repr=False)  # what was read before is known by the repr without it
