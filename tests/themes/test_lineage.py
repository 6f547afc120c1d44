from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.model import Channel, ChannelState, Event, Origin, Turn
from feedsvc.settings import Themes
from feedsvc.themes.lineage import aged, settled, turns

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ACTIVE, DORMANT, MERGED, RETIRED = ChannelState
RULES = Themes(window_days=10, retire_after_days=20)
NEVER = Themes(window_days=10)


def theme(slug: str, members: str = "", state: ChannelState = ACTIVE, heir: str | None = None) -> Channel:
    return Channel(slug, slug.title(), Origin.DISCOVERED, state=state, heir=heir, members=frozenset(members))


def days_ago(**days: float) -> dict[str, datetime]:
    """When each article was published; "now" is there to count from."""
    return {id: NOW - timedelta(days=number) for id, number in days.items()} | {"now": NOW}


def state_of(last: float, rules: Themes = RULES, **channel: ChannelState) -> ChannelState:
    """Of a channel whose newest article is so many days old."""
    [one] = aged([theme("one", "ab", **channel)], days_ago(a=last, b=last + 100), rules)
    return one.state


# Who is old


def test_an_article_is_settled_when_it_is_older_than_themes_last_counted_from_the_newest() -> None:
    assert settled(days_ago(a=9.9, b=10, c=10.1), RULES) == {"c"}
    assert settled({}, RULES) == frozenset()


def test_a_channel_sleeps_when_nothing_in_it_is_as_young_as_themes_last_and_wakes_when_something_is() -> None:
    assert [state_of(days) for days in (0, 10, 10.1)] == [ACTIVE, ACTIVE, DORMANT]
    assert [state_of(days, state=DORMANT) for days in (0, 10, 10.1)] == [ACTIVE, ACTIVE, DORMANT]


def test_a_channel_ends_when_it_has_slept_for_as_long_as_the_settings_say_and_for_good() -> None:
    assert [state_of(days) for days in (30, 30.1)] == [DORMANT, RETIRED]
    assert state_of(1000, NEVER) is DORMANT
    assert state_of(0, state=RETIRED) is RETIRED


def test_it_counts_from_the_articles_and_not_from_the_runs() -> None:
    channels = [theme("one", "a")]
    for _ in range(5):
        channels = aged(channels, days_ago(a=11), RULES)
    assert channels == [theme("one", "a", DORMANT)]
    assert aged(channels, {}, RULES) == channels


def test_a_channel_of_which_no_article_is_there_sleeps_and_does_not_end() -> None:
    assert aged([theme("one", "gone"), theme("two")], days_ago(), RULES) == [
        theme("one", "gone", DORMANT),
        theme("two", state=DORMANT),
    ]


def test_what_the_operator_made_and_the_rest_never_age() -> None:
    for origin in (Origin.CURATED, Origin.REST):
        one = replace(theme("one", "a"), origin=origin)
        assert aged([one], days_ago(a=1000), RULES) == [one]


def test_a_retired_channel_keeps_its_articles_and_those_that_redirected_to_it_retire_with_it() -> None:
    before = [theme("one", "a"), theme("two", "b", MERGED, heir="one"), theme("x", "", MERGED, "y"), theme("y", "c")]
    assert aged(before, days_ago(a=31, b=31, c=0), RULES) == [
        theme("one", "a", RETIRED),
        theme("two", "", RETIRED),
        theme("x", "", MERGED, "y"),
        theme("y", "c"),
    ]


# What has happened


def told(
    before: Sequence[Channel], after: Sequence[Channel], splits: Collection[str] = ()
) -> list[tuple[str, Turn, str, int]]:
    events = turns(before, after, NOW, splits)
    assert {event.at for event in events} <= {NOW}
    return [(event.slug, event.turn, event.other, event.articles) for event in events]


def test_that_a_channel_goes_on_is_not_told() -> None:
    assert told([theme("one", "abc")], [theme("one", "abcdef")]) == []
    assert told([theme("one", "abc", RETIRED)], [theme("one", "abc", RETIRED)]) == []


def test_a_birth_is_told_with_the_first_members() -> None:
    assert told([], [theme("one", "abc")]) == [("one", Turn.BORN, "", 3)]
    rest = Channel("more", "More", Origin.REST, members=frozenset("xyz"))
    assert told([rest], [theme("one", "xyz"), replace(rest, members=frozenset())]) == [("one", Turn.BORN, "", 3)]
    assert told([], [rest]) == [("more", Turn.BORN, "", 3)]


def test_a_channel_that_was_mostly_part_of_another_was_split_from_it() -> None:
    before = [theme("one", "abcdef"), theme("two", "uvw")]
    assert told(before, [theme("one", "abc"), theme("two", "uvw"), theme("new", "defx")]) == [
        ("new", Turn.SPLIT, "one", 4)
    ]
    assert told(before, [theme("one", "abcd"), theme("two", "uvw"), theme("new", "efxy")]) == [
        ("new", Turn.BORN, "", 4)
    ]


