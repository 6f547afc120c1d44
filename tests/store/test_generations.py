from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select

from feedsvc.model import Channel, ChannelState, Origin
from feedsvc.publish.snapshot import snapshot
from feedsvc.store import feeds as feed_store
from feedsvc.store import generations as feeds
from feedsvc.store import reading
from feedsvc.store.generations import NewGeneration
from feedsvc.store.store import Store
from feedsvc.store.tables import generations, snapshots

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
A = Channel("a", "A", Origin.DISCOVERED)
B = Channel("b", "B", Origin.DISCOVERED)
REST = Channel("rest", "More", Origin.REST)


def made(body: str, key: str = "channels/a") -> NewGeneration:
    snapshots = (snapshot("rss", "application/rss+xml", body.encode()), snapshot("json", "application/json", b"{}"))
    return NewGeneration(key, f"urn:{key}", body, NOON, 1, snapshots)


def publish(
    store: Store, *some: NewGeneration, before: Sequence[Channel] = (A,), after: Sequence[Channel] = (A,)
) -> None:
    with store.writing() as connection:
        feeds.publish(connection, before, after, some, [], "", NOON, 1)


def served(store: Store, key: str = "channels/a") -> dict[tuple[str, str], bytes | None]:
    with store.reading() as connection:
        pointers = [p for p in reading.pointers(connection) if p.key == key]
        return {(p.format, p.encoding): reading.body(connection, p) for p in pointers}


def test_a_reader_sees_the_old_generation_until_the_new_one_is_committed(store: Store) -> None:
    publish(store, made("one"), before=(), after=(A,))
    with store.writing() as connection:
        feeds.publish(connection, [A], [A], [made("two")], [], "", NOON, 2)
        assert served(store)["rss", ""] == b"one"
    assert served(store)["rss", ""] == b"two"


def test_a_reader_in_mid_answer_goes_on_seeing_what_it_began_with(store: Store) -> None:
    publish(store, made("one"), before=(), after=(A,))
    with store.reading() as connection:
        before = reading.pointers(connection)
        publish(store, made("two"))
        assert reading.pointers(connection) == before
        assert {reading.body(connection, p) for p in before if p.format == "rss" and not p.encoding} == {b"one"}


def test_bytes_of_the_generation_before_are_still_there_after_the_flip(store: Store) -> None:
    publish(store, made("one"), before=(), after=(A,))
    with store.reading() as connection:
        old = next(p for p in reading.pointers(connection) if (p.format, p.encoding) == ("rss", ""))
    publish(store, made("two"))
    with store.reading() as connection:
        assert reading.body(connection, old) == b"one"


def test_old_generations_are_pruned_and_only_of_that_feed(store: Store) -> None:
    publish(store, made("one"), made("lone", "channels/b"), before=(), after=(A, B))
    for number in range(10):
        publish(store, made(str(number)))
    with store.reading() as connection:
        counted = select(generations.c.key, func.count()).group_by(generations.c.key)
        numbers = {row[0]: row[1] for row in connection.execute(counted)}
        assert numbers == {"channels/a": feeds.KEPT_GENERATIONS, "channels/b": 1}
        kept = select(func.count()).select_from(snapshots).where(snapshots.c.key == "channels/a")
        assert connection.execute(kept).scalar_one() % feeds.KEPT_GENERATIONS == 0
    assert served(store)["rss", ""] == b"9"
    assert served(store, "channels/b")["rss", ""] == b"lone"


def test_the_publication_number_grows_with_every_publication(store: Store) -> None:
    seen = []
    for number in range(3):
        publish(store, made(str(number)), before=(A,) if number else ())
        with store.reading() as connection:
            seen.append(reading.publication(connection))
    assert seen == [1, 2, 3]


def test_a_feed_without_a_generation_of_its_own_is_listed_all_the_same(store: Store) -> None:
    publish(store, before=(), after=(A,))
    with store.reading() as connection:
        assert [(line.slug, line.size, line.published_at) for line in reading.channel_lines(connection)] == [
            ("a", 0, None)
        ]


def test_an_heir_may_stand_anywhere_in_the_alphabet(store: Store) -> None:
    merged = Channel("a", "A", Origin.DISCOVERED, state=ChannelState.MERGED, heir="b")
    publish(store, before=(), after=(merged, B))
    with store.reading() as connection:
        assert reading.heirs(connection) == {"a": "b"}
        assert [line.slug for line in reading.channel_lines(connection)] == ["b"]


def test_channels_come_newest_first_with_empty_ones_and_the_rest_last(desk) -> None:
    desk.write_lines("a.jsonl", {"title": "One", "published": "2026-03-01T10:00:00Z"})
    desk.run()
    empty = Channel("empty", "Empty", Origin.DISCOVERED)
    with desk.store.reading() as connection:
        before = feed_store.all_channels(connection)
        one = reading.newest_articles(connection, 1)[0].id
    full = Channel("full", "Full", Origin.DISCOVERED, members=frozenset({one}))
    publish(desk.store, before=before, after=[*before, empty, full])
    assert list(desk.channel_titles()) == ["full", "empty", "more-stories"]
