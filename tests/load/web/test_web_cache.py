"""What is kept, for how long, and what is asked again."""

import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from feedsvc.errors import StoreNotReady
from feedsvc.load.web.answers import KEPT_BYTES, KEPT_S
from feedsvc.load.web.client import Web
from feedsvc.load.web.connect import Wire
from feedsvc.load.web.values import Failed, Got, Result, Same

AGENT = "feedsvc/9.9 (+https://feeds.example.org)"


@pytest.fixture
def web(wire: Wire, tmp_path: Path) -> Iterator[Web]:
    """With its cache on disk, as it is outside of tests."""
    with Web(AGENT, tmp_path / "cache", pause_s=0, wire=wire) as one:
        yield one


def got(result: Result) -> Got:
    assert isinstance(result, Got), result
    return result


def conditional(body: bytes, **headers: str) -> Callable[[socket.socket, Any], None]:
    """A page that answers 304 to whoever has it."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items()).encode()

    def send(connection: socket.socket, request: Any) -> None:
        known = request.headers.get("if-none-match") == '"1"' or "if-modified-since" in request.headers
        if known:
            connection.sendall(b"HTTP/1.1 304 Not Modified\r\n" + lines + b"\r\n")
        else:
            connection.sendall(b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n" + body)

    return send


@pytest.mark.parametrize("headers", [{"ETag": '"1"'}, {"Last_Modified": "Wed, 04 Mar 2026 12:00:00 GMT"}])
def test_a_304_is_the_same_for_who_has_dealt_with_the_body_and_the_body_for_who_has_not(
    web: Web, tricks: Any, headers: dict[str, str]
) -> None:
    tricks.do("/", conditional(b"news", **headers))
    first = got(web.fetch(tricks.errand("/")))
    assert web.fetch(tricks.errand("/", known=first.digest)) == Same(tricks.url + "/", tricks.url + "/")
    after_a_crash = got(web.fetch(tricks.errand("/")))
    assert after_a_crash.body == b"news"
    assert after_a_crash.fetched_at <= first.fetched_at
    assert [bool({"if-none-match", "if-modified-since"} & set(one.headers)) for one in tricks.requests] == [
        False,
        True,
        True,
    ]


def test_the_cache_outlives_the_process_and_holds_bytes_as_they_are(tricks: Any, tmp_path: Path) -> None:
    page = bytes(range(256)) + b"\n{}\n"
    tricks.do("/", conditional(page, ETag='"1"'))
    for _ in range(2):
        with Web(AGENT, tmp_path, pause_s=0) as web:
            assert got(web.fetch(tricks.errand("/"))).body == page
    assert tricks.requests[1].headers["if-none-match"] == '"1"'


def test_the_same_bytes_are_the_same_without_any_validator(web: Web, tricks: Any) -> None:
    tricks.say("/", b"news")
    first = got(web.fetch(tricks.errand("/")))
    assert isinstance(web.fetch(tricks.errand("/", known=first.digest)), Same)
    tricks.say("/", b"more news")
    assert got(web.fetch(tricks.errand("/", known=first.digest))).body == b"more news"


def test_what_is_fresh_is_not_asked_for_again(web: Web, tricks: Any) -> None:
    tricks.say("/", b"news", Cache_Control="max-age=60")
    first = got(web.fetch(tricks.errand("/")))
    assert isinstance(web.fetch(tricks.errand("/", known=first.digest)), Same)
    assert len(tricks.requests) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Cache_Control": "no-store, max-age=60"},
        {"Cache_Control": "max-age=0"},
        {"Cache_Control": "no-cache, max-age=60"},
        {"Cache_Control": "max-age=60", "Age": "61"},
        {"Expires": "never"},
        {"Cache_Control": "max-age=60", "Vary": "*"},
        {},
    ],
)
def test_what_is_not_fresh_is_asked_for_again(web: Web, tricks: Any, headers: dict[str, str]) -> None:
    tricks.say("/", b"news", **headers)
    for _ in range(2):
        assert got(web.fetch(tricks.errand("/"))).body == b"news"
    assert len(tricks.requests) == 2


def test_nothing_that_must_not_be_kept_is_on_disk(tricks: Any, tmp_path: Path) -> None:
    tricks.say("/", b"very secret", Cache_Control="no-store", ETag='"1"')
    tricks.say("/b", b"plain", ETag='"1"', Set_Cookie="session=very-secret")
    with Web(AGENT, tmp_path, pause_s=0) as web:
        web.fetch(tricks.errand("/"))
        web.fetch(tricks.errand("/b"))
    files = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"plain" in files
    assert b"secret" not in files


def test_urls_that_differ_by_a_token_are_two(web: Web, tricks: Any) -> None:
    tricks.say("/?access_token=1", b"one", Cache_Control="max-age=60")
    tricks.say("/?access_token=2", b"two", Cache_Control="max-age=60")
    assert got(web.fetch(tricks.errand("/?access_token=1"))).body == b"one"
    assert got(web.fetch(tricks.errand("/?access_token=2"))).body == b"two"


def test_what_was_fetched_from_the_house_is_not_in_the_public_cache(web: Web, tricks: Any) -> None:
    tricks.say("/", b"secret", Cache_Control="max-age=60")
    inside = tricks.errand("/")
    got(web.fetch(inside))
    assert isinstance(web.fetch(replace(inside, reach=inside.reach.public_only())), Failed)


def test_the_limit_holds_for_what_was_kept_for_another(web: Web, tricks: Any) -> None:
    tricks.say("/", b"news", Cache_Control="max-age=60")
    got(web.fetch(tricks.errand("/")))
    result = web.fetch(tricks.errand("/", body_bytes=3))
    assert isinstance(result, Failed)
    assert result.reason == "it is larger than 3 bytes"


def test_a_failure_does_not_hide_behind_an_old_answer(web: Web, tricks: Any) -> None:
    tricks.say("/", b"news", ETag='"1"', Cache_Control="max-age=0, stale-if-error=86400")
    got(web.fetch(tricks.errand("/")))
    tricks.say("/", b"", 500)
    assert isinstance(web.fetch(tricks.errand("/")), Failed)
    tricks.do("/", b"")
    assert isinstance(web.fetch(tricks.errand("/")), Failed)


@pytest.mark.parametrize("stored", [b"", b"rubbish", b"{}\n", b'{"status_code": "x"}\nnews', b"\x80\x04."])
def test_what_cannot_be_read_back_is_fetched_again(tricks: Any, tmp_path: Path, stored: bytes) -> None:
    tricks.say("/", b"news", Cache_Control="max-age=60")
    for _ in range(2):
        with Web(AGENT, tmp_path, pause_s=0) as web:
            assert got(web.fetch(tricks.errand("/"))).body == b"news"
        with sqlite3.connect(tmp_path / "private.sqlite") as connection:
            connection.execute("UPDATE answers SET value = ?", (stored,))
        connection.close()
    assert len(tricks.requests) == 2


def test_a_file_that_is_no_database_is_replaced(tricks: Any, tmp_path: Path) -> None:
    (tmp_path / "private.sqlite").write_bytes(b"this is no database" * 1000)
    tricks.say("/", b"news")
    with Web(AGENT, tmp_path, pause_s=0) as web:
        assert got(web.fetch(tricks.errand("/"))).body == b"news"


def test_a_folder_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreNotReady, match="the cache of fetched pages"):
        Web(AGENT, tmp_path / "file")


def keys_after_tidying(web: Web, file: Path, statement: str, value: int) -> int:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement, (value,))
        connection.commit()
        web.tidy()
        return int(connection.execute("SELECT count(*) FROM answers").fetchone()[0])


def test_what_is_a_month_old_is_dropped(web: Web, tricks: Any, tmp_path: Path) -> None:
    for path in ("/old", "/new"):
        tricks.say(path, path.encode(), ETag='"1"')
        web.fetch(tricks.errand(path))
    older = "UPDATE answers SET kept_at = kept_at - ? WHERE instr(value, CAST('/old' AS BLOB))"
    assert keys_after_tidying(web, tmp_path / "cache" / "private.sqlite", older, KEPT_S) == 1


def test_the_oldest_answers_make_room(web: Web, tricks: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        tricks.say(f"/{number}", bytes(10_000), ETag='"1"')
        web.fetch(tricks.errand(f"/{number}"))
    assert KEPT_BYTES > 1_000_000
    monkeypatch.setattr("feedsvc.load.web.answers.KEPT_BYTES", 35_000)
    assert keys_after_tidying(web, tmp_path / "cache" / "private.sqlite", "SELECT ?", 1) == 3


def test_a_cache_that_can_no_longer_be_used_holds_nothing_up(web: Web, tricks: Any, tmp_path: Path) -> None:
    tricks.say("/", b"news", Cache_Control="max-age=60")
    with closing(sqlite3.connect(tmp_path / "cache" / "private.sqlite")) as connection:
        connection.execute("DROP TABLE answers")
    assert [got(web.fetch(tricks.errand("/"))).body for _ in range(2)] == [b"news", b"news"]
