"""What the sources have that is new → drafts: folders are looked through, and the inbox is emptied.

A document that was read before just as it is is not read again; a bad one stops only itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog

from feedsvc.errors import SourceFailed, UnreadableDocument, UnreadableRecord
from feedsvc.load import parse
from feedsvc.load.fetch import Fetched, Unfetched, Untouched, folder_documents
from feedsvc.model import Document, Draft, Unread
from feedsvc.normalise.article import normalise
from feedsvc.normalise.text import clean
from feedsvc.reader import document_digest, reading_of, rules_of, way
from feedsvc.report import Report
from feedsvc.settings import Settings, SourceSettings
from feedsvc.store import articles as article_store
from feedsvc.store import inbox
from feedsvc.store.articles import ReadDocument
from feedsvc.store.inbox import Item
from feedsvc.store.store import Store

log = structlog.get_logger()

TAKEN_AT_ONCE = 500  # documents from the inbox, and at most
BYTES_AT_ONCE = 64 * 1024 * 1024  # of them, which bounds the memory of a run
Progress = Callable[[str, int, int], None]
Known = Mapping[str, tuple[str, str]]


@dataclass(slots=True)
class Gathered:
    """What was read in one run. `listings` names the places that each folder has now, or None where nobody can say.

    `taken` are the numbers of what came out of the inbox, each with its (source, place), and `withdrawn` those of
    what was taken back. `last` is the number up to which the inbox was looked through, 0 when
    there was nothing in it.
    """

    drafts: list[Draft] = field(default_factory=list)
    read: list[ReadDocument] = field(default_factory=list)
    listings: dict[str, set[str] | None] = field(default_factory=dict)
    taken: list[tuple[int, tuple[str, str]]] = field(default_factory=list)
    withdrawn: list[tuple[str, str]] = field(default_factory=list)
    last: int = 0

    @property
    def fresh(self) -> list[ReadDocument]:
        """What was not read before just as it is."""
        return [one for one in self.read if not one.as_before]


def gather(
    settings: Settings, store: Store, report: Report, progress: Progress, folders: bool = True, after: int = 0
) -> Gathered:
    """Everything that is new or has changed, in the folders and in the inbox, or in the inbox alone.

    Of the inbox, as much as may be taken in at once of what has a number above `after`.
    """
    found = Gathered()
    for source in settings.sources:
        found.listings[source.name] = None
        if folders and source.kind == "folder":
            _look_through(source, settings, store, found, report, progress)
    _empty_inbox(settings, store, found, report, progress, after)
    report.read, report.articles = len(found.fresh), len(found.drafts)
    report.unchanged += len(found.read) - len(found.fresh)
    return found


def _look_through(
    source: SourceSettings, settings: Settings, store: Store, found: Gathered, report: Report, progress: Progress
) -> None:
    with store.reading() as connection:
        known = article_store.known_documents(connection, source.name)
    places: set[str] = set()
    stamps = {place: stamp.removeprefix(way(source)) for place, (_, stamp) in known.items()}
    try:
        for item in folder_documents(source.name, settings.source_path(source), stamps):
            places.add(item.place)
            progress(f"reading {source.name}", len(places), 0)
            if isinstance(item, Untouched):
                report.unchanged += 1
            else:
                _take(item, source, known, found)
    except SourceFailed as error:
        report.errors.append(str(error))
        log.error("source failed", source=source.name, reason=error.reason)
    else:
        found.listings[source.name] = places


def _empty_inbox(
    settings: Settings, store: Store, found: Gathered, report: Report, progress: Progress, after: int
) -> None:
    """The oldest first, so that what came last of one place is what stands."""
    with store.reading() as connection:
        items = inbox.waiting(connection, TAKEN_AT_ONCE, after=after, limit_bytes=BYTES_AT_ONCE)
        known = {name: article_store.known_documents(connection, name) for name in {item.source for item in items}}
    source_by_name = {source.name: source for source in settings.sources}
    last = {(item.source, item.place): item.id for item in items if item.action == inbox.READ}
    for done, item in enumerate(items):
        progress("taking in", done, len(items))
        found.taken.append((item.id, (item.source, item.place)))
        source = source_by_name.get(item.source)
        if source is None:
            report.reports.append(f"what came from {item.source!r} is dropped: there is no such source any more")
        elif item.action == inbox.WITHDRAW:
            found.withdrawn.append((item.source, item.place))
        elif last[item.source, item.place] == item.id:
            _take(Fetched(_document(item), ""), source, known[item.source], found)
    found.last = items[-1].id if items else 0


def _document(item: Item) -> Document:
    return Document(item.source, item.place, item.media_type, item.body, item.fetched_at, item.url)


def _take(item: Fetched | Unfetched, source: SourceSettings, known: Known, found: Gathered) -> None:
    document, drafts = _read(item, source, known)
    found.read.append(document)
    found.drafts += drafts


def _read(fetched: Fetched | Unfetched, source: SourceSettings, known: Known) -> tuple[ReadDocument, list[Draft]]:
    """Parse and normalise one document, unless it was read before just as it is."""
    if isinstance(fetched, Unfetched):
        return ReadDocument(source.name, fetched.place, "", (("", fetched.reason),)), []
    item, stamp = fetched.document, way(source) + fetched.stamp if fetched.stamp else ""
    digest = document_digest(item, source)
    if known.get(item.place, ("", ""))[0] == digest:
        return ReadDocument(source.name, item.place, digest, stamp=stamp, as_before=True), []
    drafts: list[Draft] = []
    aside: list[tuple[str, str]] = []
    reading = reading_of(source)
    try:
        for raw in parse(item, rules_of(source)):
            try:
                if isinstance(raw, Unread):
                    raise UnreadableRecord(raw.reason)
                drafts.append(normalise(raw, item, reading))
            except Exception as error:
                aside.append((raw.ref, _reason(error, item)))
    except Exception as error:
        aside.append(("", _reason(error, item)))
    return ReadDocument(source.name, item.place, digest, tuple(aside), stamp), drafts


def _reason(error: Exception, item: Document) -> str:
    """Why something is set aside. A fault of our own is told as one, and stops its neighbours no more than theirs."""
    if isinstance(error, UnreadableRecord | UnreadableDocument):
        return clean(error.reason)
    log.error("fault while reading", source=item.source, place=item.place, exc_info=error)
    return f"a fault of feedsvc itself, in the log in full: {type(error).__name__}"
