"""Articles that a CMS hands over, through the real commands as processes: what was accepted outlives them."""

import contextlib
import gzip
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from feedsvc.serve.upload import MAX_BYTES, WITHIN_S
from feedsvc.store import inbox
from feedsvc.store.engine import open_engine
from feedsvc.store.fates import fates
from feedsvc.store.store import Store

FEEDSVC = str(Path(sys.executable).with_name("feedsvc"))
STARTS_WITHIN_S = 30  # on a busy machine; a second or two elsewhere
KEY = "correct-horse-battery"


@dataclass
class Service:
    """A site with one source that articles are handed over for, and the processes on it."""

    root: Path
    port: int
    store: Store
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def configure(self, store_url: str) -> None:
        (self.root / "feedsvc.toml").write_text(
            f'[site]\ntitle = "The Paper"\nbase_url = "http://127.0.0.1:{self.port}"\n'
            f"[store]\nurl = {json.dumps(store_url)}\n[feeds]\nmax_entries = 1000\n"
            f'[[sources]]\nname = "cms"\nkind = "push"\nkey = "{KEY}"\n',
            encoding="utf-8",
        )

    def start(self, command: str) -> subprocess.Popen[bytes]:
        """Start `run` or `serve`, and wait until it answers."""
        told = [FEEDSVC, command, "--config", str(self.root / "feedsvc.toml"), "--port", str(self.port)]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FEEDSVC_") and name != "PORT"}
        with open(self.root / "stderr", "ab") as log:
            process = subprocess.Popen(told, stdout=subprocess.DEVNULL, stderr=log, env=kept, start_new_session=True)
        self.processes.append(process)
        self.until(lambda: process.poll() is not None or self.is_alive(), STARTS_WITHIN_S)
        assert process.poll() is None, self.log()
        return process

    def kill(self) -> None:
        """kill -9 of everything at once, with no moment for anything."""
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # a session of its own, workers included
            process.wait()
        self.processes.clear()

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        told = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        with contextlib.closing(connection):
            connection.request(method, path, body, told)
            answer = connection.getresponse()
            content = answer.read()
        return answer.status, json.loads(content) if "json" in answer.headers.get_content_type() else content

    def post(self, *records: dict[str, Any], **headers: str) -> tuple[int, Any]:
        return self.ask("POST", "/ingest/articles", json.dumps(records).encode(), **headers)

    def is_alive(self) -> bool:
        try:
            return self.ask("GET", "/healthz")[0] == 200
        except OSError:
            return False

    def titles(self) -> list[str]:
        status, feed = self.ask("GET", "/feed.json")
        return sorted(item["title"] for item in feed["items"]) if status == 200 else []

    def waiting(self) -> set[str]:
        with self.store.reading() as connection:
            return {item.place for item in inbox.waiting(connection, 100_000)}

    def until(self, holds: Callable[[], bool], within_s: float) -> float:
        began = time.monotonic()
        while not holds():
            assert time.monotonic() - began < within_s, f"not within {within_s} s; the log says:\n{self.log()[-3000:]}"
            time.sleep(0.02)
        return time.monotonic() - began

    def log(self) -> str:
        return (self.root / "stderr").read_text(encoding="utf-8", errors="replace")


def record(id: str, title: str = "First tram", **more: Any) -> dict[str, Any]:
    return {"id": id, "title": title, "published": "2026-03-01T10:00:00Z", "body_html": f"<p>{title}.</p>"} | more


@pytest.fixture
def open_service(tmp_path: Path) -> Iterator[Callable[[str], Service]]:
    services: list[Service] = []

    def open_one(store_url: str) -> Service:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        services.append(Service(tmp_path, port, Store(open_engine(store_url))))
        services[-1].configure(store_url)
        return services[-1]

    yield open_one
    for service in services:
        service.kill()
        service.store.engine.dispose()


@pytest.fixture
def service(open_service: Callable[[str], Service], store_url: str) -> Service:
    """On each database."""
    return open_service(store_url)


@pytest.fixture
def sqlite_service(open_service: Callable[[str], Service], sqlite_url: str) -> Service:
    return open_service(sqlite_url)


def test_what_was_accepted_is_published_though_everything_is_killed_right_after_the_answer(service: Service):
    accepted: list[str] = []
    for life in range(2):
        service.start("serve")
        for number in range(life + 1):
            id = f"{life}-{number}"
            status, answer = service.post(record(id, f"Tram {id}"), Idempotency_Key=id)
            if number == life:
                service.kill()
            assert (status, answer["results"][0]["status"]) == (202, "accepted")
            accepted.append(id)
    assert service.waiting() == {f"push/{id}" for id in accepted}
    service.start("run")
    wanted = [f"Tram {id}" for id in accepted]
    service.until(lambda: service.titles() == wanted, 15)
    assert service.waiting() == set()
    service.kill()
    service.start("serve")
    assert service.titles() == wanted
    again = service.post(record("0-0", "Tram 0-0"), Idempotency_Key="0-0")
    assert again == (202, {"results": [{"index": 0, "id": "0-0", "status": "accepted"}]})


