"""Times go in aware and come out aware and in UTC, whatever the zone of the database."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.exc import StatementError

from feedsvc.store.store import Store
from feedsvc.store.tables import runs

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# datetime.MINYEAR and MAXYEAR less a day, so that every zone has them.
TIMES = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=ZONES)


def _stored(store: Store, at: datetime) -> datetime | None:
    with store.writing() as connection:
        connection.execute(delete(runs))
        connection.execute(insert(runs).values(started_at=at, counts={}, errors=[], reports=[]))
        return connection.execute(select(func.max(runs.c.started_at))).scalar_one()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TIMES)
def test_a_time_comes_back_as_the_same_instant_in_utc(store: Store, at: datetime) -> None:
    found = _stored(store, at)
    assert found == at
    assert found.tzinfo is UTC


def test_a_database_in_another_zone_makes_no_difference(store: Store) -> None:
    at = datetime(2025, 6, 21, 23, 27, 37, tzinfo=UTC)
    with store.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET TIME ZONE 'Pacific/Kiritimati'"))
        connection.execute(insert(runs).values(started_at=at, counts={}, errors=[], reports=[]))
        found = connection.execute(select(runs.c.started_at)).scalar_one()
    assert (found, found.tzinfo) == (at, UTC)


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        _stored(store, datetime(2025, 6, 21))
