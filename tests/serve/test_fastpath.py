import gzip
import importlib.util
import sys
import threading
import time
from collections.abc import Callable
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update
from werkzeug.test import TestResponse

from feedsvc.model import ChannelState
from feedsvc.store.tables import channels

BASE = "https://feeds.paper.example"
FILES = ("rss.xml", "atom.xml", "feed.json")
PROBED = {
    "/rss.xml": ["/feed", "/feed/", "/feed.xml", "/rss", "/rss/", "/rss/feed.xml", "/index.rss", "/index.xml"],
    "/atom.xml": ["/atom", "/atom/", "/feed.atom", "/index.atom"],
    "/feed.json": ["/index.json", "/feed/json"],
}
KEPT_IN_A_304 = ("ETag", "Last-Modified", "Cache-Control", "Vary", "Link", "Access-Control-Allow-Origin")


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def names(answer: TestResponse, header: str) -> set[str]:
    """The members of a header that is a list."""
    return {name.strip() for name in answer.headers[header].split(",")}


# What every feed answers


def test_every_feed_says_what_it_is_and_where_it_belongs(standing: Any, client: FlaskClient):
    assert len(standing.paths()) == 3 * 3 + 1
    for path, media_type in standing.paths().items():
        answer = get(client, path, Host="evil.example", X_Forwarded_Host="evil.example")
        assert answer.status_code == 200
        assert answer.headers.getlist("Content-Type") == [media_type]
        assert answer.headers.getlist("Link") == [f'<{BASE}{path}>; rel="self"']
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert names(answer, "Access-Control-Expose-Headers") >= {"ETag", "Last-Modified", "Link"}
        assert names(answer, "Vary") == {"Accept-Encoding", "Sec-Fetch-Dest"}
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        assert "Expires" not in answer.headers
        assert "Set-Cookie" not in answer.headers
        assert b"evil.example" not in answer.data
        assert len(answer.data) == int(answer.headers["Content-Length"])


def test_etags_are_strong_and_of_one_encoding_only(standing: Any, client: FlaskClient):
    tags = set()
    for path in standing.paths():
        for coding in ("identity", "gzip"):
            tag = get(client, path, Accept_Encoding=coding).headers["ETag"]
            assert tag.startswith('"')
            assert tag.endswith('"')
            tags.add(tag)
    assert len(tags) == 2 * len(standing.paths())


def test_gzip_bytes_are_the_plain_bytes_packed(standing: Any, client: FlaskClient):
    for path in standing.paths():
        plain, packed = get(client, path), get(client, path, Accept_Encoding="gzip, deflate, br")
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) == int(packed.headers["Content-Length"])


def test_last_modified_is_a_whole_second_that_has_passed(standing: Any, client: FlaskClient):
    for path in standing.paths():
        text = get(client, path).headers["Last-Modified"]
        at = parsedate_to_datetime(text)
        assert format_datetime(at, usegmt=True) == text
        assert at.timestamp() <= time.time()


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_a_reader_that_has_the_feed_gets_304_and_nothing_more(standing: Any, client: FlaskClient, coding: str):
    for path in standing.paths():
        whole = get(client, path, Accept_Encoding=coding)
        for condition in (
            {"If_None_Match": whole.headers["ETag"]},
            {"If_None_Match": f'"x", W/{whole.headers["ETag"]}'},
            {"If_Modified_Since": whole.headers["Last-Modified"]},
        ):
            answer = get(client, path, Accept_Encoding=coding, **condition)
            assert answer.status_code == 304
            assert answer.data == b""
            assert {name: answer.headers.get(name) for name in KEPT_IN_A_304} == {
                name: whole.headers[name] for name in KEPT_IN_A_304
            }
            assert not {"Content-Type", "Content-Length", "Content-Encoding"} & set(answer.headers.keys())


def test_the_etag_of_one_encoding_is_no_news_of_the_other(standing: Any, client: FlaskClient):
    packed = get(client, "/rss.xml", Accept_Encoding="gzip")
    assert get(client, "/rss.xml", If_None_Match=packed.headers["ETag"]).status_code == 200


