"""A server of tricks on loopback: each path answers with the bytes, or does with the connection, what a test says."""

import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from socket import SHUT_RDWR, socket
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any
from urllib.parse import urljoin

import pytest

from feedsvc.load.web.client import Web
from feedsvc.load.web.connect import Wire
from feedsvc.load.web.values import Errand, Limits, Reach

PATIENCE_S = 10  # after which the server itself gives up on any trick
AGENT = "feedsvc/9.9 (+https://feeds.example.org)"


@dataclass
class Request:
    """A request as it came in. Header names are lower case."""

    path: str
    headers: dict[str, str]
    raw: bytes


ANYWHERE = Reach(allow_private=True, ports=frozenset(range(1, 65_536)))
Trick = bytes | Callable[[socket, Request], object]


@dataclass
class Tricks:
    """What the server answers by path, and the requests it has had."""

    url: str = ""
    port: int = 0
    answers: dict[str, Trick] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    def errand(self, path: str, *, obey_robots: bool = False, known: str = "", **limits: Any) -> Errand:
        """An errand of a source that may reach loopback on any port; robots.txt only where a test is about it."""
        return Errand(urljoin(self.url, path), ANYWHERE, Limits(**limits), known, obey_robots)

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def say(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> str:
        """Answer `path` properly; returns its URL."""
        self.answers[path] = answer(body, status, **headers)
        return self.url + path

    def do(self, path: str, trick: Trick) -> str:
        self.answers[path] = trick
        return self.url + path


def answer(body: bytes = b"", status: int = 200, **headers: str) -> bytes:
    headers = {"Content_Length": str(len(body)), **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([f"HTTP/1.1 {status} Whatever", *lines, "", ""]).encode("latin-1") + body


class Handler(BaseRequestHandler):
    server: "Server"

    def handle(self) -> None:
        self.request.settimeout(PATIENCE_S)
        with suppress(OSError):
            if self.server.context:
                self.request = self.server.context.wrap_socket(self.request, server_side=True)
            request = self._read()
            self.server.tricks.requests.append(request)
            trick = self.server.tricks.answers.get(request.path, answer(b"not here", 404))
            if callable(trick):
                trick(self.request, request)
            else:
                self.request.sendall(trick)
            self.request.shutdown(SHUT_RDWR)

    def _read(self) -> Request:
        raw = b""
        while b"\r\n\r\n" not in raw:
            piece = self.request.recv(4096)
            if not piece:
                raise OSError("no request")
            raw += piece
            if not raw[:1].isalpha():  # TLS, say
                self.request.sendall(answer(b"", 400))
                raise OSError("no HTTP")
        first, *lines = raw.decode("latin-1").partition("\r\n\r\n")[0].split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return Request(first.split(" ")[1], {name.lower(): value.strip() for name, _, value in pairs}, raw)


class Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    tricks: Tricks
    context: ssl.SSLContext | None = None


@contextmanager
def serving(certificate: Path | None = None) -> Iterator[Tricks]:
    with Server(("127.0.0.1", 0), Handler) as server:
        port = server.server_address[1]
        if certificate:
            server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            server.context.load_cert_chain(certificate)
        server.tricks = Tricks(f"{'https' if certificate else 'http'}://127.0.0.1:{port}", port)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server.tricks
        finally:
            server.shutdown()


@pytest.fixture
def tricks() -> Iterator[Tricks]:
    with serving() as server:
        yield server


@pytest.fixture
def tls_tricks(certificate: Path) -> Iterator[Tricks]:
    """The same behind TLS, with a certificate that nobody trusts unless told to."""
    with serving(certificate) as server:
        yield server


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and its own certificate, for 127.0.0.1 and news.example, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl command to make a certificate with")
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    names = "subjectAltName=DNS:news.example,IP:127.0.0.1"
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(file), "-out", str(file.with_suffix(".crt")), "-days", "2", "-subj", "/CN=tests"]
    subprocess.run([*command, "-addext", names], check=True, capture_output=True, timeout=60)
    file.write_bytes(file.read_bytes() + file.with_suffix(".crt").read_bytes())
    return file


@pytest.fixture(scope="session")
def wire() -> Wire:
    """The real thing; made once, since reading the certificate authorities takes a while."""
    return Wire()


@pytest.fixture
def web(wire: Wire) -> Iterator[Web]:
    with Web(AGENT, pause_s=0, wire=wire) as one:
        yield one
