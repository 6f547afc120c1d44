"""refresh(): load → normalise → theme → render → publish. The only module that joins the stages.

A run takes articles in and commits them first; what it then publishes it commits in one transaction
more. If it dies between the two, the next run sees that the feeds lag behind the articles and goes on
from there. A run that finds nothing new stops after looking.
"""

import gc
import hashlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection

from feedsvc.errors import (
    FeedsvcError,
    NoSourceRead,
    RunRefused,
    SourceFailed,
    UnreadableDocument,
    UnreadableRecord,
)
from feedsvc.load import parse
from feedsvc.load.fetch import Fetched, Unfetched, Untouched, folder_documents
from feedsvc.model import Document, Draft, Unread
from feedsvc.normalise.article import Reading, normalise
from feedsvc.normalise.identity import resolve
from feedsvc.normalise.nodes import sought
from feedsvc.normalise.settle import settle
from feedsvc.normalise.text import clean
from feedsvc.publishing import READER_VERSION, publish
from feedsvc.report import Report
from feedsvc.settings import Settings, SourceSettings
from feedsvc.store import articles as article_store
from feedsvc.store import runs as run_store
from feedsvc.store.articles import ReadDocument
from feedsvc.store.store import LEASE_S, Lease, Store

log = structlog.get_logger()

COLLECT_EVERY = 200_000  # new objects
Progress = Callable[[str, int, int], None]

T = TypeVar("T")


def refresh(
    settings: Settings,
    store: Store,
    progress: Progress | None = None,
    wait_s: float = LEASE_S + 5,
    *,
    reading: bool = True,
) -> Report:
    """Run the pipe once, or without `reading` the sources, only publish what is due.

    Waits up to `wait_s` seconds for a run that is in hand, then raises RunRefused. Sources that fail are
    told of in the report; NoSourceRead is raised when every source did.
    """
    report = Report()
    watch = progress or _silent
    with _run(store, wait_s, report) as lease:
        if reading:
            _read_sources(settings, store, lease, report, watch)
        _publish(settings, store, lease, report, watch)
        if report.errors and len(report.errors) == len(settings.sources):
            raise NoSourceRead(report.errors)
    return report


def amend(
    settings: Settings, store: Store, change: Callable[[Connection], None], wait_s: float = LEASE_S + 5
) -> Report:
    """Let an operator change something, and publish what comes of it, while no other run is in hand."""
    report = Report()
    with _run(store, wait_s, report) as lease:
        with store.writing(lease) as connection:
            change(connection)
        _publish(settings, store, lease, report, _silent)
    return report


def rehearse(settings: Settings, store: Store, look: Callable[[Connection, Report], T]) -> T:
    """Do all that a run would do now, look at what came of it, and undo it."""
    report = Report()
    with _unhurried_collector(), store.rehearsal() as stage:
        _read_sources(settings, stage, None, report, _silent)
        _publish(settings, stage, None, report, _silent)
        with stage.reading() as connection:
            return look(connection, report)


@contextmanager
def _run(store: Store, wait_s: float, report: Report) -> Iterator[Lease]:
    """Hold the lease for what is done within, and keep a record of it, whatever its outcome."""
    with _unhurried_collector(), _lease(store, wait_s) as lease:
        started = time.monotonic()
        with store.writing(lease) as connection:
            report.run = run_store.begin_run(connection, _now())
        try:
            yield lease
        except Exception as error:
            told = [] if isinstance(error, NoSourceRead) else [_told(error)]
            _end(store, lease, "failed", report, [*report.errors, *told], started)
            raise
        _end(store, lease, report.outcome, report, report.errors, started)


def _publish(settings: Settings, store: Store, lease: Lease | None, report: Report, progress: Progress) -> None:
    publish(settings, store, lease, report, progress)
    with store.reading() as connection:
        report.set_aside = article_store.count_set_aside(connection)


def _silent(stage: str, done: int, of: int) -> None:
    """Progress that nobody watches."""


@contextmanager
def _unhurried_collector() -> Iterator[None]:
    """Let Python look for cycles seldom: a run makes many objects that stay, and looking takes a third of it."""
    usual = gc.get_threshold()
    gc.set_threshold(COLLECT_EVERY, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _end(store: Store, lease: Lease, outcome: str, report: Report, errors: Sequence[str], started: float) -> None:
    report.seconds = time.monotonic() - started
    with store.writing(lease) as connection:
        run_store.end_run(connection, report.run, _now(), outcome, report.counts, errors, report.reports)
    log.info("run finished", run=report.run, outcome=outcome, **report.counts)


def _told(error: Exception) -> str:
    """What /health says of a failed run. A fault of our own may quote an article, so only its kind is public."""
    return str(error) if isinstance(error, FeedsvcError) else f"{type(error).__name__}; the log says more"


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def _lease(store: Store, wait_s: float) -> Iterator[Lease]:
    """Hold the lease, renewed from a thread of its own for as long as the run takes."""
    holder = f"{socket.gethostname()}:{os.getpid()}"
    deadline = time.monotonic() + wait_s
    while True:
        try:
            lease = store.claim(holder)
            break
        except RunRefused:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.5)
    done = threading.Event()
    keeper = threading.Thread(target=_keep, args=(store, lease, done), name="lease", daemon=True)
    keeper.start()
    try:
        yield lease
    finally:
        done.set()
        keeper.join()
        store.release(lease)


