"""What is set aside: shown, tried again, and released with what was missing.

Joins the store with the parsers. A release hands the record in by the inbox as one of its own, so that the document it
came from stays as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from feedsvc.errors import FeedsvcError, UnknownSubject
from feedsvc.load import MEDIA_TYPES, parse
from feedsvc.load.fetch import file_documents, file_of
from feedsvc.model import BodyFormat, Document, RawArticle, Unread
from feedsvc.normalise.article import normalise
from feedsvc.reader import reading_of, rules_of
from feedsvc.settings import Settings, SourceSettings
from feedsvc.store import asides as aside_store
from feedsvc.store import inbox
from feedsvc.store.inbox import Item
from feedsvc.store.store import Store

MAX_LISTED = 1000
BODY_KEYS = {BodyFormat.HTML: "body_html", BodyFormat.MARKDOWN: "body_markdown", BodyFormat.TEXT: "body_text"}


@dataclass(frozen=True, slots=True)
class Aside:
    """A record that is set aside: where it lies, and why."""

    number: int
    source: str
    place: str
    ref: str
    reason: str
    since: datetime

    @property
    def where(self) -> str:
        return " ".join(filter(None, (self.source, self.place, self.ref)))


def listed(store: Store) -> list[Aside]:
    """All that is set aside, by source, place and record; the numbers are good until the next run."""
    with store.reading() as connection:
        rows = aside_store.lines(connection, MAX_LISTED)
    return [Aside(number, *row) for number, row in enumerate(rows, 1)]


def the(store: Store, number: int) -> Aside:
    """One of the list. Raises UnknownSubject for a number that it does not have."""
    found = next((one for one in listed(store) if one.number == number), None)
    if found is None:
        raise UnknownSubject(f"there is no number {number} in what is set aside; see: feedsvc aside list")
    return found


def retry(store: Store, chosen: Sequence[Aside]) -> None:
    """Let the next run read these documents again."""
    with store.writing() as connection:
        aside_store.forget_reading(connection, {(one.source, one.place) for one in chosen})


def record_of(settings: Settings, aside: Aside) -> dict[str, Any]:
    """What can be read of it, as a record. Raises UnknownSubject where its document cannot be read any more."""
    raw = _raw(settings, aside)
    record = {
        "id": raw.record_id,
        "title": raw.title,
        "published": raw.published,
        "updated": raw.updated,
        "url": raw.url,
        "authors": list(raw.authors),
        "subtitle": raw.subtitle,
        "summary": raw.summary,
        BODY_KEYS[raw.body_format]: raw.body,
        "tags": list(raw.tags),
        "language": raw.language,
        "image": raw.image,
        "rights": raw.rights,
        "embargo": raw.embargo,
        "related": [{"title": r.title, "url": r.url, "published": r.published} for r in raw.related],
    }
    return {key: value for key, value in record.items() if value}


def release(settings: Settings, store: Store, aside: Aside, instead: Mapping[str, str]) -> None:
    """Hand the record in with these values instead of its own. Raises UnknownSubject where it would fail still."""
    record = record_of(settings, aside) | dict(instead)
    source, place = _source(settings, aside), f"{aside.place}#{aside.ref or 'whole'} released"
    body, now = orjson.dumps(record), datetime.now(UTC).replace(microsecond=0)
    document = Document(aside.source, place, MEDIA_TYPES[".json"], body, now)
    for raw in parse(document, rules_of(source)):
        try:
            if isinstance(raw, Unread):
                raise UnknownSubject(f"it cannot be released: {raw.reason}")
            normalise(raw, document, reading_of(source))
        except FeedsvcError as error:
            raise UnknownSubject(f"it cannot be released like this: {error}") from error
    item = Item(aside.source, place, inbox.READ, document.media_type, None, body, now)
    with store.writing() as connection:
        inbox.put(connection, [item])
        aside_store.remove(connection, aside.source, aside.place, aside.ref)


def _source(settings: Settings, aside: Aside) -> SourceSettings:
    source = next((one for one in settings.sources if one.name == aside.source), None)
    if source is None:
        raise UnknownSubject(f"there is no source {aside.source!r} any more")
    return source


def _raw(settings: Settings, aside: Aside) -> RawArticle:
    source = _source(settings, aside)
    file = file_of(aside.place)
    if source.kind != "folder" or Path(file).suffix.lower() not in MEDIA_TYPES:
        raise UnknownSubject(f"{aside.where} is no file that can be read again; hand a whole record over instead")
    try:
        for document in file_documents(aside.source, settings.source_path(source), file):
            for raw in parse(document, rules_of(source)) if document.place == aside.place else ():
                article = raw.article if isinstance(raw, Unread) else raw
                if raw.ref == aside.ref and article is not None:
                    return replace(article, ref="")
    except (OSError, FeedsvcError) as error:
        raise UnknownSubject(f"{aside.where} cannot be read: {error}") from error
    raise UnknownSubject(f"nothing can be read of {aside.where}: {aside.reason}")
