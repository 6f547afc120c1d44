"""What waits to be taken in, on each database."""

import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from feedsvc.store import inbox
from feedsvc.store.inbox import READ, WITHDRAW, Item
from feedsvc.store.patience import writing_soon
from feedsvc.store.store import Store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def item(place: str, body: bytes = b"{}", source: str = "cms", action: str = READ) -> Item:
    return Item(source, place, action, "application/json", None, body, NOW)


def put(store: Store, *items: Item) -> None:
    with store.writing() as connection:
        inbox.put(connection, items)


def put_instead(store: Store, *items: Item) -> None:
    with store.writing() as connection:
        inbox.put_instead(connection, "cms", items)


def waiting(store: Store, limit: int = 100, after: int = 0, limit_bytes: int | None = None) -> list[Item]:
    with store.reading() as connection:
        return inbox.waiting(connection, limit, after, limit_bytes)


def places(items: Iterable[Item]) -> list[str]:
    return [one.place for one in items]


def test_items_wait_in_the_order_in_which_they_were_put(store: Store):
    put(store, item("b", b"\x00\xff"), item("a"))
    put(store, replace(item("c"), url="https://paper.example/c", fetched_at=NOW + timedelta(seconds=1)))
    found = waiting(store)
    assert places(found) == ["b", "a", "c"]
    assert [one.id for one in found] == sorted(one.id for one in found)
    assert [replace(one, id=0) for one in found[:2]] == [item("b", b"\x00\xff"), item("a")]
    assert (found[2].url, found[2].fetched_at) == ("https://paper.example/c", NOW + timedelta(seconds=1))


def test_items_are_read_a_portion_at_a_time(store: Store):
    put(store, *(item(str(n), bytes(10)) for n in range(5)))
    first = waiting(store, limit=2)
    assert places(first) == ["0", "1"]
    assert places(waiting(store, limit=2, after=first[-1].id)) == ["2", "3"]
    assert waiting(store, after=waiting(store)[-1].id) == []


def test_a_portion_ends_when_its_bodies_have_come_to_so_many_bytes_but_never_is_empty(store: Store):
    put(store, *(item(str(n), bytes(10)) for n in range(5)))
    assert places(waiting(store, limit_bytes=15)) == ["0", "1"]
    assert places(waiting(store, limit_bytes=1)) == ["0"]


def test_what_was_taken_in_waits_no_more(store: Store):
    put(store, item("a"), item("b"), item("c"))
    with store.writing() as connection:
        inbox.take(connection, [one.id for one in waiting(store) if one.place != "b"])
    assert places(waiting(store)) == ["b"]


def test_what_a_failed_transaction_took_still_waits(store: Store):
    put(store, item("a"))
    ids = [one.id for one in waiting(store)]
    with suppress(ZeroDivisionError), store.writing() as connection:
        inbox.take(connection, ids)
        raise ZeroDivisionError
    assert places(waiting(store)) == ["a"]


def test_the_newest_number_grows_and_is_never_given_twice(store: Store):
    numbers = []
    for n in range(3):
        put(store, item(str(n)))
        with store.writing() as connection:
            numbers.append(inbox.newest_id(connection))
            inbox.take(connection, [numbers[-1]])
            assert inbox.newest_id(connection) == 0
    assert numbers == sorted(set(numbers))
    assert numbers[0] > 0


def test_what_is_put_instead_replaces_what_waits_of_its_place_and_comes_last(store: Store):
    put(store, item("a", b"1"), item("b", b"1"), item("a", b"other", source="wire"))
    put_instead(store, item("a", b"2"))
    assert [(one.source, one.place, one.body) for one in waiting(store)] == [
        ("cms", "b", b"1"), ("wire", "a", b"other"), ("cms", "a", b"2"),
    ]  # fmt: skip


def test_the_newest_item_of_a_place_is_found(store: Store):
    put(store, item("a", b"1"), item("b"), item("a", b"2"), item("a", b"other", source="wire"))
    put(store, item("c", b"", action=WITHDRAW))
    with store.reading() as connection:
        found = inbox.of_places(connection, "cms", ["a", "c", "d"])
        assert inbox.count(connection) == 5
    assert {place: (one.body, one.action) for place, one in found.items()} == {"a": (b"2", READ), "c": (b"", WITHDRAW)}


def test_of_two_that_put_at_once_the_higher_number_never_shows_first(store: Store):
    """Else the lower one would appear when nobody looks for it any more."""
    put_first, may_end = threading.Event(), threading.Event()

    def slow() -> None:
        with store.writing() as connection:
            inbox.put(connection, [item("slow")])
            put_first.set()
            may_end.wait(10)

    def quick() -> None:
        put(store, item("quick"))

    threads = [threading.Thread(target=slow)]
    threads[0].start()
    assert put_first.wait(10)
    threads.append(threading.Thread(target=quick))
    threads[1].start()
    threads[1].join(0.3)
    assert waiting(store) == []
    may_end.set()
    for thread in threads:
        thread.join(10)
    assert places(waiting(store)) == ["slow", "quick"]


def test_a_writer_in_a_hurry_gives_up_soon_and_leaves_the_connection_as_it_was(store: Store):
    with store.writing() as connection:
        inbox.put(connection, [item("a")])
        with pytest.raises(OperationalError), writing_soon(store, patience_ms=100) as other:
            inbox.put(other, [item("b")])
    with writing_soon(store, patience_ms=100) as connection:
        inbox.put(connection, [item("c")])
    assert places(waiting(store)) == ["a", "c"]
