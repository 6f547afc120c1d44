from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.curation import Curation
from feedsvc.model import Channel, ChannelState, Origin
from feedsvc.settings import Themes
from feedsvc.themes.amend import begin, finish
from feedsvc.themes.continuity import continue_channels, housed
from feedsvc.themes.curated import Candidate, Judged, judge
from feedsvc.themes.mistakes import clashes, remarks
from feedsvc.themes.naming import slug

RULES = Themes(min_articles=3)
ACTIVE, DORMANT, MERGED, RETIRED = ChannelState
BORN = datetime(2026, 3, 1, tzinfo=UTC)
ALL = "abcdefghijklmnopqrstuvwxyz"


def said(**tables: list[dict[str, Any]]) -> Curation:
    return Curation.model_validate(tables)


def curated(slug: str, *words: str) -> dict[str, Any]:
    """A curated channel of the articles that are these letters."""
    return {"slug": slug, "title": slug.title(), "rule": {"any_of": {"title": words}}}


def split(slug: str, out_of: str, *words: str, articles: str = "") -> dict[str, Any]:
    rule = {"rule": {"any_of": {"title": words}}} if words else {}
    return {"slug": slug, "title": slug.title(), "out_of": out_of, "articles": list(articles), **rule}


def merge(into: str, *slugs: str) -> dict[str, Any]:
    return {"slugs": slugs, "into": into}


def run(before: Sequence[Channel], curation: Curation, *groups: str, articles: str = ALL) -> list[Channel]:
    """One run in which what is left in the graph falls into these groups; each letter is an article with that title."""
    rules = judged(curation, articles)
    start = begin(rules, {}, before, curation)
    communities = [frozenset(group) - start.taken for group in groups]
    kept = [group for group in communities if group]

    def titles(born: Sequence[frozenset[str]]) -> list[str]:
        return ["Theme " + min(group) for group in born]

    times = {id: BORN + timedelta(hours=hours) for hours, id in enumerate(ALL)}
    after = continue_channels(kept, start.before, RULES, times, titles, slug, start.made)
    return housed(finish(after, start, rules, curation), start.taken.union(*groups), RULES, slug)


def judged(curation: Curation, articles: str = ALL) -> Judged:
    candidates = [Candidate(id, id, "paper") for id in articles]
    return Judged(judge(candidates, curation), ((id, None) for id in articles))


def amended(before: Sequence[Channel], curation: Curation) -> list[Channel]:
    """One run in which the graph leaves all channels as they are."""
    start = begin(judged(curation), {}, before, curation)
    return finish([*start.before, *start.made], start, judged(curation), curation)


def theme(slug: str, members: str, state: ChannelState = ChannelState.ACTIVE) -> Channel:
    return Channel(slug, slug, Origin.DISCOVERED, state=state, members=frozenset(members))


def shown(channels: Sequence[Channel]) -> dict[str, str]:
    """slug → its members as letters, or ">HEIR" of a merged one; without an empty rest."""
    lines = {c.slug: f">{c.heir}" if c.state is MERGED else "".join(sorted(c.members)) for c in channels}
    return {slug: line for slug, line in lines.items() if line or slug != "more-stories"}


def find(channels: Sequence[Channel], slug: str) -> Channel:
    return next(channel for channel in channels if channel.slug == slug)


# Curated channels


def test_a_curated_channel_stands_beside_the_discovered_ones_and_shares_nothing_with_them() -> None:
    after = run([], said(channels=[curated("river", "c", "f")]), "abcd", "efgh")
    assert shown(after) == {"theme-a": "abd", "theme-e": "egh", "river": "cf"}
    assert find(after, "river") == Channel("river", "River", Origin.CURATED, members=frozenset("cf"))


def test_a_curated_channel_takes_the_place_of_the_discovered_one_with_its_slug() -> None:
    first = run([], said(), "abcd", "efgh")
    after = run(first, said(channels=[curated("theme-a", "a", "b", "e")]), "abcd", "efgh")
    assert shown(after) == {"theme-a": "abe", "theme-e": "fgh", "more-stories": "cd"}
    assert find(after, "theme-a").origin is Origin.CURATED


def test_a_curated_channel_without_an_article_is_there_all_the_same() -> None:
    assert shown(run([], said(channels=[curated("river", "9")]), "abc")) == {"theme-a": "abc", "river": ""}


