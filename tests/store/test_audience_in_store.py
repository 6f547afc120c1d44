import threading
from typing import Any

from sqlalchemy import select

from feedsvc.store import audience
from feedsvc.store.audience import Crowd, Sums
from feedsvc.store.store import Store
from feedsvc.store.tables import marks, pollers

MONDAY, TUESDAY = "2026-11-23", "2026-11-24"
FLOOD = "channels/flood"


def a_reading(day: str = MONDAY, key: str = FLOOD, reader: str = "Miniflux", **counts: int) -> dict[str, Any]:
    row = {"day": day, "key": key, "format": "rss", "reader": reader}
    return row | dict.fromkeys(audience.COUNTED, 0) | {"requests": 1} | counts


def a_poller(poller: str, day: str = MONDAY, key: str = FLOOD, reader: str = "Miniflux", **counts: int) -> Any:
    row = {"day": day, "key": key, "poller": poller, "reader": reader, "subscribers": 0, "requests": 1}
    return row | {"conditional": 0, "unchanged": 0} | counts


def add(store: Store, readings: list[Any], polled: list[Any] | None = None) -> None:
    with store.writing() as connection:
        audience.add(connection, readings, polled or [])


def test_counts_are_added_to_those_there_are(store: Store) -> None:
    for _ in range(2):
        add(store, [a_reading(requests=5, conditional=4, unchanged=3, refused=1, sent=4_000_000_000, saved=70)])
    with store.reading() as connection:
        assert audience.sums(connection, MONDAY, "key") == {FLOOD: Sums(10, 8, 6, 2, 8_000_000_000, 140)}
        assert audience.sums(connection, TUESDAY, "key") == {}


def test_what_a_service_says_last_of_its_subscribers_counts(store: Store) -> None:
    for subscribers in (16, 17):
        add(store, [], [a_poller("a", reader="Feedly", subscribers=subscribers)])
    add(store, [], [a_poller("b"), a_poller("c")])
    with store.reading() as connection:
        assert sorted(audience.crowds(connection, MONDAY), key=lambda crowd: crowd.reader) == [
            Crowd(FLOOD, "Feedly", 0, 17),
            Crowd(FLOOD, "Miniflux", 2, 0),
        ]


def test_one_who_reads_two_feeds_is_one(store: Store) -> None:
    add(store, [], [a_poller("a"), a_poller("a", key=""), a_poller("b"), a_poller("s", subscribers=3)])
    with store.reading() as connection:
        assert audience.alone_by_reader(connection, MONDAY) == {"Miniflux": 2}


def test_a_day_that_has_only_begun_gives_way_to_the_one_before(store: Store) -> None:
    add(store, [], [a_poller("a"), a_poller("b"), a_poller("c", day=TUESDAY)])
    with store.reading() as connection:
        assert audience.fuller_day(connection, TUESDAY, MONDAY) == MONDAY
    add(store, [], [a_poller("d", day=TUESDAY)])
    with store.reading() as connection:
        assert audience.fuller_day(connection, TUESDAY, MONDAY) == TUESDAY


def test_the_worst_are_those_who_are_sent_the_whole_most_often(store: Store) -> None:
    often, politely = a_poller("a", requests=50), a_poller("b", requests=90, conditional=90, unchanged=80)
    add(store, [], [often, politely, a_poller("c")])
    with store.reading() as connection:
        worst = audience.worst_pollers(connection, MONDAY, 2)
    assert [row["requests"] for row in worst] == [50, 90]
    assert "poller" not in worst[0]


def test_all_processes_have_the_days_salt(store: Store) -> None:
    with store.writing() as connection:
        first = audience.salt(connection, MONDAY)
    with store.writing() as connection:
        assert audience.salt(connection, MONDAY) == first
        assert audience.salt(connection, TUESDAY) != first
    assert len(first) == audience.SALT_BYTES


def test_salts_and_old_days_are_thrown_away(store: Store) -> None:
    with store.writing() as connection:
        for day in (MONDAY, TUESDAY):
            audience.salt(connection, day)
            audience.add(connection, [a_reading(day)], [a_poller("a", day)])
        audience.forget(connection, today=TUESDAY, before=TUESDAY)
    with store.reading() as connection:
        assert connection.execute(select(marks.c.name)).scalars().all() == [audience.SALT + TUESDAY]
        assert connection.execute(select(pollers.c.day)).scalars().all() == [TUESDAY]
        assert audience.sums(connection, MONDAY, "reader") == {"Miniflux": Sums(requests=1)}


def test_processes_that_add_at_once_lose_nothing(store: Store) -> None:
    keys = [f"channels/{n}" for n in range(20)]

    def keep_adding(keys: list[str]) -> None:
        for _ in range(10):
            add(store, [a_reading(key=key) for key in keys], [a_poller("a", key=key) for key in keys])

    threads = [threading.Thread(target=keep_adding, args=(order,)) for order in (keys, keys[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as connection:
        assert set(audience.sums(connection, MONDAY, "key").values()) == {Sums(requests=20)}
