"""The timer: APScheduler ticks, the pipeline does the rest.

It decides nothing. A run is due every `refresh_every_s` seconds and at once when the timer starts, and as soon as
something comes: a file in a folder, an article from a CMS, a document from the network. What the clock alone changes,
such as an embargo that ends, is published at its second, whoever wrote it down: for that, the store is asked a few
times a second. Sources on the network are asked in a thread of their own, so that nothing waits for them. Whether a
run may go ahead is the store's lease to say, so any number of timers may tick.
"""

import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError
from watchfiles import watch

from feedsvc.collecting import ON_THE_NETWORK, collect, web_of
from feedsvc.errors import FeedsvcError
from feedsvc.pipeline import refresh
from feedsvc.publishing import next_due
from feedsvc.settings import Settings
from feedsvc.store import inbox
from feedsvc.store.runs import Worker, write_worker
from feedsvc.store.store import Store, cause

log = structlog.get_logger()

LOOK_EVERY_S = 0.25
SETTLED_MS = 300  # how long nothing must have changed in a folder before it is read


class Timer:
    """Runs the pipe on time until it is stopped."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        # A late run is still due (the default drops it after a second), and several late ones are one.
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler: Any = BackgroundScheduler(timezone=UTC, job_defaults=defaults)
        self._ticking = threading.Lock()
        self._stopped = threading.Event()
        self._due: datetime | None = None
        self._came = self._handled = 0  # the number of the latest in the inbox, and of that a run was started for
        self._watcher = threading.Thread(target=self._watch, name="watch", daemon=True)

    def start(self) -> None:
        # Without next_run_time the first run would come one interval late.
        first = datetime.now(UTC)
        every_s = self._settings.schedule.refresh_every_s
        self._scheduler.add_job(self._tick, "interval", seconds=every_s, id="refresh", next_run_time=first)
        self._scheduler.add_job(self._look, "interval", seconds=LOOK_EVERY_S, id="look")
        asked = [s.every_s or every_s for s in self._settings.sources if s.kind in ON_THE_NETWORK]
        if asked:
            self._scheduler.add_job(self._collect, "interval", seconds=min(asked), id="collect", next_run_time=first)
        self._scheduler.start()
        self._watcher.start()

    def stop(self) -> None:
        """Start no more runs and wait for the one in hand."""
        self._stopped.set()
        # wait=True would hold a lock for which the run in hand asks at its end, and both would wait for ever.
        self._scheduler.shutdown(wait=False)
        with self._ticking:
            pass

    def _look(self) -> None:
        """See whether something has come, and when the clock will change what readers get."""
        try:
            with self._store.reading() as connection:
                due = next_due(connection, self._settings, datetime.now(UTC))
                newest = inbox.newest_id(connection)
        except SQLAlchemyError as error:
            log.error("store not readable", reason=cause(error))
            return
        if due and due != self._due:
            self._at(due, "due", self._publish)
        self._due = due
        self._came = newest
        if newest > self._handled and not self._ticking.locked():
            self._at(datetime.now(UTC), "come", self._publish)

    def _watch(self) -> None:
        """Run when files in the folders change. A folder that cannot be watched is read at every tick anyway."""
        settings = self._settings
        folders = [settings.source_path(source) for source in settings.sources if source.kind == "folder"]
        there = [folder for folder in folders if folder.is_dir()]
        if not there:
            return
        try:
            for _ in watch(*there, stop_event=self._stopped, debounce=SETTLED_MS, step=100, raise_interrupt=False):
                self._at(datetime.now(UTC), "changed", self._tick)
        except (OSError, RuntimeError) as error:
            log.warning("folders are not watched", reason=str(error))

    def _collect(self) -> None:
        try:
            with web_of(self._settings) as web:
                collect(self._settings, self._store, web)
        except (FeedsvcError, OSError) as error:
            log.error("sources not asked", reason=str(error))
        except SQLAlchemyError as error:
            log.error("sources not asked", reason=cause(error))
        except Exception:
            log.exception("sources not asked")

    def _at(self, when: datetime, name: str, job: Callable[[], None]) -> None:
        if not self._stopped.is_set():
            # Two: one that is told to start while another is at work waits for it, and is not dropped.
            self._scheduler.add_job(job, "date", run_date=when, id=name, replace_existing=True, max_instances=2)

    def _tick(self) -> None:
        self._run(folders=True)

    def _publish(self) -> None:
        self._run(folders=False)

    def _run(self, folders: bool) -> None:
        with self._ticking:
            if not self._stopped.is_set():
                self._refresh(folders)

    def _refresh(self, folders: bool) -> None:
        self._sign()
        self._handled = self._came
        try:
            report = refresh(self._settings, self._store, folders=folders)
        except FeedsvcError as error:
            log.error("run failed", reason=str(error))
        except SQLAlchemyError as error:
            log.error("run failed", reason=cause(error))
        except Exception:
            log.exception("run failed")
        else:
            if report.next_reading:
                self._at(report.next_reading, "waiting", self._tick)
        self._sign()

    def _sign(self) -> None:
        """Write down that this worker is there, and when it means to run next."""
        job = self._scheduler.get_job("refresh")
        worker = Worker(
            host=socket.gethostname(),
            pid=os.getpid(),
            refresh_every_s=self._settings.schedule.refresh_every_s,
            next_run_at=job.next_run_time if job else None,
        )
        try:
            with self._store.writing() as connection:
                write_worker(connection, worker)
        except SQLAlchemyError as error:
            log.error("store not writable", reason=cause(error))


def work(settings: Settings, store: Store) -> None:
    """Tick until SIGTERM or SIGINT, then finish the run in hand."""
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    timer = Timer(settings, store)
    timer.start()
    log.info("timer started", refresh_every_s=settings.schedule.refresh_every_s)
    done.wait()
    timer.stop()
    log.info("timer stopped")
