import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedsvc.model import Channel, Origin
from feedsvc.settings import Themes
from feedsvc.themes.arranging import CLEARLY, Between, arrange
from feedsvc.themes.continuity import continue_channels
from feedsvc.themes.graph import Edge, in_order
from feedsvc.themes.naming import slug

START = datetime(2026, 3, 1, tzinfo=UTC)
RULES = Themes(min_articles=3, min_span_hours=0)
SITE = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])


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
    return ["".join(sorted(group)) for group in arrange(ids, weights, channels, frozenset(settled), between, fewest)[0]]


def test_without_a_channel_it_is_the_communities_of_the_graph() -> None:
    assert arranged(clique("abcd") | clique("efg")) == ["abcd", "efg"]
    assert arrange([], {}, [], frozenset(), same, 3) == ([], frozenset())


def test_an_old_article_stays_in_its_channel_however_much_ties_it_elsewhere() -> None:
    weights = clique("abcd") | clique("efghd")
    assert arranged(weights, "abcd", "efgh")[0] == "abcd"
    torn = clique("abc") | clique("defgh")
    assert arranged(torn, "abcd", "efgh", settled="abcdefgh") == ["abcd", "efgh"]
    assert arranged(torn, "abcd", "efgh") == ["defgh", "abc"]


def test_a_young_article_leaves_only_when_it_is_clearly_tied_more_closely_elsewhere() -> None:
    def with_ties(elsewhere: float) -> list[str]:
        weights = clique("abcx") | clique("defghijk", 0.2) | {in_order("x", id): elsewhere for id in "defghijk"}
        return arranged(weights, "abcx", "defghijk")

    assert with_ties(0.1) == with_ties(1.45 / 8 * 3) == ["defghijk", "abcx"]
    assert with_ties(2 * CLEARLY * 3 / 8) == ["defghijkx", "abc"]


def test_those_that_stay_hold_back_others() -> None:
    held = clique("abc") | clique("efghij") | {in_order(one, id): 0.9 for one in "xy" for id in "efghij"}
    held |= {("a", "x"): 1.3, ("b", "x"): 1.3, ("c", "x"): 1.3, ("x", "y"): 3.0, ("a", "y"): 0.7}
    assert arranged(held, "abcxy", "efghij") == ["efghij", "abcxy"]
    assert arranged(held | {("x", "y"): 0.1}, "abcxy", "efghij") == ["efghijy", "abcx"]


def test_young_articles_about_something_else_are_a_community_of_their_own_and_the_channel_goes_on() -> None:
    old, young = "abcdefgh", "xyz"
    one_theme = clique(old + young)
    assert arranged(one_theme, old, settled=old, between=same) == [old + young]
    assert arranged(one_theme, old, settled=old, between=other) == [old, young]
    assert arranged(one_theme, old, settled=old, between=other, fewest=4) == [old + young]
    # Those that were in it already are held by what ties them to it.
    assert arranged(one_theme, old + "x", settled=old, between=other) == [old + "x", "yz"]


def test_young_articles_that_are_the_larger_part_of_their_channel_take_it_along() -> None:
    one_theme = clique("abcdefgh")
    assert arranged(one_theme, "abcd", settled="abc", between=other) == ["abcd", "efgh"]
    assert arranged(one_theme, "abcd", settled="ab", between=other) == ["cdefgh", "ab"]
    assert arranged(one_theme, "abcd", settled="a", between=other) == ["abcdefgh"]
    assert arranged(one_theme, "abc", settled="a", between=other) == ["abcdefgh"]


def test_young_articles_stay_when_they_would_take_along_the_name_of_a_third_channel() -> None:
    weights = clique("abcdefxyz") | clique("pq")
    assert arranged(weights, "abcdef", "pqxyz", settled="abcdefpq", between=other) == ["abcdefxyz", "pq"]
    assert arranged(weights, "abcdef", "pqxyz", settled="abcdef", between=other) == ["abcdef", "xyz", "pq"]


def test_a_channel_that_has_moved_on_as_a_whole_keeps_its_young() -> None:
    everyone = clique("abcdefxyz")
    assert arranged(everyone, "abcdef", settled="a", between=other) == ["abcdefxyz"]


def test_two_channels_that_have_become_one_theme_are_one_community_unless_one_of_them_is_old() -> None:
    grown = clique("abcdefgh")
    assert arranged(grown, "abcde", "fgh") == ["abcdefgh"]
    assert arranged(grown, "abcde", "fgh", settled="fgh") == ["abcde", "fgh"]


# Any graph, any channels, any age


IDS = [f"n{number:02}" for number in range(18)]
ALIKE = st.sampled_from([same, other])


@dataclass
class Site:
    """Articles in channels, of which most are still about what they were about; any of them may be old."""

    standing: list[Channel]
    weights: dict[Edge, float]
    settled: frozenset[str]


def site(mixer: random.Random) -> Site:
    homes = [mixer.randint(0, 3) for _ in IDS]  # 0 is none
    topics = [home if mixer.random() < 0.6 else mixer.randint(0, 4) for home in homes]
    members = {number: [id for id, home in zip(IDS, homes, strict=True) if home == number] for number in set(homes)}
    weights = {
        (IDS[a], IDS[b]): mixer.randint(1, 40) / 20
        for a, b in combinations(range(len(IDS)), 2)
        if mixer.random() < (0.6 if topics[a] == topics[b] else 0.08)
    }
    standing = [theme(f"c{number}", ids) for number, ids in members.items() if number]
    return Site(standing, weights, frozenset(mixer.sample(IDS, mixer.randint(0, 12))))


SITES = st.integers(0, 10**9).map(lambda seed: site(random.Random(seed)))


@settings(SITE, max_examples=500)
@given(SITES, ALIKE)
def test_no_old_article_ever_changes_its_channel(site: Site, between: Between) -> None:
    groups, refused = arrange(IDS, site.weights, site.standing, site.settled, between, RULES.min_articles)
    assert sorted(id for group in groups for id in group) == IDS
    times = {id: START + timedelta(hours=hours) for hours, id in enumerate(IDS)}
    titles = lambda born: ["A"] * len(born)  # noqa: E731
    after = continue_channels(groups, site.standing, RULES, times, titles, slug, refused=refused)
    now = {id: c.slug for c in after if c.state.stands for id in c.members}
    was = {id: c.slug for c in site.standing for id in c.members}
    assert {id: now[id] for id in site.settled & was.keys()} == {id: was[id] for id in site.settled & was.keys()}


@SITE
@given(SITES, ALIKE, st.randoms(use_true_random=False))
def test_the_order_of_what_is_arranged_makes_no_difference(site: Site, between: Between, mixer: random.Random) -> None:
    found = arrange(IDS, site.weights, site.standing, site.settled, between, 3)
    ids, edges, standing = list(IDS), list(site.weights.items()), list(site.standing)
    for one in (ids, edges, standing):
        mixer.shuffle(one)
    assert arrange(ids, dict(edges), standing, site.settled, between, 3) == found


@SITE
@given(SITES, ALIKE)
def test_articles_that_are_no_more_and_ties_to_them_do_no_harm(site: Site, between: Between) -> None:
    there = IDS[::2]
    groups, _ = arrange(there, site.weights, site.standing, site.settled, between, 3)
    assert sorted(id for group in groups for id in group) == there
