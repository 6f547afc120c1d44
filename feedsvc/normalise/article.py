"""RawArticle → Draft: plain text, safe HTML, UTC times, keys to match by.

Pure. Guesses nothing: a record without a readable publication time is refused with UnreadableRecord, as is one whose
embargo cannot be read, and only an emptied title is replaced, by the first words of the text.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from urllib.parse import urlsplit

from feedsvc.errors import UnreadableDate, UnreadableRecord
from feedsvc.model import (
    Credit,
    Document,
    Draft,
    DraftLink,
    Evidence,
    Image,
    Precision,
    RawArticle,
    RawDate,
    RawLink,
    ReadDate,
)
from feedsvc.normalise.dates import read_date
from feedsvc.normalise.html import absolute_url, body_to_html
from feedsvc.normalise.prints import print_of
from feedsvc.normalise.text import clean, first_words, plain, title_key
from feedsvc.normalise.urls import url_key

# Text beyond these is cut: no reader shows more, and one hostile record must not fill every feed.
MAX_TITLE = 500
OLDEST_YEAR = 1000  # of what was published; feeds have no earlier one
NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)  # 0 as the seconds of a clock, where it is told to the second
MAX_DATE_TEXT = 200
MAX_ORIGIN = 500  # a selector, and what was found that names no day
MAX_SUMMARY = 10_000
MAX_RIGHTS = 1000
MAX_IMAGE_BYTES = 2**31 - 1  # what any reader's integers hold; no picture has more
MAX_TAGS = 50
MAX_AUTHORS = 50
MAX_LINKS = 1000

EMBARGO_ORIGIN = "the end of its embargo"

_WHOLE = re.compile(r"\s*https?:", re.IGNORECASE)
_IMAGE_TYPE = re.compile(r"image/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")  # RFC 6838 §4.2
_LENGTH = re.compile(r"[1-9][0-9]{0,9}")


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a source: its zone, for dates that name none, and whether its feed is credited with what is in it.

    `date_language` is the BCP 47 tag of the language that its dates are worded in, where the source says it. `prints`
    is set where other sources may have the same texts, and `links` where it is asked for what articles list.
    """

    default_zone: tzinfo
    credits_feed: bool = False
    date_language: str = ""
    prints: bool = False
    links: bool = True


def normalise(raw: RawArticle, document: Document, reading: Reading) -> Draft:
    """Make a Draft of what a parser read. Raises UnreadableRecord with a reason for people."""
    url = absolute_url(raw.url, document.url)
    body_html = body_to_html(raw.body, raw.body_format, url or document.url)
    title = _cut(plain(raw.title) or _title_from(raw, body_html), MAX_TITLE)
    authors = _plain_list(raw.authors, MAX_AUTHORS)
    tags = _plain_list(raw.tags, MAX_TAGS)
    subtitle = plain(raw.subtitle or "")[:MAX_SUMMARY]
    summary = plain(raw.summary or "")[:MAX_SUMMARY]
    image = _image(raw, url or document.url)
    rights = _cut(plain(raw.rights or ""), MAX_RIGHTS)
    credit = _credit(raw, reading)
    published, evidence = _published(raw, reading)
    updated = _updated(raw, reading)
    language = clean(raw.language or "").strip() or None
    image_url = image.url if image else None
    shown = (title, subtitle, summary, body_html, authors, tags, url, language, image_url, updated and updated.at)
    return Draft(
        source=document.source,
        document=document.place,
        place=None if raw.ref else document.place,
        ref=f"{document.place} {raw.ref}".strip(),
        record_id=clean(raw.record_id or "").strip() or None,
        url=url,
        url_key=url_key(url) if url else None,
        title=title,
        title_key=_key(title),
        published=published,
        evidence=evidence,
        updated=updated,
        authors=authors,
        subtitle=subtitle,
        summary=summary,
        body_html=body_html,
        tags=tags,
        language=language,
        image=image,
        rights=rights,
        credit=credit,
        digest=_digest(shown, _more(image, rights, credit)),
        fetched_at=document.fetched_at,
        links=_links(raw.related, url or document.url, reading) if reading.links else (),
        print=print_of(body_html or summary) if reading.prints else None,
    )


def _title_from(raw: RawArticle, body_html: str) -> str:
    for text in (plain(body_html), plain(raw.subtitle or ""), plain(raw.summary or "")):
        if text:
            return first_words(text)
    raise UnreadableRecord("it has neither a title nor any text")


def _published(raw: RawArticle, reading: Reading) -> tuple[ReadDate, Evidence]:
    """When readers may first see it, the time that it states or the end of its embargo, and how that is known.

    An embargo is a record's own statement, so that nothing weaker gives the article an earlier time.
    """
    first = RawDate(raw.published or "", raw.date_evidence, raw.date_origin)
    stated, evidence = _first_read((first, *raw.more_dates), reading)
    embargo = _embargo(raw, reading)
    if embargo and (stated is None or stated.at < embargo.at):
        return embargo, Evidence.RECORD
    if stated is None:
        raise UnreadableRecord("it does not say when it was published")
    return stated, Evidence.RECORD if embargo else evidence


