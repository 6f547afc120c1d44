import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import OperationalError

from feedsvc.serve import audience, readers
from feedsvc.serve.agents import KNOWN, MAX_NAME, family, is_robot, subscribers
from feedsvc.serve.audience import Audience, tell
from feedsvc.serve.client import client_address, network
from feedsvc.settings import Serve
from feedsvc.store.engine import open_engine
from feedsvc.store.store import Store
from feedsvc.store.tables import marks, pollers, readings

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FLOOD = "channels/flood"
MINIFLUX = "Mozilla/5.0 (compatible; Miniflux/2.2.1; +https://miniflux.app)"
FEEDLY = "Feedly/1.0 (+http://www.feedly.com/fetcher.html; {} subscribers; like FeedFetcher-Google)"


# What a User-Agent tells

AGENTS = [
    (MINIFLUX, "Miniflux", 0),
    (FEEDLY.format(16), "Feedly", 16),
    ("Feedbin feed-id:1373711 - 142 subscribers", "Feedbin", 142),
    ("NewsBlur Feed Fetcher - 1 subscriber - http://www.newsblur.com/site/12/x (Mozilla/5.0)", "NewsBlur", 1),
    ("Mozilla/5.0 (compatible; theoldreader.com; 2 subscribers; feed-id=5b)", "The Old Reader", 2),
    ("Mozilla/5.0 (compatible; BazQux/2.4; +https://bazqux.com/fetcher; 3 subscribers)", "BazQux", 3),
    ("Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; 7 subscribers; )", "Inoreader", 7),
    ("Bloglovin/1.0 (http://www.bloglovin.com; 5 readers)", "Bloglovin", 5),
    ("FreshRSS/1.24.0 (Linux; https://freshrss.org)", "FreshRSS", 0),
    ("NetNewsWire (RSS Reader; https://netnewswire.com/)", "NetNewsWire", 0),
    ("Tiny Tiny RSS/24.05 (https://tt-rss.org/)", "Tiny Tiny RSS", 0),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.2", "Thunderbird", 0),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "browser", 0),
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot", 0),
    ("python-requests/2.32", "python-requests", 0),
    ("curl", "curl", 0),
    ("", "unknown", 0),
    ("/ ()", "unknown", 0),
    ("<b>&\n</b>/1", "b", 0),
    ("x" * 300, "x" * MAX_NAME, 0),
    ("Liar/1.0 (999999999 subscribers)", "Liar", 0),
    ("Vain/1.0 (" + "9" * 40 + " subscribers)", "Vain", 0),
]


@pytest.mark.parametrize(("agent", "name", "people"), AGENTS)
def test_a_user_agent_tells_the_reader_and_for_how_many_it_asks(agent: str, name: str, people: int) -> None:
    assert (family(agent), subscribers(agent)) == (name, people)


def test_robots_are_known_by_their_names() -> None:
    assert [name for _, name, _ in AGENTS if is_robot(name)] == ["Googlebot"]


