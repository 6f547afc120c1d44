"""Articles and their links → communities.

Pure. An edge joins two articles when one lists the other, or when a whole article's text is near an
earlier one's. What both texts have in common is the weight; besides, all the links of one list share a
single vote, so that a few chosen links say more than the twenty newest of a broad section. Leiden
(Traag et al. 2019, https://arxiv.org/abs/1810.08473) finds the communities. An article that hangs on one
other by a single edge goes where that one goes: a single list is no evidence of more than one theme.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from graspologic_native import leiden

VOTE = 0.1  # what a whole list weighs beside the likeness of the texts, which is 1 for two that are the same
RESOLUTION = 1.5  # above 1: rather two narrow channels than one that holds everything
ITERATIONS = 5
SEED = 1

Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Vertex:
    """What theming sees of an article. `text` is plain: title, summary and body; a stub's is its title."""

    id: str
    title: str
    text: str
    published: datetime
    stub: bool


def communities(
    ids: Iterable[str],
    links: Collection[Edge],
    likeness: Mapping[Edge, float],
    alike: Mapping[Edge, float],
    before: Mapping[str, str],
) -> list[frozenset[str]]:
    """Split all articles into communities, largest first; an article with no edge is one by itself.

    `links` are pairs (article, the one it lists). `likeness` gives the likeness of each linked pair and `alike`
    the pairs that are joined by their texts alone, both in sorted order, 0 to 1. `before` maps an article to the
    channel it was in, from where the search begins, so that little moves.
    """
    weights = _weights(links, likeness, alike)
    anchor = _leaves(weights)
    core = {edge: weight for edge, weight in weights.items() if anchor.keys().isdisjoint(edge)}
    part = _leiden(core, before)
    groups: dict[object, set[str]] = defaultdict(set)
    for id in ids:
        holder = anchor.get(id, id)
        groups[part.get(holder, holder)].add(id)
    return sorted(map(frozenset, groups.values()), key=lambda group: (-len(group), min(group)))


def in_order(a: str, b: str) -> Edge:
    """The pair as the key of an edge that has no direction."""
    return (a, b) if a < b else (b, a)


def _weights(links: Collection[Edge], likeness: Mapping[Edge, float], alike: Mapping[Edge, float]) -> dict[Edge, float]:
    length = Counter(lister for lister, _ in links)
    votes: dict[Edge, float] = defaultdict(float)
    for lister, target in sorted(links):
        votes[in_order(lister, target)] += VOTE / length[lister]
    weights = {edge: vote + likeness[edge] for edge, vote in votes.items()}
    for edge, cosine in alike.items():
        weights[edge] = weights.get(edge, 0.0) + cosine
    return weights


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
    # Its result hangs on the order of the edges even with a seed, and it fails on an empty graph.
    edges = sorted((a, b, round(weight, 4)) for (a, b), weight in weights.items())
    if not edges:
        return {}
    vertices = sorted({id for a, b, _ in edges for id in (a, b)})
    start = _numbered(vertices, before) if before else None
    _, part = leiden(edges, starting_communities=start, resolution=RESOLUTION, iterations=ITERATIONS, seed=SEED)
    return dict(part)


def _numbered(vertices: Sequence[str], before: Mapping[str, str]) -> dict[str, int]:
    """Where the search starts: the former channel of each article, and a place of its own for a new one."""
    number: dict[str, int] = {}
    return {id: number.setdefault(before.get(id, id), len(number)) for id in vertices}