def _updated(raw: RawArticle, reading: Reading) -> ReadDate | None:
    first = RawDate(raw.updated or "", origin=raw.updated_origin)
    try:
        return _first_read((first, *raw.more_updates), reading)[0]
    except UnreadableDate:
        raise
    except UnreadableRecord:  # no date, as a program writes it
        return None


def _first_read(dates: Iterable[RawDate], reading: Reading) -> tuple[ReadDate | None, Evidence]:
    """The first that can be read; where none can, what is wrong with the first is raised."""
    trouble: UnreadableRecord | None = None
    for one in dates:
        try:
            if read := _date(one.text, reading, one.origin):
                return _told(read), one.evidence
        except UnreadableRecord as error:
            trouble = trouble or error
    if trouble:
        raise trouble
    return None, Evidence.RECORD


def _told(date: ReadDate) -> ReadDate:
    if date.at.year < OLDEST_YEAR or (date.at == NO_TIME and date.precision is Precision.SECOND):
        raise UnreadableRecord(f"it says {date.text!r} of its time, which is what programs write for no date")
    return date


def _embargo(raw: RawArticle, reading: Reading) -> ReadDate | None:
    """The end of the embargo, the latest where there are several, one a line."""
    try:
        ends = (_date(line, reading, EMBARGO_ORIGIN) for line in (raw.embargo or "").split("\n"))
        return max(filter(None, ends), key=lambda end: end.at, default=None)
    except UnreadableDate as error:
        raise UnreadableRecord(f"it has an embargo, but until when cannot be read: {error.reason}") from error


def _date(text: str | None, reading: Reading, origin: str = "") -> ReadDate | None:
    if not text or not text.strip():
        return None
    read = read_date(clean(text), reading.default_zone, reading.date_language)
    return replace(read, origin=_cut(clean(origin), MAX_ORIGIN))


def _image(raw: RawArticle, base_url: str | None) -> Image | None:
    url = absolute_url(raw.image, base_url)
    if url is None:
        return None
    media_type = (raw.image_type or "").partition(";")[0].strip().lower()
    length = (raw.image_length or "").strip()
    return Image(
        url,
        media_type if _IMAGE_TYPE.fullmatch(media_type) else None,
        int(length) if _LENGTH.fullmatch(length) and int(length) <= MAX_IMAGE_BYTES else None,
    )


def _credit(raw: RawArticle, reading: Reading) -> Credit | None:
    """Whom it was taken over from: whoever it names itself, else the feed that it is taken over from here.

    A publication known by its address alone goes by the name of its host.
    """
    told = (raw.credit_title, raw.credit_url)
    if not any(told) and reading.credits_feed:
        told = (raw.feed_title, raw.feed_url)
    url = absolute_url(told[1], None)
    title = _cut(plain(told[0] or ""), MAX_TITLE) or (urlsplit(url).hostname if url else None)
    return Credit(title, url) if title else None


def digest_if_updated(draft: Draft, updated: datetime | None) -> str:
    """The digest that a draft would have if its source had told another time of its last change."""
    d, url = draft, draft.image.url if draft.image else None
    shown = (d.title, d.subtitle, d.summary, d.body_html, d.authors, d.tags, d.url, d.language, url, updated)
    return _digest(shown, _more(d.image, d.rights, d.credit))


def _digest(shown: tuple[object, ...], more: dict[str, object]) -> str:
    """What is in `more` counts only where there is any: an article without it keeps the digest that it always had."""
    text = repr((*shown, more) if more else shown)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _more(image: Image | None, rights: str, credit: Credit | None) -> dict[str, object]:
    told = {
        "image type": image and image.media_type,
        "image length": image and image.length,
        "rights": rights,
        "credit": credit and (credit.title, credit.url),
    }
    return {name: value for name, value in told.items() if value}


def _links(related: tuple[RawLink, ...], base_url: str | None, reading: Reading) -> tuple[DraftLink, ...]:
    # Whole URLs need no base, and without one the link is the same on every page.
    bases = (None if _WHOLE.match(raw.url or "http:") else base_url for raw in related)
    links = (_link(raw, base, reading) for raw, base in zip(related[:MAX_LINKS], bases, strict=False))
    return tuple(link for link in links if link.title_key or link.url_key)


@lru_cache(maxsize=65_536)  # the same link stands on dozens of pages
def _link(raw: RawLink, base_url: str | None, reading: Reading) -> DraftLink:
    title = _cut(plain(raw.title), MAX_TITLE)
    url = absolute_url(raw.url, base_url)
    return DraftLink(
        title=title,
        title_key=_key(title) if title else "",
        url=url,
        url_key=url_key(url) if url else None,
        published=_listed(raw.published, reading),
        date_text=_cut(clean(raw.published), MAX_DATE_TEXT) if raw.published else None,
    )


def _listed(text: str | None, reading: Reading) -> ReadDate | None:
    """A link whose time cannot be read is a link without a time: it says less, but nothing wrong."""
    try:
        return _date(text, reading)
    except UnreadableDate:
        return None


def _plain_list(values: tuple[str, ...], most: int) -> tuple[str, ...]:
    texts = (plain(value) for value in values[:most])
    return tuple(dict.fromkeys(_cut(text, MAX_TITLE) for text in texts if text))


def _key(title: str) -> str:
    """The key to match by, never longer than a title: one character can stand for eighteen in it."""
    return title_key(title)[:MAX_TITLE]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
