import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import brotli
import feedparser
import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update
from werkzeug.test import TestResponse

from feedsvc.ondemand import Documents
from feedsvc.store.tables import archives, articles, channels, members

BASE = "https://feeds.paper.example"
KEPT_IN_A_304 = ("ETag", "Last-Modified", "Cache-Control", "Vary", "Link", "Access-Control-Allow-Origin")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
FILES = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.fixture
def filed(printed: Any) -> Any:
    """Two channels that share the newspaper's articles, and archives of one of them and of everything."""
    with printed.store.writing() as connection:
        ids = list(connection.execute(select(articles.c.id).order_by(articles.c.published, articles.c.id)).scalars())
        rows = [{"slug": s, "title": s.title(), "description": "", "origin": "curated"} for s in ("sport", "news")]
        connection.execute(insert(channels), [{**row, "state": "active"} for row in rows])
        of = {"sport": ids[:4], "news": ids[4:]}
        connection.execute(insert(members), [{"slug": s, "article_id": id, "run": 1} for s in of for id in of[s]])
        some = {"closed_at": NOON, "number": 1}
        connection.execute(insert(archives).values({**some, "key": "", "ids": ids[:3]}))
        key = f"channels/{printed.slugs()[0]}"
        if key.removeprefix("channels/") in of:
            key = f"channels/{next(slug for slug in printed.slugs() if slug not in of)}"
        connection.execute(insert(archives).values({**some, "key": key, "ids": ids[:2]}))
        connection.execute(insert(archives).values({**some, "key": key, "ids": ids[2:4], "number": 2}))
    printed.key, printed.ids = key, ids
    return printed


@pytest.fixture
def client(filed: Any) -> FlaskClient:
    return filed.app().test_client()


def documents(filed: Any) -> Iterator[tuple[str, str]]:
    """(path, format) of one of each kind, in canonical spelling."""
    for format, file in FILES.items():
        yield f"/archive/1/{file}", format
        yield f"/{filed.key}/archive/2/{file}", format
        yield f"/feeds?channels=news,sport{'' if format == 'rss' else f'&format={format}'}", format
        yield f"/feeds?q=flood{'' if format == 'rss' else f'&format={format}'}", format


# The same answers as of stored feeds


def test_each_says_what_it_is_and_where_it_belongs(filed: Any, client: FlaskClient) -> None:
    for path, format in documents(filed):
        answer = get(client, path, Host="evil.example", X_Forwarded_Host="evil.example")
        assert answer.status_code == 200, path
        assert answer.headers.getlist("Content-Type") == [f"{TYPES[format]}; charset=utf-8"]
        assert answer.headers.getlist("Link")[0].startswith(f'<{BASE}{path}>; rel="self"')
        assert answer.headers["Cache-Control"].startswith("public, max-age=60")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Sec-Fetch-Dest" in answer.headers["Vary"]
        assert "Set-Cookie" not in answer.headers
        assert len(answer.data) == int(answer.headers["Content-Length"])
        assert b"evil.example" not in answer.data
        assert BASE + path in (
            json.loads(answer.data)["feed_url"]
            if format == "json"
            else [link.href for link in feedparser.parse(answer.data).feed.links if link.rel == "self"]
        )


def test_codings_are_of_the_same_bytes_with_tags_of_their_own(filed: Any, client: FlaskClient) -> None:
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}
    for path, _ in documents(filed):
        plain = get(client, path)
        tags = {plain.headers["ETag"]}
        assert "Content-Encoding" not in plain.headers
        for coding in unpack:
            packed = get(client, path, Accept_Encoding=coding)
            assert packed.headers["Content-Encoding"] == coding
            assert unpack[coding](packed.data) == plain.data
            tags.add(packed.headers["ETag"])
        assert len(tags) == 3
        assert all(tag.startswith('"') for tag in tags)


