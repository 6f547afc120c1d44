"""What can be sent as it is stored: the bytes of every feed and map with their headers, by path.

The shelf looks at the store a few times a second at most, and takes over a new publication as a whole.
When the store does not answer, what is on the shelf stays good.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError

from feedsvc.publish.plan import MAP, OPML
from feedsvc.render import FORMATS
from feedsvc.serve.headers import Header, stored_headers
from feedsvc.settings import Settings
from feedsvc.store import reading
from feedsvc.store.reading import Pointer
from feedsvc.store.store import Store, cause

log = structlog.get_logger()

LOOK_EVERY_S = 0.2
PATIENCE = 9  # of the time while a store fails, about a tenth goes into asking it
MAX_PAUSE_S = 60
MAX_AGE_S = 300  # at most; a site that refreshes more often is asked more often
OPML_PATH = "/channels.opml"
MAP_FILE = "map.svg"
CODINGS = ("gzip",)  # best first

# Where readers look for a feed that nobody told them of. They follow no redirect there.
PROBED = {
    "rss": ("/feed", "/feed/", "/feed.xml", "/rss", "/rss/", "/rss/feed.xml", "/index.rss", "/index.xml", "/feed.rss"),
    "atom": ("/atom", "/atom/", "/feed.atom", "/index.atom"),
    "json": ("/index.json", "/feed/json"),
}

FILES = {name: format.file_name for name, format in FORMATS.items()} | {MAP: MAP_FILE}  # by the name of the format
STORED_FILES = tuple(f"/{file}" for file in FILES.values())
STORED_PATHS = frozenset((OPML_PATH, *STORED_FILES, *(path for paths in PROBED.values() for path in paths)))


@dataclass(frozen=True, slots=True)
class Answer:
    """One representation, ready to leave. `modified` is a Unix time."""

    etag: str
    modified: int
    headers: Sequence[Header]
    headers_unchanged: Sequence[Header]
    pointer: Pointer


@dataclass(frozen=True, slots=True)
class Index:
    """All that stands in one publication. `answers` maps path → coding → Answer, `moved` path → URL;
    `readable` are the paths that also have a page for people."""

    publication: int
    answers: Mapping[str, Mapping[str, Answer]]
    moved: Mapping[str, str]
    readable: Set[str]


EMPTY = Index(-1, {}, {}, frozenset())


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
                    self._index = _index(
                        publication, reading.pointers(connection), reading.heirs(connection), self._settings
                    )
        except SQLAlchemyError as error:
            # Requests wait while the store is asked: one that is slow to fail is asked the less often.
            pause_s = min(PATIENCE * (time.monotonic() - began), MAX_PAUSE_S)
            log.error("store not readable", reason=cause(error))
        self._looked_at = time.monotonic() + pause_s

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

    def _keep(self, etag: str, body: bytes) -> None:
        """Hold bytes by their ETag, which names them; the longest held go first."""
        with self._lock:
            if etag not in self._bodies:
                self._bodies[etag] = body
                self._held += len(body)
            while self._held > self._limit and len(self._bodies) > 1:
                _, gone = self._bodies.popitem(last=False)
                self._held -= len(gone)

    def look_again(self) -> Index:
        """The index as it is in the store at this moment."""
        with self._lock:
            self._look(anyway=True)
        return self._index


def is_stored(path: str) -> bool:
    """Whether a feed or a map may stand at `path`, as opposed to a page."""
    return path in STORED_PATHS or (path.startswith("/channels/") and path.endswith(STORED_FILES))


def _index(publication: int, pointers: Sequence[Pointer], heirs: Mapping[str, str], settings: Settings) -> Index:
    answers: dict[str, dict[str, Answer]] = {}
    readable = set()
    moved = {
        f"/channels/{slug}/{file}": f"{settings.site.base_url}/channels/{heir}/{file}"
        for slug, heir in heirs.items()
        for file in FILES.values()
    }
    for pointer in pointers:
        path, *others = _paths(pointer)
        if path in moved:  # what it last said is still in the store
            continue
        if pointer.format in FORMATS:
            readable.add(path)
        answer = _answer(pointer, settings.site.base_url + path, settings)
        for one in (path, *others):
            answers.setdefault(one, {})[pointer.encoding] = answer
    return Index(publication, answers, moved, readable)


def _paths(pointer: Pointer) -> list[str]:
    """The canonical path first, then the names under which readers probe."""
    if pointer.key == OPML:
        return [OPML_PATH]
    name = FILES[pointer.format]
    if pointer.key in ("", MAP):
        return [f"/{name}", *PROBED.get(pointer.format, ())]
    return [f"/{pointer.key}/{name}"]


def _answer(pointer: Pointer, url: str, settings: Settings) -> Answer:
    max_age = min(MAX_AGE_S, settings.schedule.refresh_every_s)
    of = stored_headers(pointer.etag, pointer.published_at, pointer.media_type, pointer.encoding, url, max_age)
    return Answer(pointer.etag, int(pointer.published_at.timestamp()), of.full, of.unchanged, pointer)
