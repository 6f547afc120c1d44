"""Articles and their links → communities.

Pure. A tie joins two articles when one lists the other, or when a whole article's text is near an
earlier one's. What both texts have in common is its weight; besides, all the links of one list share a
single vote, so that a few chosen links say more than the twenty newest of a broad section. Leiden
(Traag et al. 2019, https://arxiv.org/abs/1810.08473) finds the communities. An article that hangs on one
other by a single edge goes where that one goes: a single list is no evidence of more than one theme.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from graspologic_native import leiden
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from feedsvc.themes.parts import Edge, Tie, in_order

VOTE = 0.1  # what a whole list weighs beside the likeness of the texts, which is 1 for two that are the same
RESOLUTION = 1.5  # above 1: rather two narrow channels than one that holds everything
# Where one theme has more than two thirds of all the weight, that takes it apart into single articles. A split
# that holds less than this share of the weight is such a case; those of the sample corpora hold 0.44 to 0.75.
HELD = 0.4
ITERATIONS = 5
LEAST = 0.0001  # weight of an edge
SEED = 1
NO_TIE = Tie("", "", 0.0, 0.0, False)


def weave(
    links: Collection[Edge],
    length: Mapping[str, int],
    likeness: Mapping[Edge, float],
    near: Mapping[Edge, float],
    known: Mapping[Edge, Tie],
) -> list[Tie]:
    """The ties that are new or have changed, by edge.

    `links` are new pairs (article, the one it lists) and `length` says how many each lists in all. `likeness` gives
    the likeness of the linked pairs that are not `known` yet and of those known ones that are to be weighed anew;
    `near` those pairs that are joined by their texts alone.
    """
    votes: dict[Edge, float] = defaultdict(float)
    for lister, target in sorted(links):
        votes[in_order(lister, target)] += VOTE / length[lister]
    found = []
    for edge in sorted(votes.keys() | near.keys() | likeness.keys()):
        former = known.get(edge, NO_TIE)
        alike = near.get(edge, likeness.get(edge, former.likeness))
        tie = Tie(*edge, round(former.votes + votes.get(edge, 0.0), 6), alike, former.near or edge in near)
        if tie[2:] != former[2:]:
            found.append(tie)
    return found


def communities(ids: Collection[str], weights: Mapping[Edge, float], before: Mapping[str, str]) -> list[frozenset[str]]:
    """Split the articles into communities, largest first; an article with no edge is one by itself.

    Edges to other articles than these do not count. `before` maps an article to the channel it was in, from where
    the search begins, so that little moves.
    """
    present = frozenset(ids)
    weights = {(a, b): weight for (a, b), weight in weights.items() if a in present and b in present}
    anchor = _leaves(weights)
    core = {edge: weight for edge, weight in weights.items() if anchor.keys().isdisjoint(edge)}
    part = _leiden(core, before)
    groups: dict[object, set[str]] = defaultdict(set)
    for id in ids:
        holder = anchor.get(id, id)
        groups[part.get(holder, holder)].add(id)
    return in_sequence(groups.values())


def in_sequence(groups: Iterable[Collection[str]]) -> list[frozenset[str]]:
    """The groups that hold anything, largest first."""
    return sorted((frozenset(group) for group in groups if group), key=lambda group: (-len(group), min(group)))


def _leaves(weights: Mapping[Edge, float]) -> dict[str, str]:
    """leaf → the one article it hangs on. Of a lone pair, the greater id is the leaf."""
    neighbours: dict[str, list[str]] = defaultdict(list)
    for a, b in weights:
        neighbours[a].append(b)
        neighbours[b].append(a)
    return {
        id: others[0]
        for id, others in neighbours.items()
        if len(others) == 1 and (len(neighbours[others[0]]) > 1 or others[0] < id)
    }


def _leiden(weights: Mapping[Edge, float], before: Mapping[str, str]) -> dict[str, int]:
    # Its result hangs on the order of the edges even with a seed, and it fails without edges or with one of 0.
    edges = sorted((a, b, max(round(weight, 4), LEAST)) for (a, b), weight in weights.items())
    if not edges:
        return {}
    vertices = sorted({id for a, b, _ in edges for id in (a, b)})
    start = _start(vertices, edges, before) if before else None
    for resolution in (RESOLUTION, 1.0):
        _, part = leiden(edges, starting_communities=start, resolution=resolution, iterations=ITERATIONS, seed=SEED)
        if sum(weight for a, b, weight in edges if part[a] == part[b]) >= HELD * sum(edge[2] for edge in edges):
            break
    return dict(part)


def _start(
    vertices: Sequence[str], edges: Iterable[tuple[str, str, float]], before: Mapping[str, str]
) -> dict[str, int]:
    """Where the search starts: what hangs together of each former channel, and a place of its own for a new article.

    Leiden panics when a community that it starts from does not hang together, as that of the rest never does
    (https://github.com/graspologic-org/graspologic-native/issues/29).
    """
    number = {id: place for place, id in enumerate(vertices)}
    pairs = [(number[a], number[b]) for a, b, _ in edges if a in before and before[a] == before.get(b)]
    rows, columns = zip(*pairs, strict=True) if pairs else ((), ())
    within = coo_array(([1] * len(pairs), (rows, columns)), shape=(len(vertices), len(vertices)))
    _, pieces = connected_components(within, directed=False)
    return dict(zip(vertices, map(int, pieces), strict=True))