def test_a_channel_that_the_file_no_longer_makes_goes_on_as_a_discovered_one() -> None:
    first = run([], said(channels=[curated("river", "a", "b", "c")]), "abcd", "efgh")
    after = run(first, said(), "abcd", "efgh")
    assert shown(after) == {"river": "abcd", "theme-e": "efgh"}
    assert find(after, "river").origin is Origin.DISCOVERED


# Renames


def test_a_renamed_channel_keeps_its_slug_and_what_is_not_said() -> None:
    first = run([], said(), "abc")
    after = run(first, said(renames=[{"slug": "theme-a", "title": "Alphabet"}]), "abcd")
    assert (find(after, "theme-a").title, shown(after)) == ("Alphabet", {"theme-a": "abcd"})
    described = run(after, said(renames=[{"slug": "theme-a", "description": "Letters"}]), "abcd")
    assert (find(described, "theme-a").title, find(described, "theme-a").description) == ("Alphabet", "Letters")


def test_an_image_and_a_language_are_there_while_the_file_gives_them() -> None:
    look = {"image": "https://paper.example/a.png", "language": "de"}
    shown = said(
        channels=[curated("river", "c") | look],
        renames=[{"slug": "theme-a", "title": "Alphabet", **look}],
        splits=[split("few", "theme-a", "b") | look],
    )
    plain = said(
        channels=[curated("river", "c")],
        renames=[{"slug": "theme-a", "description": "Letters"}],
        splits=[split("few", "theme-a", "b")],
    )
    without = run([], plain, "abcdefg")
    with_them = run(without, shown, "abcdefg")
    for name in ("river", "theme-a", "few"):
        assert (find(with_them, name).image, find(with_them, name).language) == (look["image"], look["language"])
        assert (find(without, name).image, find(without, name).language) == (None, None)
    for after in (run(with_them, plain, "abcdefg"), run(with_them, said(), "abcdefg")):
        assert {value for channel in after for value in (channel.image, channel.language)} == {None}
        assert find(after, "theme-a").title == "Alphabet"


def test_a_channel_that_the_file_comes_to_make_keeps_its_birth_and_wakes_up() -> None:
    asleep = replace(theme("theme-a", "abc", DORMANT), born=BORN)
    after = find(amended([asleep], said(channels=[curated("theme-a", "a")])), "theme-a")
    assert (after.born, after.state, after.origin) == (BORN, ACTIVE, Origin.CURATED)


# Merges


def test_a_merged_channel_names_its_heir_and_its_members_join_it() -> None:
    first = run([], said(), "abc", "efgh")
    assert shown(run(first, said(merges=[merge("theme-a", "theme-e")]), "abc", "efgh")) == {
        "theme-a": "abcefgh",
        "theme-e": ">theme-a",
    }


def test_a_merge_holds_for_whatever_comes_to_either_theme_later() -> None:
    merging = said(merges=[merge("theme-a", "theme-e")])
    channels = run([], said(), "abc", "efgh")
    for groups in (("abc", "efgh"), ("abcd", "efghi"), ("ab", "cefghij"), ("abcd", "efghij", "xyz")):
        channels = run(channels, merging, *groups)
    assert shown(channels) == {"theme-a": "abcdefghij", "theme-e": ">theme-a", "theme-x": "xyz"}


@pytest.mark.parametrize("sizes", [("abc", "efgh"), ("abcd", "efg")])
def test_a_merge_holds_when_the_graph_comes_to_see_one_theme_and_two_again(sizes: tuple[str, str]) -> None:
    merging = said(merges=[merge("theme-a", "theme-e")])
    channels = run([], said(), *sizes)
    # The whole continues the one that had more of it, and that may be theme-e.
    for groups in (["".join(sizes)], sizes, ["".join(sizes)], ["".join(sizes)], sizes):
        channels = run(channels, merging, *groups)
        assert shown(channels) == {"theme-a": "".join(sizes), "theme-e": ">theme-a"}


def test_two_merges_into_one_and_a_merge_into_a_curated_channel() -> None:
    first = run([], said(), "abc", "efg", "ijk", "mno")
    into = said(
        merges=[merge("theme-a", "theme-e", "theme-i"), merge("river", "theme-m")], channels=[curated("river", "p")]
    )
    for _ in range(3):
        first = run(first, into, "abc", "efg", "ijk", "mno")
        assert shown(first) == {
            "river": "mnop",
            "theme-a": "abcefgijk",
            "theme-e": ">theme-a",
            "theme-i": ">theme-a",
            "theme-m": ">river",
        }


