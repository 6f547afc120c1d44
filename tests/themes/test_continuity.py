from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.model import Channel, ChannelState, Origin
from feedsvc.settings import Themes
from feedsvc.themes.continuity import continue_channels, housed, match
from feedsvc.themes.naming import slug

RULES = Themes(min_articles=3)
ACTIVE, DORMANT, MERGED, RETIRED = ChannelState
START = datetime(2026, 3, 1, tzinfo=UTC)
TIMES = {letter: START + timedelta(hours=hours) for hours, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}


def step(before: Sequence[Channel], *groups: str, title: str | None = None, rules: Themes = RULES) -> list[Channel]:
    """One run in which the articles fell into these groups; each letter is an article, an hour after the one before."""
    communities = [frozenset(group) for group in groups]
    there = {id: TIMES[id] for group in groups for id in group}

    def titles(born: Sequence[frozenset[str]]) -> list[str]:
        return [title or "Theme " + min(group) for group in born]

    return continue_channels(communities, before, rules, there, titles, slug)


def by_slug(channels: Sequence[Channel]) -> dict[str, str]:
    """slug → its members as letters, or ">HEIR" of a merged one."""
    return {c.slug: f">{c.heir}" if c.state is MERGED else "".join(sorted(c.members)) for c in channels}


def theme(slug: str, members: str, state: ChannelState = ACTIVE, born: datetime | None = None) -> Channel:
    return Channel(slug, slug, Origin.DISCOVERED, state=state, members=frozenset(members), born=born)


def test_a_group_of_enough_articles_is_a_channel_and_the_others_are_the_rest() -> None:
    assert by_slug(step([], "abc", "de", "f")) == {"theme-a": "abc", "more-stories": "def"}


def test_with_everything_in_themes_there_is_no_rest() -> None:
    assert by_slug(step([], "abc", "def")) == {"theme-a": "abc", "theme-d": "def"}
    assert step([]) == []


def test_a_group_of_one_moment_makes_no_channel_until_it_has_lasted() -> None:
    lasting = Themes(min_articles=3, min_span_hours=3)
    first = step([], "abc", rules=lasting)
    assert by_slug(first) == {"more-stories": "abc"}
    assert by_slug(step(first, "abcd", rules=lasting)) == {"theme-a": "abcd", "more-stories": ""}
    assert by_slug(step([], "abcd", rules=lasting)) == {"theme-a": "abcd"}


def test_a_channel_is_born_at_the_time_of_the_newest_article_there_is_and_keeps_that() -> None:
    [rest, one] = step([], "abc", "y")
    assert (one.slug, one.born) == ("theme-a", TIMES["y"])
    assert step([rest, one], "abcd", "yz")[-1].born == TIMES["y"]


def test_a_group_that_would_be_retired_at_once_makes_no_channel_and_waits_in_the_rest() -> None:
    ending = Themes(min_articles=3, window_days=0.25, retire_after_days=0.25)  # 12 hours in all
    first = step([], "abc", "xyz", rules=ending)
    assert by_slug(first) == {"theme-x": "xyz", "more-stories": "abc"}
    assert step(first, "abc", "xyz", rules=ending) == first
    assert by_slug(step(first, "abcl", "xyz", rules=ending))["more-stories"] == "abcl"
    assert by_slug(step(first, "abcn", "xyz", rules=ending))["theme-a"] == "abcn"
    assert by_slug(step(first, "abc", "xyz")) == {"theme-a": "abc", "theme-x": "xyz", "more-stories": ""}


def test_what_is_old_and_falls_off_a_channel_stays_in_it_where_it_would_be_retired_at_once() -> None:
    ending = Themes(min_articles=3, window_days=0.25, retire_after_days=0.25)
    assert by_slug(step([theme("one", "abcwxyz")], "abc", "wxyz", rules=ending)) == {"one": "abcwxyz"}


def test_the_title_of_the_rest_follows_the_setting_and_its_slug_stays() -> None:
    first = step([], "a")
    [rest] = step(first, "ab", rules=Themes(min_articles=3, rest_title="Sundries"))
    assert (rest.slug, rest.title, rest.members) == ("more-stories", "Sundries", frozenset("ab"))


def test_no_channel_has_the_name_of_the_feed_of_all() -> None:
    assert by_slug(step([], "abc", title="Everything")) == {"everything-2": "abc"}


def test_what_is_nowhere_is_in_the_rest() -> None:
    channels = [theme("one", "ab"), theme("two", "c", MERGED), theme("old", "d", RETIRED)]
    housing = housed(channels, "abcd", RULES, slug)
    assert by_slug(housing) == by_slug([*channels, theme("more-stories", "c")])
    assert by_slug(housed(housing, "abcde", RULES, slug))["more-stories"] == "ce"
    assert housed([], "", RULES, slug) == []


