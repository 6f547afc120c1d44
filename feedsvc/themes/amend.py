"""What the operator's file makes of channels: curated, renamed, merged and split ones.

Pure. `begin` comes before the graph falls into communities and `finish` after continuity. In between a merged
channel is followed as if it still were one of its own, so that a merge holds for whatever comes to its theme
later; for that it keeps its members while it redirects. What the file makes stays out of the graph.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from feedsvc.curation import Curation, Merge, Told
from feedsvc.model import Channel, ChannelState, Origin
from feedsvc.themes.curated import Judged, curate
from feedsvc.themes.lineage import leads_to
from feedsvc.themes.parts import Edge


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a run starts from: the channels that the file makes, and the former ones as continuity shall see them.

    `merges` are those of the file that can be, each into the channel that stands where `into` led before the run.
    """

    made: tuple[Channel, ...]
    before: tuple[Channel, ...]
    merges: tuple[Merge, ...] = ()

    @property
    def taken(self) -> frozenset[str]:
        """The articles that leave the graph."""
        return _union(channel.members for channel in self.made)


def begin(
    judged: Judged,
    weights: Mapping[Edge, float],
    before: Iterable[Channel],
    curation: Curation,
    weighed: AbstractSet[str] | None = None,
) -> Beginning:
    """The members of curated channels, those that splits have had so far, and the channels as they were before.

    `weights` and `weighed` are as `curate` takes them.
    """
    known = {channel.slug: channel for channel in before}
    merges = _possible(known, curation)
    former = _unmerged(known, curation, merges)
    members_before = {slug: channel.members for slug, channel in former.items()}
    curated = curate(judged, weights, curation, members_before, weighed)
    elsewhere = _union(curated.values())
    left = {slug: replace(channel, members=channel.members - elsewhere) for slug, channel in former.items()}
    members = {**curated, **split_off(judged, left, curation)}
    made = tuple(_made(told, members[slug], former.get(slug)) for slug, told in curation.made.items())
    return Beginning(made, tuple(_released(channel) for slug, channel in former.items() if slug not in members), merges)


def finish(after: Iterable[Channel], start: Beginning, judged: Judged, curation: Curation) -> list[Channel]:
    """Split, merge and rename the channels that continuity gave, among them those that `begin` made; by slug.

    What is banned from the channel that its own was merged into is in none of these.
    """
    channels = {channel.slug: channel for channel in after}
    channels = _split(channels, split_off(judged, channels, curation))
    apart, former = channels, {channel.slug: channel.members for channel in start.before}
    banned = {channel.slug: judged.named(channel.banned) for channel in curation.channels}
    for merge in _in_turn(start.merges):
        channels = _merged(channels, apart, former, merge, banned)
    channels = _renamed(channels, curation)
    return [channels[slug] for slug in sorted(channels)]


def split_off(judged: Judged, channels: Mapping[str, Channel], curation: Curation) -> dict[str, frozenset[str]]:
    """slug → members of each split: its articles wherever they are, and what fits in it or in where it came from."""
    found = {}
    for split in curation.splits:
        near = _members(channels, split.slug) | _members(channels, leads_to(split.out_of, channels))
        found[split.slug] = judged.named(split.articles) | (judged.fitting(split.slug) & near)
    return found


def _split(channels: Mapping[str, Channel], parts: Mapping[str, frozenset[str]]) -> dict[str, Channel]:
    gone = _union(parts.values())
    found = {}
    for slug, channel in channels.items():
        if slug in parts:
            channel = replace(channel, members=parts[slug])
        elif channel.origin is not Origin.CURATED:
            channel = replace(channel, members=channel.members - gone)
        found[slug] = channel
    return found


def _in_turn(merges: Sequence[Merge]) -> list[Merge]:
    """First what others are merged into, so that it is known by then where that leads, whatever the file's order."""
    waiting, found = list(merges), list[Merge]()
    while waiting:
        ready = [one for one in waiting if not any(one.into in other.slugs for other in waiting if other is not one)]
        ready = ready or waiting[:1]
        found += ready
        waiting = [one for one in waiting if all(one is not other for other in ready)]
    return found


