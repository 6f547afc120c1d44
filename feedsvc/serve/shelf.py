"""What can be sent as it is stored: the bytes of every feed, map and sitemap with their headers, by path.

The shelf looks at the store a few times a second at most, and takes over a new publication as a whole.
When the store does not answer, what is on the shelf stays good.
"""

import threading
import time
from collections import OrderedDict
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from feedsvc.publish.snapshot import PACKERS
from feedsvc.serve.index import EMPTY, Answer, Index, Stored, index
from feedsvc.settings import Settings
from feedsvc.store import reading
from feedsvc.store.store import Store, cause

log = structlog.get_logger()

LOOK_EVERY_S = 0.2
PATIENCE = 9  # of the time while a store fails, about a tenth goes into asking it
MAX_PAUSE_S = 60


class Shelf:
    """The current index, and the bytes that were asked for lately."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._index = EMPTY
        self._looked_at = float("-inf")
        self._lock = threading.Lock()
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._held = 0
        self._limit = settings.serve.cache_mb * 1024 * 1024

    def index(self) -> Index:
        """What stands now, at most LOOK_EVERY_S late."""
        if time.monotonic() - self._looked_at >= LOOK_EVERY_S and self._lock.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._lock.release()
        elif self._index is EMPTY:
            with self._lock:  # the first requests wait for the first look
                if self._index is EMPTY:
                    self._look()
        return self._index

    def _look(self, anyway: bool = False) -> None:
        began, pause_s = time.monotonic(), 0.0
        try:
            with self._store.reading() as connection:
                publication = reading.publication(connection)
                if anyway or publication != self._index.publication:
                    self._index = index(publication, self._stored(connection), self._settings, self._index)
        except SQLAlchemyError as error:
            # Requests wait while the store is asked: one that is slow to fail is asked the less often.
            pause_s = min(PATIENCE * (time.monotonic() - began), MAX_PAUSE_S)
            log.error("store not readable", reason=cause(error))
        self._looked_at = time.monotonic() + pause_s

    def _stored(self, connection: Connection) -> Stored:
        farewell = timedelta(days=self._settings.feeds.farewell_days)
        return Stored(
            reading.pointers(connection),
            reading.heirs(connection),
            reading.gone(connection, datetime.now(UTC), farewell),
            reading.deltas_since(connection),
            reading.shown_ids(connection),
        )

    def body(self, answer: Answer) -> bytes | None:
        """The bytes of an answer; None when its generation has gone, so that the caller looks again."""
        body = self._bodies.get(answer.etag)
        if body is not None:
            return body
        with self._store.reading() as connection:
            body = reading.body(connection, answer.pointer)
        if body is not None:
            self._keep(answer.etag, body)
        return body

    def delta(self, answer: Answer, since: str) -> bytes | None:
        """What of it has changed since the generation with that digest, in its coding; None when that has gone."""
        name = f"{answer.etag} since {since}"
        body = self._bodies.get(name)
        if body is not None:
            return body
        with self._store.reading() as connection:
            body = reading.delta(connection, answer.pointer, since)
        if body is not None and answer.pointer.encoding:
            # Few readers ask for these, so they are packed when one does, and once.
            body = PACKERS[answer.pointer.encoding](body)
        if body is not None:
            self._keep(name, body)
        return body

    def _keep(self, name: str, body: bytes) -> None:
        """Hold bytes by their ETag, which names them; the longest held go first."""
        with self._lock:
            if name not in self._bodies:
                self._bodies[name] = body
                self._held += len(body)
            while self._held > self._limit and len(self._bodies) > 1:
                _, gone = self._bodies.popitem(last=False)
                self._held -= len(gone)

    def look_again(self) -> Index:
        """The index as it is in the store at this moment."""
        with self._lock:
            self._look(anyway=True)
        return self._index
