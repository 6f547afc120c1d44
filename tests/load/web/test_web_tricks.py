"""Everything an upstream may do to whoever fetches from it, done by a real server, and what is then said of it."""

import gzip
import socket
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard

from feedsvc.load.web.client import Web
from feedsvc.load.web.connect import Wire, tls_context
from feedsvc.load.web.values import Errand, Failed, Gone, Got, Reach, Result

MIB = 1024 * 1024
Send = Callable[[socket.socket, Any], object]


def reason(result: Result) -> str:
    assert isinstance(result, Failed), result
    return result.reason


def body(result: Result) -> bytes:
    assert isinstance(result, Got), result
    return result.body


# Bodies


def test_what_was_sent_arrives_with_its_type_and_charset(web: Web, tricks: Any) -> None:
    tricks.say("/", b"news", Content_Type='Text/HTML; Charset="UTF-8"')
    got = web.fetch(tricks.errand("/"))
    assert isinstance(got, Got)
    assert (got.body, got.media_type, got.charset) == (b"news", "text/html", "utf-8")
    assert got.final_url == tricks.url + "/"


def test_a_charset_that_is_wrong_is_told_as_it_was_said_and_the_bytes_are_left_alone(web: Web, tricks: Any) -> None:
    tricks.say("/", "é".encode("latin-1"), Content_Type="text/html; charset=klingon-8")
    got = web.fetch(tricks.errand("/"))
    assert isinstance(got, Got)
    assert (got.charset, got.body) == ("klingon-8", b"\xe9")


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


def raw_deflate(data: bytes) -> bytes:
    deflate = zlib.compressobj(wbits=-15)
    return deflate.compress(data) + deflate.flush()


CODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "deflate without its header": ("deflate", raw_deflate),
    "brotli": ("br", partial(brotli.compress, quality=3)),
    "zstd": ("zstd", zstd),
}


@pytest.mark.parametrize("name", CODINGS)
def test_every_coding_that_is_asked_for_is_undone(web: Web, tricks: Any, name: str) -> None:
    coding, compress = CODINGS[name]
    page = bytes(range(256)) * 3000
    tricks.say("/", compress(page), Content_Encoding=coding)
    assert body(web.fetch(tricks.errand("/"))) == page
    assert coding in tricks.requests[0].headers["accept-encoding"]


@pytest.mark.parametrize("name", CODINGS)
def test_a_bomb_fails_at_the_limit_and_not_in_memory(web: Web, tricks: Any, name: str) -> None:
    coding, compress = CODINGS[name]
    tricks.say("/", compress(bytes(100 * MIB)), Content_Encoding=coding)
    tracemalloc.start()
    result = web.fetch(tricks.errand("/", body_bytes=2 * MIB))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reason(result) == "it is larger than 2 MiB"
    assert peak < 16 * MIB


@pytest.mark.parametrize("name", CODINGS)
def test_a_compressed_body_that_is_cut_short_is_no_body(web: Web, tricks: Any, name: str) -> None:
    coding, compress = CODINGS[name]
    tricks.say("/", compress(bytes(range(256)) * 3000)[:-9], Content_Encoding=coding)
    assert "broke off before the end of its" in reason(web.fetch(tricks.errand("/")))


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_is_not_coded_as_it_says_is_told_of(web: Web, tricks: Any, coding: str) -> None:
    tricks.say("/", b"\x78\x9c<html>this is no such thing</html>", Content_Encoding=coding)
    assert reason(web.fetch(tricks.errand("/"))) == f"it cannot be decompressed from {coding}"


@pytest.mark.parametrize(
    ("coding", "expected"),
    [
        ("gzip, gzip", "it is compressed more than once"),
        ("compress", "it is coded as 'compress', which was not asked for"),
    ],
)
def test_codings_within_codings_and_unknown_ones_are_refused(web: Web, tricks: Any, coding: str, expected: str) -> None:
    tricks.say("/", gzip.compress(gzip.compress(b"news")), Content_Encoding=coding)
    assert reason(web.fetch(tricks.errand("/"))) == expected


def test_a_body_without_end_is_cut_off(web: Web, tricks: Any) -> None:
    def endless(connection: socket.socket, _: object) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"news" * 4096)

    tricks.do("/", endless)
    assert reason(web.fetch(tricks.errand("/", body_bytes=MIB))) == "it is larger than 1 MiB"