def test_when_the_heir_ends_the_merge_follows_it() -> None:
    merging = said(merges=[merge("theme-a", "theme-e")])
    first = run(run([], said(), "abc", "efg", "ijkl"), merging, "abc", "efg", "ijkl")
    after = run(first, merging, "efg", "ijklabc")
    assert shown(after) == {"theme-a": ">theme-i", "theme-e": ">theme-i", "theme-i": "abcefgijkl"}
    assert shown(run(after, merging, "efg", "ijklabc")) == shown(after)


def test_one_that_redirected_to_a_merged_channel_redirects_to_the_heir() -> None:
    first = run(run([], said(), "abc", "efgh"), said(), "abcefgh", "ijk")
    assert shown(first)["theme-a"] == ">theme-e"
    after = run(first, said(merges=[merge("theme-i", "theme-e")]), "abcefgh", "ijk")
    assert shown(after) == {"theme-a": ">theme-i", "theme-e": ">theme-i", "theme-i": "abcefghijk"}


def test_a_merge_taken_out_of_the_file_leaves_the_redirect_and_frees_the_articles() -> None:
    merged = run(run([], said(), "abcd", "efg"), said(merges=[merge("theme-a", "theme-e")]), "abcd", "efg")
    after = run(merged, said(), "abcd", "efg")
    assert shown(after) == {"theme-a": "abcd", "theme-e": ">theme-a", "theme-e-2": "efg"}
    assert find(after, "theme-e").members == frozenset()


def test_a_merge_of_channels_that_are_not_there_changes_nothing() -> None:
    first = run([], said(), "abc")
    for one in (merge("nowhere", "theme-a"), merge("theme-a", "nowhere")):
        assert run(first, said(merges=[one]), "abc") == run(first, said(), "abc")


def test_a_dormant_channel_merges_like_an_active_one_and_sleeps_on_only_with_its_like() -> None:
    merging = said(merges=[merge("theme-a", "theme-e")])
    for one, other, both in [(DORMANT, DORMANT, DORMANT), (DORMANT, ACTIVE, ACTIVE), (ACTIVE, DORMANT, ACTIVE)]:
        channels = amended([theme("theme-a", "abc", one), theme("theme-e", "efg", other)], merging)
        assert shown(channels) == {"theme-a": "abcefg", "theme-e": ">theme-a"}
        assert find(channels, "theme-a").state is both
        assert shown(amended(channels, merging)) == shown(channels)
        assert shown(begin(judged(merging), {}, channels, merging).before) == {"theme-a": "abc", "theme-e": "efg"}


def test_nothing_is_merged_into_a_channel_that_has_ended_and_that_is_told() -> None:
    merging = said(merges=[merge("theme-z", "theme-a")])
    after = amended([theme("theme-a", "abc"), theme("theme-z", "yz", RETIRED)], merging)
    assert shown(after) == {"theme-a": "abc", "theme-z": "yz"}
    assert find(after, "theme-z").state is RETIRED
    assert remarks([], after, judged(merging), merging) == ["merges[0].into: the channel 'theme-z' has ended"]


def test_a_merge_is_not_turned_round_since_the_address_redirects_already() -> None:
    first = run([], said(), "abcd", "efgh")
    merged = run(first, said(merges=[merge("theme-a", "theme-e")]), "abcd", "efgh")
    assert clashes(merged, said(merges=[merge("theme-e", "theme-a")])) == [
        "merges[0].into: the channel 'theme-e' was merged into 'theme-a', and a slug is not used again;"
        " merge into 'theme-a'"
    ]


def test_a_merged_channel_goes_on_redirecting_when_the_file_merges_it_into_nobody() -> None:
    first = run([], said(), "abcd", "efgh")
    merged = run(first, said(merges=[merge("theme-a", "theme-e")]), "abcd", "efgh")
    after = run(merged, said(merges=[merge("nobody", "theme-e")]), "abcd", "efgh")
    assert find(after, "theme-e").heir == "theme-a"


