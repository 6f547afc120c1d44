"""What a feed shows, and what its archives hold."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.publish.window import Line, Past, window
from feedsvc.settings import Feeds

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULES = Feeds(max_entries=10, burst_days=1, burst_entries=20, archive_entries=4)


def lines(*hours: float) -> list[Line]:
    return [Line(f"{n:03}", NOON + timedelta(hours=at), None, "d") for n, at in enumerate(hours)]


def daily(number: int) -> list[Line]:
    return lines(*(24.0 * 2 * n for n in range(number)))


def ids(shown: tuple[Line, ...]) -> list[str]:
    return [line.id for line in shown]


def test_what_fits_is_shown_newest_first_and_nothing_is_archived() -> None:
    found = window(daily(10), Past(), RULES)
    assert (ids(found.shown), found.closed) == ([f"{n:03}" for n in range(9, -1, -1)], ())


def test_what_no_longer_fits_goes_into_full_archives_the_oldest_first() -> None:
    found = window(daily(19), Past(), RULES)
    assert found.closed == (("000", "001", "002", "003"), ("004", "005", "006", "007"), ("008", "009", "010", "011"))
    assert ids(found.shown) == [f"{n:03}" for n in range(18, 11, -1)]


def test_a_burst_makes_the_feed_longer_up_to_a_bound() -> None:
    assert len(window(lines(*(n / 10 for n in range(15))), Past(), RULES).shown) == 15
    crowd = window(lines(*(n / 10 for n in range(50))), Past(), RULES)
    assert 16 < len(crowd.shown) <= 20


def test_nothing_that_was_archived_is_shown_or_archived_again() -> None:
    past = Past((("000", "001"), ("002", "003")))
    found = window(daily(10), past, RULES)
    assert ids(found.shown) == [f"{n:03}" for n in range(9, 3, -1)]
    assert found.closed == ()


def test_what_was_recalled_is_shown_even_from_an_archive() -> None:
    some = daily(6)
    some[0] = Line("000", some[0].published, None, "d", recalled=True)
    found = window(some, Past((("000", "001"),)), RULES)
    assert ids(found.shown) == ["005", "004", "003", "002", "000"]


def test_what_is_in_an_archive_need_not_be_offered_again_unless_it_was_recalled() -> None:
    some, past = daily(25), Past((("000", "001"), ("002", "003")))
    some[1] = some[1]._replace(recalled=True)
    assert window([line for line in some if line.id not in ("000", "002", "003")], past, RULES) == window(
        some, past, RULES
    )


@given(st.lists(st.lists(st.integers(0, 2000), max_size=30), max_size=8), st.integers(1, 30), st.integers(1, 30))
def test_however_articles_come_each_is_in_the_feed_or_in_one_archive(
    batches: list[list[int]], most: int, size: int
) -> None:
    rules = Feeds(max_entries=most, burst_days=1, burst_entries=40, archive_entries=size)
    past, there = Past(), dict[str, Line]()
    for batch in batches:
        for hour in batch:
            id = f"{len(there):04}"
            there[id] = Line(id, NOON + timedelta(hours=hour), None, "d")
        found = window(there.values(), past, rules)
        assert past.archives == (past.archives + found.closed)[: len(past.archives)]
        past = Past(past.archives + found.closed)
        filed = [id for one in past.archives for id in one]
        assert sorted(filed + ids(found.shown)) == sorted(there), "nothing is missed, and nothing is there twice"
        assert len(found.shown) <= max(most, 40)
        assert bool(found.shown) == bool(there)
        again = window(there.values(), past, rules)
        assert (again.shown, again.closed) == (found.shown, ()), "nothing new, no change"