@pytest.mark.parametrize("chunk", [b"1;" + b"x" * 100_000_000, b"1\r\na\r\n", b"-1\r\n" + b"a" * 100_000_000])
def test_chunks_without_end_are_cut_off(web: Web, tricks: Any, chunk: bytes) -> None:
    def endless(connection: socket.socket, _: object) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(chunk * max(1, 10_000 // len(chunk)))

    tricks.do("/", endless)
    said = reason(web.fetch(tricks.errand("/", body_bytes=MIB, total_s=5)))
    assert said in {"it sent more than 2112 KiB", "a line of its headers is too long", "it is larger than 1 MiB"}


# Time


def drip(data: bytes, every_s: float = 0.1) -> Send:
    def send(connection: socket.socket, _: object) -> None:
        for byte in data:
            connection.sendall(bytes([byte]))
            time.sleep(every_s)

    return send


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + b"x" * 99, b"HTTP/1.1 200 " + b"O" * 99],
    ids=["once the headers are there", "from the first byte on"],
)
def test_a_byte_now_and_then_does_not_hold_us_past_the_time_for_the_whole(web: Web, tricks: Any, answer: bytes) -> None:
    tricks.do("/", drip(answer[:40]) if answer.startswith(b"HTTP/1.1 200 OOO") else drip(answer, 0.05))
    began = time.monotonic()
    assert reason(web.fetch(tricks.errand("/", total_s=1))) == "it took longer than 1 s"
    assert time.monotonic() - began < 2


def test_a_server_that_says_nothing_is_left(web: Web, tricks: Any) -> None:
    tricks.do("/", lambda connection, _: connection.recv(1))
    assert reason(web.fetch(tricks.errand("/", total_s=0.5))) == "it took longer than 0.5 s"


def test_redirects_share_the_time(web: Web, tricks: Any) -> None:
    def slowly(connection: socket.socket, request: Any) -> None:
        time.sleep(0.4)
        connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: {request.path}x\r\nContent-Length: 0\r\n\r\n".encode())

    for count in range(9):
        tricks.do("/" + "x" * count, slowly)
    assert reason(web.fetch(tricks.errand("/", total_s=1))) == "it took longer than 1 s"


def test_a_name_that_takes_for_ever_to_look_up_is_left(tricks: Any) -> None:
    def slow(host: str, port: int) -> list[str]:
        time.sleep(3)
        return ["127.0.0.1"]

    with Web("test/1", wire=Wire(slow)) as web:
        began = time.monotonic()
        assert "could not be looked up in time" in reason(web.fetch(tricks.errand("/", total_s=0.3)))
        assert time.monotonic() - began < 1


# Lengths, headers, statuses


def test_a_body_shorter_than_announced_is_no_body(web: Web, tricks: Any) -> None:
    tricks.say("/", b"half a feed", Content_Length="100")
    assert reason(web.fetch(tricks.errand("/"))) == "it broke off 89 bytes before its announced end"


def test_a_body_longer_than_announced_is_what_was_announced(web: Web, tricks: Any) -> None:
    tricks.say("/", b"news and more", Content_Length="4")
    assert body(web.fetch(tricks.errand("/"))) == b"news"