def test_a_grown_group_goes_on_as_the_same_channel_under_its_old_name() -> None:
    first = step([], "cdefg")
    assert by_slug(step(first, "abcdefgh")) == {"theme-c": "abcdefgh"}


def test_a_shrunken_channel_goes_on_with_all_it_had_even_with_fewer_than_a_new_one_needs() -> None:
    assert by_slug(step(step([], "abcd"), "ab", "c", "d")) == {"theme-a": "abcd"}


def test_what_was_in_a_channel_never_falls_back_to_the_rest_but_what_it_meets_there_may() -> None:
    assert by_slug(step(step([], "abcd", "x"), "abc", "dx")) == {"theme-a": "abcd", "more-stories": "x"}


def test_of_a_split_channel_the_larger_part_keeps_the_slug() -> None:
    assert by_slug(step(step([], "abcdefg"), "abc", "defg")) == {"theme-a": "defg", "theme-a-2": "abc"}


def test_surviving_members_count_and_not_the_size_of_the_group() -> None:
    assert by_slug(step(step([], "abcdef"), "abuvwxyz", "cdef"))["theme-a"] == "cdef"


def test_of_equal_parts_the_one_with_the_earliest_id_that_was_there_keeps_the_slug() -> None:
    assert by_slug(step(step([], "cdefgh"), "cde", "fgh"))["theme-c"] == "cde"
    assert by_slug(step(step([], "cdefgh"), "cde", "afgh"))["theme-c"] == "cde"


def test_of_two_that_merge_the_larger_goes_on_and_the_other_names_it_as_heir() -> None:
    first = step([], "abcd", "efg")
    assert by_slug(step(first, "abcdefg")) == {"theme-a": "abcdefg", "theme-e": ">theme-a"}


def test_of_two_equals_that_merge_an_active_goes_on_before_a_dormant_and_an_older_before_a_younger() -> None:
    later = START + timedelta(days=1)
    old, young = theme("z", "abc", born=START), theme("y", "def", born=later)
    assert by_slug(step([old, young], "abcdef")) == {"z": "abcdef", "y": ">z"}
    asleep = theme("z", "abc", DORMANT, born=START)
    assert by_slug(step([asleep, young], "abcdef")) == {"y": "abcdef", "z": ">y"}
    assert by_slug(step([theme("b", "abc"), theme("a", "def")], "abcdef")) == {"a": "abcdef", "b": ">a"}


def test_a_dormant_channel_goes_on_like_another() -> None:
    assert by_slug(step([theme("old", "abc", DORMANT)], "abcde")) == {"old": "abcde"}


def test_a_retired_channel_is_continued_by_none() -> None:
    after = step([theme("old", "abc", RETIRED)], "defg")
    assert by_slug(after) == {"old": "abc", "theme-d": "defg"}
    assert after[0].state is RETIRED


def test_the_heir_is_where_most_members_went() -> None:
    first = step([], "abcdefgh", "ijklm", "nopq")
    after = step(first, "abcdefghn", "ijklmopq")
    assert by_slug(after)["theme-n"] == ">theme-i"


def test_a_chain_of_merges_ends_in_a_channel_that_is_there() -> None:
    channels = step([], "abc", "defg", "hijkl", "mnopqr")
    for groups in (("abcdefg", "hijkl", "mnopqr"), ("abcdefghijklm", "nopqr"), ("abcdefghijklmnopqr",)):
        channels = step(channels, *groups)
        alive = {c.slug for c in channels if c.state is not MERGED}
        assert {c.heir for c in channels if c.state is MERGED} <= alive
    assert sum(c.state is MERGED for c in channels) == 3


def test_a_channel_ends_where_it_was_curated_away_and_stands_while_a_community_continues_it() -> None:
    river = Channel("river", "River", Origin.CURATED, members=frozenset("abc"))

    def curated_away(old: str, *groups: str) -> dict[str, str]:
        left = [frozenset(group) for group in groups]
        return by_slug(continue_channels(left, [theme("old", old)], RULES, TIMES, lambda born: [], slug, [river]))

    assert curated_away("abc", "x") == {"old": ">river", "river": "abc", "more-stories": "x"}
    assert curated_away("abcd", "d") == {"old": "d", "river": "abc"}
    assert curated_away("cdefg", "defg") == {"old": "defg", "river": "abc"}


def test_what_two_released_channels_share_stays_in_the_first_of_them_by_slug() -> None:
    one, two = theme("one", "abx"), theme("two", "defx")
    expected = {"one": "abx", "two": "def"}
    assert by_slug(step([one, two], "ab", "def", "x")) == by_slug(step([two, one], "ab", "def", "x")) == expected