def test_a_channel_that_has_ended_is_not_merged_and_keeps_what_it_had_and_that_is_told() -> None:
    before = [theme("theme-e", "efg"), theme("theme-z", "yz", RETIRED)]
    merging = said(merges=[merge("theme-e", "theme-z")])
    after = amended(before, merging)
    assert shown(after) == {"theme-e": "efg", "theme-z": "yz"}
    assert find(after, "theme-z").state is RETIRED
    assert remarks(before, after, judged(merging), merging) == [
        "merges[0].slugs[0]: the channel 'theme-z' has ended and cannot be merged"
    ]


def test_a_merged_channel_goes_on_redirecting_when_the_file_merges_it_into_one_that_has_ended() -> None:
    first = run([], said(), "abcd", "efgh")
    merged = run([*first, theme("theme-z", "yz", RETIRED)], said(merges=[merge("theme-a", "theme-e")]), "abcd", "efgh")
    for into in ("theme-z", "theme-y"):
        former = [*merged, theme("theme-y", "", MERGED), theme("theme-x", "x", RETIRED)]
        former = [replace(c, heir="theme-x") if c.slug == "theme-y" else c for c in former]
        after = run(former, said(merges=[merge(into, "theme-e")]), "abcd", "efgh")
        assert (find(after, "theme-e").state, find(after, "theme-e").heir) == (MERGED, "theme-a")


def test_a_redirected_heir_is_not_called_back_by_what_it_leads_to_having_ended_in_a_merged_one() -> None:
    first = run(run([], said(), "abc", "efgh", "mnopqr"), said(), "abcefgh", "mnopqr")
    assert shown(first) == {"theme-a": ">theme-e", "theme-e": "abcefgh", "theme-m": "mnopqr"}
    # Now the graph lets the heir end in what is merged into it.
    after = run(first, said(merges=[merge("theme-a", "theme-m")]), "mnopqrabcefgh")
    assert shown(after) == {"theme-a": ">theme-e", "theme-e": "abcefghmnopqr", "theme-m": ">theme-e"}


def test_a_merge_moves_to_a_curated_channel_of_the_same_run_with_all_its_articles() -> None:
    merged = run(run([], said(), "abc", "efgh"), said(merges=[merge("theme-a", "theme-e")]), "abc", "efgh")
    into = said(channels=[curated("river", "x")], merges=[merge("river", "theme-e")])
    after = run(merged, into, "abc", "efgh", "xyz")
    assert shown(after) == {"theme-a": "abc", "theme-e": ">river", "river": "efghx", "more-stories": "yz"}
    assert shown(run(after, into, "abc", "efgh", "xyz")) == shown(after)


def test_what_is_banned_from_a_curated_channel_does_not_come_with_a_merge() -> None:
    law = curated("law", "x") | {"banned": ["a", "b"]}
    into = said(channels=[law, curated("best", "b")], merges=[merge("law", "theme-a")])
    channels = run([], said(), "abcd", "efgh")
    for groups in (("abcd", "efgh"), ("abcd", "efgh"), ("abcdefgh",), ("bcd", "aefgh")):
        channels = run(channels, into, *groups, articles=ALL[:8])
        assert not find(channels, "law").members & {"a", "b"}
        assert find(channels, "theme-a").state is MERGED
        assert frozenset(ALL[:8]) == frozenset().union(*(c.members for c in channels if c.state.stands))
    first = run(run([], said(), "abcd", "efgh"), into, "abcd", "efgh", articles=ALL[:8])
    assert shown(first) == {"theme-a": ">law", "theme-e": "efgh", "law": "cd", "best": "b", "more-stories": "a"}
    assert shown(run(first, into, "abcd", "efgh", articles=ALL[:8])) == shown(first)


# Splits


def test_a_split_makes_a_channel_of_what_fits_and_leaves_the_others() -> None:
    first = run([], said(), "abcde", "fgh")
    after = run(first, said(splits=[split("few", "theme-a", "b", "c", "f")]), "abcde", "fgh")
    assert shown(after) == {"few": "bc", "theme-a": "ade", "theme-f": "fgh"}
    assert find(after, "few").origin is Origin.CURATED


def test_a_split_takes_named_articles_from_wherever_they_are() -> None:
    first = run([], said(), "abcde", "fghi")
    after = run(first, said(splits=[split("few", "theme-a", articles="bf")]), "abcde", "fghi")
    assert shown(after) == {"few": "bf", "theme-a": "acde", "theme-f": "ghi"}