def test_whoever_has_it_is_not_sent_it_again(filed: Any, client: FlaskClient) -> None:
    for path, _ in documents(filed):
        full = get(client, path, Accept_Encoding="gzip")
        etag, modified = full.headers["ETag"], full.headers["Last-Modified"]
        for condition in (
            {"If_None_Match": etag},
            {"If_None_Match": f'"other", W/{etag}'},
            {"If_None_Match": "*"},
            {"If_Modified_Since": modified},
            {"If_Modified_Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
        ):
            answer = get(client, path, Accept_Encoding="gzip", **condition)
            assert (answer.status_code, answer.data) == (304, b""), condition
            assert "Content-Type" not in answer.headers
            for name in KEPT_IN_A_304:
                assert answer.headers.getlist(name) == full.headers.getlist(name)
        for condition in (
            {"If_None_Match": '"other"'},
            {"If_None_Match": '"other"', "If_Modified_Since": modified},
            {"If_Modified_Since": format_datetime(NOON.replace(year=2000), usegmt=True)},
        ):
            assert get(client, path, Accept_Encoding="gzip", **condition).status_code == 200


def test_the_tag_of_another_coding_that_a_client_can_read_will_do(filed: Any, client: FlaskClient) -> None:
    gzipped = get(client, "/archive/1/rss.xml", Accept_Encoding="gzip").headers["ETag"]
    answer = get(client, "/archive/1/rss.xml", Accept_Encoding="br, gzip", If_None_Match=gzipped)
    assert (answer.status_code, answer.headers["ETag"]) == (304, gzipped)
    assert get(client, "/archive/1/rss.xml", Accept_Encoding="br", If_None_Match=gzipped).status_code == 200


def test_head_is_get_without_the_body(filed: Any, client: FlaskClient) -> None:
    for path, _ in documents(filed):
        full, head = get(client, path), client.head(path)
        assert (head.status_code, head.data) == (200, b"")
        assert dict(head.headers) == dict(full.headers)


def test_browsers_may_ask_from_other_sites(filed: Any, client: FlaskClient) -> None:
    for path, _ in documents(filed):
        answer = client.options(path)
        assert answer.status_code == 204, path
        assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]
    assert client.post("/feeds?q=flood").status_code == 405


def test_what_was_made_outlives_the_process_that_made_it(filed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: get(filed.app().test_client(), path) for path, _ in documents(filed)}
    monkeypatch.setattr(Documents, "_made", None)  # nothing can be made any more
    client = filed.app().test_client()
    for path, answer in before.items():
        again = get(client, path)
        assert (again.data, dict(again.headers)) == (answer.data, dict(answer.headers))


def test_behind_a_path_prefix_links_carry_it(filed: Any) -> None:
    client = filed.app(base_url="https://paper.example/news-feeds").test_client()
    for path in ("/feeds?q=flood", "/news-feeds/feeds?q=flood"):
        answer = client.get(path)
        assert answer.headers["Link"].startswith('<https://paper.example/news-feeds/feeds?q=flood>; rel="self"')


# Archives