def test_nothing_that_was_accepted_is_lost_when_the_service_is_killed_in_the_midst_of_it(sqlite_service: Service):
    """Web and worker at once, killed at any moment, again and again."""
    accepted: set[str] = set()
    for life in range(3):
        sqlite_service.start("run")
        stopped = threading.Event()

        def hand_over(life: int = life, stopped: threading.Event = stopped) -> None:
            number = 0
            while not stopped.is_set():
                ids = [f"{life}-{number}-{n}" for n in range(3)]
                try:
                    status, _ = sqlite_service.post(*(record(id, f"Tram {id}") for id in ids))
                except (OSError, http.client.HTTPException):
                    return
                if status == 202:
                    accepted.update(ids)
                number += 1

        thread = threading.Thread(target=hand_over)
        thread.start()
        time.sleep(0.7 + 0.57 * life)
        sqlite_service.kill()
        stopped.set()
        thread.join(30)
    assert len(accepted) > 30
    places = {f"push/{id}" for id in accepted}
    with sqlite_service.store.reading() as connection:
        taken_in = {place for place, fate in fates(connection, "cms", places).items() if fate.article}
    assert places - taken_in - sqlite_service.waiting() == set()


def test_what_is_handed_over_is_in_the_feed_at_once_and_a_withdrawal_out_of_it(sqlite_service: Service):
    sqlite_service.start("run")
    sqlite_service.post(record("a0", "Nought"))
    sqlite_service.until(lambda: sqlite_service.titles() == ["Nought"], 15)
    time.sleep(1)
    sqlite_service.post(record("a1", "First tram"))
    took_s = sqlite_service.until(lambda: "First tram" in sqlite_service.titles(), 15)
    time.sleep(1)
    sqlite_service.ask("PUT", "/ingest/articles/a1", json.dumps(record("a1", "Second tram")).encode())
    corrected_s = sqlite_service.until(lambda: "Second tram" in sqlite_service.titles(), 15)
    time.sleep(1)
    assert sqlite_service.ask("DELETE", "/ingest/articles/a1")[0] == 202
    withdrawn_s = sqlite_service.until(lambda: "Second tram" not in sqlite_service.titles(), 15)
    print(f"published in {took_s:.2f} s, corrected in {corrected_s:.2f} s, withdrawn in {withdrawn_s:.2f} s")
    assert max(took_s, corrected_s, withdrawn_s) < 5  # a second on a machine that has nothing else to do
    assert "Traceback" not in sqlite_service.log()
    assert KEY not in sqlite_service.log()


def test_a_real_server_passes_on_addresses_bodies_and_refusals_as_they_are(sqlite_service: Service):
    service = sqlite_service
    service.start("serve")
    body = gzip.compress(json.dumps(record("%2F a/б")).encode())
    assert service.ask("POST", "/ingest/articles", body, Content_Encoding="gzip")[0] == 202
    assert service.ask("GET", "/ingest/articles/%252F%20a%2F%D0%B1")[1]["id"] == "%2F a/б"
    assert service.ask("GET", "/ingest/articles//x")[1]["detail"] == "Nothing has been handed over under this id."
    chunks = [b'{"id": "c", "title": "Chunked", ', b'"published": "2026-03-01"}']
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
    connection.request(
        "POST", "/ingest/articles", iter(chunks), {"Authorization": f"Bearer {KEY}"}, encode_chunked=True
    )
    assert connection.getresponse().status == 202
    connection.close()
    status, told = service.post(record("a1"), Authorization="Bearer wrong")
    assert (status, told["title"]) == (401, "Unauthorized")
    status, told = service.ask("POST", "/ingest/articles", b"{")
    assert (status, told["detail"]) == (400, "Not valid JSON: unexpected end of data at line 1 column 2.")
    assert (
        service.ask("POST", "/ingest/articles", gzip.compress(bytes(MAX_BYTES + 1)), Content_Encoding="gzip")[0] == 413
    )
    assert service.ask("POST", "/ingest/articles", bytes(MAX_BYTES + 2**20))[0] == 413
    assert service.waiting() == {"push/%252F%20a%2F%D0%B1", "push/c"}


def test_a_body_that_stops_coming_keeps_others_waiting_for_a_moment_only(service: Service):
    """On PostgreSQL too, which has a connection from the same address."""
    service.start("serve")
    head = f"POST /ingest/articles HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nContent-Length: 1000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", service.port), timeout=4 * WITHIN_S) as stuck:
        stuck.sendall(head.encode() + b"[")
        assert stuck.recv(1000).startswith(b"HTTP/1.1 408 ")
        service.until(service.is_alive, 5)
        assert service.post(record("a1"))[0] == 202


def test_a_body_that_breaks_off_is_not_taken_for_a_whole_one(sqlite_service: Service):
    sqlite_service.start("serve")
    head = f"POST /ingest/articles HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nContent-Length: 1000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", sqlite_service.port), timeout=10) as half:
        half.sendall(head.encode() + json.dumps(record("a1")).encode() + b"\n")
        half.shutdown(socket.SHUT_WR)
        answer = half.recv(1000)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert sqlite_service.is_alive()
    assert sqlite_service.waiting() == set()
