"""The whole graph → communities that change no more than they must.

Pure. The search begins from the channels there are, and what it finds is held against them:

- an article that has been in its channel for longer than themes last stays in it for good;
- a younger one leaves only for where it is tied clearly more closely;
- a channel's young articles that have gone off to something else are a community of their own, so that the
  channel goes on being about what it was about.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet

from feedsvc.model import Channel
from feedsvc.themes.continuity import match
from feedsvc.themes.graph import Edge, communities, in_sequence

CLEARLY = 1.5  # times more weight must tie an article elsewhere for it to leave its channel
ROUNDS = 3  # in which those that stay hold back others
ANCHOR = 0.5  # likeness of young members to all there were, below which they are about something else

Between = Callable[[Collection[str], Collection[str]], float]
Label = str | int  # a channel's slug, or the number of a group that continues none


def arrange(
    ids: Collection[str],
    weights: Mapping[Edge, float],
    standing: Sequence[Channel],
    settled: AbstractSet[str],
    between: Between,
    fewest: int,
) -> list[frozenset[str]]:
    """Communities, largest first.

    `standing` are the channels that may be continued. `settled` articles are too old to move. `between` says how
    alike two groups of articles are; fewer young articles than `fewest` never leave on their own.
    """
    home = {id: channel.slug for channel in standing for id in sorted(channel.members)}
    label: dict[str, Label] = {}
    groups = communities(ids, weights, home)
    continued = match(groups, standing)
    for number, group in enumerate(groups):
        channel = continued.get(number)
        strays = _strays(group - settled, channel, home, between, fewest) if channel else frozenset[str]()
        label |= dict.fromkeys(group, channel.slug if channel else number)
        label |= dict.fromkeys(strays, number)
    label |= {id: home[id] for id in settled & label.keys() & home.keys()}
    _hold(label, home, settled, weights)
    found: dict[Label, set[str]] = defaultdict(set)
    for id, where in label.items():
        found[where].add(id)
    return in_sequence(found.values())


def _strays(
    young: AbstractSet[str], channel: Channel, home: Mapping[str, str], between: Between, fewest: int
) -> AbstractSet[str]:
    """The young members when they are about something else than the channel was, unless they are most of it."""
    from_here = len(young & channel.members)
    most_of_both = 2 * from_here > len(channel.members) and 2 * from_here > sum(id in home for id in young)
    if len(young) < fewest or most_of_both or between(young, channel.members) >= ANCHOR:
        return frozenset()
    return young


def _hold(
    label: dict[str, Label], home: Mapping[str, str], settled: AbstractSet[str], weights: Mapping[Edge, float]
) -> None:
    """Put back into its channel what is not clearly tied more closely to where it was found."""
    there = set(label.values())
    leaving = {id for id, slug in home.items() if label.get(id, slug) != slug and slug in there} - settled
    ties: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for edge, weight in weights.items():
        for id, other in (edge, edge[::-1]):
            if id in leaving and other in label:
                ties[id].append((other, weight))
    for _ in range(ROUNDS):
        back = [id for id in sorted(leaving) if not _pulled_away(id, label, home, ties[id])]
        if not back:
            return
        label |= {id: home[id] for id in back}
        leaving.difference_update(back)


def _pulled_away(
    id: str, label: Mapping[str, Label], home: Mapping[str, str], ties: Collection[tuple[str, float]]
) -> bool:
    pull: Counter[Label] = Counter()
    for other, weight in sorted(ties):
        pull[label[other]] += weight  # type: ignore[assignment]
    return pull[label[id]] >= CLEARLY * pull[home[id]]
