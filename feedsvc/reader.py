"""How the documents of a source are read, and by what it is told that one was read before just as it is. Pure."""

import hashlib
from zoneinfo import ZoneInfo

from feedsvc.load.pages.rules import PageRules
from feedsvc.model import Document
from feedsvc.normalise.article import Reading
from feedsvc.settings import PageSettings, SourceSettings

READER_VERSION = "4"  # raise it when parsing or normalising changes, so that everything is read again


def rules_of(source: SourceSettings) -> PageRules:
    """What the settings say of how to read a source's pages, and by which marks its other documents."""
    return PageRules(marks=source.marks, **source.page.model_dump())


def reading_of(source: SourceSettings) -> Reading:
    """How what is read of a source becomes articles. What comes from another site's feed is credited to that."""
    return Reading(ZoneInfo(source.time_zone), source.kind == "feed", source.date_language)


def way(source: SourceSettings) -> str:
    """A digest of how a source's documents are read: another one when the way changes."""
    parts: tuple[object, ...] = (READER_VERSION, source.time_zone, source.marks)
    parts += (source.page,) if source.page != PageSettings() else ()
    parts += (f"dates in {source.date_language}",) if source.date_language else ()
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16] + ":"


def document_digest(document: Document, source: SourceSettings) -> str:
    """A digest of a document and of how it is read."""
    return hashlib.sha256((way(source) + document.media_type).encode() + document.body).hexdigest()
