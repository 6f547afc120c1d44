import gzip
import importlib.util
import re
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import brotli
import pytest
import zstandard
from flask.testing import FlaskClient
from sqlalchemy import delete, insert, select, update
from werkzeug.test import TestResponse

from feedsvc.model import ChannelState
from feedsvc.publish.snapshot import snapshot
from feedsvc.store.generations import NewGeneration, publish
from feedsvc.store.tables import channels, snapshots

BASE = "https://feeds.paper.example"
FILES = ("rss.xml", "atom.xml", "feed.json")
PROBED = {
    "/rss.xml": ["/feed", "/feed/", "/feed.xml", "/rss", "/rss/", "/rss/feed.xml", "/index.rss", "/index.xml"],
    "/atom.xml": ["/atom", "/atom/", "/feed.atom", "/index.atom"],
    "/feed.json": ["/index.json", "/feed/json"],
}
KEPT_IN_A_304 = ("ETag", "Last-Modified", "Cache-Control", "Vary", "Link", "Surrogate-Key", "Cache-Tag")
KEPT_IN_A_304 += ("Access-Control-Allow-Origin", "Access-Control-Expose-Headers")
UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda packed: zstandard.ZstdDecompressor().decompress(packed),
}


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def link_of(path: str, base: str = BASE) -> str:
    """The Link header of a document: itself, and where people find the same."""
    home = "/" if path == "/channels.opml" else path[: path.rindex("/") + 1]
    return f'<{base}{path}>; rel="self", <{base}{home}>; rel="alternate"; type="text/html"'


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
        assert answer.headers.getlist("Link") == [link_of(path)]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert names(answer, "Access-Control-Expose-Headers") >= {"ETag", "Last-Modified", "Link"}
        manipulated = {"A-IM"} if path != "/channels.opml" else set()
        assert names(answer, "Vary") == {"Accept-Encoding", "Sec-Fetch-Dest"} | manipulated
        kept = "public, max-age=60, stale-while-revalidate=60, stale-if-error=86400"
        assert answer.headers["Cache-Control"] == kept
        assert "Expires" not in answer.headers
        assert "Set-Cookie" not in answer.headers
        assert b"evil.example" not in answer.data
        assert len(answer.data) == int(answer.headers["Content-Length"])


def test_etags_are_strong_and_of_one_encoding_only(standing: Any, client: FlaskClient):
    tags = set()
    for path in standing.paths():
        for coding in ("identity", *UNPACK):
            tag = get(client, path, Accept_Encoding=coding).headers["ETag"]
            assert tag.startswith('"')
            assert tag.endswith('"')
            tags.add(tag)
    assert len(tags) == 4 * len(standing.paths())


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "zstd"),
        ("br;q=0.5, gzip", "gzip"),
        ("*", "br"),
    ],
)
def test_packed_bytes_are_the_plain_bytes(standing: Any, client: FlaskClient, accepted: str, coding: str):
    for path in standing.paths():
        plain, packed = get(client, path), get(client, path, Accept_Encoding=accepted)
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == coding
        assert UNPACK[coding](packed.data) == plain.data
        assert len(packed.data) == int(packed.headers["Content-Length"]) < len(plain.data)
        assert packed.headers["ETag"] == f'"{plain.headers["ETag"].strip(chr(34))}-{coding}"'


def test_last_modified_is_a_whole_second_that_has_passed(standing: Any, client: FlaskClient):
    for path in standing.paths():
        text = get(client, path).headers["Last-Modified"]
        at = parsedate_to_datetime(text)
        assert format_datetime(at, usegmt=True) == text
        assert at.timestamp() <= time.time()


@pytest.mark.parametrize("coding", ["identity", *UNPACK])
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
    other = get(client, "/rss.xml", If_None_Match=packed.headers["ETag"], Accept_Encoding="br, gzip;q=0")
    assert (other.status_code, other.headers["Content-Encoding"]) == (200, "br")


def test_a_reader_that_learns_another_coding_is_not_sent_again_what_it_has(client: FlaskClient):
    for coding in ("identity", "gzip"):
        tag = get(client, "/rss.xml", Accept_Encoding=coding).headers["ETag"]
        answer = get(client, "/rss.xml", Accept_Encoding="gzip, br, zstd", If_None_Match=tag)
        assert (answer.status_code, answer.headers["ETag"]) == (304, tag)


