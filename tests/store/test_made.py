from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from feedsvc.publish.snapshot import snapshot
from feedsvc.store import made
from feedsvc.store.articles import REVISION
from feedsvc.store.engine import BUSY_TIMEOUT_MS, open_engine
from feedsvc.store.made import Made
from feedsvc.store.store import Store, write_mark
from feedsvc.store.tables import made as table

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG = b"one and the same again and again, " * 100


def documents(path: str = "/archive/1/rss.xml", body: bytes = LONG, digest: str = "d") -> dict[str, Made]:
    return made.representations(path, digest, snapshot("rss", "application/rss+xml", body), NOON)


def keep(store: Store, some: dict[str, Made], as_of: int = 0, now: datetime = NOON) -> None:
    made.keep(store, some, as_of, now)


def find(store: Store, path: str, coding: str, digest: str = "d") -> Made | None:
    with store.reading() as connection:
        return made.find(connection, path, coding, digest)


def paths(store: Store) -> set[str]:
    with store.reading() as connection:
        return set(connection.execute(select(table.c.path)).scalars())


@pytest.fixture
def busy(store: Store) -> Iterator[Store]:
    """A store that another process is writing to, and will be for long."""
    with store.writing() as connection:
        write_mark(connection, "something", "else")
        connection.execute(table.delete().where(table.c.path == "/archive/1/rss.xml"))
        yield store


def test_what_is_kept_is_found_in_each_coding_as_it_was_made(store: Store) -> None:
    some = documents()
    assert set(some) == {"", "br", "zstd", "gzip"}
    keep(store, some)
    for coding, one in some.items():
        assert find(store, one.path, coding) == one


def test_what_was_made_of_something_else_is_not_found(store: Store) -> None:
    keep(store, documents())
    assert find(store, "/archive/1/rss.xml", "br", "another") is None
    assert find(store, "/archive/2/rss.xml", "br") is None


def test_where_a_coding_gains_nothing_the_plain_bytes_are_found(store: Store) -> None:
    keep(store, documents())
    keep(store, documents(body=b"short", digest="new"))
    found = find(store, "/archive/1/rss.xml", "br", "new")
    assert found is not None
    assert (found.coding, found.body) == ("", b"short")


def test_a_new_document_takes_the_place_of_the_old_one_in_all_codings(store: Store) -> None:
    keep(store, documents())
    keep(store, documents(body=b"short", digest="new"))
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 1
        assert made.last(connection, "/archive/1/rss.xml") == (documents(body=b"short")[""].etag, NOON)


def test_nothing_is_kept_that_was_made_before_the_articles_changed(store: Store) -> None:
    with store.writing() as connection:
        write_mark(connection, REVISION, "4")
    keep(store, documents(), as_of=3)
    assert paths(store) == set()
    keep(store, documents(), as_of=4)
    assert paths(store) == {"/archive/1/rss.xml"}


def test_the_combined_feeds_made_longest_ago_go_first_and_archives_never(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made, "MOST_COMBINED", 3)
    keep(store, documents())
    for number in range(5):
        keep(store, documents(f"/feeds?q=w{number}"), now=NOON + timedelta(seconds=number))
    keep(store, documents("/feeds?q=w2"), now=NOON + timedelta(seconds=9))
    keep(store, documents("/feeds?q=w9"), now=NOON + timedelta(seconds=10))
    assert paths(store) == {"/archive/1/rss.xml", "/feeds?q=w2", "/feeds?q=w4", "/feeds?q=w9"}


def test_a_store_that_is_being_written_to_is_not_waited_for_long(busy: Store) -> None:
    began = datetime.now(UTC)
    if busy.engine.dialect.name == "postgresql":
        keep(busy, documents("/archive/2/rss.xml"))  # rows that nobody else has in hand
    else:
        with pytest.raises(OperationalError):
            keep(busy, documents())
    assert datetime.now(UTC) - began < timedelta(seconds=5)


def test_after_it_was_busy_the_store_is_as_patient_as_before(sqlite_url: str) -> None:
    store = Store(open_engine(sqlite_url))
    keep(store, documents())
    with store.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == BUSY_TIMEOUT_MS
    store.engine.dispose()


def test_keeping_the_same_again_is_no_change(store: Store) -> None:
    keep(store, documents())
    keep(store, {coding: replace(one) for coding, one in documents().items()}, now=NOON + timedelta(days=1))
    assert find(store, "/archive/1/rss.xml", "") == documents()[""]
