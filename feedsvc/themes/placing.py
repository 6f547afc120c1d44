"""New articles → the channels they belong to, while everything else stays where it is.

Pure. This is the first phase of Leiden, local moving, of those articles alone that are in no channel: each goes
where it adds most to the modularity, to a channel or together with others like it; but never to a channel with
which its text has nothing in common, whatever list or neighbour ties it there, for so channels would stray. What is
in a channel moves only when the channels are arranged anew.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping
from collections.abc import Set as AbstractSet

from feedsvc.themes.graph import RESOLUTION, in_sequence

PASSES = 10  # over all articles that are to be placed; they mostly rest after three
LEAST_GAIN = 1e-9  # below it, a move is arithmetic noise


def place(
    free: Collection[str],
    ties: Mapping[str, Mapping[str, float]],
    home: Mapping[str, str],
    strength: Mapping[str, float],
    strange: AbstractSet[tuple[str, str]] = frozenset(),
) -> list[frozenset[str]]:
    """Communities, largest first: the members of every channel with what joins them, and groups of new articles.

    `ties` gives for each free article the weight of each tie it has; `home` maps an article to its channel, and
    `strength` every article to the weight of all its ties. `strange` are pairs (article, channel) that do not fit.
    """
    everyone = sorted({*home, *free})  # a sum of floats hangs on their order
    total = sum(strength.get(id, 0.0) for id in everyone) or 1.0
    label: dict[str, Hashable] = {id: (id,) for id in free}
    mass: dict[Hashable, float] = defaultdict(float)
    for id in everyone:
        mass[home.get(id, (id,))] += strength.get(id, 0.0)
    for number in range(PASSES):
        moved = False
        for id in sorted(free):
            own = strength.get(id, 0.0)
            mass[label[id]] -= own
            fitting = {to: pull for to, pull in _pulls(id, ties, home, label).items() if (id, to) not in strange}
            pulls = {**fitting, (id, number): 0.0}  # the last is to be alone
            best = _best(label[id], pulls, mass, RESOLUTION * own / total)
            moved |= best != label[id]
            label[id] = best
            mass[best] += own
        if not moved:
            break
    groups: dict[Hashable, set[str]] = defaultdict(set)
    for id, where in {**home, **label}.items():
        groups[where].add(id)
    return in_sequence(groups.values())


def _pulls(
    id: str, ties: Mapping[str, Mapping[str, float]], home: Mapping[str, str], label: Mapping[str, Hashable]
) -> dict[Hashable, float]:
    pulls: dict[Hashable, float] = defaultdict(float)
    for other, weight in sorted(ties.get(id, {}).items()):
        where = label.get(other, home.get(other))
        if where is not None and other != id:
            pulls[where] += weight
    return pulls


def _best(now: Hashable, pulls: Mapping[Hashable, float], mass: Mapping[Hashable, float], share: float) -> Hashable:
    """Where the article adds most: what ties it there, less what chance would."""
    best, gain = now, pulls.get(now, 0.0) - share * mass[now]
    for where in sorted(pulls, key=str):
        here = pulls[where] - share * mass[where]
        if here > gain + LEAST_GAIN:
            best, gain = where, here
    return best