def test_a_split_from_several_names_the_one_that_most_came_from_and_of_equals_the_first() -> None:
    before = [theme("b", "abcd"), theme("a", "efgh")]
    assert told(before, [*before, theme("new", "abce")])[-1] == ("new", Turn.SPLIT, "b", 3)
    assert told(before, [*before, theme("new", "abef")])[-1] == ("new", Turn.SPLIT, "a", 2)


def test_a_merge_is_told_with_the_heir_and_how_many_went_there() -> None:
    before = [theme("one", "abcd"), theme("two", "uvwxyz")]
    after = [theme("one", "", MERGED, heir="two"), theme("two", "abcuvwxyz")]
    assert told(before, after) == [("one", Turn.MERGED, "two", 3)]


def test_a_curated_channel_is_born_wherever_it_comes_from_but_for_a_split_of_the_file() -> None:
    before = [theme("one", "abcdef")]
    new = replace(theme("new", "abcx"), origin=Origin.CURATED)
    after = [theme("one", "def"), new]
    assert told(before, after) == [("new", Turn.BORN, "", 4)]
    assert told(before, after, {"new"}) == [("new", Turn.SPLIT, "one", 4)]
    merged = [theme("one", "def"), theme("two", "uvw", MERGED, heir="new"), replace(new, members=frozenset("abcuvw"))]
    assert told([*before, theme("two", "uvw")], merged, {"new"})[0] == ("new", Turn.SPLIT, "one", 3)


def test_a_channel_was_not_split_from_one_that_was_merged_into_it() -> None:
    before = [theme("one", "abc"), theme("two", "de")]
    new = replace(theme("new", "abcde"), origin=Origin.CURATED)
    after = [theme("one", "", MERGED, heir="new"), theme("two", "", MERGED, heir="one"), new]
    assert told(before, after, {"new"}) == [
        ("new", Turn.BORN, "", 5),
        ("one", Turn.MERGED, "new", 3),
        ("two", Turn.MERGED, "one", 0),
    ]


def test_another_heir_is_told_unless_the_former_one_was_merged_into_it() -> None:
    before = [theme("one", "ab", MERGED, heir="two"), theme("two", "abcd"), theme("three", "xyz")]
    moved = [theme("one", "ab", MERGED, heir="three"), theme("two", "cd"), theme("three", "abxyz")]
    assert told(before, moved) == [("one", Turn.MERGED, "three", 2)]
    followed = [
        theme("one", "ab", MERGED, heir="three"),
        theme("two", "", MERGED, heir="three"),
        theme("three", "abcdxyz"),
    ]
    assert told(before, followed) == [("two", Turn.MERGED, "three", 4)]


def test_sleep_waking_and_the_end_are_told_once() -> None:
    states = [ACTIVE, DORMANT, DORMANT, ACTIVE, DORMANT, RETIRED, RETIRED]
    seen = [told([theme("one", "ab", was)], [theme("one", "ab", now)]) for was, now in pairwise(states)]
    assert [event[1] for events in seen for event in events] == [Turn.SLEPT, Turn.WOKE, Turn.SLEPT, Turn.RETIRED]


def test_another_title_is_told_with_the_former_one() -> None:
    assert told([theme("one", "abc")], [replace(theme("one", "abc"), title="Better")]) == [
        ("one", Turn.RENAMED, "One", 0)
    ]


def test_several_turns_are_told_by_slug() -> None:
    events = turns([], [theme("two", "b"), theme("one", "a")], NOW)
    assert events == [Event("one", Turn.BORN, NOW, "", 1), Event("two", Turn.BORN, NOW, "", 1)]


STATES = st.sampled_from([ACTIVE, DORMANT])
CHANNELS = st.lists(st.tuples(STATES, st.sets(st.sampled_from("abcdefgh"))), max_size=5)


@given(CHANNELS, st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 40)), st.booleans())
def test_to_age_twice_is_to_age_once_and_nothing_more_is_told(
    said: list[tuple[ChannelState, set[str]]], days: dict[str, int], retiring: bool
) -> None:
    channels = [theme(f"c{n}", "".join(ids), state) for n, (state, ids) in enumerate(said)]
    channels += [theme(f"m{n}", "", MERGED, heir=f"c{n}") for n in range(len(said))]
    rules, published = RULES if retiring else NEVER, days_ago(**days)
    once = aged(channels, published, rules)
    assert aged(once, published, rules) == once
    assert turns(once, once[::-1], NOW) == []
    assert turns(channels[::-1], once[::-1], NOW) == turns(channels, once, NOW)
    standing = {c.slug for c in once if c.state.stands}
    assert all(c.heir in standing for c in once if c.state is MERGED)
    assert all(c.heir is None for c in once if c.state is RETIRED)
