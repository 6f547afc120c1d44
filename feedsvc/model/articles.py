"""Articles, before and after it is known which ones they are."""

from dataclasses import dataclass
from datetime import datetime

from feedsvc.model.reading import Evidence, ReadDate


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
class Print:
    """A fair sample of the runs of words in a text, as rising numbers, and how many different runs it has in all."""

    sample: tuple[int, ...]
    runs: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A normalised article that has no id yet: it may turn out to be one that is known already.

    `document` is the place it was read from; `place` is that too, but only when the document holds this one article, so
    that the place tells it apart. `digest` covers what a reader sees, but neither the publication time nor the related
    links. `published` is the end of the embargo where that is later. `print` is of its text, where other sources may
    have the same.
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
    print: Print | None = None


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
    correction. `also` are the same text's places on other sites. Of an article with a `withdrawn` time readers get
    nothing but that it was withdrawn.
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
    also: tuple[RelatedLink, ...] = ()
