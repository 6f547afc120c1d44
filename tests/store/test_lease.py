from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from feedsvc.errors import RunRefused
from feedsvc.store.store import Store, read_mark, write_mark
from feedsvc.store.tables import leases


def _let_it_expire(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(update(leases).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))


def _mark(store: Store) -> str | None:
    with store.reading() as connection:
        return read_mark(connection, "mark")


def test_of_two_claims_one_is_refused_and_told_who_holds_it(store: Store) -> None:
    store.claim("first:1")
    with pytest.raises(RunRefused, match="first:1"):
        store.claim("second:2")


def test_the_same_holder_does_not_get_it_twice(store: Store) -> None:
    store.claim("first:1")
    with pytest.raises(RunRefused):
        store.claim("first:1")


def test_the_epoch_grows_with_every_holder(store: Store) -> None:
    first = store.claim("first:1")
    store.release(first)
    second = store.claim("second:2")
    _let_it_expire(store)
    third = store.claim("third:3")
    assert first.epoch < second.epoch < third.epoch


def test_what_was_lost_can_write_nothing_more(store: Store) -> None:
    lost = store.claim("first:1")
    _let_it_expire(store)
    store.claim("second:2")
    with pytest.raises(RunRefused, match="taken over"), store.writing(lost) as connection:
        write_mark(connection, "mark", "by the first")
    with pytest.raises(RunRefused):
        store.renew(lost)
    assert _mark(store) is None


def test_giving_back_what_was_lost_takes_nothing_from_its_new_holder(store: Store) -> None:
    lost = store.claim("first:1")
    _let_it_expire(store)
    new = store.claim("second:2")
    store.release(lost)
    with pytest.raises(RunRefused):
        store.claim("third:3")
    with store.writing(new) as connection:
        write_mark(connection, "mark", "by the second")
    assert _mark(store) == "by the second"


def test_every_write_keeps_the_lease_for_longer(store: Store) -> None:
    lease = store.claim("first:1")
    _let_it_expire(store)
    with store.writing(lease) as connection:
        write_mark(connection, "mark", "value")
    with store.reading() as connection:
        assert connection.execute(select(leases.c.expires_at)).scalar_one() > datetime.now(UTC)


def test_a_transaction_that_fails_writes_nothing(store: Store) -> None:
    def fail_half_way() -> None:
        with store.writing(store.claim("first:1")) as connection:
            write_mark(connection, "mark", "half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert _mark(store) is None
