import random
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.themes.graph import VOTE, Edge, Tie, communities, in_order, weave


def weights(
    links: Sequence[Edge], likeness: Mapping[Edge, float], near: Mapping[Edge, float] | None = None
) -> dict[Edge, float]:
    """What ties the articles of a graph that is woven all at once."""
    lengths = Counter(lister for lister, _ in links)
    return {tie.edge: tie.weight for tie in weave(links, lengths, likeness, near or {}, {})}


def split(
    links: list[Edge], likeness: float = 0.5, ids: set[str] | None = None, before: dict[str, str] | None = None
) -> list[frozenset[str]]:
    """Communities of a graph of which all that is known are its links, all between texts equally alike."""
    vertices = {id for link in links for id in link} | (ids or set())
    return communities(vertices, weights(links, {in_order(a, b): likeness for a, b in links}), before or {})


def clique(prefix: str, size: int) -> list[Edge]:
    return list(combinations([f"{prefix}{number:02}" for number in range(size)], 2))


def members(links: list[Edge]) -> frozenset[str]:
    return frozenset(id for link in links for id in link)


def test_a_page_and_the_twenty_it_lists_are_one_community() -> None:
    star = [("page", f"stub{number:02}") for number in range(20)]
    assert split(star) == split(star, likeness=0.0) == [members(star)]


def test_two_groups_joined_by_one_link_are_two_communities() -> None:
    links = [*clique("a", 6), *clique("b", 6), ("a00", "b00")]
    assert set(split(links)) == {members(clique("a", 6)), members(clique("b", 6))}


def test_without_links_every_article_is_one_by_itself() -> None:
    assert communities(["b", "a"], {}, {}) == [frozenset("a"), frozenset("b")]
    assert communities([], {}, {}) == []


def test_texts_that_are_alike_join_articles_that_nobody_lists() -> None:
    alike = dict.fromkeys(clique("a", 5), 0.5)
    assert communities(members(list(alike)), weights([], {}, alike), {}) == [members(list(alike))]


def test_an_article_alone_stays_alone_beside_a_group() -> None:
    assert split(clique("a", 4), ids={"lone"}) == [members(clique("a", 4)), frozenset({"lone"})]


def test_a_lone_pair_is_one_community_either_way_round() -> None:
    assert split([("a", "b")]) == split([("b", "a")]) == split([("a", "b"), ("b", "a")]) == [frozenset("ab")]


def test_a_hub_that_lists_everything_does_not_melt_the_themes_into_one() -> None:
    themes = [clique(prefix, 8) for prefix in "abcde"]
    everyone = [id for theme in themes for id in sorted(members(theme))]
    hubs = [("hub", id) for id in everyone] + [("index", id) for id in everyone]
    # A page of links has little in common with each article that it lists.
    likeness = {in_order(a, b): 0.5 for theme in themes for a, b in theme} | {in_order(*link): 0.02 for link in hubs}
    found = communities([*everyone, "hub", "index"], weights([*chain.from_iterable(themes), *hubs], likeness), {})
    assert sorted(sorted(group - {"hub", "index"}) for group in found if group - {"hub", "index"}) == [
        sorted(members(theme)) for theme in themes
    ]


@pytest.mark.parametrize("size", [4, 5, 6, 8, 12, 30])
@pytest.mark.parametrize("likeness", [0.1, 0.5, 1.0])
def test_a_site_of_one_theme_has_one_community(size: int, likeness: float) -> None:
    assert split(clique("a", size), likeness) == [members(clique("a", size))]


@pytest.mark.parametrize("others", [1, 2, 5, 10])
def test_a_theme_that_dwarfs_the_others_is_not_taken_apart(others: int) -> None:
    links = [*clique("a", 12), *(link for number in range(others) for link in clique(f"x{number}-", 3))]
    found = split(links)
    assert found[0] == members(clique("a", 12))
    assert [len(group) for group in found[1:]] == [3] * others


def test_a_hanging_article_goes_where_the_one_it_hangs_on_goes() -> None:
    links = [*clique("a", 5), *clique("b", 5), ("a00", "b00"), ("b01", "leaf")]
    assert next(group for group in split(links) if "leaf" in group) == members(clique("b", 5)) | {"leaf"}


EDGES = st.lists(
    st.tuples(st.integers(0, 14), st.integers(0, 14)).filter(lambda edge: edge[0] != edge[1]), unique=True, max_size=40
)


@settings(deadline=None)
@given(EDGES, st.randoms(use_true_random=False))
def test_the_order_of_links_and_articles_makes_no_difference(
    edges: list[tuple[int, int]], mixer: random.Random
) -> None:
    links = [(f"n{a:02}", f"n{b:02}") for a, b in edges]
    likeness = {in_order(a, b): (len(a + b) * 7 + int(a[1:]) * int(b[1:])) % 10 / 10 for a, b in links}
    ids = [f"n{number:02}" for number in range(15)]
    first = communities(ids, weights(links, likeness), {})
    mixed_links, mixed_likeness = list(links), list(likeness.items())
    for mixed in (ids, mixed_links, mixed_likeness):
        mixer.shuffle(mixed)
    assert communities(ids, weights(mixed_links, dict(mixed_likeness)), {}) == first


