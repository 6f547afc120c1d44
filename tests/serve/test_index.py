"""A publication as the shelf lays it out: values in, values out."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feedsvc.serve.index import CODINGS, PROBED, Stored, index, is_stored
from feedsvc.settings import Settings
from feedsvc.store.reading import Pointer

AT = datetime(2025, 3, 1, 8, 30, 15, 500_000, tzinfo=UTC)
FORMATS = ("rss", "atom", "json")
BASE = "https://feeds.paper.example/news"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    table = {
        "origin": tmp_path / "feedsvc.toml",
        "site": {"base_url": BASE},
        "sources": [{"name": "paper", "kind": "folder", "path": "articles"}],
    }
    return Settings.model_validate(table)


def pointers(key: str, *formats: str, encodings: tuple[str, ...] = ("", "gzip")) -> list[Pointer]:
    return [
        Pointer(key, 7, format, encoding, "text/x", f'"{key} {format} {encoding}"', 100 + len(encoding), AT)
        for format in formats
        for encoding in encodings
    ]


def header(headers: Any, name: str) -> str | None:
    return dict(headers).get(name)


def test_a_feed_stands_at_its_path_and_where_readers_probe(settings: Settings):
    made = index(3, Stored(pointers("", *FORMATS) + pointers("channels/a", *FORMATS), {}), settings)
    assert made.publication == 3
    assert {"/rss.xml", "/feed", "/index.json", "/channels/a/atom.xml"} <= set(made.answers)
    assert made.drawn == {"/map.svg", "/channels/a/map.svg"}
    assert made.answers["/feed"] is made.answers["/rss.xml"]
    answer = made.answers["/channels/a/rss.xml"].answers[""]
    assert answer.modified == int(AT.timestamp())
    assert header(answer.headers, "Content-Length") == "100"
    assert header(answer.headers_unchanged, "Content-Length") is None
    home = f"{BASE}/channels/a/"
    assert header(answer.headers, "Link") == f'<{home}rss.xml>; rel="self", <{home}>; rel="alternate"; type="text/html"'
    feeds = {f"{home}/{f}" for home in ("", "/channels/a") for f in ("rss.xml", "atom.xml", "feed.json")}
    assert made.readable == feeds | {path for paths in PROBED.values() for path in paths}
    assert all(is_stored(path) for path in (*made.answers, *made.drawn))


def test_codings_are_offered_best_first_whatever_the_order_of_the_store(settings: Settings):
    stored = pointers("", "rss", encodings=("zstd", "gzip", "", "br", "x-unknown"))
    assert index(1, Stored(stored, {}), settings).answers["/rss.xml"].codings == CODINGS
    few = pointers("", "rss", encodings=("", "zstd"))
    assert index(1, Stored(few, {}), settings).answers["/rss.xml"].codings == ("zstd",)
    assert index(1, Stored(pointers("", "rss", encodings=("",)), {}), settings).answers["/rss.xml"].codings == ()


def test_the_documents_of_the_whole_site_have_paths_of_their_own(settings: Settings):
    stored = pointers("opml", "opml") + pointers("sitemap", "sitemap", "pages", "news")
    made = index(1, Stored(stored, {}), settings)
    paths = {"/channels.opml", "/sitemap.xml", "/sitemap-pages.xml", "/sitemap-news.xml"}
    assert set(made.answers) == paths
    assert made.readable == set()
    links = {path: str(header(made.answers[path].answers[""].headers, "Link")) for path in paths}
    assert {path for path in paths if "alternate" in links[path]} == {"/channels.opml"}
    varies = {str(header(made.answers[path].answers[""].headers, "Vary")) for path in paths}
    assert varies == {"Accept-Encoding, Sec-Fetch-Dest"}


def test_each_format_knows_since_when_it_can_tell_what_has_changed(settings: Settings):
    since: Mapping[tuple[str, str], set[str]] = {("", "rss"): {"abc"}, ("channels/a", "rss"): {"d"}}
    made = index(1, Stored(pointers("", "rss", "atom"), {}, since=since), settings)
    assert made.answers["/rss.xml"].since == {"abc"}
    assert made.answers["/atom.xml"].since == set()


def test_caches_are_told_which_articles_a_document_shows(settings: Settings):
    stored = pointers("channels/a", "rss", "json")
    made = index(1, Stored(stored, {}, shown={"channels/a": ["urn:uuid:1", "urn:uuid:2"]}), settings)
    for path in ("/channels/a/rss.xml", "/channels/a/feed.json"):
        answer = made.answers[path].answers["gzip"]
        assert header(answer.headers, "Surrogate-Key") == "channel-a article-1 article-2"
        assert header(answer.headers_unchanged, "Cache-Tag") == "channel-a,article-1,article-2"
    untold = index(1, Stored(stored, {}), settings).answers["/channels/a/rss.xml"].answers[""]
    assert header(untold.headers, "Surrogate-Key") == "channel-a"


def test_what_was_merged_or_has_ended_stands_no_more(settings: Settings):
    stored = [one for slug in "abc" for one in pointers(f"channels/{slug}", *FORMATS)]
    made = index(1, Stored(stored, {"a": "c"}, {"b"}), settings)
    files = ("rss.xml", "atom.xml", "feed.json", "map.svg")
    assert set(made.answers) | made.drawn == {f"/channels/c/{file}" for file in files}
    assert made.drawn == {"/channels/c/map.svg"}
    assert made.moved == {f"/channels/a/{file}": f"{BASE}/channels/c/{file}" for file in files}
    assert made.gone == {f"/channels/b/{file}" for file in files}
    assert "/channels/b/rss.xml" in made.readable
    assert "/channels/b/map.svg" not in made.readable


def test_what_stands_as_before_is_not_laid_out_again(settings: Settings):
    before = index(1, Stored(pointers("", "rss") + pointers("channels/a", "rss"), {}), settings)
    changed = [replace(one, generation=8, etag=f'"new {one.encoding}"') for one in pointers("", "rss")]
    after = index(2, Stored(changed + pointers("channels/a", "rss"), {}), settings, before)
    assert after.publication == 2
    assert after.answers["/channels/a/rss.xml"] is before.answers["/channels/a/rss.xml"]
    assert after.answers["/rss.xml"].answers["gzip"].etag == after.answers["/feed"].answers["gzip"].etag == '"new gzip"'
    assert set(index(3, Stored(changed, {}), settings, after).answers) == {p for p in after.answers if "/a/" not in p}


@pytest.mark.parametrize("path", ["/channels/a/archive/1/rss.xml", "/archive/1/rss.xml", "/feeds", "/channels/rss.xml"])
def test_what_is_made_on_demand_is_left_to_others(path: str):
    assert not is_stored(path)
