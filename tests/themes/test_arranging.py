import random
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.model import Channel, Origin
from feedsvc.settings import Themes
from feedsvc.themes.arranging import CLEARLY, Between, arrange
from feedsvc.themes.continuity import continue_channels
from feedsvc.themes.graph import Edge, in_order
from feedsvc.themes.naming import slug

START = datetime(2026, 3, 1, tzinfo=UTC)
RULES = Themes(min_articles=3, min_span_hours=0)


def clique(ids: str, weight: float = 1.0) -> dict[Edge, float]:
    return {in_order(a, b): weight for a, b in combinations(ids, 2)}


def theme(slug: str, members: Collection[str]) -> Channel:
    return Channel(slug, slug, Origin.DISCOVERED, members=frozenset(members))


def same(some: Collection[str], others: Collection[str]) -> float:
    return 1.0


def other(some: Collection[str], others: Collection[str]) -> float:
    return 0.0


def arranged(
    weights: dict[Edge, float], *standing: str, settled: str = "", between: Between = same, fewest: int = 3
) -> list[str]:
    """Communities as letters; every channel of `standing` is called by its first letter in upper case."""
    ids = sorted({id for edge in weights for id in edge})
    channels = [theme(members[0].upper(), members) for members in standing]
    return ["".join(sorted(group)) for group in arrange(ids, weights, channels, frozenset(settled), between, fewest)]


def test_without_a_channel_it_is_the_communities_of_the_graph() -> None:
    assert arranged(clique("abcd") | clique("efg")) == ["abcd", "efg"]
    assert arrange([], {}, [], frozenset(), same, 3) == []


def test_an_old_article_stays_in_its_channel_however_much_ties_it_elsewhere() -> None:
    weights = clique("abcd") | clique("efghd")
    assert arranged(weights, "abcd", "efgh")[0] == "abcd"
    torn = clique("abc") | clique("defgh")
    assert arranged(torn, "abcd", "efgh", settled="abcdefgh") == ["abcd", "efgh"]
    assert arranged(torn, "abcd", "efgh") == ["defgh", "abc"]


def test_a_young_article_leaves_only_when_it_is_clearly_tied_more_closely_elsewhere() -> None:
    def with_ties(elsewhere: float) -> list[str]:
        weights = clique("abcx") | clique("efgh") | {in_order("x", id): elsewhere for id in "efgh"}
        return arranged(weights, "abcx", "efgh")

    assert with_ties(0.7) == ["abcx", "efgh"]  # 2.8 against 3
    assert with_ties(0.9) == ["abcx", "efgh"]  # 3.6 against 3, of which Leiden makes something
    assert with_ties(0.75 * CLEARLY + 0.1) == ["efghx", "abc"]


def test_those_that_stay_hold_back_others() -> None:
    """x alone would leave; as y is held, and ties it here, it is held too."""
    weights = clique("abcxy", 1.0) | {in_order(one, id): 1.2 for one in "xy" for id in "efgh"} | clique("efgh")
    assert arranged(weights, "abcxy", "efgh") in (["abcxy", "efgh"], ["efghxy", "abc"])
    assert arranged(weights | {("x", "y"): 4.0}, "abcxy", "efgh") == ["abcxy", "efgh"]


def test_young_articles_about_something_else_are_a_community_of_their_own_and_the_channel_goes_on() -> None:
    old, young = "abcdefgh", "xyz"
    bridged = clique(old, 0.2) | clique(young) | {in_order(a, x): 0.2 for a in old for x in young}
    assert arranged(bridged, old, settled=old, between=same) == [old + young]
    assert arranged(bridged, old, settled=old, between=other) == [old, young]
    assert arranged(bridged, old, settled=old, between=other, fewest=4) == [old + young]


def test_a_channel_that_has_moved_on_as_a_whole_keeps_its_young() -> None:
    everyone = clique("abcdefxyz")
    assert arranged(everyone, "abcdef", settled="a", between=other) == ["abcdefxyz"]


def test_two_channels_that_have_become_one_theme_are_one_community_unless_one_of_them_is_old() -> None:
    grown = clique("abcdefgh")
    assert arranged(grown, "abcde", "fgh") == ["abcdefgh"]
    assert arranged(grown, "abcde", "fgh", settled="fgh") == ["abcde", "fgh"]


# Any graph, any channels, any age


IDS = [f"n{number:02}" for number in range(18)]
GRAPHS = st.dictionaries(
    st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)).filter(lambda e: e[0] < e[1]),
    st.integers(1, 40).map(lambda tenths: tenths / 20),
    max_size=70,
)
HOMES = st.lists(st.integers(0, 4), min_size=18, max_size=18)  # 0 is none
AGES = st.integers(0, 18)  # so many are settled
ALIKE = st.sampled_from([same, other])


def channels_of(homes: list[int]) -> list[Channel]:
    members = {number: {id for id, home in zip(IDS, homes, strict=True) if home == number} for number in set(homes)}
    return [theme(f"c{number}", ids) for number, ids in sorted(members.items()) if number]


def ages(old: int, mixer: random.Random) -> frozenset[str]:
    return frozenset(mixer.sample(IDS, old))


@settings(deadline=None, max_examples=300)
@given(GRAPHS, HOMES, AGES, ALIKE, st.randoms(use_true_random=False))
def test_no_old_article_ever_changes_its_channel(
    weights: dict[Edge, float], homes: list[int], old: int, between: Between, mixer: random.Random
) -> None:
    standing, settled = channels_of(homes), ages(old, mixer)
    groups = arrange(IDS, weights, standing, settled, between, RULES.min_articles)
    assert sorted(id for group in groups for id in group) == IDS
    times = {id: START + timedelta(hours=hours) for hours, id in enumerate(IDS)}
    after = continue_channels(groups, standing, RULES, times, lambda born: ["A"] * len(born), slug)
    now = {id: c.slug for c in after if c.state.stands for id in c.members}
    was = {id: c.slug for c in standing for id in c.members}
    assert {id: now[id] for id in settled & was.keys()} == {id: was[id] for id in settled & was.keys()}


@settings(deadline=None, max_examples=100)
@given(GRAPHS, HOMES, AGES, ALIKE, st.randoms(use_true_random=False))
def test_the_order_of_what_is_arranged_makes_no_difference(
    weights: dict[Edge, float], homes: list[int], old: int, between: Between, mixer: random.Random
) -> None:
    standing, settled = channels_of(homes), ages(old, mixer)
    found = arrange(IDS, weights, standing, settled, between, 3)
    ids, edges = list(IDS), list(weights.items())
    for one in (ids, edges, standing):
        mixer.shuffle(one)
    assert arrange(ids, dict(edges), standing, settled, between, 3) == found