def _keep(store: Store, lease: Lease, done: threading.Event) -> None:
    while not done.wait(LEASE_S / 3):
        try:
            store.renew(lease)
        except RunRefused:  # the run itself finds out at its next transaction
            return
        except Exception as error:  # a store that is away for a moment; the lease outlives that
            log.warning("lease not renewed", error=str(error))


# Load and normalise


def _read_sources(settings: Settings, store: Store, lease: Lease | None, report: Report, progress: Progress) -> None:
    drafts, read, listings = _gather(settings, store, report, progress)
    with store.writing(lease) as connection:
        article_store.forget_vanished(connection, listings)
        article_store.write_stamps(connection, [one for one in read if one.as_before])
    if fresh := [one for one in read if not one.as_before]:
        _take_in(store, lease, drafts, fresh, report)


def _gather(
    settings: Settings, store: Store, report: Report, progress: Progress
) -> tuple[list[Draft], list[ReadDocument], dict[str, set[str] | None]]:
    """Everything in the sources that is new or has changed, and the places of each that are there at all."""
    drafts: list[Draft] = []
    read: list[ReadDocument] = []
    listings: dict[str, set[str] | None] = {}
    for source in settings.sources:
        with store.reading() as connection:
            known = article_store.known_documents(connection, source.name)
        places: set[str] = set()
        stamps = {place: stamp.removeprefix(_way(source)) for place, (_, stamp) in known.items()}
        try:
            for item in folder_documents(source.name, settings.source_path(source), stamps):
                places.add(item.place)
                progress(f"reading {source.name}", len(places), 0)
                if isinstance(item, Untouched):
                    report.unchanged += 1
                    continue
                document, found = _read(item, source, known)
                drafts += found
                read.append(document)
                report.unchanged += document.as_before
        except SourceFailed as error:
            report.errors.append(str(error))
            log.error("source failed", source=source.name, reason=error.reason)
            listings[source.name] = None
        else:
            listings[source.name] = places
    report.read, report.articles = sum(not one.as_before for one in read), len(drafts)
    return drafts, read, listings


def _way(source: SourceSettings) -> str:
    """How a source's documents are read, as the beginning of the stamps of those that were read so."""
    way = repr((READER_VERSION, source.time_zone, source.marks)).encode()
    return hashlib.sha256(way).hexdigest()[:16] + ":"


def _read(
    fetched: Fetched | Unfetched, source: SourceSettings, known: Mapping[str, tuple[str, str]]
) -> tuple[ReadDocument, list[Draft]]:
    """Parse and normalise one document, unless it was read before just as it is."""
    if isinstance(fetched, Unfetched):
        return ReadDocument(source.name, fetched.place, "", (("", fetched.reason),)), []
    item, stamp = fetched.document, _way(source) + fetched.stamp if fetched.stamp else ""
    digest = hashlib.sha256((_way(source) + item.media_type).encode() + item.body).hexdigest()
    if known.get(item.place, ("", ""))[0] == digest:
        return ReadDocument(source.name, item.place, digest, stamp=stamp, as_before=True), []
    drafts: list[Draft] = []
    aside: list[tuple[str, str]] = []
    reading = Reading(ZoneInfo(source.time_zone))
    try:
        for raw in parse(item, source.marks):
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


def _take_in(
    store: Store, lease: Lease | None, drafts: Sequence[Draft], read: Sequence[ReadDocument], report: Report
) -> None:
    with store.reading() as connection:
        keys = sought(drafts)
        places = article_store.article_places(connection, keys.places)
        known = list(article_store.known_articles(connection, keys, places))
        aliases = list(article_store.aliases(connection, keys))
        taken = article_store.all_ids(connection)
    now = _now()
    intake = settle(resolve(drafts, known, places, aliases, taken), now)
    for line in intake.reports:
        log.warning("left as it is", report=line)
    report.reports += intake.reports
    # What waits is read again by every run, until it is due.
    again = {(draft.source, draft.document) for draft in intake.waiting}
    seen = [replace(one, digest="", stamp="") if (one.source, one.place) in again else one for one in read]
    with store.writing(lease) as connection:
        article_store.write_intake(connection, intake, seen, now)
    report.next_reading = min((draft.published.at for draft in intake.waiting), default=None)