def test_head_tells_what_get_would_and_sends_nothing(standing: Any, client: FlaskClient):
    for path in standing.paths():
        for headers in ({}, {"Accept-Encoding": "gzip"}, {"If-None-Match": "*"}):
            got, head = client.get(path, headers=headers), client.head(path, headers=headers)
            assert (head.status, list(head.headers)) == (got.status, list(got.headers))
            assert head.data == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_feed_can_only_be_read(standing: Any, client: FlaskClient, method: str):
    for path in [*standing.paths(), *(probed for names in PROBED.values() for probed in names)]:
        answer = client.open(path, method=method)
        assert answer.status_code == 405
        assert names(answer, "Allow") == {"GET", "HEAD", "OPTIONS"}


def test_other_sites_may_ask_conditionally(standing: Any, client: FlaskClient):
    headers = {"Origin": "https://other.example", "Access-Control-Request-Method": "GET"}
    headers |= {"Access-Control-Request-Headers": "if-none-match"}
    for path in [*standing.paths(), "/feed", "/index.json"]:
        answer = client.options(path, headers=headers)
        assert answer.status_code == 204
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]
        assert "GET" in answer.headers["Access-Control-Allow-Methods"]
        assert answer.data == b""
        assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("query", ["utm_source=x", "page=2", "format=json", "\x00", "?", "a" * 5000, "=&&=;", "%00%ff"])
def test_what_follows_the_question_mark_changes_nothing(client: FlaskClient, query: str):
    plain, asked = client.get("/rss.xml"), client.get("/rss.xml", query_string=query)
    assert (asked.status_code, asked.data, list(asked.headers)) == (200, plain.data, list(plain.headers))


@pytest.mark.parametrize(("canonical", "probed"), [(path, name) for path, names in PROBED.items() for name in names])
def test_where_readers_probe_they_find_the_feed_under_its_own_name(client: FlaskClient, canonical: str, probed: str):
    own, found = client.get(canonical), client.get(probed)
    assert (found.status_code, found.data, list(found.headers)) == (200, own.data, list(own.headers))
    assert found.headers["Link"] == f'<{BASE}{canonical}>; rel="self"'


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/rss.xml/",
        "/RSS.xml",
        "/rss.xml.gz",
        "/channels/nothing/rss.xml",
        "/channels/nothing/",
        "/channels//rss.xml",
        "/channels/../rss.xml",
        "/channels/../../feedsvc.db",
        "/channels/nothing/feed",
        "/channels/a\x00b/rss.xml",
        "/channels/" + "a" * 5000 + "/rss.xml",
        "/channels/💥/atom.xml",
        "/channels/' OR 1=1 --/atom.xml",
        "/feeds/rss.xml",
        "/articles/",
        "/articles/urn:uuid:nothing",
        "/static/../app.py",
        "/opml",
    ],
)
@pytest.mark.parametrize("reader", [{}, {"Sec-Fetch-Dest": "document"}])
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str, reader: dict[str, str]):
    answer = client.open("/", headers=reader, environ_overrides={"PATH_INFO": path.encode().decode("latin-1")})
    assert answer.status_code == 404


def test_a_feed_reader_never_gets_a_page_for_a_channel_that_is_not_there(client: FlaskClient):
    assert get(client, "/channels/nothing/rss.xml").mimetype == "text/plain"


@pytest.mark.parametrize("path", ["//rss.xml", "///rss.xml"])
def test_a_slash_too_many_in_front_is_forgiven_and_gives_no_page(client: FlaskClient, path: str):
    answer = client.open("/", environ_overrides={"PATH_INFO": path})
    assert (answer.status_code, answer.headers["Link"]) == (200, f'<{BASE}/rss.xml>; rel="self"')


# Browsers


def test_a_browser_gets_a_page_that_no_cache_keeps(standing: Any, client: FlaskClient):
    for path in standing.paths():
        if path == "/channels.opml":
            continue
        page = get(client, path, Sec_Fetch_Dest="document", If_None_Match="*")
        assert (page.status_code, page.mimetype) == (200, "text/html")
        assert page.headers["Cache-Control"] == "no-store"
        assert names(page, "Vary") >= {"Sec-Fetch-Dest", "Accept-Encoding"}
        assert "ETag" not in page.headers


