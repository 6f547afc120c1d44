"""A service that goes on while the store changes under it, fails or goes away."""

import gzip
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, update
from werkzeug.test import TestResponse

from feedsvc.serve.shelf import LOOK_EVERY_S, Shelf
from feedsvc.store import reading
from feedsvc.store.tables import generations, snapshots

BASE = "https://feeds.paper.example"


def soon(holds: Callable[[], bool], within_s: float = 1.0) -> bool:
    end = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_a_new_publication_is_picked_up_within_a_second(printed: Any):
    client = printed.app().test_client()
    before = client.get("/atom.xml")
    printed.write("news", "Mayor resigns", parsedate_to_datetime("Sat, 01 Nov 2025 10:00:00 GMT"))
    printed.refresh()
    assert soon(lambda: b"Mayor resigns" in client.get("/atom.xml").data)
    after = client.get("/atom.xml")
    assert after.headers["ETag"] != before.headers["ETag"]
    assert parsedate_to_datetime(after.headers["Last-Modified"]) > parsedate_to_datetime(
        before.headers["Last-Modified"]
    )
    stale = get(client, "/atom.xml", If_None_Match=before.headers["ETag"])
    assert stale.status_code == 200


def test_a_run_that_finds_nothing_new_changes_no_byte(printed: Any):
    client = printed.app().test_client()
    before = {path: (list(a.headers), a.data) for path in printed.paths() for a in [client.get(path)]}
    printed.refresh()
    other = printed.app().test_client()
    assert {path: (list(a.headers), a.data) for path in printed.paths() for a in [other.get(path)]} == before


