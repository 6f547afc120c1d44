"""What the sources have that is new → drafts: folders are looked through, and the inbox is emptied.

A document that was read before just as it is is not read again; a bad one stops only itself. Nothing holds more than
what may be taken in at once, however much there is.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import structlog

from feedsvc.errors import SourceFailed, UnreadableDocument, UnreadableRecord
from feedsvc.load import parse
from feedsvc.load.fetch import Fetched, Unfetched, Untouched, folder_documents
from feedsvc.model import Document, Draft, Unread
from feedsvc.normalise.article import Reading, normalise
from feedsvc.normalise.text import clean
from feedsvc.reader import document_digest, reading_of, rules_of, way
from feedsvc.settings import Settings, SourceSettings
from feedsvc.store import articles as article_store
from feedsvc.store import inbox
from feedsvc.store.articles import ReadDocument
from feedsvc.store.inbox import Item
from feedsvc.store.store import Store

log = structlog.get_logger()

# What is taken in at once, which bounds the memory of a run.
MOST_ARTICLES = 20_000
MOST_BYTES = 64 * 1024 * 1024
MOST_FROM_INBOX = 500  # documents
Progress = Callable[[str, int, int], None]
Known = Mapping[str, tuple[str, str]]


@dataclass(slots=True)
class Gathered:
    """What is taken in at once: `drafts`, read from documents of which there are `size` bytes.

    Of folders: `listings` names the places that each has now, or None where nobody can say, and is whole when
    `complete`, which is false while there is more to come. `untouched` counts what did not have to be read, and
    `errors` are of folders that cannot be, as `reports` are of what else there is to tell. Of the inbox: `taken` are
    the numbers of what came out of it, each with its (source, place), `withdrawn` those of what was taken back, and
    `last` the number up to which it was looked through, 0 when there was nothing in it.
    """

    drafts: list[Draft] = field(default_factory=list)
    read: list[ReadDocument] = field(default_factory=list)
    size: int = 0
    listings: dict[str, set[str] | None] = field(default_factory=dict)
    complete: bool = True
    untouched: int = 0
    errors: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    taken: list[tuple[int, tuple[str, str]]] = field(default_factory=list)
    withdrawn: list[tuple[str, str]] = field(default_factory=list)
    last: int = 0

    @property
    def fresh(self) -> list[ReadDocument]:
        """What was not read before just as it is."""
        return [one for one in self.read if not one.as_before]

    @property
    def unchanged(self) -> int:
        return self.untouched + len(self.read) - len(self.fresh)

    @property
    def is_much(self) -> bool:
        return len(self.drafts) >= MOST_ARTICLES or self.size >= MOST_BYTES


def look_through(settings: Settings, store: Store, progress: Progress, links: bool = True) -> Iterator[Gathered]:
    """What is new or has changed in the folders, as much at a time as may be taken in at once; the last is complete.

    Without `links`, no article lists anything.
    """
    found = Gathered(listings={source.name: None for source in settings.sources})
    for source in settings.sources:
        if source.kind != "folder":
            continue
        with store.reading() as connection:
            known = article_store.known_documents(connection, source.name)
        stamps = {place: stamp.removeprefix(way(source)) for place, (_, stamp) in known.items()}
        reading = replace(_reading(source, settings), links=links)
        places: set[str] = set()
        try:
            for item in folder_documents(source.name, settings.source_path(source), stamps):
                places.add(item.place)
                progress(f"reading {source.name}", len(places), 0)
                if isinstance(item, Untouched):
                    found.untouched += 1
                else:
                    _take(item, source, known, reading, found)
                if found.is_much:
                    yield replace(found, complete=False)
                    found = Gathered(listings=found.listings)
        except SourceFailed as error:
            found.errors.append(str(error))
            log.error("source failed", source=source.name, reason=error.reason)
        else:
            found.listings[source.name] = places
    yield found


def empty_inbox(settings: Settings, store: Store, progress: Progress, after: int = 0) -> Gathered:
    """As much as may be taken in at once of what has a number above `after`.

    The oldest first, so that what came last of one place is what stands.
    """
    found = Gathered()
    with store.reading() as connection:
        items = inbox.waiting(connection, MOST_FROM_INBOX, after=after, limit_bytes=MOST_BYTES)
        places: dict[str, list[str]] = {}
        for item in items:
            places.setdefault(item.source, []).append(item.place)
        known = {name: article_store.known_documents(connection, name, of) for name, of in places.items()}
    source_by_name = {source.name: source for source in settings.sources}
    last = {(item.source, item.place): item.id for item in items if item.action == inbox.READ}
    for done, item in enumerate(items):
        progress("taking in", done, len(items))
        found.taken.append((item.id, (item.source, item.place)))
        source = source_by_name.get(item.source)
        if source is None:
            found.reports.append(f"what came from {item.source!r} is dropped: there is no such source any more")
        elif item.action == inbox.WITHDRAW:
            found.withdrawn.append((item.source, item.place))
        elif last[item.source, item.place] == item.id:
            _take(Fetched(_document(item), ""), source, known[item.source], _reading(source, settings), found)
    found.last = items[-1].id if items else 0
    return found


def _document(item: Item) -> Document:
    return Document(item.source, item.place, item.media_type, item.body, item.fetched_at, item.url)


def _reading(source: SourceSettings, settings: Settings) -> Reading:
    # Where there is one source only, nobody else can have its texts.
    return replace(reading_of(source), prints=len(settings.sources) > 1)


def _take(item: Fetched | Unfetched, source: SourceSettings, known: Known, reading: Reading, found: Gathered) -> None:
    document, drafts = _read(item, source, known, reading)
    found.read.append(document)
    found.drafts += drafts
    found.size += len(item.document.body) if isinstance(item, Fetched) else 0


def _read(
    fetched: Fetched | Unfetched, source: SourceSettings, known: Known, reading: Reading
) -> tuple[ReadDocument, list[Draft]]:
    """Parse and normalise one document, unless it was read before just as it is."""
    if isinstance(fetched, Unfetched):
        return ReadDocument(source.name, fetched.place, "", (("", fetched.reason),)), []
    item, stamp = fetched.document, way(source) + fetched.stamp if fetched.stamp else ""
    digest = document_digest(item, source)
    if known.get(item.place, ("", ""))[0] == digest:
        return ReadDocument(source.name, item.place, digest, stamp=stamp, as_before=True), []
    drafts: list[Draft] = []
    aside: list[tuple[str, str]] = []
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