def test_a_split_is_made_in_the_run_in_which_the_other_channel_is_born() -> None:
    assert shown(run([], said(splits=[split("few", "theme-a", "b", "c")]), "abcde")) == {"few": "bc", "theme-a": "ade"}


def test_a_split_keeps_what_it_has_and_takes_what_comes() -> None:
    splitting = said(splits=[split("few", "theme-a", "b", "c", "d", "x", "y")])
    channels = run([], said(), "abcdefg")
    for groups in (("abcdefg",), ("aefgx", "bcd"), ("aefg", "bcdx", "yzw")):
        channels = run(channels, splitting, *groups)
    assert shown(channels) == {"few": "bcdx", "theme-a": "aefg", "theme-w": "wyz"}


def test_a_split_follows_the_heir_of_the_channel_it_was_taken_from() -> None:
    splitting = said(splits=[split("few", "theme-a", "b")])
    first = run(run([], said(), "abc", "efgh"), splitting, "abc", "efgh")
    assert shown(run(first, splitting, "acefgh")) == {"few": "b", "theme-a": ">theme-e", "theme-e": "acefgh"}


def test_a_split_takes_from_a_dormant_channel_as_from_an_active_one() -> None:
    after = amended([theme("theme-a", "abc", DORMANT)], said(splits=[split("few", "theme-a", "b")]))
    assert shown(after) == {"few": "b", "theme-a": "ac"}


def test_what_is_in_a_curated_channel_is_no_part_of_a_split_unless_it_is_named() -> None:
    first = run([], said(), "abcde")
    both = said(channels=[curated("river", "b", "c")], splits=[split("few", "theme-a", "b", "d", articles="c")])
    assert shown(run(first, both, "abcde")) == {"few": "cd", "river": "bc", "theme-a": "ae"}


# What cannot be, and what is not there


def test_a_slug_that_was_merged_away_is_not_used_again() -> None:
    first = run(run([], said(), "abc", "efg"), said(merges=[merge("theme-a", "theme-e")]), "abc", "efg")
    wrong = said(channels=[curated("river", "a"), curated("theme-e", "a")], splits=[split("more", "theme-a", "a")])
    assert clashes(first, wrong) == [
        "channels[1].slug: the channel 'theme-e' was merged into 'theme-a', and a slug is not used again; take another"
    ]


def test_the_slug_of_a_channel_that_has_ended_is_not_used_again() -> None:
    ended = theme("theme-z", "", RETIRED)
    told = "the channel 'theme-z' has ended, and a slug is not used again; take another"
    assert clashes([ended], said(channels=[curated("theme-z", "a")])) == [f"channels[0].slug: {told}"]
    assert clashes([ended], said(splits=[split("theme-z", "theme-a", "a")])) == [f"splits[0].slug: {told}"]


def test_nothing_takes_the_slug_of_the_rest() -> None:
    first = run([], said(), "abc", "efg", "z")
    wrong = said(
        channels=[curated("more-stories", "a")],
        splits=[split("more-stories", "theme-a", "a")],
        merges=[merge("theme-a", "more-stories")],
    )
    assert clashes(first, wrong) == [
        "channels[0].slug: there is a channel 'more-stories' already; take another",
        "splits[0].slug: there is a channel 'more-stories' already; take another",
        "merges[0].slugs[0]: 'more-stories' holds what is left over and cannot be merged",
    ]


def test_a_split_that_the_file_did_not_make_for_a_while_is_made_again() -> None:
    splitting = said(splits=[split("few", "theme-a", "b", "c")])
    channels = run(run([], said(), "abcde", "fgh"), splitting, "abcde", "fgh")
    without = run(channels, said(), "ade", "bc", "fgh")
    assert find(without, "few").origin is Origin.DISCOVERED
    assert clashes(without, splitting) == []
    assert run(without, splitting, "abcde", "fgh") == channels


def test_merges_that_lead_in_a_circle_are_refused() -> None:
    before = [
        theme("theme-a", "a"),
        theme("theme-b", "b"),
        replace(theme("old-a", "", MERGED), heir="theme-a"),
        replace(theme("old-b", "", MERGED), heir="theme-b"),
    ]
    circle = said(merges=[merge("old-b", "theme-a"), merge("old-a", "theme-b")])
    told = "and a slug is not used again; merge into"
    assert clashes(before, circle) == [
        f"merges[0].into: the channel 'old-b' was merged into 'theme-a', {told} 'theme-a'",
        f"merges[1].into: the channel 'old-a' was merged into 'theme-b', {told} 'theme-b'",
    ]


