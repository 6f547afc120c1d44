"""From end to end, as it is run: the real commands as processes, a folder that changes, readers over HTTP."""

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from feedsvc.store import runs
from feedsvc.store.engine import open_engine
from feedsvc.store.store import LEASE_S, Store
from feedsvc.store.tables import leases

FEEDSVC = str(Path(sys.executable).with_name("feedsvc"))
STARTS_WITHIN_S = 30  # on a busy machine; a second or two elsewhere


@dataclass
class Service:
    """A site of its own: a folder to `drop` articles into, a store, and the processes on them."""

    root: Path
    port: int
    store: Store
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def configure(self, store_url: str, every_s: int) -> None:
        (self.root / "feedsvc.toml").write_text(
            f'[site]\ntitle = "The Paper"\nbase_url = "{self.address}"\n'
            f"[store]\nurl = {json.dumps(store_url)}\n[schedule]\nrefresh_every_s = {every_s}\n"
            "[feeds]\nmax_entries = 1000\n"
            '[[sources]]\nname = "paper"\nkind = "folder"\npath = "articles"\n',
            encoding="utf-8",
        )

    def drop(self, name: str, title: str, published: datetime | None = None, **more: Any) -> None:
        """Put an article into the folder, as a whole."""
        at = published or datetime(2025, 3, 1, 8, 30, 15, tzinfo=UTC)
        record = {"id": name, "title": title, "published": at.isoformat(), "body_html": "<p>…</p>"} | more
        part = self.root / "articles" / f".{name}.part"
        part.write_text(json.dumps(record), encoding="utf-8")
        part.rename(self.root / "articles" / f"{name}.json")

    def drop_export(self, articles: int) -> None:
        """Put as many articles into the folder as keep a run busy for some seconds."""
        records = (
            {
                "id": str(number),
                "title": f"Page {number}",
                "published": (datetime(2010, 1, 1, tzinfo=UTC) + timedelta(days=number)).isoformat(),
                "body": " ".join(f"word{(number * 31 + n) % 5000}" for n in range(60)),
            }
            for number in range(articles)
        )
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (self.root / "articles" / "export.jsonl").write_text(lines, encoding="utf-8")

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [FEEDSVC, *arguments, "--config", str(self.root / "feedsvc.toml")]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FEEDSVC_") and name != "PORT"}
        with open(self.root / "stderr", "ab") as log:
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log, env=kept, start_new_session=True)
        self.processes.append(process)
        return process

    def web(self, command: str = "serve") -> subprocess.Popen[bytes]:
        """Start `run` or `serve`, and wait until it answers."""
        process = self.start(command, "--port", str(self.port))
        until(lambda: process.poll() is None and self.answers("/healthz"), STARTS_WITHIN_S, self)
        return process

    def get(self, path: str, **headers: str) -> tuple[int, Message, bytes]:
        request = urllib.request.Request(
            self.address + path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def answers(self, path: str) -> bool:
        try:
            return self.get(path)[0] == 200
        except OSError:
            return False

    def entries(self) -> dict[str, dict[str, Any]]:
        """title → entry of the feed of everything; none before there is one."""
        status, _, body = self.get("/feed.json")
        return {item["title"]: item for item in json.loads(body)["items"]} if status == 200 else {}

    def runs(self) -> list[dict[str, Any]]:
        with self.store.reading() as connection:
            return [dict(run) for run in runs.last_runs(connection, 200)]

    def log(self) -> str:
        return (self.root / "stderr").read_text(encoding="utf-8", errors="replace")


def until(holds: Callable[[], bool], within_s: float, service: Service) -> float:
    """Wait for something to become true; give the seconds it took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within_s, f"not within {within_s} s; the log says:\n{service.log()[-3000:]}"
        time.sleep(0.05)
    return time.monotonic() - began


@pytest.fixture
def open_service(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Makes a service on a migrated store; whatever it started is gone at the end."""
    services: list[Service] = []

    def open_one(store_url: str, every_s: int = 1) -> Service:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        (tmp_path / "articles").mkdir()
        service = Service(tmp_path, port, Store(open_engine(store_url)))
        service.configure(store_url, every_s)
        services.append(service)
        return service

    yield open_one
    for service in services:
        for process in service.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # a session of its own, workers included
            process.wait()
        service.store.engine.dispose()


@pytest.fixture
def service(open_service: Callable[..., Service], sqlite_url: str) -> Service:
    """A service that refreshes every second, on SQLite."""
    return open_service(sqlite_url)


# feedsvc run


def test_run_serves_takes_in_what_is_dropped_and_changed_and_ends_when_told_to(service: Service):
    service.drop("bridge", "Bridge shut")
    process = service.web("run")
    until(lambda: "Bridge shut" in service.entries(), 10, service)
    before = service.entries()["Bridge shut"]

    service.drop("tram", "First tram", datetime(2025, 4, 1, 9, 0, tzinfo=UTC))
    took_s = until(lambda: "First tram" in service.entries(), 10, service)
    assert took_s < 5
    assert list(service.entries()) == ["First tram", "Bridge shut"]
    assert service.entries()["Bridge shut"] == before

    service.drop("bridge", "Bridge shut until May", body_html="<p>For longer.</p>")
    until(lambda: "Bridge shut until May" in service.entries(), 10, service)
    after = service.entries()["Bridge shut until May"]
    assert len(service.entries()) == 2
    assert (after["id"], after["date_published"]) == (before["id"], before["date_published"])
    assert after["date_modified"] > before["date_published"]

    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert not service.answers("/healthz")
    assert "Traceback" not in service.log()


def test_a_request_in_hand_is_finished_when_the_service_is_told_to_end(service: Service):
    text = "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(100_000))
    for number in range(28):
        service.drop(f"long-{number}", f"A long read {number}", body_html=f"<p>{text}</p>")
    subprocess.run([FEEDSVC, "refresh", "--config", str(service.root / "feedsvc.toml")], check=True, timeout=60)
    process = service.web()
    whole = service.get("/feed.json")[2]
    assert len(whole) > 8_000_000  # more than what sockets take while nobody reads

    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        slow.settimeout(15)
        slow.connect(("127.0.0.1", service.port))
        slow.sendall(b"GET /feed.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received = slow.recv(1000)
        process.send_signal(signal.SIGTERM)
        time.sleep(1)
        while chunk := slow.recv(1_000_000):
            received += chunk
    assert received.partition(b"\r\n\r\n")[2] == whole
    assert process.wait(10) == 0


def test_a_killed_parent_takes_its_workers_along_and_a_new_one_serves_the_same(service: Service):
    for number in range(3):
        service.drop(f"page-{number}", f"Page {number}")
    process = service.web("run")
    until(lambda: len(service.entries()) == 3, 10, service)
    paths = ("/rss.xml", "/atom.xml", "/feed.json", "/channels.opml")
    before = {path: (service.get(path)[1]["ETag"], service.get(path)[2]) for path in paths}

    process.kill()
    process.wait()
    until(lambda: not port_is_held(service.port), 10, service)

    service.web("run")
    assert {path: (service.get(path)[1]["ETag"], service.get(path)[2]) for path in paths} == before
    assert service.get("/rss.xml", If_None_Match=before["/rss.xml"][0])[0] == 304
    until(lambda: sum(run["outcome"] == "good" for run in service.runs()) > 2, LEASE_S + 10, service)
    assert service.get("/rss.xml", If_None_Match=before["/rss.xml"][0])[0] == 304


def port_is_held(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


# feedsvc serve and feedsvc work


def test_readers_and_the_worker_never_get_into_each_others_way(open_service: Callable[..., Service], store_url: str):
    service = open_service(store_url)
    service.drop("first", "First page")
    service.web()
    worker = service.start("work")
    until(lambda: "First page" in service.entries(), STARTS_WITHIN_S, service)
    done = threading.Event()
    answers: list[int] = []
    torn: list[bytes] = []

    def ask() -> None:
        while not done.is_set():
            for path in ("/rss.xml", "/feed.json", "/", "/health", "/channels/more-stories/atom.xml", "/metrics"):
                status, headers, body = service.get(path)
                answers.append(status)
                if len(body) != int(headers["Content-Length"]):
                    torn.append(body)
            time.sleep(0.01)

    readers = [threading.Thread(target=ask) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(50):
        service.drop(f"page-{number}", f"Page {number}", datetime(2025, 4, 1, tzinfo=UTC) + timedelta(hours=number))
        time.sleep(0.1)
    until(lambda: len(service.entries()) == 51, 15, service)
    done.set()
    for reader in readers:
        reader.join()

    assert len(answers) > 100
    assert set(answers) == {200}
    assert torn == []
    assert worker.poll() is None
    for word in ("locked", "Traceback", "error", "OperationalError"):
        assert word not in service.log()
    assert all(run["outcome"] in ("good", None) for run in service.runs())


def test_a_worker_that_dies_is_noticed_and_a_new_one_heals_it(service: Service):
    service.drop("page", "Page")
    service.web()
    worker = service.start("work")
    until(lambda: service.answers("/health"), STARTS_WITHIN_S, service)
    worker.kill()
    until(lambda: service.get("/health")[0] == 503, 3 + 3, service)
    picture = json.loads(service.get("/health")[2])
    assert (picture["status"], picture["refresh_every_s"]) == ("failing", 1)
    assert "the last good run ended" in picture["problems"][0]
    assert service.answers("/rss.xml")
    assert service.answers("/readyz")

    service.start("work")
    until(lambda: service.answers("/health"), LEASE_S + 10, service)  # a run that was killed holds the lease so long


def test_the_runs_of_two_workers_never_overlap(service: Service):
    workers = [service.start("work"), service.start("work")]
    until(lambda: len(service.runs()) > 1, STARTS_WITHIN_S, service)
    for number in range(15):
        service.drop(f"page-{number}", f"Page {number}")
        time.sleep(0.2)
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    assert [worker.wait(15) for worker in workers] == [0, 0]
    ran = sorted(service.runs(), key=lambda run: run["id"])
    assert len(ran) > 4
    assert {run["outcome"] for run in ran} == {"good"}
    for earlier, later in itertools.pairwise(ran):
        assert earlier["started_at"] <= earlier["finished_at"] <= later["started_at"]


def test_an_article_appears_at_its_second_and_not_before(open_service: Callable[..., Service], sqlite_url: str):
    service = open_service(sqlite_url, every_s=60)
    service.drop("now", "Known already")
    service.web()
    due = (datetime.now(UTC) + timedelta(seconds=6)).replace(microsecond=0)
    service.drop("later", "Not before its time", due)
    service.start("work")
    until(lambda: "Known already" in service.entries(), 5, service)
    _, headers, _ = service.get("/feed.json")

    while datetime.now(UTC) < due - timedelta(seconds=0.2):
        status, _, body = service.get("/rss.xml")
        assert status == 200
        assert b"Not before its time" not in body
        assert b"Not before its time" not in service.get("/")[2]
        assert service.get("/feed.json", If_None_Match=headers["ETag"])[0] == 304
        time.sleep(0.1)
    until(lambda: "Not before its time" in service.entries(), 3, service)
    assert datetime.now(UTC) < due + timedelta(seconds=2)


@pytest.mark.parametrize("command", ["work", "run"])
def test_who_is_told_to_end_finishes_the_run_in_hand(service: Service, command: str):
    process = service.start("work") if command == "work" else service.web("run")
    until(lambda: bool(service.runs()), STARTS_WITHIN_S, service)
    service.drop_export(4000)
    until(lambda: in_hand(service), 10, service)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    last = service.runs()[0]
    assert (last["outcome"], last["counts"]["articles"]) == ("good", 4000)
    assert last["counts"]["published"] > 0
    with service.store.reading() as connection:  # nothing is left for the next one to wait for
        assert connection.execute(select(leases.c.holder)).scalar_one() == ""


def in_hand(service: Service) -> bool:
    """Whether a run has been busy for longer than one that finds nothing new."""
    before = service.runs()[0]
    time.sleep(0.2)
    return before["finished_at"] is None and service.runs()[0] == before
