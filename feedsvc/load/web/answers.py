"""A file of kept answers: where requests-cache keeps what it keeps.

As JSON and plain bytes, never by pickle. Nothing here is worth a failure: what cannot be written is not kept, and
what cannot be read back is not found. requests-cache's own SQLite backend would wait for ever for a file that can
no longer be written to, and lets what is in it grow without bound.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

import orjson
from cattrs import Converter
from requests_cache.backends.base import BaseStorage
from requests_cache.models.response import CachedResponse
from requests_cache.serializers import CattrStage, SerializerPipeline, Stage

from feedsvc.errors import StoreNotReady

BUSY_S = 5
KEPT_S = 30 * 86_400  # what has neither come nor been confirmed since is dropped
KEPT_BYTES = 512 * 1024 * 1024  # and so is what exceeds this, the oldest first

TABLE = "CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, kept_at INTEGER NOT NULL, value BLOB NOT NULL)"
OLD = "DELETE FROM answers WHERE kept_at <= ?"
TOO_MUCH = """DELETE FROM answers WHERE key IN (SELECT key FROM (
    SELECT key, sum(length(value)) OVER (ORDER BY kept_at DESC, key) AS bytes FROM answers) WHERE bytes > ?)"""


class Answers(BaseStorage[str, CachedResponse]):
    """A mapping for requests-cache, for use by many threads. Raises StoreNotReady if `path` cannot be written.

    A file that is no database is replaced: what is lost can be fetched again.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(serializer=SERIALIZER)
        self._lock = Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = _opened(path)
        except (sqlite3.Error, OSError) as error:
            raise StoreNotReady(f"the cache of fetched pages at {path} cannot be used: {error}", "feedsvc check") from (
                error
            )
        self.tidy()

    def tidy(self) -> None:
        with suppress(sqlite3.Error):
            self._rows(OLD, int(time.time()) - KEPT_S)
            self._rows(TOO_MUCH, KEPT_BYTES)

    def close(self) -> None:
        with self._lock:
            self._file.close()

    def __getitem__(self, key: str) -> CachedResponse:
        rows: list[Any] = []
        with suppress(sqlite3.Error):
            rows = self._rows("SELECT value FROM answers WHERE key = ?", key)
        answer: CachedResponse | None = self.deserialize(key, rows[0][0]) if rows else None
        if answer is None:
            raise KeyError(key)
        return answer

    def __setitem__(self, key: str, answer: CachedResponse) -> None:
        value = self.serialize(answer)
        with suppress(sqlite3.Error):
            self._rows("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", key, int(time.time()), value)

    def __delitem__(self, key: str) -> None:
        self._rows("DELETE FROM answers WHERE key = ?", key)

    def __iter__(self) -> Iterator[str]:
        return (key for (key,) in self._rows("SELECT key FROM answers ORDER BY key"))

    def __len__(self) -> int:
        return int(self._rows("SELECT count(*) FROM answers")[0][0])

    def _rows(self, statement: str, *values: object) -> list[Any]:
        with self._lock, closing(self._file.execute(statement, values)) as cursor:
            return cursor.fetchall()


def _opened(path: Path) -> sqlite3.Connection:
    try:
        return _with_table(path)
    except sqlite3.OperationalError:  # locked, full, read-only
        raise
    except sqlite3.DatabaseError:
        path.unlink()
        return _with_table(path)


def _with_table(path: Path) -> sqlite3.Connection:
    file = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", TABLE):
            file.execute(statement)
    except sqlite3.Error:
        file.close()
        raise
    return file


def _dumped(values: dict[str, Any]) -> bytes:
    body = values.pop("_content", None) or b""
    return orjson.dumps(values) + b"\n" + body


def _loaded(stored: bytes) -> dict[str, Any]:
    head, _, body = stored.partition(b"\n")
    values: dict[str, Any] = orjson.loads(head)
    if not values.get("status_code"):
        raise ValueError("no answer")
    return {**values, "_content": body}


# Without detailed_validation, what an older version kept in another form raises what counts as not found.
_CONVERTER = partial(Converter, detailed_validation=False)
SERIALIZER = SerializerPipeline(
    [CattrStage(_CONVERTER), Stage(dumps=_dumped, loads=_loaded)], name="json", is_binary=True
)