@pytest.mark.parametrize("destination", ["empty", "iframe", "", "Document", "documents", "image"])
def test_anything_but_a_browsers_document_gets_the_feed(client: FlaskClient, destination: str):
    assert get(client, "/rss.xml", Sec_Fetch_Dest=destination).data == client.get("/rss.xml").data


# Behind a proxy that puts the service below a path


def test_with_and_without_the_prefix_of_the_base_url_the_same_is_served(tmp_path: Path, opened: Callable[..., Any]):
    paper = opened(tmp_path, "https://paper.example/news/feeds/")
    paper.write_themes()
    paper.refresh()
    client = paper.app().test_client()
    for path in [*paper.paths(), "/feed", "/", f"/channels/{paper.slugs()[0]}/"]:
        short, long = client.get(path), client.get(f"/news/feeds{path}")
        assert short.status_code == long.status_code == 200
        assert (short.data, list(short.headers)) == (long.data, list(long.headers))
        if "ETag" in short.headers:
            canonical = "/rss.xml" if path == "/feed" else path
            assert short.headers["Link"] == f'<https://paper.example/news/feeds{canonical}>; rel="self"'
    assert client.get("/news/feeds").status_code == 200
    assert client.get("/news/feeds//rss.xml").mimetype == "application/rss+xml"
    assert client.options("/news/feeds/rss.xml").status_code == 204
    for path in ("/news/feedsrss.xml", "/news/feedsx/rss.xml", "/news/rss.xml", "/news/feeds/news/feeds/rss.xml"):
        assert client.get(path).status_code == 404
    assert b"https://paper.example/news/feeds/rss.xml" in client.get("/rss.xml").data


# Channels that became one


@pytest.fixture
def merged(printed: Any) -> SimpleNamespace:
    """A newspaper two of whose channels were merged into a third, after they had had feeds of their own."""
    heir, gone, *_ = printed.slugs()
    with printed.store.writing() as connection:
        row = dict(connection.execute(select(channels).where(channels.c.slug == gone)).one()._mapping)
        connection.execute(insert(channels).values(row | {"slug": "older", "state": "merged", "heir": heir}))
        changed = {"state": ChannelState.MERGED.value, "heir": heir}
        connection.execute(update(channels).where(channels.c.slug == gone).values(changed))
    return SimpleNamespace(paper=printed, heir=heir, gone=[gone, "older"])


def test_a_merged_channels_feeds_lead_to_its_heirs_for_good(merged: SimpleNamespace):
    client = merged.paper.app().test_client()
    for slug in merged.gone:
        for file in FILES:
            for headers in ({}, {"Sec-Fetch-Dest": "document"}, {"If-None-Match": "*"}):
                for method in ("GET", "HEAD"):
                    answer = client.open(f"/channels/{slug}/{file}?x=1", method=method, headers=headers)
                    assert answer.status_code == 301
                    assert answer.headers["Location"] == f"{BASE}/channels/{merged.heir}/{file}"
                    assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert client.get(f"/channels/{merged.heir}/rss.xml").status_code == 200


# For other servers


def test_wsgi_py_offers_the_app_with_its_fast_path(standing: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    config = tmp_path / "feedsvc.toml"
    config.write_text(
        f'[site]\nbase_url = "{BASE}"\n[store]\nurl = "sqlite:///{standing.database}"\n'
        f'[[sources]]\nname = "paper"\nkind = "folder"\npath = "{standing.folder}"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("FEEDSVC_CONFIG", str(config))
    spec = importlib.util.spec_from_file_location("wsgi_under_test", Path(__file__).parents[2] / "wsgi.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    threads = {thread.name for thread in threading.enumerate()}
    client = module.app.test_client()
    assert client.get("/rss.xml").headers["Link"] == f'<{BASE}/rss.xml>; rel="self"'
    assert client.get("/").mimetype == "text/html"
    assert not any("APScheduler" in name for name in threads)  # the timer runs elsewhere
    assert "wsgi_under_test" not in sys.modules
