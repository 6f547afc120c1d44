from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.model import Channel, ChannelState, Origin
from feedsvc.settings import Themes
from feedsvc.themes.continuity import continue_channels
from feedsvc.themes.naming import slug

RULES = Themes(min_articles=3)
MERGED = ChannelState.MERGED


def step(before: Sequence[Channel], *groups: str, title: str | None = None) -> list[Channel]:
    """One run in which the articles fell into these groups; each letter is an article."""
    communities = [frozenset(group) for group in groups]

    def titles(born: Sequence[frozenset[str]]) -> list[str]:
        return [title or "Theme " + min(group) for group in born]

    return continue_channels(communities, before, RULES, titles, slug)


def by_slug(channels: Sequence[Channel]) -> dict[str, str]:
    """slug → its members as letters, or ">HEIR" of a merged one."""
    return {c.slug: f">{c.heir}" if c.state is MERGED else "".join(sorted(c.members)) for c in channels}


def test_a_group_of_enough_articles_is_a_channel_and_the_others_are_the_rest() -> None:
    assert by_slug(step([], "abc", "de", "f")) == {"theme-a": "abc", "more-stories": "def"}


def test_with_everything_in_themes_there_is_no_rest() -> None:
    assert by_slug(step([], "abc", "def")) == {"theme-a": "abc", "theme-d": "def"}
    assert step([]) == []


def test_a_grown_group_goes_on_as_the_same_channel_under_its_old_name() -> None:
    first = step([], "cdefg")
    assert by_slug(step(first, "abcdefgh")) == {"theme-c": "abcdefgh"}


def test_a_shrunken_channel_goes_on_even_with_fewer_than_a_new_one_needs() -> None:
    assert by_slug(step(step([], "abcd"), "ab", "c", "d")) == {"theme-a": "ab", "more-stories": "cd"}


def test_of_a_split_channel_the_larger_part_keeps_the_slug() -> None:
    assert by_slug(step(step([], "abcdefg"), "abc", "defg")) == {"theme-a": "defg", "theme-a-2": "abc"}


def test_surviving_members_count_and_not_the_size_of_the_group() -> None:
    assert by_slug(step(step([], "abcdef"), "abuvwxyz", "cdef"))["theme-a"] == "cdef"


def test_of_two_that_merge_the_larger_goes_on_and_the_other_names_it_as_heir() -> None:
    first = step([], "abcd", "efg")
    assert by_slug(step(first, "abcdefg")) == {"theme-a": "abcdefg", "theme-e": ">theme-a"}


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


def test_members_that_are_no_more_leave_a_channel_that_names_no_heir() -> None:
    channels = step(step([], "abc", "def"), "def")
    assert [(c.slug, c.state, c.heir) for c in channels] == [
        ("theme-a", MERGED, None),
        ("theme-d", ChannelState.ACTIVE, None),
    ]


PARTITIONS = st.lists(st.integers(0, 5), min_size=24, max_size=24)


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
        channels = continue_channels(groups, before, RULES, lambda born: ["Tram"] * len(born), slug)
        active = [c for c in channels if c.state is not MERGED]
        themes = [c for c in active if c.origin is not Origin.REST]
        assert len({c.slug for c in channels}) == len(channels)
        assert {c.slug for c in before} <= {c.slug for c in channels}
        assert sorted(id for c in active for id in c.members) == sorted(id for group in groups for id in group)
        assert {c.members for c in themes} <= set(groups)
        assert {group for group in groups if len(group) >= RULES.min_articles} <= {c.members for c in themes}
        assert {c.heir for c in channels if c.state is MERGED} <= {c.slug for c in active}
        merged = {c.slug for c in before if c.state is MERGED}
        assert not merged & {c.slug for c in active}
        assert sum(c.origin is Origin.REST for c in channels) <= 1
        # The same communities again, in any order, change nothing.
        assert continue_channels(groups[::-1], channels[::-1], RULES, lambda born: [], slug) == channels


def test_a_channel_is_described_when_it_is_born_and_never_again() -> None:
    def run(before: Sequence[Channel], group: str) -> str:
        [channel] = continue_channels(
            [frozenset(group)], before, RULES, lambda born: ["A"] * len(born), slug, describe=lambda ids: f"{len(ids)}"
        )
        first.append(channel)
        return channel.description

    first: list[Channel] = []
    assert run([], "abc") == "3"
    assert run(first, "abcd") == "3"