def test_before_the_first_publication_readers_are_told_to_come_back(paper: Any):
    client = paper.app().test_client()
    for path in ("/rss.xml", "/feed", "/feed.json", "/channels.opml", "/channels/any/atom.xml"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers
    paper.write_themes()
    paper.refresh()
    assert soon(lambda: client.get("/feed").status_code == 200)


def test_while_the_store_is_away_the_last_good_feeds_stand(printed: Any):
    client = printed.app().test_client()
    before = {path: client.get(path) for path in printed.paths()}
    moved = _move_away(printed, client)
    for _ in range(3):
        time.sleep(LOOK_EVERY_S)
        for path, whole in before.items():
            answer = client.get(path)
            assert (answer.status_code, answer.data) == (200, whole.data)
            assert get(client, path, If_None_Match=whole.headers["ETag"]).status_code == 304
    assert client.get("/readyz").status_code == 200
    assert client.get("/health").status_code == 503
    assert client.get("/healthz").status_code == 200
    shelf_of(client)._store.engine.dispose()
    moved.rename(printed.database)
    printed.write("back", "Store is back", parsedate_to_datetime("Sat, 01 Nov 2025 10:00:00 GMT"))
    printed.refresh()
    assert soon(lambda: b"Store is back" in client.get("/rss.xml").data)


def _move_away(paper: Any, client: FlaskClient) -> Path:
    """Take the database from where it was. An open file stays readable after it was moved, so none is open."""
    shelf_of(client)._store.engine.dispose()
    paper.store.engine.dispose()
    moved: Path = paper.database.with_suffix(".moved")
    return paper.database.rename(moved)


def shelf_of(client: FlaskClient) -> Shelf:
    return client.application.wsgi_app._shelf  # type: ignore[attr-defined, no-any-return]


def test_a_writer_that_holds_the_store_for_long_holds_no_reader_up(printed: Any):
    client = printed.app().test_client()
    before = client.get("/rss.xml")
    writer = sqlite3.connect(printed.database, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    writer.execute("DELETE FROM snapshots")
    try:
        for path in printed.paths():
            time.sleep(LOOK_EVERY_S)
            began = time.monotonic()
            assert client.get(path).status_code == 200
            assert client.get("/health").status_code == 200
            assert time.monotonic() - began < 1
        assert client.get("/rss.xml").data == before.data
    finally:
        writer.execute("ROLLBACK")
        writer.close()


def test_a_store_that_is_slow_to_fail_holds_readers_up_but_now_and_then(
    tmp_path: Path, opened: Callable[..., Any], postgresql: Any
):
    paper = opened(tmp_path, BASE, postgresql.create("migrated"))
    paper.write_themes()
    paper.refresh()
    client = paper.app().test_client()
    before = client.get("/rss.xml")
    time.sleep(LOOK_EVERY_S)
    with paper.store.engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("LOCK TABLE marks IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        for _ in range(20):
            assert client.get("/rss.xml").data == before.data
            time.sleep(0.05)
        assert time.monotonic() - began < 6  # asked before each request, it would take twenty seconds and more
    shelf_of(client)._store.engine.dispose()


def test_bytes_that_went_between_two_looks_are_looked_up_again(printed: Any):
    client = printed.app().test_client()
    assert client.get("/healthz").status_code == 200
    shelf_of(client).index()
    with printed.store.writing() as connection:
        for table in (snapshots, generations):  # as after four publications within one look
            connection.execute(update(table).values(generation=table.c.generation + 4))
        connection.exec_driver_sql("UPDATE feeds SET generation = generation + 4")
    for path in printed.paths():
        assert client.get(path).status_code == 200


def test_bytes_that_are_gone_take_no_other_feed_with_them(printed: Any):
    client = printed.app().test_client()
    before = client.get("/atom.xml")
    with printed.store.writing() as connection:
        connection.execute(delete(snapshots).where(snapshots.c.key == "", snapshots.c.format == "rss"))
    assert client.get("/rss.xml").status_code == 503
    assert client.get("/atom.xml").data == before.data
    assert client.get(f"/channels/{printed.slugs()[0]}/rss.xml").status_code == 200


def test_a_store_that_fails_in_mid_look_leaves_the_shelf_as_it_was(printed: Any, monkeypatch: pytest.MonkeyPatch):
    client = printed.app().test_client()
    before = client.get("/atom.xml")
    monkeypatch.setattr(reading, "body", lambda *_: None)
    _move_away(printed, client)
    assert client.get("/rss.xml").status_code == 503
    answer = client.get("/atom.xml")
    assert (answer.status_code, answer.data) == (200, before.data)


def test_many_threads_get_whole_feeds_while_new_ones_are_published(printed: Any):
    app = printed.app()
    wrong: list[str] = []
    done = threading.Event()

    def read() -> None:
        client = app.test_client()
        while not done.is_set():
            plain, packed = client.get("/rss.xml"), get(client, "/rss.xml", Accept_Encoding="gzip")
            if plain.status_code != 200 or not plain.data.rstrip().endswith(b"</rss>"):
                wrong.append(plain.status)
            if packed.status_code != 200 or b"</rss>" not in gzip.decompress(packed.data):
                wrong.append(packed.status)
            time.sleep(0.005)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(3):
        printed.write(f"more-{number}", f"More news {number}", parsedate_to_datetime("Sat, 01 Nov 2025 10:00:00 GMT"))
        printed.refresh()
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []


# What an older version published


def test_a_store_without_the_newer_codings_is_served_in_those_it_has(printed: Any):
    with printed.store.writing() as connection:
        connection.execute(delete(snapshots).where(snapshots.c.encoding.in_(("br", "zstd"))))
        connection.execute(delete(snapshots).where(snapshots.c.encoding == "gzip", snapshots.c.format == "json"))
        connection.execute(update(generations).values(shown=None))
    client = printed.app().test_client()
    packed = get(client, "/rss.xml", Accept_Encoding="gzip, deflate, br, zstd")
    assert (packed.status_code, packed.headers["Content-Encoding"]) == (200, "gzip")
    assert packed.headers["Surrogate-Key"] == "all"
    plain = get(client, "/feed.json", Accept_Encoding="gzip, deflate, br, zstd")
    assert (plain.status_code, plain.headers.get("Content-Encoding")) == (200, None)


# What the shelf holds


def test_the_shelf_holds_no_more_than_it_may_and_still_serves_everything(paper: Any):
    filler = "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(60_000))
    for number in range(8):
        at = parsedate_to_datetime("Sat, 01 Nov 2025 10:00:00 GMT") - timedelta(days=number)
        paper.write(f"long-{number}", f"A long read {number}", at, body_html=f"<p>{filler}</p>")
    paper.refresh()
    paper.settings = paper.settings.model_copy(
        update={"serve": paper.settings.serve.model_copy(update={"cache_mb": 1})}
    )
    client = paper.app().test_client()
    shelf = shelf_of(client)
    for _ in range(2):
        for path in paper.paths():
            for coding in ("identity", "gzip", "br"):
                answer = get(client, path, Accept_Encoding=coding)
                assert answer.status_code == 200
                assert len(answer.data) == int(answer.headers["Content-Length"])
                held = [len(body) for body in shelf._bodies.values()]
                assert sum(held) == shelf._held
                assert sum(held) <= 1024 * 1024 or len(held) == 1
    assert len(client.get("/rss.xml").data) > 1024 * 1024  # one alone may be larger than the limit