def test_what_the_file_makes_once_it_may_go_on_making() -> None:
    said_so = said(channels=[curated("river", "a")], splits=[split("few", "theme-b", "b")])
    assert clashes(run([], said_so, "abcd"), said_so) == []


def test_names_that_nobody_knows_are_told() -> None:
    curation = said(
        channels=[curated("river", "9") | {"pinned": ["a", "nobody"], "banned": ["lost"]}, curated("lake", "9")],
        renames=[{"slug": "gone", "title": "Gone"}],
        merges=[merge("nowhere", "theme-b")],
        splits=[split("few", "nothing", articles="b")],
    )
    after = run([], curation, "abcde")
    assert remarks([], after, judged(curation), curation) == [
        "renames[0].slug: there is no channel 'gone'",
        "splits[0].out_of: there is no channel 'nothing'",
        "merges[0].slugs[0]: there is no channel 'theme-b'",
        "merges[0].into: there is no channel 'nowhere'",
        "channels[0].pinned[1]: there is no article 'nobody'",
        "channels[0].banned[0]: there is no article 'lost'",
        "channels[1].slug: there is no article in the channel 'lake' so far",
    ]


def test_a_merged_channel_is_not_renamed_and_that_is_told() -> None:
    merged = run(run([], said(), "abc", "efgh"), said(merges=[merge("theme-a", "theme-e")]), "abc", "efgh")
    renaming = said(renames=[{"slug": "theme-e", "title": "E"}])
    after = run(merged, renaming, "abc", "efgh")
    assert find(after, "theme-e").title == "Theme e"
    assert remarks(merged, after, judged(renaming), renaming) == [
        "renames[0].slug: the channel 'theme-e' was merged into 'theme-a'"
    ]


def test_that_a_curated_channel_has_taken_over_several_others_is_told_once() -> None:
    first = run([], said(), "abc", "efg", "ijk", "mno")
    wide = said(channels=[curated("best", *"abcefgijk")], merges=[merge("best", "theme-i")])
    after = run(first, wide, "mno")
    assert remarks(first, after, judged(wide), wide) == [
        "channels[0].slug: 'best' has taken over 2 channels with all they had: theme-a, theme-e"
    ]
    assert remarks(after, run(after, wide, "mno"), judged(wide), wide) == []
    narrow = said(channels=[curated("best", *"abc")])
    assert remarks(first, run(first, narrow, "efg", "ijk", "mno"), judged(narrow), narrow) == []


# Whatever happens


groupings = st.lists(st.sampled_from("abc"), min_size=9, max_size=9).map(
    lambda labels: tuple("".join(id for id, label in zip(ALL, labels, strict=False) if label == one) for one in "abc")
)
SAID = said(
    channels=[curated("river", "a", "b")],
    renames=[{"slug": "theme-c", "title": "C"}],
    merges=[merge("theme-c", "theme-d", "theme-e"), merge("river", "theme-f")],
    splits=[split("few", "theme-c", "c", "g", articles="i")],
)


@given(st.lists(groupings, min_size=1, max_size=6), st.lists(st.booleans(), min_size=6, max_size=6))
def test_every_redirect_leads_to_a_channel_and_no_article_is_lost_or_in_two_discovered_channels(
    history: list[tuple[str, ...]], curating: list[bool]
) -> None:
    channels: list[Channel] = []
    for groups, on in zip(history, curating, strict=False):
        curation = SAID if on else said()
        if clashes(channels, curation):
            continue
        known = {channel.slug for channel in channels}
        channels = run(channels, curation, *groups, articles=ALL[:9])
        by_slug = {channel.slug: channel for channel in channels}
        active = [channel for channel in channels if channel.state.stands]
        assert known <= by_slug.keys()
        assert all(by_slug[c.heir].state.stands for c in channels if c.heir)
        assert frozenset(ALL[:9]) == frozenset().union(*(c.members for c in active))
        discovered = [id for c in active if c.origin is not Origin.CURATED for id in c.members]
        assert len(discovered) == len(set(discovered))