def test_a_slug_is_never_given_twice_not_even_after_a_merge() -> None:
    channels = step([], "abc", "defg", title="Tram")
    assert set(by_slug(channels)) == {"tram", "tram-2"}
    channels = step(channels, "abcdefg", title="Tram")
    channels = step(channels, "abcdefg", "xyz", title="Tram")
    assert set(by_slug(channels)) == {"tram", "tram-2", "tram-3"}
    assert by_slug(channels)["tram-3"] == "xyz"


def test_a_theme_named_like_the_rest_and_a_title_without_a_letter_get_slugs_too() -> None:
    assert set(by_slug(step([], "abc", "d", title="More stories"))) == {"more-stories", "more-stories-2"}
    assert set(by_slug(step([], "abc", "def", title="…"))) == {"channel", "channel-2"}


def test_the_rest_keeps_its_slug_when_it_was_empty_for_a_while() -> None:
    channels = step(step(step([], "abc", "d"), "abcd"), "abcd", "e")
    assert by_slug(channels) == {"theme-a": "abcd", "more-stories": "e"}


def test_what_leaves_the_rest_for_a_theme_is_no_merge_of_the_rest() -> None:
    channels = step(step([], "a", "b", "c"), "abc", "d")
    assert by_slug(channels) == {"theme-a": "abc", "more-stories": "d"}


def test_a_channel_whose_members_are_no_more_stands_empty_and_redirects_nowhere() -> None:
    channels = step(step([], "abc", "def"), "def")
    assert [(c.slug, c.state, c.heir, c.members) for c in channels] == [
        ("theme-a", ACTIVE, None, frozenset()),
        ("theme-d", ACTIVE, None, frozenset("def")),
    ]


def test_a_channel_is_described_when_it_is_born_and_never_again() -> None:
    def run(before: Sequence[Channel], group: str) -> str:
        args = (RULES, TIMES, lambda born: ["A"] * len(born), slug)
        [channel] = continue_channels(
            [frozenset(group)], before, *args, describe=lambda ids, title: f"{title} {len(ids)}"
        )
        first.append(channel)
        return channel.description

    first: list[Channel] = []
    assert run([], "abc") == "A 3"
    assert run(first, "abcd") == "A 3"


# Through any stream; more of it in test_identity_streams


PARTITIONS = st.lists(st.integers(0, 5), min_size=24, max_size=24)
HOURS = {f"{number:02}": START + timedelta(hours=number) for number in range(24)}


def groups_of(parts: Sequence[int], arrived: int) -> list[frozenset[str]]:
    groups: dict[int, set[str]] = {}
    for number in range(arrived):
        groups.setdefault(parts[number], set()).add(f"{number:02}")
    return [frozenset(group) for group in groups.values()]


@given(st.lists(PARTITIONS, min_size=1, max_size=8))
def test_through_any_stream_each_community_has_one_channel_and_no_slug_changes_hands(stream: list[list[int]]) -> None:
    channels: list[Channel] = []
    for run, parts in enumerate(stream):
        groups = groups_of(parts, min(24, 6 + run * 4))
        before = channels
        channels = continue_channels(groups, before, RULES, HOURS, lambda born: ["Tram"] * len(born), slug)
        active = [c for c in channels if c.state is not MERGED]
        themes = [c for c in active if c.origin is not Origin.REST]
        assert len({c.slug for c in channels}) == len(channels)
        assert {c.slug for c in before} <= {c.slug for c in channels}
        assert sorted(id for c in active for id in c.members) == sorted(id for group in groups for id in group)
        for group in groups:
            if len(group) >= RULES.min_articles:
                assert sum(group <= c.members for c in themes) == 1
        assert {c.heir for c in channels if c.state is MERGED} <= {c.slug for c in active}
        merged = {c.slug for c in before if c.state is MERGED}
        assert not merged & {c.slug for c in active}
        assert sum(c.origin is Origin.REST for c in channels) <= 1
        # The same communities again, in any order, change nothing.
        assert continue_channels(groups[::-1], channels[::-1], RULES, HOURS, lambda born: [], slug) == channels


@given(PARTITIONS, PARTITIONS)
def test_a_community_continues_one_channel_at_most_and_the_other_way_round(was: list[int], now: list[int]) -> None:
    standing = [
        Channel(f"c{n}", "", Origin.DISCOVERED, members=group) for n, group in enumerate(groups_of(was, 24), start=1)
    ]
    groups = groups_of(now, 24)
    found = match(groups, standing)
    assert len({channel.slug for channel in found.values()}) == len(found)
    assert all(groups[number] & channel.members for number, channel in found.items())
    # None is left over that shares anything with another that is.
    free = [group for number, group in enumerate(groups) if number not in found]
    assert not any(group & c.members for group in free for c in standing if c not in found.values())
    assert match(groups, standing[::-1]) == found
