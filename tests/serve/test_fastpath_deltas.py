"""A-IM: feed. A reader that names the generation it has gets the entries that have changed since."""

import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import brotli
import feedparser
import pytest
import zstandard
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from feedsvc.store.tables import deltas

BASE = "https://feeds.paper.example"
FILES = ("/rss.xml", "/atom.xml", "/feed.json")
MAYOR = datetime(2025, 11, 1, 10, tzinfo=UTC)


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def titles(body: bytes) -> list[str]:
    if body.startswith(b"{"):
        return [item["title"] for item in json.loads(body)["items"]]
    parsed = feedparser.parse(body)
    assert not parsed.bozo
    return [entry.title for entry in parsed.entries]


@pytest.fixture
def before(printed: Any) -> dict[str, str]:
    """path → the ETag of what a reader got there, before one more article was published."""
    client = printed.app().test_client()
    tags = {path: client.get(path).headers["ETag"] for path in FILES}
    printed.write("news", "Mayor resigns", MAYOR)
    printed.refresh()
    return tags


@pytest.fixture
def client(printed: Any, before: dict[str, str]) -> FlaskClient:
    made: FlaskClient = printed.app().test_client()
    return made


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("asked", ["feed", "FEED", "vcdiff, feed;q=0.5", "gzip,feed"])
def test_a_reader_gets_only_what_it_has_not(client: FlaskClient, before: dict[str, str], path: str, asked: str):
    whole = client.get(path)
    news = get(client, path, A_IM=asked, If_None_Match=before[path])
    assert len(news.headers) == len(dict(news.headers))
    assert (news.status, news.headers["IM"]) == ("226 IM Used", "feed")
    assert titles(news.data) == ["Mayor resigns"]
    assert len(titles(whole.data)) == 9
    assert news.headers["Delta-Base"] == before[path]
    assert news.headers["Cache-Control"].startswith("no-store, im, max-age=60")
    same = ("ETag", "Last-Modified", "Vary", "Link", "Content-Type", "Access-Control-Allow-Origin")
    assert {name: news.headers[name] for name in same} == {name: whole.headers[name] for name in same}
    assert "A-IM" in news.headers["Vary"]
    assert int(news.headers["Content-Length"]) == len(news.data) < len(whole.data)
    assert "Surrogate-Key" not in news.headers


@pytest.mark.parametrize("path", FILES)
def test_with_what_it_was_given_a_reader_is_up_to_date(client: FlaskClient, before: dict[str, str], path: str):
    for accepted in ("identity", "br", "gzip, deflate"):
        news = get(client, path, A_IM="feed", If_None_Match=before[path], Accept_Encoding=accepted)
        again = get(client, path, A_IM="feed", If_None_Match=news.headers["ETag"], Accept_Encoding=accepted)
        assert (news.status_code, again.status_code, again.data) == (226, 304, b"")
        assert again.headers["ETag"] == news.headers["ETag"]
        assert "IM" not in again.headers


def test_what_has_changed_is_packed_too(client: FlaskClient, before: dict[str, str]):
    plain = get(client, "/rss.xml", A_IM="feed", If_None_Match=before["/rss.xml"])
    unpack: dict[str, Callable[[bytes], bytes]] = {
        "br": brotli.decompress,
        "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
    }
    for coding, unpacked in unpack.items():
        for _ in range(2):
            news = get(client, "/rss.xml", A_IM="feed", If_None_Match=before["/rss.xml"], Accept_Encoding=coding)
            assert (news.status_code, news.headers["Content-Encoding"]) == (226, coding)
            assert unpacked(news.data) == plain.data
            assert news.headers["ETag"] == get(client, "/rss.xml", Accept_Encoding=coding).headers["ETag"]


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip"])
def test_in_whatever_coding_a_reader_got_the_former_one(client: FlaskClient, before: dict[str, str], coding: str):
    tag = before["/rss.xml"].replace('"', "")
    for named in (f'"{tag}-{coding}"', f'W/"{tag}-{coding}"', f'"other", "{tag}-{coding}"', tag):
        news = get(client, "/rss.xml", A_IM="feed", If_None_Match=named)
        assert news.status_code == 226
        assert tag in news.headers["Delta-Base"]