def _merged(
    channels: Mapping[str, Channel],
    apart: Mapping[str, Channel],
    former: Mapping[str, frozenset[str]],
    merge: Merge,
    banned: Mapping[str, frozenset[str]],
) -> dict[str, Channel]:
    """Make `merge.slugs` part of the heir. `apart` are the channels before any was merged."""
    parts = [slug for slug in merge.slugs if slug in channels]
    last = leads_to(merge.into, channels)
    # If continuity let the heir end in one of the parts, then the heir takes that one's place.
    slug = merge.into if last in parts else last
    if not parts or slug not in channels:
        return dict(channels)
    own = _own([slug, *parts], apart, former)
    found = dict(channels)
    for part in parts:
        found[part] = replace(apart[part], state=ChannelState.MERGED, heir=slug, members=own[part])
    members = _union(_members(channels, one) for one in (slug, *parts)) - banned.get(slug, frozenset())
    states = {channels[one].state for one in (slug, *parts)}
    asleep = ChannelState.DORMANT in states and ChannelState.ACTIVE not in states
    state = ChannelState.DORMANT if asleep else ChannelState.ACTIVE
    found[slug] = replace(channels[slug], state=state, heir=None, members=members)
    return {one: replace(channel, heir=slug) if channel.heir in parts else channel for one, channel in found.items()}


def _own(
    slugs: Iterable[str], apart: Mapping[str, Channel], former: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    """The members that each of these has for itself, so that it can be followed again where the graph parts them.

    One that continuity let end in another of them keeps of it what it brought along.
    """
    now = {slug: _members(apart, slug) for slug in slugs}
    together = _union(now.values())
    brought = {slug: former.get(slug, frozenset()) & together for slug, members in now.items() if not members}
    return {slug: brought.get(slug, members - _union(brought.values())) for slug, members in now.items()}


def _possible(known: Mapping[str, Channel], curation: Curation) -> tuple[Merge, ...]:
    """The merges of what has not ended into what has not, as far as is known before the run."""
    ended = {slug for slug, channel in known.items() if channel.state is ChannelState.RETIRED}
    found = [
        Merge(slugs=tuple(slug for slug in merge.slugs if slug not in ended), into=leads_to(merge.into, known))
        for merge in curation.merges
    ]
    return tuple(merge for merge in found if merge.slugs and merge.into not in ended)


def _unmerged(known: Mapping[str, Channel], curation: Curation, merges: Iterable[Merge]) -> dict[str, Channel]:
    """The channels as they were before `finish` merged any, and without what former merges have left."""
    # One that is to be merged into nobody knows what goes on leading to where it was merged.
    parts = {slug for merge in merges if merge.into in known.keys() | curation.made.keys() for slug in merge.slugs}
    kept = {slug: channel.members for slug, channel in known.items() if channel.state is ChannelState.MERGED}
    found = {}
    for slug, channel in known.items():
        if channel.state.stands:
            joined = _union(kept[part] for part in kept.keys() & parts if known[part].heir == slug)
            channel = replace(channel, members=channel.members - joined)
        elif slug in parts and kept.get(slug):
            channel = replace(channel, state=ChannelState.ACTIVE, heir=None)
        elif channel.state is ChannelState.MERGED:
            channel = replace(channel, members=frozenset())
        found[slug] = channel
    return found


def _made(told: Told, members: frozenset[str], known: Channel | None) -> Channel:
    """A channel as the file tells of it, which may have stood before."""
    return replace(
        known or Channel(told.slug, told.title, Origin.CURATED),
        title=told.title,
        origin=Origin.CURATED,
        description=told.description,
        state=ChannelState.ACTIVE,
        members=members,
        image=told.image,
        language=told.language,
    )


def _released(channel: Channel) -> Channel:
    """A channel that the file made and makes no more is one like those that were discovered.

    No channel keeps a picture or a language that the file gave it once; `finish` sets what it gives now.
    """
    origin = Origin.DISCOVERED if channel.origin is Origin.CURATED else channel.origin
    return replace(channel, origin=origin, image=None, language=None)


def _renamed(channels: Mapping[str, Channel], curation: Curation) -> dict[str, Channel]:
    found = dict(channels)
    for rename in curation.renames:
        known = found.get(rename.slug)
        if known and known.state.stands:
            found[rename.slug] = replace(
                known,
                title=rename.title or known.title,
                description=known.description if rename.description is None else rename.description,
                image=rename.image,
                language=rename.language,
            )
    return found


def _members(channels: Mapping[str, Channel], slug: str) -> frozenset[str]:
    """The articles of a channel that stands."""
    known = channels.get(slug)
    return known.members if known and known.state.stands else frozenset()


def _union(sets: Iterable[AbstractSet[str]]) -> frozenset[str]:
    return frozenset[str]().union(*sets)
