from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.render.rhythm import every_min, per_period

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def entries(gap, count=5):
    return [DAY - number * gap for number in range(count)]


@pytest.mark.parametrize(
    ("gap", "minutes"),
    [
        (timedelta(minutes=1), 15),
        (timedelta(hours=1), 30),
        (timedelta(hours=3), 60),
        (timedelta(days=1), 60),
        (timedelta(days=2), 60),
        (timedelta(days=3), 180),
        (timedelta(days=7), 360),
        (timedelta(days=14), 720),
        (timedelta(days=30), 1440),
        (timedelta(days=400), 1440),
    ],
)
def test_a_channel_is_worth_asking_a_few_times_before_its_next_entry_is_due(gap, minutes):
    assert every_min(entries(gap)) == minutes


def test_two_entries_tell_no_rhythm():
    assert every_min(entries(timedelta(hours=1), 2)) is None
    assert every_min([]) is None


def test_a_channel_that_wakes_up_is_asked_as_often_as_it_now_speaks():
    asleep = [DAY - timedelta(days=30 * number) for number in range(1, 100)]
    assert every_min(asleep) == 1440
    assert every_min(asleep + [DAY + timedelta(minutes=number) for number in range(12)]) == 15


TIMES = st.lists(st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)), max_size=30)


@given(TIMES)
def test_the_rhythm_is_whole_within_bounds_and_the_same_in_both_ways_of_telling_it(times):
    minutes = every_min(times)
    assert minutes == every_min(sorted(times))
    if minutes is None:
        assert len(times) < 3
        return
    period, frequency = per_period(minutes)
    assert 15 <= minutes <= 1440
    assert minutes * frequency == {"hourly": 60, "daily": 1440}[period]
