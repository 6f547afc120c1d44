"""Counting who reads what, beside the answers: a dictionary in memory, added to the store every few seconds.

Nothing here holds an answer up. When the store is away, counts wait; when there are too many, they lose detail
first, and then some of them are lost. Addresses are in memory only, for as long as their counts wait.
"""

import atexit
import hmac
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from feedsvc.serve.agents import KNOWN, family, subscribers, without_count
from feedsvc.serve.client import client_address, network
from feedsvc.settings import Serve
from feedsvc.store import audience
from feedsvc.store.store import Store, cause

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = structlog.get_logger()

FLUSH_EVERY_S = 10
LAST_FLUSH_S = 5  # what a process that ends waits for at most
MAX_WAITING = 50_000  # different counts that may wait for the store
MAX_FAMILIES = 200  # kinds of readers a day beside the well-known ones
MAX_POLLERS = 5_000  # of a feed, a day
MAX_AGENT = 512  # characters of a User-Agent that are looked at
POLLER_DIGITS = 16
DAY_S = 86_400
OTHER = "other"

# (day, path, key, format, address, User-Agent); without the last two where there was no more room.
Seen = tuple[int, str, str, str, str | None, str]
Tally = list[int]  # in the order of audience.COUNTED


class Audience:
    """The counts of one web process."""

    def __init__(self, settings: Serve, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._waiting: dict[Seen, Tally] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self._salts: dict[str, bytes] = {}
        self._tidied = ""
        self._away = False

    def note(self, environ: "WSGIEnvironment", key: str, format: str, status: int, sent: int, full: int) -> None:
        """Count an answer to a request for the feed with `key`: `sent` bytes of body where it has `full` in all."""
        if not self._settings.readers_days:
            return
        agent = environ.get("HTTP_USER_AGENT", "")[:MAX_AGENT]
        address = client_address(environ, self._settings.trusted_proxies)
        seen = (int(time.time()) // DAY_S, environ["PATH_INFO"], key, format, address, agent)
        with self._lock:
            tally = self._waiting.get(seen)
            if tally is None:
                tally = self._begin(seen)
            tally[0] += 1
            tally[1] += "HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MODIFIED_SINCE" in environ
            tally[2] += status == 304
            tally[3] += status == 429
            tally[4] += sent
            # A HEAD request never asks for the body, and neither does one that is refused get it.
            tally[5] += full - sent if status < 400 and environ["REQUEST_METHOD"] == "GET" else 0

    def flush(self) -> None:
        """Add what has been counted to the store; when it is away, keep it for the next time."""
        with self._lock:
            taken, self._waiting = self._waiting, {}
        today = _iso(int(time.time()) // DAY_S)
        if not taken and self._tidied == today:
            return
        try:
            with self._store.writing() as connection:
                salts = self._write(connection, taken)
                audience.forget(connection, today, _earlier(today, self._settings.readers_days))
        except SQLAlchemyError as error:
            if not self._away:
                log.warning("readers not written down", reason=cause(error))
            self._away = True
            self._put_back(taken)
        else:
            self._away, self._tidied = False, today
            self._salts = {day: salt for day, salt in salts.items() if day == today}

    def close(self) -> None:
        """Write down what is left, if that is done soon, and end."""
        self._stopped.set()
        if self._thread:
            self._thread.join(LAST_FLUSH_S)

    def _begin(self, seen: Seen) -> Tally:
        if self._thread is None:  # not before: a server may fork before it answers
            self._thread = threading.Thread(target=self._go_on, name="audience", daemon=True)
            self._thread.start()
            atexit.register(self.close)
        if len(self._waiting) >= MAX_WAITING:
            seen = (*seen[:4], None, "")
            if len(self._waiting) >= 2 * MAX_WAITING and seen not in self._waiting:
                return [0] * len(audience.COUNTED)
        return self._waiting.setdefault(seen, [0] * len(audience.COUNTED))

    def _go_on(self) -> None:
        while not self._stopped.wait(FLUSH_EVERY_S):
            self.flush()
        self.flush()

    def _put_back(self, taken: Mapping[Seen, Tally]) -> None:
        with self._lock:
            for seen, tally in taken.items():
                _sum(self._begin(seen) if seen not in self._waiting else self._waiting[seen], tally)

    def _write(self, connection: Connection, taken: Mapping[Seen, Tally]) -> dict[str, bytes]:
        """Write counts down, and return the salts by day. They hold only once the transaction does."""
        salts = dict(self._salts)
        for number in sorted({seen[0] for seen in taken}):
            day = _iso(number)
            salts[day] = salts.get(day) or audience.salt(connection, day)
            of_day = {seen: tally for seen, tally in taken.items() if seen[0] == number}
            known = audience.readers_of(connection, day)
            readings, polled = tell(day, salts[day], of_day, known)
            audience.add(connection, readings, _admitted(connection, day, polled))
        return salts


def tell(
    day: str, salt: bytes, counted: Mapping[Seen, Tally], known: set[str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows for `readings` and `pollers`. Kinds of readers that are not `known` are let in while there is room."""
    known = known - set(KNOWN.values())
    readings: dict[tuple[str, str, str], Tally] = {}
    polled: dict[tuple[str, str], dict[str, Any]] = {}
    for (_, path, key, format, address, agent), tally in counted.items():
        reader = _reader(agent, known) if address is not None else OTHER
        _sum(readings.setdefault((key, format, reader), [0] * len(tally)), tally)
        if address is None:
            continue
        told = subscribers(agent)
        # A service asks from many addresses for the same people; what it says of each address of a feed counts once.
        who = f"{path}\n{without_count(agent)}" if told else f"{network(address)}\n{agent}"
        poller = hmac.digest(salt, who.encode("utf-8", "backslashreplace"), "sha256").hex()[:POLLER_DIGITS]
        row = polled.setdefault((key, poller), {"day": day, "key": key, "poller": poller, "reader": reader})
        row["subscribers"] = told
        for name, number in zip(audience.COUNTED[:3], tally, strict=False):
            row[name] = row.get(name, 0) + number
    rows = [
        {"day": day, "key": key, "format": format, "reader": reader, **dict(zip(audience.COUNTED, tally, strict=True))}
        for (key, format, reader), tally in readings.items()
    ]
    return rows, list(polled.values())


def _reader(agent: str, known: set[str]) -> str:
    """The kind of reader, or "other" where too many have a name of their own; adds it to those that are `known`."""
    name = family(agent)
    if name in known or name in KNOWN.values():
        return name
    if len(known) >= MAX_FAMILIES:
        return OTHER
    known.add(name)
    return name


def _admitted(connection: Connection, day: str, polled: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows for which there is room: those there are already, and new ones up to MAX_POLLERS of a feed."""
    counts = audience.count_pollers(connection, day, {row["key"] for row in polled})
    admitted: list[dict[str, Any]] = []
    by_key: dict[str, list[dict[str, Any]]] = {}
    for row in polled:
        by_key.setdefault(row["key"], []).append(row)
    for key, rows in by_key.items():
        room = MAX_POLLERS - counts.get(key, 0)
        if room < len(rows):
            there = audience.pollers_of(connection, day, key)
            new = [row for row in rows if row["poller"] not in there]
            rows = [row for row in rows if row["poller"] in there] + new[: max(room, 0)]
        admitted += rows
    return admitted


def _sum(total: Tally, more: Tally) -> None:
    for place, number in enumerate(more):
        total[place] += number


def _iso(day: int) -> str:
    return datetime.fromtimestamp(day * DAY_S, UTC).date().isoformat()


def _earlier(day: str, days: int) -> str:
    """The first of as many days that end with `day`."""
    return (datetime.fromisoformat(day) - timedelta(days=max(days - 1, 0))).date().isoformat()