def test_a_body_announced_as_too_long_is_not_waited_for(web: Web, tricks: Any) -> None:
    tricks.do("/", drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + b"x" * 999, 0.01))
    began = time.monotonic()
    assert reason(web.fetch(tricks.errand("/", body_bytes=MIB))) == "it is larger than 1 MiB"
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("flood", "expected"),
    [
        (b"X-%d: y\r\n", "its answer is no proper HTTP: got more than 100 headers"),
        (b"X-%d: " + b"y" * 30_000 + b"\r\n", "it sent more than 72 KiB"),
        (b"y%d" * 10_000, "it sent more than 72 KiB|a line of its headers is too long"),
        (b"HTTP/1.1 100 Continue\r\nX-%d: y\r\n\r\nHTTP/1.1 100 Continue\r\n", "it sent more than 72 KiB"),
    ],
    ids=["many", "large", "one line", "continue"],
)
def test_a_flood_of_headers_is_stopped(web: Web, tricks: Any, flood: bytes, expected: str) -> None:
    def send(connection: socket.socket, _: object) -> None:
        start = b"100 Continue" if flood.startswith(b"HTTP") else b"200 OK"
        connection.sendall(b"HTTP/1.1 " + start + b"\r\n")
        for number in range(100_000):
            connection.sendall(flood.replace(b"%d", str(number).encode()))

    tricks.do("/", send)
    assert reason(web.fetch(tricks.errand("/", total_s=5))) in expected.split("|")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (204, "the server answered 204 (No Content)"),
        (205, "the server answered 205 (Reset Content)"),
        (206, "the server answered 206 (Partial Content)"),
        (300, "the server answered 300 (Multiple Choices)"),
        (304, "the server answered 304 (Not Modified)"),
        (404, "the server answered 404 (Not Found)"),
        (500, "the server answered 500 (Internal Server Error)"),
        (799, "the server answered 799"),
    ],
)
def test_an_answer_without_a_whole_body_is_told_by_its_status(
    web: Web, tricks: Any, status: int, expected: str
) -> None:
    tricks.say("/", b"" if status in (204, 304) else b"part", status)
    result = web.fetch(tricks.errand("/"))
    assert reason(result) == expected
    assert isinstance(result, Failed)
    assert result.status == status


def test_what_is_gone_is_gone(web: Web, tricks: Any) -> None:
    tricks.say("/", b"", 410)
    assert web.fetch(tricks.errand("/")) == Gone(tricks.url + "/")


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"", "the server closed the connection without an answer"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "the server does not speak HTTP/1.1"),
        (b"HTTP/2 200\r\n\r\n", "the server does not speak HTTP/1.1"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "it broke off before its end"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nnew", "it broke off before its end"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx",
            "its transfer coding is not one that HTTP/1.1 asks everybody to know",
        ),
    ],
)
def test_what_is_no_http_is_told_of(web: Web, tricks: Any, sent: bytes, expected: str) -> None:
    tricks.do("/", sent)
    assert reason(web.fetch(tricks.errand("/"))) == expected


def test_a_connection_that_is_reset_is_told_of(web: Web, tricks: Any) -> None:
    def reset(connection: socket.socket, _: object) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnew")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    tricks.do("/", reset)
    assert "broke" in reason(web.fetch(tricks.errand("/")))


def test_a_port_where_nobody_listens_is_told_of(web: Web, tricks: Any) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        assert reason(web.fetch(tricks.errand(url))) == "the connection was refused"


# TLS


def test_a_certificate_that_nobody_vouches_for_is_refused(web: Web, tls_tricks: Any) -> None:
    tls_tricks.say("/", b"news")
    assert reason(web.fetch(tls_tricks.errand("/"))).startswith("its certificate cannot be trusted: self-signed")


def test_a_certificate_for_another_name_is_refused(tls_tricks: Any, certificate: Path) -> None:
    wire = Wire(lambda host, port: ["127.0.0.1"], tls_context(str(certificate.with_suffix(".crt"))))
    with Web("test/1", pause_s=0, wire=wire) as web:
        result = web.fetch(tls_tricks.errand(f"https://other.example:{tls_tricks.port}/"))
        assert "not valid for 'other.example'" in reason(result)


def test_a_certificate_is_checked_for_the_name_while_the_checked_address_is_connected_to(
    tls_tricks: Any, certificate: Path
) -> None:
    tls_tricks.say("/a", b"news")
    wire = Wire(lambda host, port: ["127.0.0.1"], tls_context(str(certificate.with_suffix(".crt"))))
    with Web("test/1", pause_s=0, wire=wire) as web:
        assert body(web.fetch(tls_tricks.errand(f"https://news.example.:{tls_tricks.port}/a"))) == b"news"
    assert tls_tricks.requests[0].headers["host"] == f"news.example:{tls_tricks.port}"


def test_tls_where_there_is_none_is_told_of(web: Web, tricks: Any) -> None:
    assert "encrypted connection failed" in reason(web.fetch(tricks.errand(tricks.url.replace("http:", "https:"))))


# Ways out and ways back in


