"""How fast stored feeds leave, side by side in one run on loopback: the fast path, the same bytes from a Flask
view, and a feed rendered for each request. Only the ratios mean anything on a shared machine.

usage: python bench/serve.py [SECONDS]     seconds for each measurement, 3 unless told
"""

import http.client
import multiprocessing
import os
import socket
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[1] / "config" / "sample"
FEED = "/rss.xml"
CONNECTIONS, PIPELINED = 16, 16
UNLIMITED = 1_000_000_000  # counted like any other rate, and never reached


def app():
    """The service, with the two slower ways beside it at addresses of their own."""
    from flask import Response

    from feedsvc.render import FORMATS
    from feedsvc.render.assemble import assemble
    from feedsvc.serve.app import create_app
    from feedsvc.settings import load_settings
    from feedsvc.store import reading
    from feedsvc.store.engine import open_engine
    from feedsvc.store.store import Store

    settings = load_settings(os.environ["FEEDSVC_CONFIG"])
    service = create_app(settings)
    store = Store(open_engine(settings.store_url))
    with store.reading() as connection:
        pointer = next(p for p in reading.pointers(connection) if (p.key, p.format, p.encoding) == ("", "rss", "gzip"))
        body = reading.body(connection, pointer)
        articles = reading.newest_articles(connection, 50)

    @service.get("/bench/view")
    def view():
        return Response(body, headers={"Content-Encoding": "gzip"}, content_type=pointer.media_type)

    @service.get("/bench/rendered")
    def rendered():
        feed = assemble("", "urn:x", "t", "d", articles, {"rss": "rss.xml"}, settings.site)
        return Response(FORMATS["rss"].render(feed), content_type=pointer.media_type)

    return service


def serve(port: int) -> None:
    from granian.constants import Interfaces
    from granian.server import Server

    sys.path.insert(0, str(Path(__file__).parent))
    Server("serve:app", factory=True, port=port, interface=Interfaces.WSGI, runtime_threads=1, blocking_threads=1,
           log_enabled=False).serve()  # fmt: skip


def rate(port: int, path: str, seconds: float, headers: dict[str, str], expected: int) -> float:
    """Answers a second over several connections with requests pipelined, so that the server is the slower one."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    request = "\r\n".join([*lines, "", ""]).encode()
    count = 0
    with ExitStack() as stack:
        connections = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10)) for _ in range(CONNECTIONS)
        ]
        size = answer_size(connections[0], request, expected) * PIPELINED
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            for connection in connections:
                connection.sendall(request * PIPELINED)
            for connection in connections:
                left = size
                while left > 0:
                    left -= len(connection.recv(min(left, 1 << 20)))
            count += PIPELINED * CONNECTIONS
    return count / seconds


def answer_size(connection: socket.socket, request: bytes, expected: int) -> int:
    """The bytes of one whole answer, which every other one has too."""
    connection.sendall(request)
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(65_536)
    head, _, rest = got.partition(b"\r\n\r\n")
    status, *lines = head.decode().lower().split("\r\n")
    if status.split()[1] != str(expected):
        sys.exit(f"{request.decode().splitlines()[0]} was answered {status}")
    length = next((int(line.split(":")[1]) for line in lines if line.startswith("content-length:")), 0)
    while len(rest) < length:
        rest += connection.recv(65_536)
    return len(head) + 4 + length


def main() -> None:
    from feedsvc.pipeline import refresh
    from feedsvc.settings import load_settings
    from feedsvc.store.engine import migrate, open_engine
    from feedsvc.store.store import Store

    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    with tempfile.TemporaryDirectory() as scratch:
        config = Path(scratch, "feedsvc.toml")
        config.write_text(
            f'[store]\nurl = "sqlite:///b.db"\n[serve]\nrequests_per_minute = {UNLIMITED}\n'
            f'[[sources]]\nname = "b"\nkind = "folder"\npath = "{SAMPLE}"\n'
        )
        os.environ["FEEDSVC_CONFIG"] = str(config)
        settings = load_settings(config)
        engine = open_engine(settings.store_url)
        migrate(engine)
        refresh(settings, Store(engine))
        port = free_port()
        server = multiprocessing.get_context("spawn").Process(target=serve, args=(port,))
        server.start()
        try:
            compare(port, seconds)
        finally:
            server.terminate()
            server.join(10)


def compare(port: int, seconds: float) -> None:
    etag = first_etag(port)
    gzip = {"Accept-Encoding": "gzip"}
    rates = {
        "fast path, gzip": rate(port, FEED, seconds, gzip, 200),
        "fast path, 304": rate(port, FEED, seconds, {**gzip, "If-None-Match": etag}, 304),
        "the same bytes from a Flask view": rate(port, "/bench/view", seconds, gzip, 200),
        "rendered for each request": rate(port, "/bench/rendered", seconds, {}, 200),
    }
    base = rates["the same bytes from a Flask view"]
    print("16 connections with 16 requests in flight on each, one worker process; ratio to the Flask view")
    for name, value in rates.items():
        print(f"  {name:34} {value:8,.0f} a second  {value / base:6.2f}")


def first_etag(port: int) -> str:
    for _ in range(100):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", FEED, headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
            return answer.headers["ETag"]
        except OSError:
            time.sleep(0.1)
    sys.exit("the server did not start")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    main()