# Where a request comes from


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        (None, 0, "10.0.0.9"),
        ("1.1.1.1", 0, "10.0.0.9"),
        ("6.6.6.6, 1.1.1.1", 1, "1.1.1.1"),
        ("6.6.6.6, 1.1.1.1,10.0.0.8", 2, "1.1.1.1"),
        (None, 1, "10.0.0.9"),
        (" , ", 1, "10.0.0.9"),
        ("1.1.1.1", 5, "1.1.1.1"),
    ],
)
def test_only_what_trusted_proxies_say_of_the_address_counts(forwarded: str | None, proxies: int, address: str) -> None:
    environ = {"REMOTE_ADDR": "10.0.0.9"} | ({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {})
    assert client_address(environ, proxies) == address


def test_a_client_that_changes_its_address_within_its_network_is_one() -> None:
    assert network("2001:db8:0:1::5") == network("2001:db8:0:1:ffff::9") != network("2001:db8:0:2::5")
    assert network("::ffff:192.0.2.1") == network("192.0.2.1") == "192.0.2.1"
    assert network("unix:") == "unix:"


# Counting


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def time(self) -> float:
        return self.now.timestamp()


class Absent:
    """A store that is away until it is told to be back."""

    def __init__(self, store: Store) -> None:
        self.store, self.away, self.asked = store, True, 0

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        self.asked += 1
        if self.away:
            raise OperationalError("SELECT 1", {}, Exception("no answer"))
        with self.store.writing() as connection:
            yield connection


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(audience, "time", clock)
    return clock


@pytest.fixture
def begin() -> Iterator[Callable[..., Audience]]:
    begun: list[Audience] = []

    def one(store: Any, **settings: int) -> Audience:
        begun.append(Audience(Serve(**settings), store))
        return begun[-1]

    yield one
    for each in begun:
        each.close()


def note(counting: Audience, agent: str = MINIFLUX, address: str = "192.0.2.1", key: str = FLOOD, **more: Any) -> None:
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": f"/{key}/rss.xml", "REMOTE_ADDR": address}
    environ |= {"HTTP_USER_AGENT": agent, **more.pop("headers", {})}
    counting.note(environ, key, "rss", **{"status": 200, "sent": 100, "full": 1000} | more)


def rows(store: Store, table: Any, *columns: str) -> list[tuple[Any, ...]]:
    with store.reading() as connection:
        return sorted(tuple(row) for row in connection.execute(select(*(table.c[name] for name in columns))))


COUNTS = ("requests", "conditional", "unchanged", "refused", "sent", "saved")
ASKS = {"HTTP_IF_NONE_MATCH": '"x"'}


def test_answers_are_counted_by_feed_and_reader(store: Store, begin: Any, clock: Clock) -> None:
    counting = begin(store)
    note(counting)
    note(counting, headers=ASKS)
    note(counting, headers=ASKS, status=304, sent=0)
    note(counting, status=429, sent=30)
    note(counting, headers={"REQUEST_METHOD": "HEAD"}, sent=0)
    note(counting, agent="curl/8", key="")
    counting.flush()
    assert rows(store, readings, "day", "key", "format", "reader", *COUNTS) == [
        ("2026-11-24", "", "rss", "curl", 1, 0, 0, 0, 100, 900),
        ("2026-11-24", FLOOD, "rss", "Miniflux", 5, 2, 1, 1, 230, 2800),
    ]


def test_readers_are_told_apart_by_address_and_program(store: Store, begin: Any, clock: Clock) -> None:
    counting = begin(store)
    for _ in range(2):
        for address in ("192.0.2.1", "192.0.2.2"):
            note(counting, address=address)
        note(counting, agent="curl/8")
        counting.flush()
    assert rows(store, pollers, "reader", "subscribers", "requests") == [
        ("Miniflux", 0, 2), ("Miniflux", 0, 2), ("curl", 0, 2)
    ]  # fmt: skip


def test_a_service_counts_once_for_each_of_its_feeds_however_many_addresses_it_has(
    store: Store, begin: Any, clock: Clock
) -> None:
    counting = begin(store)
    for number, address in enumerate(["192.0.2.1", "192.0.2.2", "192.0.2.3"]):
        note(counting, agent=FEEDLY.format(15 + number), address=address)
    note(counting, agent="Feedbin feed-id:1 - 4 subscribers")
    note(counting, agent="Feedbin feed-id:2 - 1 subscriber")
    counting.flush()
    assert rows(store, pollers, "reader", "subscribers", "requests") == [
        ("Feedbin", 1, 1), ("Feedbin", 4, 1), ("Feedly", 17, 3)
    ]  # fmt: skip


def test_nothing_stored_tells_the_address_or_can_be_joined_over_days(store: Store, begin: Any, clock: Clock) -> None:
    counting = begin(store)
    note(counting)
    counting.flush()
    clock.now += timedelta(days=1)
    note(counting)
    counting.flush()
    (monday, first), (tuesday, second) = rows(store, pollers, "day", "poller")
    assert (monday, tuesday) == ("2026-11-24", "2026-11-25")
    assert first != second
    assert len(first) == len(second) == 16
    assert "192.0.2.1" not in str(rows(store, pollers, *pollers.c.keys()) + rows(store, readings, *readings.c.keys()))
    assert rows(store, marks, "name") == [("salt of 2026-11-25",)]


def test_all_processes_of_a_day_give_a_reader_the_same_name(store: Store, begin: Any, clock: Clock) -> None:
    for _ in range(2):
        counting = begin(store)
        note(counting)
        counting.flush()
    assert rows(store, pollers, "requests") == [(2,)]


def test_old_days_are_forgotten_even_when_nobody_asks(store: Store, begin: Any, clock: Clock) -> None:
    counting = begin(store, readers_days=2)
    note(counting)
    counting.flush()
    clock.now += timedelta(days=1)
    counting.flush()
    assert len(rows(store, readings, "day")) == 1
    clock.now += timedelta(days=1)
    counting.flush()
    assert rows(store, readings, "day") == rows(store, pollers, "day") == rows(store, marks, "name") == []


def test_nothing_is_counted_where_the_operator_wants_none(store: Store, begin: Any) -> None:
    counting = begin(store, readers_days=0)
    note(counting)
    counting.close()
    assert rows(store, readings, "day") == []


def test_counts_wait_for_a_store_that_is_away(store: Store, begin: Any, clock: Clock) -> None:
    absent = Absent(store)
    counting = begin(absent)
    note(counting)
    counting.flush()
    note(counting)
    counting.flush()
    absent.away = False
    counting.flush()
    assert absent.asked == 3
    assert rows(store, readings, "requests", "sent") == [(2, 200)]
    assert rows(store, pollers, "requests") == [(2,)]


def test_a_store_is_left_alone_while_nobody_asks(store: Store, begin: Any, clock: Clock) -> None:
    absent = Absent(store)
    absent.away = False
    counting = begin(absent)
    for _ in range(3):
        counting.flush()
    assert absent.asked == 1


def test_too_many_counts_lose_detail_and_not_number(store: Store, begin: Any, clock: Clock, monkeypatch: Any) -> None:
    monkeypatch.setattr(audience, "MAX_WAITING", 3)
    counting = begin(store)
    for number in range(10):
        note(counting, address=f"192.0.2.{number}", agent=f"Odd{number}/1")
    counting.flush()
    by_reader = dict(rows(store, readings, "reader", "requests"))
    assert by_reader == {"Odd0": 1, "Odd1": 1, "Odd2": 1, "other": 7}
    assert len(rows(store, pollers, "poller")) == 3


def test_memory_is_bounded_even_when_every_feed_is_asked_for_by_everyone(
    store: Store, begin: Any, clock: Clock, monkeypatch: Any
) -> None:
    monkeypatch.setattr(audience, "MAX_WAITING", 3)
    counting = begin(Absent(store))
    for number in range(50):
        note(counting, address=f"192.0.2.{number}", key=f"channels/{number}")
        if not number % 7:
            counting.flush()
    assert len(counting._waiting) <= 6


def test_kinds_of_readers_are_bounded_but_not_the_well_known_ones(store: Store, begin: Any, clock: Clock) -> None:
    counting = begin(store)
    for number in range(audience.MAX_FAMILIES + 50):
        note(counting, agent=f"Odd{number}/1")
    counting.flush()
    note(counting, agent="Another/1")
    for agent in (MINIFLUX, "Odd7/2"):
        note(counting, agent=agent)
    counting.flush()
    by_reader = dict(rows(store, readings, "reader", "requests"))
    assert len(by_reader) == audience.MAX_FAMILIES + 2
    assert (by_reader["other"], by_reader["Miniflux"], by_reader["Odd7"]) == (51, 1, 2)


def test_pollers_of_a_feed_are_bounded(store: Store, begin: Any, clock: Clock, monkeypatch: Any) -> None:
    monkeypatch.setattr(audience, "MAX_POLLERS", 3)
    counting = begin(store)
    for round in range(2):
        for number in range(2 + 3 * round):
            note(counting, address=f"192.0.2.{number}")
        counting.flush()
    assert [requests for (requests,) in rows(store, pollers, "requests")] == [1, 2, 2]
    assert rows(store, readings, "requests") == [(7,)]


def test_what_was_counted_is_written_down_when_the_process_ends(store: Store, begin: Any) -> None:
    counting = begin(store)
    note(counting)
    counting.close()
    assert rows(store, readings, "requests") == [(1,)]


def test_counts_outlive_a_program_that_simply_ends(sqlite_url: str) -> None:
    program = f"""
from feedsvc.serve.audience import Audience
from feedsvc.settings import Serve
from feedsvc.store.engine import open_engine
from feedsvc.store.store import Store
environ = {{"REQUEST_METHOD": "GET", "PATH_INFO": "/rss.xml", "REMOTE_ADDR": "192.0.2.1"}}
Audience(Serve(), Store(open_engine({sqlite_url!r}))).note(environ, "", "rss", 200, 10, 10)
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
    opened = Store(open_engine(sqlite_url))
    assert rows(opened, readings, "reader", "requests") == [("unknown", 1)]
    opened.engine.dispose()


def test_counts_are_written_down_every_few_seconds(store: Store, begin: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(audience, "FLUSH_EVERY_S", 0.01)
    note(begin(store))
    until = time.monotonic() + 10
    while not rows(store, readings, "requests"):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_counting_costs_a_few_microseconds(begin: Any, store: Store) -> None:
    counting = begin(store)
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/rss.xml",
        "REMOTE_ADDR": "192.0.2.1",
        "HTTP_USER_AGENT": MINIFLUX,
    }
    best = min(_seconds(lambda: counting.note(environ, "", "rss", 304, 0, 100), 2000) for _ in range(10))
    assert best / 2000 < 20e-6  # about one on a machine that does nothing else


def _seconds(call: Callable[[], None], times: int) -> float:
    began = time.perf_counter()
    for _ in range(times):
        call()
    return time.perf_counter() - began


def test_a_digest_needs_the_salt() -> None:
    seen = {(1, "/rss.xml", "", "rss", "192.0.2.1", MINIFLUX): [1, 0, 0, 0, 0, 0]}
    of = {salt: tell("2026-11-24", salt, seen, set())[1][0]["poller"] for salt in (b"a", b"b")}
    assert of[b"a"] != of[b"b"]


def test_well_known_readers_have_names_that_are_safe() -> None:
    assert all(len(name) <= MAX_NAME and name.replace(" ", "").replace("-", "").isalnum() for name in KNOWN.values())


# What is told of it


@pytest.fixture
def read(store: Store, begin: Any, clock: Clock) -> Store:
    """A day on which two feeds were read."""
    counting = begin(store)
    for address in ("192.0.2.1", "192.0.2.2"):
        note(counting, address=address)
        note(counting, address=address, headers=ASKS, status=304, sent=0)
    note(counting, key="", address="192.0.2.1")
    note(counting, agent=FEEDLY.format(40), headers=ASKS, status=304, sent=0)
    for _ in range(3):
        note(counting, agent="Mozilla/5.0 (compatible; Greedybot/1.0)")
    counting.flush()
    return store


def test_readers_are_people_and_not_robots(read: Store) -> None:
    with read.reading() as connection:
        found = readers.picture(readers.gather(connection, NOON))
    assert (found["requests_since"], found["people_on"]) == ("2026-11-18", "2026-11-24")
    assert found["all"] == {
        "readers": 42,
        "subscribers": 40,
        "requests": 9,
        "refused": 0,
        "conditional_share": 0.3333,
        "unchanged_share": 0.3333,
        "bytes_sent": 600,
        "bytes_saved": 8400,
    }
    assert [(feed["feed"], feed["readers"]) for feed in found["feeds"]] == [("flood", 42), ("everything", 1)]
    by_reader = {line["reader"]: (line["readers"], line["subscribers"]) for line in found["by_reader"]}
    assert by_reader == {"Feedly": (40, 40), "Miniflux": (2, 0), "Greedybot": (0, 0)}
    assert found["worst_pollers"][0] == {
        "reader": "Greedybot",
        "feed": "flood",
        "day": "2026-11-24",
        "requests": 3,
        "unconditional_share": 1.0,
        "unchanged_share": 0.0,
    }


def test_the_command_line_tells_the_same_in_lines(read: Store) -> None:
    with read.reading() as connection:
        lines = list(readers.lines(readers.gather(connection, NOON)))
    assert lines[:3] == [
        "readers on 2026-11-24, requests since 2026-11-18 (UTC)",
        "all feeds: 42 readers (40 through services), 9 requests, 33 % conditional, 33 % 304, 600 B sent, 8.4 kB saved",
        "  by feed:",
    ]
    assert "  those who were sent most:" in lines
    assert "    Greedybot, flood: 3 requests on 2026-11-24, 100 % unconditional, 0 % 304" in lines


def test_where_nobody_has_asked_that_is_said(store: Store) -> None:
    with store.reading() as connection:
        found = readers.gather(connection, NOON)
    assert list(readers.lines(found)) == [
        "nobody has asked for a feed since 2026-11-18, or readers are not counted (serve.readers_days)"
    ]
    assert readers.picture(found)["all"]["conditional_share"] is None


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_499, "999 kB"), (2 * 10**12, "2.0 TB")]
)
def test_bytes_are_told_in_three_figures(number: int, told: str) -> None:
    assert readers._bytes(number) == told