def test_nothing_of_the_environment_or_of_earlier_answers_goes_along(
    web: Web, tricks: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    tricks.say("/", b"news", Set_Cookie="id=1; Path=/", ETag='"1"')
    web.fetch(tricks.errand("/"))
    web.fetch(tricks.errand("/"))
    first, second = tricks.requests
    assert set(first.headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}
    assert first.headers["user-agent"] == "feedsvc/9.9 (+https://feeds.example.org)"
    assert set(second.headers) - set(first.headers) == {"if-none-match"}


def test_redirects_are_followed_to_the_end_and_the_permanent_ones_told(web: Web, tricks: Any) -> None:
    tricks.say("/a", b"", 301, Location="/b")
    tricks.say("/b", b"", 308, Location="c?q=Ã¼#top")
    tricks.say("/c?q=%C3%BC", b"news")
    got = web.fetch(tricks.errand("/a"))
    assert isinstance(got, Got)
    assert got.moved_permanently_to == got.final_url == tricks.url + "/c?q=%C3%BC"


@pytest.mark.parametrize("statuses", [(302, 301), (301, 307), (303, 303)])
def test_one_redirect_for_now_makes_the_whole_way_one_for_now(web: Web, tricks: Any, statuses: tuple[int, int]) -> None:
    tricks.say("/a", b"", statuses[0], Location="/b")
    tricks.say("/b", b"", statuses[1], Location="/c")
    tricks.say("/c", b"news")
    got = web.fetch(tricks.errand("/a"))
    assert isinstance(got, Got)
    assert (got.final_url, got.moved_permanently_to) == (tricks.url + "/c", None)


def test_a_move_from_https_to_http_is_followed_but_not_for_good(
    tricks: Any, tls_tricks: Any, certificate: Path
) -> None:
    tls_tricks.say("/a", b"", 301, Location=tricks.say("/b", b"news"))
    with Web("test/1", pause_s=0, wire=Wire(tls=tls_context(str(certificate.with_suffix(".crt"))))) as web:
        got = web.fetch(tls_tricks.errand("/a"))
    assert isinstance(got, Got)
    assert (got.body, got.moved_permanently_to) == (b"news", None)


@pytest.mark.parametrize(("status", "gone"), [(301, True), (302, False)])
def test_what_is_gone_behind_a_redirect_is_gone_only_if_that_is_for_good(
    web: Web, tricks: Any, status: int, gone: bool
) -> None:
    tricks.say("/a", b"", status, Location="/b")
    tricks.say("/b", b"", 410)
    assert isinstance(web.fetch(tricks.errand("/a")), Gone) is gone


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/a", "its redirects go round in a circle"),
        ("file:///etc/passwd", "only http and https are fetched, not 'file'"),
        ("ftp://example.org/", "only http and https are fetched, not 'ftp'"),
        ("javascript:alert(1)", "only http and https are fetched, not 'javascript'"),
        ("http://me:secret@example.org/", "its address holds a user name or password"),
        ("http://example.org:99999/", "its address is no web address"),
        ("http://[::1/", "it redirects to what is no web address"),
        (
            "http://169.254.169.254/latest",
            "169.254.169.254 is the metadata service of a cloud, and is not connected to",
        ),
        ("", "it redirects without saying where"),
    ],
)
def test_a_redirect_to_nowhere_good_is_refused(web: Web, tricks: Any, location: str, expected: str) -> None:
    tricks.say("/a", b"", 302, **({"Location": location} if location else {}))
    assert reason(web.fetch(tricks.errand("/a"))).startswith(expected)


def test_redirects_without_end_are_left(web: Web, tricks: Any) -> None:
    for number in range(9):
        tricks.say(f"/{number}", b"", 302, Location=f"/{number + 1}")
    assert reason(web.fetch(tricks.errand("/0"))) == "it redirects more than 5 times"
    assert len(tricks.requests) == 6


def test_a_source_that_may_not_reach_private_addresses_reaches_none(web: Web, tricks: Any) -> None:
    errand = Errand(tricks.say("/", b"secret"), Reach.of(tricks.url), obey_robots=False)
    assert reason(web.fetch(errand)) == "127.0.0.1 is a loopback address, and is not connected to"
    assert tricks.requests == []