@pytest.mark.parametrize(
    "path",
    [
        "/archive/2/rss.xml",
        "/archive/0/rss.xml",
        "/archive/01/rss.xml",
        "/archive/-1/rss.xml",
        "/archive/1e3/atom.xml",
        "/archive/99999999999999999999/feed.json",
        "/channels/none/archive/1/rss.xml",
        "/channels/n%00ne/archive/1/rss.xml",
    ],
)
def test_what_was_never_filed_is_not_found(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"


def test_the_archives_of_a_channel_that_ended_are_gone_after_its_farewell(filed: Any, client: FlaskClient) -> None:
    path, slug = f"/{filed.key}/archive/1/rss.xml", filed.key.removeprefix("channels/")
    end(filed, slug, datetime.now(UTC))
    assert client.get(path).status_code == 200
    end(filed, slug, NOON.replace(year=2020))
    assert client.get(path).status_code == 410


def end(filed: Any, slug: str, ended: datetime) -> None:
    with filed.store.writing() as connection:
        connection.execute(update(channels).where(channels.c.slug == slug).values(state="retired", ended=ended))


# Combinations


def test_every_spelling_of_a_combination_gives_the_same_answer(client: FlaskClient) -> None:
    answers = [
        client.get(path)
        for path in (
            "/feeds?channels=news,sport&q=flood",
            "/feeds?q=FLOOD&channels=sport,news&format=rss",
            "/feeds?channels=sport&channels=news&q=flood%20Flood&limit=50&utm_source=x&_=123",
            "/feeds?exclude=&q=+fl%C3%B3od+&channels=%6Eews%2Csport",
        )
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert len({str(answer.headers) for answer in answers}) == 1


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/feeds", 400, "Say which channels"),
        ("/feeds?channels=sport&limit=many", 400, "limit must be a whole number from 1 to 200."),
        ("/feeds?channels=sport,games", 404, "There is no channel “games”."),
        ("/feeds?channels=%00", 400, "channels holds characters"),
        ("/feeds?channels=%3Cscript%3E", 404, "There is no channel “<script>”."),
        ("/feeds?channels=%F0%28", 404, "There is no channel"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(client: FlaskClient, path: str, status: int, sentence: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.text.startswith(sentence)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_combination_of_what_has_ended_is_gone(filed: Any, client: FlaskClient) -> None:
    end(filed, "sport", NOON)
    assert client.get("/feeds?channels=sport").status_code == 410
    assert client.get("/feeds?channels=sport,news").status_code == 200


def test_a_cache_can_be_told_to_drop_it(filed: Any, client: FlaskClient) -> None:
    assert client.get("/feeds?channels=news,sport").headers["Surrogate-Key"] == "channel-news channel-sport"
    assert client.get("/feeds?q=flood").headers["Surrogate-Key"] == "all"
    of_an_archive = client.get("/archive/1/rss.xml").headers["Surrogate-Key"].split()
    assert of_an_archive == ["all", *(f"article-{id.removeprefix('urn:uuid:')}" for id in reversed(filed.ids[:3]))]


# For people


@pytest.mark.parametrize("format", FILES)
def test_a_browser_gets_a_page_and_no_cache_keeps_it(filed: Any, client: FlaskClient, format: str) -> None:
    for path, of in documents(filed):
        if of != format:
            continue
        answer = get(client, path, Sec_Fetch_Dest="document")
        assert answer.status_code == 200
        assert answer.mimetype == "text/html"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Sec-Fetch-Dest" in answer.headers["Vary"]
        assert "Content-Security-Policy" in answer.headers
        assert "ETag" not in answer.headers


def test_the_page_says_how_to_subscribe_and_shows_what_is_in_the_feed(client: FlaskClient) -> None:
    page = get(client, "/feeds?format=atom&channels=sport,news", Sec_Fetch_Dest="document").text
    assert f'value="{BASE}/feeds?channels=news,sport&amp;format=atom"' in page
    assert 'href="/feeds?channels=news,sport"' in page
    assert "News + Sport" in page
    assert "River bursts its banks" in page


def test_the_page_of_an_archive_leads_to_the_feed_itself(filed: Any, client: FlaskClient) -> None:
    page = get(client, "/archive/1/rss.xml", Sec_Fetch_Dest="document").text
    assert 'href="/rss.xml">the feed itself' in page
    page = get(client, f"/{filed.key}/archive/1/atom.xml", Sec_Fetch_Dest="document").text
    assert f'href="/{filed.key}/atom.xml">the feed itself' in page
    assert f'href="/{filed.key}/archive/1/rss.xml"' in page


def test_what_a_title_says_is_text_on_the_page(filed: Any, client: FlaskClient) -> None:
    with filed.store.writing() as connection:
        connection.execute(update(channels).where(channels.c.slug == "sport").values(title="<b>Sport</b>"))
    page = get(client, "/feeds?channels=sport", Sec_Fetch_Dest="document").text
    assert "<b>Sport" not in page
    assert "&lt;b&gt;Sport" in page


# When there is too much to do


def test_an_address_has_only_so_many_answers_but_a_304_is_free(filed: Any) -> None:
    serve = filed.settings.serve.model_copy(update={"requests_per_minute": 1, "unlimited": ()})
    filed.settings = filed.settings.model_copy(update={"serve": serve})
    client = filed.app().test_client()
    etag = client.get("/feeds?q=w0").headers["ETag"]
    statuses = [client.get(f"/feeds?q=w{number}").status_code for number in range(1, 15)]
    assert statuses[:9] == [200] * 9
    assert set(statuses[9:]) == {429}
    refused = client.get("/feeds?q=more")
    assert int(refused.headers["Retry-After"]) > 0
    assert get(client, "/feeds?q=w0", If_None_Match=etag).status_code == 304
    assert client.get("/rss.xml").status_code == 429  # it is one allowance for all feeds


def test_while_too_much_is_being_made_others_are_asked_to_wait(filed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedsvc.ondemand.Budget.wait_s", lambda _: 6.2)
    answer = filed.app().test_client().get("/feeds?q=flood")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")


def test_a_store_that_is_away_is_no_empty_feed(filed: Any, client: FlaskClient) -> None:
    with filed.store.engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE made RENAME TO away")
        connection.commit()
    for path in ("/feeds?q=flood", "/archive/1/rss.xml"):
        answer = client.get(path)
        assert (answer.status_code, answer.mimetype) == (503, "text/plain")
        assert answer.headers["Retry-After"]
