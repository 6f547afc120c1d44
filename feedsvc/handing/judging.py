"""One decoded record → what is to be said of it, by the same rules as a run will read it. Nothing here writes."""

import hashlib
from datetime import datetime
from urllib.parse import quote

import orjson
import structlog

from feedsvc.errors import UnreadableRecord
from feedsvc.handing.values import MAX_PLACE, MAX_RECORD_BYTES, Status, Verdict
from feedsvc.load.json import COLLECTIONS
from feedsvc.load.record import kind, read_record
from feedsvc.model import Document, Draft, RawArticle, Unread
from feedsvc.normalise.article import normalise
from feedsvc.normalise.text import clean
from feedsvc.reader import reading_of
from feedsvc.settings import SourceSettings

log = structlog.get_logger()

JSON = "application/json"
ROOT = "push/"


class _TooLarge(UnreadableRecord):
    """A record that is larger than one may be."""


def judge(record: object, source: SourceSettings, now: datetime, id: str | None = None) -> Verdict:
    """Say whether a record can be taken in, or why not. With `id`, it has to be the record of that id."""
    said = _id(record)
    try:
        if id is not None and said not in (None, id):
            raise UnreadableRecord("its id is not the one in the address")
        if id is not None and isinstance(record, dict) and record.get("id") is None:
            record = {**record, "id": id}
        raw, body = _read(record), _canonical(record)
        draft = normalise(raw, document_of(source, ROOT, body, now), reading_of(source))
        return Verdict(draft.record_id, Status.ACCEPTED, place=_place(draft, body), body=body)
    except UnreadableRecord as error:
        return Verdict(said or id, Status.REFUSED, clean(error.reason), too_large=isinstance(error, _TooLarge))
    except Exception as error:
        log.error("fault while reading", source=source.name, exc_info=error)
        return Verdict(said or id, Status.REFUSED, f"a fault of feedsvc itself, in its log: {type(error).__name__}")


def may_be_seen_at(document: Document, source: SourceSettings) -> datetime | None:
    """When readers may first see what waits; None where that cannot be told any more."""
    raw = read_record(orjson.loads(document.body), "")
    if isinstance(raw, Unread):
        return None
    try:
        return normalise(raw, document, reading_of(source)).published.at
    except UnreadableRecord:
        return None


def document_of(source: SourceSettings, place: str, body: bytes, now: datetime) -> Document:
    """The document that a run will read."""
    return Document(source.name, place, JSON, body, now)


def place_of(id: str) -> str:
    """Where something with an id is. Raises UnreadableRecord for an id that is too long."""
    place = ROOT + quote(id, safe="")
    if len(place) > MAX_PLACE:
        raise UnreadableRecord(f"its id is too long: percent-encoded, it may have {MAX_PLACE - len(ROOT)} characters")
    return place


def _place(draft: Draft, body: bytes) -> str:
    """Without an id, an article is known by its URL, and without either by all that it says."""
    if draft.record_id:
        return place_of(draft.record_id)
    name, told = ("url", draft.url_key.encode()) if draft.url_key else ("sha256", body)
    return f"{ROOT}{name}:{hashlib.sha256(told).hexdigest()}"  # the colon of an id would be encoded


def _id(record: object) -> str | None:
    """A record's id as it will be known, if it has one."""
    told = record.get("id") if isinstance(record, dict) else None
    return clean(str(told)).strip() or None if isinstance(told, str | int) and not isinstance(told, bool) else None


def _read(record: object) -> RawArticle:
    raw = record if isinstance(record, Unread) else read_record(record, "")
    if isinstance(raw, Unread):
        raise UnreadableRecord(raw.reason)
    # A page may go without a name, but what is to be corrected or withdrawn has to be called by one.
    if isinstance(record, dict) and record.get("id") is not None and _id(record) is None:
        raise UnreadableRecord(f"'id' must be text or a whole number, found {kind(record['id'])}")
    return raw


def _canonical(record: object) -> bytes:
    """The same bytes for the same record, whatever the order of its keys."""
    assert isinstance(record, dict)
    # In a document of its own, a record with a list under one of these names would be taken for that list.
    alone = {key: value for key, value in record.items() if key not in COLLECTIONS}
    try:
        body = orjson.dumps(alone, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise UnreadableRecord("it is nested too deep") from error
    if len(body) > MAX_RECORD_BYTES:
        raise _TooLarge(f"it has {len(body):,} bytes, and at most {MAX_RECORD_BYTES:,} are taken")
    return body
