from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.render.maps.timescale import timescale


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def labels(*times: datetime) -> list[tuple[str, str]]:
    return [(tick.label, tick.within) for tick in timescale(times).ticks(7)]


@pytest.mark.parametrize(
    ("start", "end", "first", "second"),
    [
        (utc(2025, 6, 21, 22, 55), utc(2025, 6, 21, 23, 55), ("23:00", "21 Jun 2025"), ("23:10", "21 Jun 2025")),
        (utc(2025, 6, 21, 22, 55), utc(2025, 6, 22, 22), ("00:00", "22 Jun 2025"), ("06:00", "22 Jun 2025")),
        (utc(2025, 6, 18, 22, 55), utc(2025, 6, 22, 22), ("19 Jun", "2025"), ("20 Jun", "2025")),
        (utc(2025, 5, 19, 9), utc(2025, 6, 22, 22), ("26 May", "2025"), ("2 Jun", "2025")),
        (utc(2024, 11, 19, 9), utc(2025, 4, 22, 22), ("Dec", "2024"), ("Jan", "2025")),
        (utc(2015, 6, 19, 9), utc(2025, 6, 22, 22), ("2016", ""), ("2018", "")),
    ],
)
def test_the_marks_are_round_times_that_fit_the_span(start, end, first, second):
    assert labels(start, end)[:2] == [first, second]


def test_the_axis_is_even():
    scale = timescale([utc(2025, 6, 1), utc(2025, 6, 2), utc(2025, 6, 5)])
    assert [scale.share(utc(2025, 6, day)) for day in (1, 2, 3, 5)] == [0, 0.25, 0.5, 1]
    assert scale.cuts == []


def test_one_moment_is_in_the_middle_of_an_hour():
    scale = timescale([utc(2025, 6, 1, 12)])
    assert scale.share(utc(2025, 6, 1, 12)) == 0.5
    assert scale.share(utc(2025, 6, 1, 12, 30)) == 1


def test_a_gap_that_would_press_many_articles_into_a_corner_is_cut_short():
    many = [utc(2025, 6, 1) + timedelta(hours=9 * count) for count in range(40)]
    scale = timescale([utc(2019, 2, 3), *many])
    assert scale.share(utc(2019, 2, 3)) == 0
    assert 0.05 < scale.share(many[0]) < 0.2
    assert len(scale.cuts) == 1
    assert 0 < scale.cuts[0] < scale.share(many[0])
    assert [(tick.label, tick.within) for tick in scale.ticks(7)][:2] == [("3 Feb", "2019"), ("2 Jun", "2025")]


def test_days_with_many_articles_each_are_no_reason_to_cut():
    days = [utc(2025, 6, 1) + timedelta(days=day) for day in (0, 1, 3, 4) for _ in range(10)]
    assert timescale(days).cuts == []


@given(st.lists(st.datetimes(timezones=st.just(UTC)), min_size=1, max_size=40))
def test_any_times_lie_on_the_axis_in_their_order_with_not_too_many_marks(times):
    scale = timescale(times)
    shares = [scale.share(at) for at in sorted(times)]
    assert all(0 <= left <= right <= 1 for left, right in pairwise([*shares, 1]))
    ticks = list(scale.ticks(7))
    assert len(ticks) <= 12
    assert all(0 <= tick.share <= 1 for tick in ticks)
