"""Whose turn it is, and many errands at a time."""

import socket
import threading
import time
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from feedsvc.load.web.client import Web
from feedsvc.load.web.connect import Wire
from feedsvc.load.web.turns import Turns
from feedsvc.load.web.values import Failed, FetchFailed, Got

AGENT = "feedsvc/9.9 (+https://feeds.example.org)"


class Clock:
    """Sleeping moves it, and nothing else."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_a_host_is_given_a_pause_after_each_request_and_another_host_none() -> None:
    clock = Clock()
    turns = Turns(clock=clock, sleep=clock.sleep)
    for host in ("a", "a", "b", "a"):
        with turns.turn(host, 2):
            clock.now += 0.5
    assert clock.slept == [0, 2, 0, 1.5]


def test_a_host_that_asks_to_be_left_alone_is() -> None:
    clock = Clock()
    turns = Turns(clock=clock, sleep=clock.sleep)
    turns.hold("a", 90)
    clock.now += 30
    with pytest.raises(FetchFailed, match="left alone for another 60 s") as caught, turns.turn("a", 1):
        pass
    assert caught.value.retry_after_s == 60
    clock.now += 60
    with turns.turn("a", 1):
        pass


def test_hosts_that_are_idle_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedsvc.load.web.turns.MAX_LANES", 10)
    clock = Clock()
    turns = Turns(clock=clock, sleep=clock.sleep)
    turns.hold("held", 1e6)
    for number in range(100):
        with turns.turn(str(number), 1):
            clock.now += 2
    assert len(turns._lanes) <= 10
    assert "held" in turns._lanes


class Busy:
    """A trick that takes a while and counts how many are at it at once, in all and by host."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    def __call__(self, connection: socket.socket, request: Any) -> None:
        host = request.headers["host"].partition(":")[0]
        with self._lock:
            self._now.update([host, "all"])
            self.most |= self._now
        time.sleep(0.05)
        with self._lock:
            self._now.subtract([host, "all"])
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nnews")


@pytest.mark.parametrize("per_host", [1, 2])
def test_no_more_connections_to_a_host_at_a_time_than_allowed(tricks: Any, per_host: int) -> None:
    busy = Busy()
    tricks.do("/", busy)
    with Web(AGENT, pause_s=0, turns=Turns(per_host)) as web:
        threads = [threading.Thread(target=web.fetch, args=(tricks.errand("/"),)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert busy.most["all"] == per_host


def test_a_429_holds_the_whole_host_for_as_long_as_it_says(web: Web, tricks: Any) -> None:
    tricks.say("/a", b"", 429, Retry_After="120")
    tricks.say("/b", b"news")
    first, second = (web.fetch(tricks.errand(path)) for path in ("/a", "/b"))
    assert first == Failed(tricks.url + "/a", "the server answered 429 (Too Many Requests)", 120, 429)
    assert isinstance(second, Failed)
    assert "left alone" in second.reason
    assert tricks.paths() == ["/a"]


def test_many_errands_go_to_several_hosts_at_once_and_to_one_in_order(tricks: Any) -> None:
    busy = Busy()
    for number in (1, 2, 3):
        tricks.do(f"/{number}", busy)
    errands = [tricks.errand(f"http://{host}.example:{tricks.port}/{n}") for host in "abcdef" for n in (1, 2, 3)]
    with Web(AGENT, pause_s=0, parallel=4, wire=Wire(lambda host, port: ["127.0.0.1"])) as web:
        results = list(web.fetch_all(errands))
    assert sorted(errand.url for errand, _ in results) == sorted(errand.url for errand in errands)
    assert all(isinstance(result, Got) for _, result in results)
    assert 1 < busy.most.pop("all") <= 4
    assert set(busy.most.values()) == {1}
    for host in "abcdef":
        assert [one.path for one in tricks.requests if one.headers["host"].startswith(host)] == ["/1", "/2", "/3"]


def test_one_bad_errand_stops_only_itself(web: Web, tricks: Any) -> None:
    tricks.say("/", b"news")
    home = tricks.errand("/")
    errands = [home, *(replace(home, url=url) for url in ("http://[", "gopher://x/", "", "http://x:y/"))]
    results = {errand.url: type(result) for errand, result in web.fetch_all(errands)}
    assert set(results.values()) == {Failed, Got}
    assert results[tricks.url + "/"] is Got


def test_who_stops_asking_for_results_stops_the_fetching(tricks: Any) -> None:
    for number in range(20):
        tricks.say(f"/{number}", b"news")
    with Web(AGENT, pause_s=0, parallel=2) as web:
        results = web.fetch_all(tricks.errand(f"/{number}") for number in range(20))
        next(results)
        results.close()  # type: ignore[attr-defined]
    assert len(tricks.requests) <= 2
