"""When a source may be tried again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.load.web.health import (
    CAP_S,
    PAUSE_S,
    PAUSES_AT,
    Health,
    after_failure,
    after_success,
    may_try,
)

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def failed(times: int, jitter: float = 0.5, retry_after_s: int | None = None) -> Health:
    health = Health()
    for _ in range(times):
        health = after_failure(health, NOW, "the connection was refused", jitter, retry_after_s)
    return health


def wait_s(health: Health) -> float:
    assert health.next_try is not None
    return (health.next_try - NOW).total_seconds()


def test_a_new_source_may_be_tried() -> None:
    assert may_try(Health(), NOW)


def test_waiting_doubles_with_every_failure_up_to_an_hour() -> None:
    assert [wait_s(failed(times, 1.0)) for times in (1, 2, 3, 4)] == [30, 60, 120, 240]
    assert wait_s(failed(5, 1.0)) == 480 + PAUSE_S
    assert wait_s(failed(500, 1.0)) == CAP_S + PAUSE_S


def test_chance_may_take_away_the_whole_wait_until_there_is_a_pause() -> None:
    assert wait_s(failed(PAUSES_AT - 1, 0.0)) == 0
    assert wait_s(failed(PAUSES_AT, 0.0)) == PAUSE_S


def test_after_a_pause_it_is_tried_once_and_left_alone_again_until_that_works() -> None:
    health = failed(PAUSES_AT)
    assert not may_try(health, NOW)
    assert health.next_try is not None
    assert may_try(health, health.next_try)
    again = after_failure(health, health.next_try, "still down", 0.0)
    assert not may_try(again, health.next_try)
    assert may_try(after_success(again, NOW), NOW)


def test_what_the_server_asks_for_is_the_least_wait() -> None:
    assert wait_s(failed(1, 0.0, retry_after_s=7200)) == 7200
    assert wait_s(failed(2, 1.0, retry_after_s=1)) == 60


def test_the_last_good_time_outlives_failures_and_the_last_error_outlives_success() -> None:
    good = after_success(Health(), NOW)
    later = NOW + timedelta(hours=1)
    bad = after_failure(good, later, "the server answered 500 (Internal Server Error)", 0.5)
    assert (bad.failures, bad.last_good, bad.last_error) == (1, NOW, "the server answered 500 (Internal Server Error)")
    well = after_success(bad, later)
    assert (well.failures, well.last_good, well.last_failed, well.next_try) == (0, later, later, None)
    assert well.last_error == bad.last_error


@given(st.integers(1, 5000), st.floats(0, 1, exclude_max=True))
def test_nothing_is_ever_put_off_for_longer_than_the_hour_and_the_pause(times: int, jitter: float) -> None:
    health = after_failure(Health(failures=times - 1), NOW, "down", jitter)
    assert 0 <= wait_s(health) <= CAP_S + PAUSE_S