@pytest.mark.parametrize("asked", ["", "feed;q=0", "vcdiff", "feeds", "gzip, diffe;q=1", "f" * 5000])
def test_who_asks_for_no_news_gets_the_whole(client: FlaskClient, before: dict[str, str], asked: str):
    answer = get(client, "/rss.xml", A_IM=asked, If_None_Match=before["/rss.xml"])
    assert (answer.status_code, len(titles(answer.data))) == (200, 9)
    assert "IM" not in answer.headers


@pytest.mark.parametrize(
    "named", ['"never given"', "", '"', '"0123abcd-gzip"', '"{}-x\xff"', '"{}-gzip-gzip"', 'x"{}x"']
)
def test_who_names_no_former_generation_gets_the_whole(client: FlaskClient, before: dict[str, str], named: str):
    tag = before["/rss.xml"].strip('"')
    answer = get(client, "/rss.xml", A_IM="feed", If_None_Match=named.format(tag))
    assert (answer.status_code, len(titles(answer.data))) == (200, 9)
    assert get(client, "/rss.xml", A_IM="feed", If_Modified_Since="Sat, 01 Jan 2000 00:00:00 GMT").status_code == 200


def test_the_tag_of_one_format_is_none_of_the_others(client: FlaskClient, before: dict[str, str]):
    assert get(client, "/rss.xml", A_IM="feed", If_None_Match=before["/atom.xml"]).status_code == 200


def test_head_tells_what_get_would(client: FlaskClient, before: dict[str, str]):
    headers = {"A-IM": "feed", "If-None-Match": before["/atom.xml"]}
    got, head = client.get("/atom.xml", headers=headers), client.head("/atom.xml", headers=headers)
    assert (head.status, list(head.headers), head.data) == (got.status, list(got.headers), b"")


def test_news_are_of_each_generation_that_is_kept(printed: Any, client: FlaskClient, before: dict[str, str]):
    second = client.get("/rss.xml").headers["ETag"]
    printed.write("heir", "Mayor has an heir", MAYOR.replace(day=2))
    printed.refresh()
    later = printed.app().test_client()
    first = get(later, "/rss.xml", A_IM="feed", If_None_Match=before["/rss.xml"])
    assert titles(first.data) == ["Mayor has an heir", "Mayor resigns"]
    assert titles(get(later, "/rss.xml", A_IM="feed", If_None_Match=second).data) == ["Mayor has an heir"]


def test_a_browser_gets_its_page(client: FlaskClient, before: dict[str, str]):
    page = get(client, "/rss.xml", A_IM="feed", If_None_Match=before["/rss.xml"], Sec_Fetch_Dest="document")
    assert (page.status_code, page.mimetype) == (200, "text/html")


def test_news_that_went_between_two_looks_are_replaced_by_the_whole(
    printed: Any, client: FlaskClient, before: dict[str, str]
):
    assert client.get("/rss.xml").status_code == 200
    with printed.store.writing() as connection:
        connection.execute(delete(deltas))
    answer = get(client, "/rss.xml", A_IM="feed", If_None_Match=before["/rss.xml"])
    assert (answer.status_code, len(titles(answer.data))) == (200, 9)


def test_news_are_read_once_and_then_kept(printed: Any, client: FlaskClient, before: dict[str, str]):
    asked = {"A_IM": "feed", "If_None_Match": before["/rss.xml"]}
    first = get(client, "/rss.xml", **asked)
    with printed.store.writing() as connection:
        assert connection.execute(select(deltas.c.since)).all()
        connection.execute(delete(deltas))
    assert get(client, "/rss.xml", **asked).data == first.data


def test_a_real_server_sends_226(printed: Any, before: dict[str, str], serving: Callable[[Any], int]):
    port = serving(printed)
    for method, has_body in (("GET", True), ("HEAD", False)):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            lines = [f"{method} /rss.xml HTTP/1.1", "Host: x", "Connection: close", "A-IM: vcdiff", "A-IM: feed"]
            lines += [f"If-None-Match: {before['/rss.xml']}", "", ""]
            connection.sendall("\r\n".join(lines).encode())
            received = b""
            while chunk := connection.recv(65_536):
                received += chunk
        head, _, body = received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 226 ")
        length = next(int(line.split(b":")[1]) for line in head.lower().splitlines() if b"content-length:" in line)
        assert (len(body), titles(body) if body else None) == ((length, ["Mayor resigns"]) if has_body else (0, None))