def test_caches_can_be_told_what_to_drop(standing: Any, client: FlaskClient):
    for path in standing.paths():
        answer = get(client, path)
        keys = answer.headers["Surrogate-Key"].split(" ")
        assert answer.headers["Cache-Tag"].split(",") == keys
        shown = {f"article-{id}" for id in re.findall(r"<guid[^>]*>urn:uuid:([^<]+)<", answer.text)}
        assert shown <= set(keys)
        home = {"rss.xml": "all", "channels.opml": "opml"}.get(path[1:], f"channel-{path.split('/')[-2]}")
        assert path in ("/atom.xml", "/feed.json") or keys[0] == home


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
    again = client.get("/rss.xml", query_string=query, headers={"If-None-Match": plain.headers["ETag"]})
    assert (again.status_code, again.headers["ETag"]) == (304, plain.headers["ETag"])


@pytest.mark.parametrize(("canonical", "probed"), [(path, name) for path, names in PROBED.items() for name in names])
def test_where_readers_probe_they_find_the_feed_under_its_own_name(client: FlaskClient, canonical: str, probed: str):
    own, found = client.get(canonical), client.get(probed)
    assert (found.status_code, found.data, list(found.headers)) == (200, own.data, list(own.headers))
    assert found.headers["Link"] == link_of(canonical)


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
    assert (answer.status_code, answer.headers["Link"]) == (200, link_of("/rss.xml"))


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
            assert short.headers["Link"] == link_of(canonical, "https://paper.example/news/feeds")
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


# Channels that are no more


@pytest.fixture
def ended(printed: Any) -> SimpleNamespace:
    """A newspaper one of whose channels ended, and said so for long enough."""
    slug = printed.slugs()[0]
    with printed.store.writing() as connection:
        long_ago = datetime(2020, 1, 1, tzinfo=UTC)
        connection.execute(update(channels).where(channels.c.slug == slug).values(state="retired", ended=long_ago))
    return SimpleNamespace(paper=printed, slug=slug)


@pytest.mark.parametrize("file", [*FILES, "map.svg"])
def test_an_ended_channels_feeds_are_gone_for_good(ended: SimpleNamespace, file: str):
    client = ended.paper.app().test_client()
    for headers in ({}, {"If-None-Match": "*"}):
        answer = client.get(f"/channels/{ended.slug}/{file}", headers=headers)
        assert (answer.status_code, answer.mimetype) == (410, "text/plain")
        assert answer.text == "This channel has ended, and nothing has taken its place.\n"
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    page = client.get(f"/channels/{ended.slug}/{file}", headers={"Sec-Fetch-Dest": "document"})
    assert (page.status_code, page.mimetype) == (410, "text/plain" if file == "map.svg" else "text/html")


def test_a_channel_that_ended_lately_still_says_so(ended: SimpleNamespace):
    with ended.paper.store.writing() as connection:
        connection.execute(update(channels).where(channels.c.slug == ended.slug).values(ended=datetime.now(UTC)))
    client = ended.paper.app().test_client()
    assert client.get(f"/channels/{ended.slug}/rss.xml").status_code == 200


# Sitemaps

SITEMAPS = {"sitemap": "/sitemap.xml", "pages": "/sitemap-pages.xml", "news": "/sitemap-news.xml"}


@pytest.fixture
def with_sitemaps(printed: Any) -> FlaskClient:
    made = [snapshot(name, "application/xml; charset=utf-8", name.encode() * 100) for name in SITEMAPS]
    generation = NewGeneration("sitemap", "sitemap", "digest", None, 0, tuple(made))
    with printed.store.writing() as connection:
        publish(connection, (), (), [generation], (), "", datetime.now(UTC), 1)
    client: FlaskClient = printed.app().test_client()
    return client


@pytest.mark.parametrize(("name", "path"), SITEMAPS.items())
@pytest.mark.parametrize("destination", ["empty", "document"])
def test_sitemaps_are_the_same_for_everyone(with_sitemaps: FlaskClient, name: str, path: str, destination: str):
    answer = get(with_sitemaps, path, Sec_Fetch_Dest=destination)
    assert (answer.status_code, answer.text) == (200, name * 100)
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert answer.headers["Link"] == f'<{BASE}{path}>; rel="self"'
    assert names(answer, "Vary") == {"Accept-Encoding", "Sec-Fetch-Dest"}
    assert get(with_sitemaps, path, If_None_Match=answer.headers["ETag"]).status_code == 304
    assert get(with_sitemaps, path, Accept_Encoding="br").headers["Content-Encoding"] == "br"
    assert with_sitemaps.post(path).status_code == 405


def test_sitemaps_that_are_not_there_are_not_found(printed: Any):
    with printed.store.writing() as connection:
        connection.execute(delete(snapshots).where(snapshots.c.key == "sitemap"))
    client = printed.app().test_client()
    for path in SITEMAPS.values():
        assert client.get(path).status_code == 404


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
    assert client.get("/rss.xml").headers["Link"] == link_of("/rss.xml")
    assert client.get("/").mimetype == "text/html"
    assert not any("APScheduler" in name for name in threads)  # the timer runs elsewhere
    assert "wsgi_under_test" not in sys.modules