@settings(deadline=None)
@given(EDGES)
def test_every_article_is_in_just_one_community(edges: list[tuple[int, int]]) -> None:
    links = [(f"n{a:02}", f"n{b:02}") for a, b in edges]
    ids = {f"n{number:02}" for number in range(15)}
    found = split(links, ids=ids)
    assert sorted(id for group in found for id in group) == sorted(ids)
    assert [len(group) for group in found] == sorted((len(group) for group in found), reverse=True)


@settings(deadline=None)
@given(EDGES, st.lists(st.sampled_from("abc"), min_size=15, max_size=15))
def test_no_former_channel_makes_communities_fail(edges: list[tuple[int, int]], former: list[str]) -> None:
    links = [(f"n{a:02}", f"n{b:02}") for a, b in edges]
    before = {f"n{number:02}": slug for number, slug in enumerate(former)} | {"gone": "z"}
    found = split(links, before=before)
    assert sorted(id for group in found for id in group) == sorted(members(links))


def test_a_split_that_stands_is_found_again_from_itself() -> None:
    links = [*clique("a", 6), *clique("b", 7), *clique("c", 5), ("a00", "b00"), ("b01", "c00")]
    first = split(links)
    before = {id: str(number) for number, group in enumerate(first) for id in group}
    assert split(links, before=before) == first


def test_a_former_channel_that_hangs_together_by_nothing_is_no_place_to_start_from_and_no_harm() -> None:
    """Leiden panics on it, and the channel of the rest is always one."""
    links = [("n0", "n1"), ("n0", "n2")]
    assert split([*links, ("n1", "n3"), ("n2", "n3")], before={"n0": "a", "n1": "b", "n2": "b", "n3": "a"})
    rest = dict.fromkeys([*members(clique("a", 5)), *members(clique("b", 5))], "more-stories")
    assert len(split([*clique("a", 5), *clique("b", 5)], before=rest)) == 2


def test_a_list_of_thousands_ties_so_loosely_that_it_rounds_to_nothing_and_does_no_harm() -> None:
    ids = [f"n{number:04}" for number in range(3000)]
    links = [("hub", id) for id in ids] + [("index", id) for id in ids]
    found = split(links, likeness=0.0, before={"hub": "a", "index": "a"})
    assert sum(map(len, found)) == 3002


def test_a_weight_of_next_to_nothing_or_a_link_to_itself_does_no_harm() -> None:
    assert split([("a", "b"), ("b", "c")], likeness=0.00001) == [frozenset("abc")]
    assert sorted(map(sorted, split([("a", "a"), ("a", "b")]))) == [["a", "b"]]


# Weaving


def test_all_the_links_of_a_list_share_one_vote() -> None:
    [one] = weave([("a", "b")], {"a": 1}, {("a", "b"): 0.0}, {}, {})
    assert one == Tie("a", "b", VOTE, 0.0, False)
    ten = weave([("page", f"n{n}") for n in range(10)], {"page": 10}, {}, {}, {})
    assert sum(tie.votes for tie in ten) == pytest.approx(VOTE)


def test_two_that_list_each_other_are_tied_by_both_votes_and_once_by_their_texts() -> None:
    [tie] = weave([("a", "b"), ("b", "a")], {"a": 1, "b": 2}, {("a", "b"): 0.4}, {}, {})
    assert (tie.votes, tie.weight) == (pytest.approx(1.5 * VOTE), pytest.approx(1.5 * VOTE + 0.4))


def test_texts_count_once_for_a_link_and_once_more_when_they_are_among_the_nearest() -> None:
    assert weave([], {}, {}, {("a", "b"): 0.4}, {})[0].weight == pytest.approx(0.4)
    assert weave([("a", "b")], {"a": 1}, {("a", "b"): 0.4}, {}, {})[0].weight == pytest.approx(VOTE + 0.4)
    assert weave([("a", "b")], {"a": 1}, {}, {("a", "b"): 0.4}, {})[0].weight == pytest.approx(VOTE + 0.8)


KNOWN = {("a", "b"): Tie("a", "b", 0.05, 0.4, True)}


def test_what_is_woven_stays_as_it_is_and_a_new_link_adds_its_vote() -> None:
    assert weave([], {}, {}, {}, KNOWN) == []
    assert weave([], {}, {("a", "b"): 0.4}, {("a", "b"): 0.4}, KNOWN) == []
    assert weave([("b", "a")], {"b": 2}, {}, {}, KNOWN) == [Tie("a", "b", 0.05 + VOTE / 2, 0.4, True)]


def test_a_stub_that_has_become_whole_is_weighed_anew_and_keeps_its_votes() -> None:
    assert weave([], {}, {("a", "b"): 0.7}, {}, KNOWN) == [Tie("a", "b", 0.05, 0.7, True)]


@given(EDGES.map(lambda edges: [(f"n{a:02}", f"n{b:02}") for a, b in edges]))
def test_links_woven_one_by_one_tie_like_links_woven_at_once(links: list[Edge]) -> None:
    lengths = Counter(lister for lister, _ in links)
    likeness = {in_order(*link): 0.25 for link in links}
    known: dict[Edge, Tie] = {}
    for link in links:
        known |= {tie.edge: tie for tie in weave([link], lengths, likeness, {}, known)}
    assert {edge: tie.weight for edge, tie in known.items()} == pytest.approx(weights(links, likeness), abs=1e-5)
