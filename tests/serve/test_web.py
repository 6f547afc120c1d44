"""What others' software reads from a real server: feedparser, the rules of JSON Feed, bare sockets."""

import calendar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import Message
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree

FEEDSVC = str(Path(sys.executable).with_name("feedsvc"))
UTC_SECOND = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
FILES = ("rss.xml", "atom.xml", "feed.json")


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory, port: int) -> Path:
    """A site that was refreshed once: two themes, titles that need care, and articles without an address."""
    root = tmp_path_factory.mktemp("web")
    (root / "articles").mkdir()
    for record in records():
        (root / "articles" / f"{record['id']}.json").write_text(json.dumps(record), encoding="utf-8")
    config = root / "feedsvc.toml"
    config.write_text(
        f'[site]\ntitle = "The Paper & Co"\nbase_url = "http://127.0.0.1:{port}"\n'
        '[store]\nurl = "sqlite:///feedsvc.db"\n[themes]\nmin_articles = 3\n[serve]\nrequests_per_minute = 0\n'
        '[[sources]]\nname = "paper"\nkind = "folder"\npath = "articles"\n',
        encoding="utf-8",
    )
    feedsvc(config, "migrate")
    feedsvc(config, "refresh")
    return config


def records() -> Iterator[dict[str, Any]]:
    first = datetime(2025, 3, 1, 8, 30, 15, tzinfo=UTC)
    titles = {
        "flood": ["River <Skerrin> bursts its banks", "Weir gives way at night", "Cellars & lofts pumped dry"],
        "trams": ["First tram climbs “Hospital Hill”", "Les rails d’été 🚋 à Łódź", "Tram depot opens doors"],
    }
    for theme, named in titles.items():
        for day, title in enumerate(named):
            at = first + timedelta(days=day, seconds=day)
            record = {"id": f"{theme}-{day}", "title": title, "published": at.isoformat()}
            record["body_html"] = f"<p>{theme} — day {day} ]]&gt; <a href='/x?a=1&amp;b=2'>more</a></p>"
            if day:
                before = {"title": named[day - 1], "published": (at - timedelta(days=1, seconds=1)).isoformat()}
                record["related"] = [before]
                record["url"] = f"https://paper.example/{theme}/{day}?a=1&b=2#top"
            else:
                record["related"] = [{"title": f"An older piece on {theme}", "published": "2024-12-31T23:59:59Z"}]
            yield record


