from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.serve.headers import delta_headers, stored_headers, surrogate_keys

AT = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)
UUIDS = [f"urn:uuid:0b5f0d1e-9c1f-4e5f-9a7b-{number:012}" for number in range(300)]
URL = "https://feeds.paper.example/channels/a-theme-with-quite-a-long-name-as-some-have/rss.xml"


def test_a_304_has_all_that_tells_a_cache_what_to_do_and_nothing_of_the_body():
    of = stored_headers('"1-br"', AT, "text/x", "br", URL, 300, ["all", "article-1"], "https://x.example/", deltas=True)
    full, unchanged = dict(of.full), dict(of.unchanged)
    assert set(full) - set(unchanged) == {"Content-Type", "Content-Encoding", "X-Content-Type-Options"}
    assert full | unchanged == full
    assert unchanged["ETag"] == '"1-br"'
    assert unchanged["Last-Modified"] == "Sun, 06 Nov 1994 08:49:37 GMT"
    assert unchanged["Surrogate-Key"] == "all article-1"
    assert unchanged["Cache-Tag"] == "all,article-1"


def test_nothing_is_said_of_what_there_is_not():
    of = dict(stored_headers('"1"', AT, "text/x", "", URL, 300).full)
    assert of["Link"] == f'<{URL}>; rel="self"'
    assert of["Vary"] == "Accept-Encoding, Sec-Fetch-Dest"
    assert not {"Surrogate-Key", "Cache-Tag", "Content-Encoding", "Expires"} & set(of)


def test_only_a_cache_that_knows_of_deltas_keeps_one():
    of = stored_headers('"1"', AT, "text/x", "gzip", URL, 300, ["all"], deltas=True)
    headers = delta_headers([*of.full, ("Content-Length", "9999")], '"0"', 17)
    assert len(headers) == len(dict(headers))
    added = {"IM": "feed", "Delta-Base": '"0"', "Content-Length": "17", "Cache-Control": dict(headers)["Cache-Control"]}
    assert dict(headers) == {k: v for k, v in of.full if k not in ("Surrogate-Key", "Cache-Tag")} | added
    assert added["Cache-Control"] == "no-store, im, max-age=300, stale-while-revalidate=300, stale-if-error=86400"


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("", "all"),
        ("channels/floods", "channel-floods"),
        ("channels/all", "channel-all"),
        ("opml", "opml"),
        (
            "channels/повінь, ще одна",
            "channel-%D0%BF%D0%BE%D0%B2%D1%96%D0%BD%D1%8C%2C%20%D1%89%D0%B5%20%D0%BE%D0%B4%D0%BD%D0%B0",
        ),
    ],
)
def test_a_feed_has_a_name_by_which_caches_drop_it(key: str, name: str):
    assert surrogate_keys(key) == (name,)


def test_articles_have_names_too():
    assert surrogate_keys("", UUIDS[:1]) == ("all", "article-0b5f0d1e-9c1f-4e5f-9a7b-000000000000")


@given(st.text(min_size=1), st.lists(st.text(), max_size=250))
def test_names_are_safe_in_both_headers_and_not_too_many(slug: str, ids: list[str]):
    names = surrogate_keys(f"channels/{slug}", ids)
    assert len(names) <= 200
    assert all(name.isascii() and name.isprintable() and not set(name) & set(' ,"') for name in names)


def test_all_headers_of_the_largest_feed_fit_into_what_nginx_takes_by_default():
    keys = surrogate_keys("channels/a-theme-with-quite-a-long-name-as-some-have", UUIDS)
    assert len(keys) > 25
    headers = stored_headers(
        f'"{"0" * 32}-gzip"', AT, "application/feed+json; charset=utf-8", "gzip", URL, 300, keys, URL
    )
    assert sum(len(name) + len(value) + 4 for name, value in headers.full) < 3800  # of 4096


def test_a_document_of_many_feeds_names_all_of_them_before_any_article():
    many = [name for n in range(20) for name in surrogate_keys(f"channels/theme-{n}", UUIDS)]
    headers = dict(stored_headers('"1"', AT, "text/x", "", URL, 300, many).full)
    names = headers["Surrogate-Key"].split(" ")
    assert names[:20] == [f"channel-theme-{n}" for n in range(20)]
    assert len(names) == len(set(names)) > 40
    assert len(headers["Cache-Tag"]) == len(headers["Surrogate-Key"]) <= 1400
