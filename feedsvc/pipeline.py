"""refresh(): load → normalise → theme → render → publish. The only module that joins the stages.

A run takes articles in and commits them first; what it then publishes it commits in one transaction
more. If it dies between the two, the next run sees that the feeds lag behind the articles and goes on
from there. A run that finds nothing new stops after looking.
"""

import gc
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from feedsvc.collecting import trouble
from feedsvc.errors import BadSettings, FeedsvcError, NoSourceRead, RunRefused
from feedsvc.gathering import Gathered, empty_inbox, look_through
from feedsvc.model import Draft
from feedsvc.normalise.identity import resolve
from feedsvc.normalise.nodes import sought
from feedsvc.normalise.settle import Intake, settle
from feedsvc.publishing import publish
from feedsvc.report import Report
from feedsvc.settings import Settings
from feedsvc.store import amendments, copies, inbox
from feedsvc.store import articles as article_store
from feedsvc.store import generations as generation_store
from feedsvc.store import runs as run_store
from feedsvc.store.sources import states
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
    folders: bool = True,
) -> Report:
    """Run the pipe once; without `folders`, only with what is in the inbox or has fallen due.

    Waits up to `wait_s` seconds for a run that is in hand, then raises RunRefused. Sources that fail are
    told of in the report; NoSourceRead is raised when every source did.
    """
    report = Report()
    watch = progress or _silent
    with _run(store, wait_s, report) as lease:
        _read_sources(settings, store, lease, report, watch, folders)
        _publish(settings, store, lease, report, watch)
        if folders and report.errors and len(report.errors) == len(settings.sources):
            raise NoSourceRead(report.errors)
    return report


def amend(
    settings: Settings,
    store: Store,
    change: Callable[[Connection], None],
    wait_s: float = LEASE_S + 5,
    *,
    withdrawn: Sequence[str] = (),
) -> Report:
    """Let an operator change something, and publish what comes of it, while no other run is in hand.

    `withdrawn` are the articles that the change takes back. A mistake in the file of channels keeps nothing of it in:
    it is told of in the report's `errors`.
    """
    report = Report(withdrawn=list(withdrawn))
    with _run(store, wait_s, report) as lease:
        with store.writing(lease) as connection:
            change(connection)
        try:
            _publish(settings, store, lease, report, _silent)
        except BadSettings as error:
            log.warning("channels left as they are", reason=str(error))
            report.errors.append(str(error))
    return report


def rehearse(settings: Settings, store: Store, look: Callable[[Connection, Report], T]) -> T:
    """Do all that a run would do now, look at what came of it, and undo it."""
    report = Report()
    with _unhurried_collector(), store.rehearsal() as stage:
        _read_sources(settings, stage, None, report, _silent, folders=True)
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
    try:
        publish(settings, store, lease, report, progress)
    finally:
        # Former generations still have the words of what was withdrawn, though no address leads to them.
        if report.withdrawn:
            with store.writing(lease) as connection:
                for id in report.withdrawn:
                    generation_store.forget_former_bytes(connection, id)
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
    holder = f"{_here()}:{os.getpid()}"
    deadline = time.monotonic() + wait_s
    while True:
        try:
            lease = store.claim(holder, _is_dead)
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


def _here() -> str:
    """This machine, or the part of it in which a process number means one process."""
    try:
        return f"{socket.gethostname()}/{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        return socket.gethostname()


def _is_dead(holder: str) -> bool:
    """Whether a holder of the lease is known to be no more: one that was killed keeps nobody waiting."""
    here, _, pid = holder.rpartition(":")
    if here != _here() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _keep(store: Store, lease: Lease, done: threading.Event) -> None:
    while not done.wait(LEASE_S / 3):
        try:
            store.renew(lease)
        except RunRefused:  # the run itself finds out at its next transaction
            return
        except Exception as error:  # a store that is away for a moment; the lease outlives that
            log.warning("lease not renewed", error=str(error))


def _read_sources(
    settings: Settings, store: Store, lease: Lease | None, report: Report, progress: Progress, folders: bool
) -> None:
    """Take in what is new: what the folders have, then what the inbox has, as long as there is something in it."""
    if folders:
        _read_folders(settings, store, lease, report, progress)
    found = empty_inbox(settings, store, progress)
    while found.last:
        _take_in(store, lease, found, report)
        found = empty_inbox(settings, store, progress, after=found.last)
    with store.reading() as connection:
        report.errors += trouble(states(connection), settings.sources)


def _read_folders(settings: Settings, store: Store, lease: Lease | None, report: Report, progress: Progress) -> None:
    """Take in what the folders have, at once if it is not too much.

    Else they are gone through twice: for the articles, so that none of them is taken for one that only others' lists
    tell of, and then for the lists.
    """
    batches: Iterable[Gathered] = [first := next(look_through(settings, store, progress))]
    if not first.complete:
        for found in look_through(settings, store, progress, links=False):
            _take_in_articles(store, lease, found)
        batches = look_through(settings, store, progress)
    for found in batches:
        _take_in(store, lease, found, report)


def _take_in_articles(store: Store, lease: Lease | None, found: Gathered) -> None:
    """Take in the articles without what they list. The documents do not count as read yet."""
    now = _now()
    intake = _settled(store, lease, found.drafts, now)
    with store.writing(lease) as connection:
        article_store.write_intake(connection, replace(intake, links={}), [], now)


def _take_in(store: Store, lease: Lease | None, found: Gathered, report: Report) -> None:
    report.read += len(found.fresh)
    report.articles += len(found.drafts)
    report.unchanged += found.unchanged
    report.errors += found.errors
    report.reports += found.reports
    now = _now()
    intake = _settled(store, lease, found.drafts, now) if found.fresh or found.taken else None
    with store.writing(lease) as connection:  # all at once: a disk takes its time for each transaction
        if found.listings and found.complete:  # of what comes by the inbox there is no list
            article_store.forget_vanished(connection, found.listings)
        article_store.write_stamps(connection, [one for one in found.read if one.as_before])
        if intake:
            _write(connection, intake, found, report, now)


def _write(connection: Connection, intake: Intake, found: Gathered, report: Report, now: datetime) -> None:
    for line in intake.reports:
        log.warning("left as it is", report=line)
    report.reports += intake.reports
    # What waits is read again by every run, until it is due.
    again = {(draft.source, draft.document) for draft in intake.waiting}
    seen = [replace(one, digest="", stamp="") if (one.source, one.place) in again else one for one in found.fresh]
    article_store.write_intake(connection, intake, seen, now)
    for place in found.withdrawn:
        id = amendments.withdraw_place(connection, place, now.replace(microsecond=0))
        report.withdrawn += [id] if id else []
    inbox.take(connection, [id for id, place in found.taken if place not in again])
    due = (report.next_reading, *(draft.published.at for draft in intake.waiting))
    report.next_reading = min(filter(None, due), default=None)


def _settled(store: Store, lease: Lease | None, drafts: Sequence[Draft], now: datetime) -> Intake:
    if printed := [draft.published.at for draft in drafts if draft.print]:
        with store.writing(lease) as connection:
            copies.print_missing(connection, printed)
    with store.reading() as connection:
        keys = sought(drafts)
        places = article_store.article_places(connection, keys.places)
        known = list(article_store.known_articles(connection, keys, places))
        aliases = list(article_store.aliases(connection, keys))
        taken = partial(article_store.taken_ids, connection)
        return settle(resolve(drafts, known, places, aliases, taken), now)
