"""How the documents of a source are read, and by what it is told that one was read before just as it is. Pure."""

import hashlib

from feedsvc.model import Document
from feedsvc.settings import SourceSettings

READER_VERSION = "2"  # raise it when parsing or normalising changes, so that everything is read again


def way(source: SourceSettings) -> str:
    """A digest of how a source's documents are read: another one when the way changes."""
    return hashlib.sha256(repr((READER_VERSION, source.time_zone, source.marks)).encode()).hexdigest()[:16] + ":"


def document_digest(document: Document, source: SourceSettings) -> str:
    """A digest of a document and of how it is read."""
    return hashlib.sha256((way(source) + document.media_type).encode() + document.body).hexdigest()
