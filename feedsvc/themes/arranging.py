"""The whole graph → communities that change no more than they must.

Pure. The search begins from the channels there are, and what it finds is held against them:

- an article that has been in its channel for longer than themes last stays in it for good;
- a younger one leaves only for where it is tied clearly more closely;
- a channel's young articles that have gone off to something else are a community of their own, so that the
  channel goes on being about what it was about; unless they are most of it, and take its name along.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet

from feedsvc.model import Channel
from feedsvc.themes.continuity import Refusal, match
from feedsvc.themes.graph import communities, in_sequence
from feedsvc.themes.parts import Edge

CLEARLY = 1.5  # times more weight must tie an article elsewhere for it to leave its channel
ROUNDS = 3  # in which those that stay hold back others
ANCHOR = 0.6  # likeness of young members to those before, below which they are about something else

Between = Callable[[Collection[str], Collection[str]], float]
Label = str | int  # a channel's slug, or the number of a group that continues none


def arrange(
    ids: Collection[str],
    weights: Mapping[Edge, float],
    standing: Sequence[Channel],
    settled: AbstractSet[str],
    between: Between,
    fewest: int,
) -> tuple[list[frozenset[str]], frozenset[Refusal]]:
    """Communities, largest first, and which of them must not continue which channel, for they have left it.

    `standing` are the channels that may be continued. `settled` articles are too old to move. `between` says how
    alike young articles are to the members of a channel; fewer young articles than `fewest` never leave on their own.
    """
    home = {id: channel.slug for channel in standing for id in sorted(channel.members)}
    old = settled & frozenset(ids)
    label: dict[str, Label] = {}
    left: dict[int, Channel] = {}
    groups = communities(ids, weights, home)
    continued = match(groups, standing)
    stay = Counter(home[id] for id in old & home.keys())
    young = [Counter(home[id] for id in group - old if id in home) for group in groups]
    for number, group in enumerate(groups):
        channel = continued.get(number)
        label |= dict.fromkeys(group, channel.slug if channel else number)
        if channel is None or stay[channel.slug] <= _most(young, channel.slug, number):
            continue
        # Of another channel, so many might take the name along, and leave its old articles without.
        bound = {slug for slug, n in young[number].items() if slug != channel.slug and 0 < stay[slug] <= n}
        leaving = frozenset(id for id in group - old if home.get(id) not in bound)
        if len(leaving) >= fewest and between(leaving, channel.members) < ANCHOR:
            left[number] = channel
            label |= dict.fromkeys(leaving, number)
            label |= {id: home[id] for id in group - old - leaving}
    label |= {id: home[id] for id in old & home.keys()}
    _hold(label, home, old, weights)
    found: dict[Label, set[str]] = defaultdict(set)
    for id, where in label.items():
        found[where].add(id)
    for number, channel in left.items():
        if _is_most_of_both(found[number], channel, home, frozenset(ids)):
            found[channel.slug] |= found.pop(number)
    refused = ((frozenset(found[number]), channel.slug) for number, channel in left.items() if number in found)
    return in_sequence(found.values()), frozenset(refused)


def _most(young: Sequence[Mapping[str, int]], slug: str, number: int) -> int:
    """How many young articles of a channel are together in any other community than this one."""
    return max((parts.get(slug, 0) for at, parts in enumerate(young) if at != number), default=0)


def _is_most_of_both(
    group: AbstractSet[str], channel: Channel, home: Mapping[str, str], there: AbstractSet[str]
) -> bool:
    """Whether most of the channel is in the group, and most of what the group has from any channel is from this one."""
    shared = len(group & channel.members)
    return 2 * shared > len(channel.members & there) and 2 * shared > sum(id in home for id in group)


def _hold(
    label: dict[str, Label], home: Mapping[str, str], old: AbstractSet[str], weights: Mapping[Edge, float]
) -> None:
    """Put back into its channel what is not clearly tied more closely to where it was found."""
    there = set(label.values())
    leaving = {id for id, slug in home.items() if label.get(id, slug) != slug and slug in there} - old
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