def test_a_public_host_cannot_redirect_into_the_house(web: Web, tricks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's own address stands for a public one here, and 127.0.0.2 for the house."""

    def judged(address: object, allow_private: bool) -> str | None:
        return "a private address" if str(address) == "127.0.0.2" and not allow_private else None

    monkeypatch.setattr("feedsvc.load.web.connect.objection", judged)
    monkeypatch.setattr("feedsvc.load.web.exchange.any_private", lambda addresses: "127.0.0.2" in map(str, addresses))
    inside = f"http://127.0.0.2:{tricks.port}/secret"
    assert reason(web.fetch(tricks.errand(inside))) == "the connection was refused"
    tricks.say("/", b"", 302, Location=inside)
    assert reason(web.fetch(tricks.errand("/"))) == "127.0.0.2 is a private address, and is not connected to"


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1", "localhost", "localhost.", "LOCALHOST", "127.0.0.1."],
)
def test_loopback_is_known_in_every_notation(web: Web, tricks: Any, host: str) -> None:
    tricks.say("/", b"secret")
    public = Errand(f"http://{host}:{tricks.port}/", Reach(ports=frozenset({tricks.port})), obey_robots=False)
    assert "is a loopback address, and is not connected to" in reason(web.fetch(public))
    assert tricks.requests == []


@pytest.mark.parametrize(
    "host", ["[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]"]
)
@pytest.mark.parametrize("suffix", ["", "%25lo"])
def test_ipv6_forms_of_loopback_are_refused(web: Web, host: str, suffix: str) -> None:
    url = f"http://{host[:-1]}{suffix}]/"
    said = reason(web.fetch(Errand(url, obey_robots=False)))
    assert "is not connected to" in said or "is not known" in said


@pytest.mark.parametrize("host", ["①②⑦.⓪.⓪.①", "１２７.0.0.1", "127.0.0.1。"])
def test_digits_in_other_scripts_lead_nowhere(web: Web, host: str) -> None:
    said = reason(web.fetch(Errand(f"http://{host}/", obey_robots=False)))
    assert "is not connected to" in said or said.startswith("its address is no web address")


def test_a_name_that_changes_its_mind_is_asked_once_and_taken_at_its_word(
    tricks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: a harmless address when it is checked, one of the house a moment later."""
    judged: list[str] = []
    monkeypatch.setattr("feedsvc.load.web.connect.objection", lambda address, _: judged.append(str(address)))
    answers = iter([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"]])
    tricks.say("/", b"news")
    with Web("test/1", pause_s=0, wire=Wire(lambda host, port: next(answers))) as web:
        url = f"http://rebind.example:{tricks.port}/"
        assert body(web.fetch(tricks.errand(url))) == b"news"
        assert judged == ["127.0.0.1"]
        assert reason(web.fetch(tricks.errand(url))) == "the connection was refused"
        assert judged == ["127.0.0.1", "127.0.0.2"]
    assert tricks.requests[0].headers["host"] == f"rebind.example:{tricks.port}"


def test_one_forbidden_address_among_good_ones_rules_out_the_host(tricks: Any) -> None:
    wire = Wire(lambda host, port: ["93.184.215.14", "10.0.0.1"])
    with Web("test/1", pause_s=0, wire=wire) as web:
        said = reason(web.fetch(Errand("http://mixed.example/", obey_robots=False)))
    assert said == "mixed.example (10.0.0.1) is a private address, and is not connected to"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://example.org:25/", "port 25 is not one that is fetched from"),
        ("http://me:secret@example.org/", "its address holds a user name or password"),
        ("gopher://example.org/", "only http and https are fetched, not 'gopher'"),
        ("//example.org/", "its address is no web address: '//example.org/'"),
        ("http://", "its address is no web address: 'http://'"),
        ("http://exa mple.org/", "its address is no web address: 'http://exa mple.org/'"),
        ("http://a..b/", "the name a..b is not known"),
        ("http://example.org/" + "a" * 5000, "its address is longer than 4096 characters"),
    ],
)
def test_an_address_that_is_not_fetched_from_is_told_of(web: Web, url: str, expected: str) -> None:
    assert reason(web.fetch(Errand(url, obey_robots=False))) == expected