def feedsvc(config: Path, *arguments: str) -> str:
    done = subprocess.run(
        [FEEDSVC, *arguments, "--config", str(config)], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


@pytest.fixture(scope="module")
def address(config: Path, port: int) -> Iterator[str]:
    """A real server in a process of its own, stopped at the end."""
    command = [FEEDSVC, "serve", "--config", str(config), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}/readyz")
        yield f"http://127.0.0.1:{port}"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_until_ready(url: str) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            assert time.monotonic() < end, f"{url} is not ready"
            time.sleep(0.1)


def lines(config: Path, *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in feedsvc(config, *arguments).splitlines()]


@pytest.fixture(scope="module")
def articles(config: Path) -> dict[str, dict[str, Any]]:
    """id → what `feedsvc articles` says of it."""
    return {line["id"]: line for line in lines(config, "articles", "--json")}


@pytest.fixture(scope="module")
def members(config: Path) -> dict[str, set[str]]:
    """The path above each feed → the ids of the articles in it."""
    of_channels = lines(config, "channels", "--json", "--members")
    found = {f"/channels/{line['slug']}": {member["id"] for member in line["members"]} for line in of_channels}
    assert len(found) >= 2
    return found | {"": set().union(*found.values())}


def get(url: str, **headers: str) -> tuple[int, Message, bytes]:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def link(article: dict[str, Any], address: str) -> str:
    """Where an entry leads: the article's own address, or its page on the service."""
    return str(article["url"] or f"{address}/articles/{article['id']}")


# feedparser


@pytest.mark.parametrize("file", ["rss.xml", "atom.xml"])
def test_feedparser_reads_every_feed_as_the_articles_are(
    address: str, members: dict[str, set[str]], articles: dict[str, dict[str, Any]], file: str
):
    for home, ids in members.items():
        feed = feedparser.parse(f"{address}{home}/{file}")
        assert (feed.bozo, feed.status) == (False, 200)
        assert feed.version == {"rss.xml": "rss20", "atom.xml": "atom10"}[file]
        assert [one.href for one in feed.feed.links if one.rel == "self"] == [f"{address}{home}/{file}"]
        assert feed.feed.link == f"{address}{home}/"
        found = {entry.id: entry for entry in feed.entries}
        assert len(found) == len(feed.entries)
        assert set(found) == ids
        for id, entry in found.items():
            article = articles[id]
            assert _plain(entry) == article["title"]
            assert entry.link == link(article, address)
            at = datetime.fromtimestamp(calendar.timegm(entry.published_parsed), UTC)
            assert at.strftime("%Y-%m-%dT%H:%M:%SZ") == article["published"]
        times = [entry.published_parsed for entry in feed.entries]
        assert times == sorted(times, reverse=True)


def _plain(entry: Any) -> str:
    """The title as shown; feedparser takes the titles of RSS for HTML and leaves entities in them."""
    detail = entry.title_detail
    return str(etree.HTML(f"<p>{detail.value}</p>").xpath("string()")) if detail.type == "text/html" else detail.value


@pytest.mark.parametrize("file", FILES)
def test_the_second_poll_of_a_reader_costs_a_304(address: str, members: dict[str, set[str]], file: str):
    for home in members:
        url = f"{address}{home}/{file}"
        first = feedparser.parse(url)
        second = feedparser.parse(url, etag=first.etag)
        third = feedparser.parse(url, modified=first.modified)
        assert (first.status, second.status, third.status) == (200, 304, 304)
        assert first.headers["content-encoding"] == "gzip"


# JSON Feed 1.1, by https://www.jsonfeed.org/version/1.1/


def test_the_json_feeds_keep_to_the_rules(
    address: str, members: dict[str, set[str]], articles: dict[str, dict[str, Any]]
):
    for home, ids in members.items():
        status, headers, body = get(f"{address}{home}/feed.json")
        assert (status, headers["Content-Type"].partition(";")[0]) == (200, "application/feed+json")
        feed = json.loads(body.decode("utf-8"))
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert feed["title"]
        assert feed["feed_url"] == f"{address}{home}/feed.json"
        assert feed["home_page_url"] == f"{address}{home}/"
        assert "author" not in feed
        assert all(author.keys() & {"name", "url", "avatar"} for author in feed.get("authors", []))
        assert {item["id"] for item in feed["items"]} == ids
        assert len(feed["items"]) == len(ids)
        for item in feed["items"]:
            article = articles[item["id"]]
            assert (item["title"], item["url"]) == (article["title"], link(article, address))
            assert isinstance(item["id"], str)
            assert "content_html" in item or "content_text" in item
            assert RFC_3339.fullmatch(item["date_published"])
            assert datetime.fromisoformat(item["date_published"]) == datetime.fromisoformat(article["published"])
            assert RFC_3339.fullmatch(item.get("date_modified", item["date_published"]))
            assert all(isinstance(tag, str) for tag in item.get("tags", []))
            assert "author" not in item
            assert None not in item.values()


def test_the_command_line_gives_times_in_utc_to_the_second(articles: dict[str, dict[str, Any]]):
    assert any(article["stub"] for article in articles.values())
    for article in articles.values():
        assert UTC_SECOND.fullmatch(article["published"])
        assert set(article) == {"id", "url", "title", "published", "stub", "related"}
        assert all(set(one) == {"title", "url", "published", "article_id"} for one in article["related"])


def test_every_article_has_a_page_where_its_entries_lead(
    address: str, members: dict[str, set[str]], articles: dict[str, dict[str, Any]]
):
    here = [articles[id] for id in members[""] if articles[id]["url"] is None]
    assert here
    for article in here:
        status, headers, _ = get(link(article, address))
        assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_the_outline_leads_to_every_channels_feed(address: str, members: dict[str, set[str]]):
    outline = etree.fromstring(get(f"{address}/channels.opml")[2])
    urls = [one.get("xmlUrl") for one in outline.iterfind(".//outline[@xmlUrl]")]
    assert sorted(urls) == sorted(f"{address}{home}/rss.xml" for home in members if home)
    assert all(get(url)[0] == 200 for url in urls)


# On the wire


def exchange(port: int, text: str) -> tuple[str, dict[str, str], bytes]:
    """Send bytes as they are; give the status line, the headers in lower case and the rest."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(text.replace("\n", "\r\n").encode("latin-1"))
        received = b""
        while chunk := connection.recv(65_536):
            received += chunk
    head, _, rest = received.partition(b"\r\n\r\n")
    status, *fields = head.decode("latin-1").split("\r\n")
    return status, {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}, rest


def test_on_the_wire_a_304_has_neither_type_nor_length_nor_body(address: str, port: int):
    etag = get(f"{address}/rss.xml")[1]["ETag"]
    ask = f"GET /rss.xml HTTP/1.1\nHost: x\nConnection: close\nIf-None-Match: {etag}\n\n"
    status, headers, rest = exchange(port, ask)
    assert status.startswith("HTTP/1.1 304")
    assert rest == b""
    assert headers["etag"] == etag
    assert not {"content-type", "content-length", "content-encoding", "transfer-encoding"} & set(headers)
    assert {"last-modified", "cache-control", "vary", "link", "date"} <= set(headers)


def test_on_the_wire_head_has_the_length_and_no_body(address: str, port: int):
    _, whole, body = exchange(port, "GET /atom.xml HTTP/1.1\nHost: x\nConnection: close\n\n")
    status, head, rest = exchange(port, "HEAD /atom.xml HTTP/1.1\nHost: x\nConnection: close\n\n")
    assert status.startswith("HTTP/1.1 200")
    assert rest == b""
    assert {**head, "date": ""} == {**whole, "date": ""}
    assert int(head["content-length"]) == len(body)
    assert "transfer-encoding" not in head


def test_on_the_wire_headers_stand_once(address: str, port: int):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"GET /feed HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n")
        head = connection.makefile("rb").read().partition(b"\r\n\r\n")[0].decode("latin-1")
    names = [line.partition(":")[0].lower() for line in head.split("\r\n")[1:]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "ask",
    [
        "GET /rss.xml HTTP/1.1\nHost: x\nIf-None-Match: \xff\xfe\nConnection: close\n\n",
        "GET /rss.xml HTTP/1.1\nHost: x\nIf-Modified-Since: \xff, 99 Foo 9999999 99:99:99\nConnection: close\n\n",
        "GET /rss.xml HTTP/1.1\nHost: x\nAccept-Encoding: \xff;q=\xff, gzip;q=nan\nConnection: close\n\n",
        "GET /rss.xml?%ff%00 HTTP/1.1\nHost: \xff\nConnection: close\n\n",
        "GET //rss.xml HTTP/1.1\nHost: x\nConnection: close\n\n",
        "GET http://evil.example/rss.xml HTTP/1.1\nHost: x\nConnection: close\n\n",
        "GET /rss%2exml HTTP/1.1\nHost: x\nConnection: close\n\n",
    ],
)
def test_on_the_wire_odd_requests_get_the_feed(address: str, port: int, ask: str):
    status, headers, body = exchange(port, ask)
    assert status.startswith("HTTP/1.1 200")
    assert headers["link"].startswith(f'<{address}/rss.xml>; rel="self", ')
    assert body.startswith(b"<?xml")


@pytest.mark.parametrize(
    "path", ["/%ff%fe", "/channels/%ff/rss.xml", "/channels/%00/rss.xml", "/articles/%ff%00", "/%0d%0aX: y"]
)
def test_on_the_wire_paths_that_are_no_text_are_not_found(address: str, port: int, path: str):
    status, _, _ = exchange(port, f"GET {path.replace(' ', '%20')} HTTP/1.1\nHost: x\nConnection: close\n\n")
    assert status.startswith("HTTP/1.1 404")
