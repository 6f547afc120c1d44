import random
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.themes.graph import RESOLUTION, Edge, in_order
from feedsvc.themes.placing import LEAST_GAIN, place


def clique(ids: str, weight: float = 1.0) -> dict[Edge, float]:
    return {in_order(a, b): weight for a, b in combinations(ids, 2)}


def ties_of(weights: Mapping[Edge, float], ids: str) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {id: {} for id in ids}
    for edge, weight in weights.items():
        for id, other in (edge, edge[::-1]):
            if id in found:
                found[id][other] = weight
    return found


def strengths(weights: Mapping[Edge, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for edge, weight in weights.items():
        for id in edge:
            found[id] = found.get(id, 0.0) + weight
    return found


def placed(weights: Mapping[Edge, float], free: str, *channels: str) -> list[str]:
    """Communities as letters; the channels are called by their numbers."""
    home = {id: f"c{number}" for number, members in enumerate(channels) for id in members}
    groups = place(free, ties_of(weights, free), home, strengths(weights))
    return ["".join(sorted(group)) for group in groups]


def test_with_nothing_new_there_are_the_channels_as_they_are() -> None:
    assert placed(clique("abc") | clique("defg"), "", "abc", "defg") == ["defg", "abc"]
    assert placed({}, "") == []


def test_a_new_article_joins_the_channel_that_it_is_tied_to() -> None:
    weights = clique("abc") | clique("def") | {("a", "x"): 0.5, ("b", "x"): 0.5, ("d", "x"): 0.4}
    assert placed(weights, "x", "abc", "def") == ["abcx", "def"]


def test_a_new_article_that_nothing_ties_is_alone() -> None:
    assert placed(clique("abc"), "x", "abc") == ["abc", "x"]


def test_new_articles_that_are_tied_to_one_another_are_a_community_of_their_own() -> None:
    weights = clique("abc") | clique("wxyz") | {("a", "w"): 0.3}
    assert placed(weights, "wxyz", "abc") == ["wxyz", "abc"]


def test_a_new_article_follows_another_into_its_channel() -> None:
    weights = clique("abc") | clique("defgh") | {("a", "x"): 1.0, ("b", "x"): 1.0, ("x", "y"): 0.5}
    assert placed(weights, "xy", "abc", "defgh") in (["abcxy", "defgh"], ["defgh", "abcxy"])


def test_of_two_channels_that_tie_it_alike_it_joins_the_one_in_which_that_says_more() -> None:
    """A tie to one of few is rarer by chance than one to one of many."""
    weights = clique("abc") | clique("efghijk") | {("a", "x"): 0.5, ("e", "x"): 0.5}
    assert placed(weights, "x", "abc", "efghijk") == ["efghijk", "abcx"]


def test_what_is_in_no_channel_that_may_be_joined_ties_nothing() -> None:
    weights = clique("abc") | clique("defgh") | {("q", "x"): 0.5, ("a", "x"): 0.5}
    assert placed(weights, "x", "abc", "defgh") == ["defgh", "abcx"]
    assert placed({("q", "x"): 0.5, ("q", "y"): 0.5}, "xy") == ["x", "y"]


def test_the_smallest_weight_of_all_does_no_harm() -> None:
    assert placed({("a", "b"): 0.0}, "ab") == ["a", "b"]
    assert placed({("a", "b"): 1e-12}, "ab") in (["ab"], ["a", "b"])


# Any graph


IDS = "abcdefghijklmnop"


@dataclass
class Graph:
    weights: dict[Edge, float]
    home: dict[str, str]
    free: str

    def place(self) -> list[frozenset[str]]:
        return place(self.free, ties_of(self.weights, self.free), self.home, strengths(self.weights))


def graph(mixer: random.Random) -> Graph:
    homes = {id: mixer.randint(0, 4) for id in IDS}
    topics = {id: home if home and mixer.random() < 0.8 else mixer.randint(0, 5) for id, home in homes.items()}
    weights = {
        (a, b): mixer.randint(1, 20) / 20
        for a, b in combinations(IDS, 2)
        if mixer.random() < (0.6 if topics[a] == topics[b] else 0.1)
    }
    free = "".join(id for id in IDS if homes[id] < 2)
    return Graph(weights, {id: f"c{home}" for id, home in homes.items() if home > 1}, free)


GRAPHS = st.integers(0, 10**9).map(lambda seed: graph(random.Random(seed)))


@settings(deadline=None)
@given(GRAPHS)
def test_what_is_in_a_channel_stays_and_every_new_article_is_in_just_one_community(one: Graph) -> None:
    groups = one.place()
    assert sorted(id for group in groups for id in group) == sorted({*one.free, *one.home})
    for slug in set(one.home.values()):
        members = {id for id, where in one.home.items() if where == slug}
        [around] = [group for group in groups if group & members]
        assert members <= around
        assert {one.home[id] for id in around if id in one.home} == {slug}


@settings(deadline=None)
@given(GRAPHS, st.randoms(use_true_random=False))
def test_the_order_makes_no_difference(one: Graph, mixer: random.Random) -> None:
    found = one.place()
    weights, home, free = list(one.weights.items()), list(one.home.items()), list(one.free)
    for some in (weights, home, free):
        mixer.shuffle(some)
    assert Graph(dict(weights), dict(home), "".join(free)).place() == found


@settings(deadline=None)
@given(GRAPHS)
def test_no_new_article_would_add_more_elsewhere(one: Graph) -> None:
    groups = one.place()
    strength, ties = strengths(one.weights), ties_of(one.weights, one.free)
    total = sum(strength.get(id, 0.0) for id in IDS) or 1.0
    for id in one.free:
        own = strength.get(id, 0.0)

        def gain(group: frozenset[str], id: str = id, own: float = own) -> float:
            others = group - {id}
            mass = sum(strength.get(other, 0.0) for other in others)
            return sum(ties[id].get(other, 0.0) for other in others) - RESOLUTION * own / total * mass

        [here] = [group for group in groups if id in group]
        assert gain(here) >= max(0.0, *map(gain, groups)) - 10 * LEAST_GAIN  # 0 is to be alone


def test_a_new_article_joins_no_channel_that_its_text_is_strange_to_whatever_ties_it_there() -> None:
    weights = clique("abc") | clique("defgh") | {("a", "x"): 1.0, ("b", "x"): 1.0, ("x", "y"): 0.5, ("d", "x"): 0.3}
    home = dict.fromkeys("abc", "one") | dict.fromkeys("defgh", "two")

    def groups(*strange: tuple[str, str]) -> set[str]:
        found = place("xy", ties_of(weights, "xy"), home, strengths(weights), frozenset(strange))
        return {"".join(sorted(group)) for group in found}

    assert groups() == {"abcxy", "defgh"}
    assert groups(("x", "one"), ("x", "two"), ("y", "one")) == {"abc", "defgh", "xy"}
