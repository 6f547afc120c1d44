"""Communities of this run → channels that were there before, and new ones.

Pure. The community that shares the most surviving members with a channel continues it, largest overlap
first. A channel that no community continues was merged: its heir is the channel that most of its members
went to. A slug is given once and never again.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from feedsvc.model import Channel, ChannelState, Origin
from feedsvc.settings import Themes

Naming = Callable[[Sequence[frozenset[str]]], Sequence[str]]


def continue_channels(
    communities: Iterable[frozenset[str]],
    before: Collection[Channel],
    rules: Themes,
    titles: Naming,
    slug: Callable[[str], str],
    made: Sequence[Channel] = (),
    describe: Callable[[frozenset[str]], str] = lambda members: "",
) -> list[Channel]:
    """All channels after this run, by slug: those already `made`, continued, born and merged ones, and the rest.

    `titles` names new communities, given them all at once, and `describe` says what one is about; both are asked
    once, when a channel is born. `slug` turns a title into a slug.
    """
    groups = sorted(communities, key=lambda group: (-len(group), min(group)))
    active = [c for c in before if c.state is ChannelState.ACTIVE and c.origin is not Origin.REST]
    continued = _match(groups, active)
    born = [g for g in groups if g not in continued and len(g) >= rules.min_articles]
    taken = {channel.slug for channel in (*before, *made)}
    channels = {c.slug: c for c in made} | {c.slug: replace(c, members=g) for g, c in continued.items()}
    for group, title in zip(born, titles(born), strict=True):
        new = replace(_born(group, title, Origin.DISCOVERED, slug, taken), description=describe(group))
        channels[new.slug] = new
    rest = _rest(groups, channels.values(), before, rules, slug, taken)
    if rest:
        channels[rest.slug] = rest
    gone = [channel for channel in active if channel.slug not in channels]
    channels.update(_merged(gone, before, channels))
    return [channels[key] for key in sorted(channels)]


def _match(groups: Sequence[frozenset[str]], active: Sequence[Channel]) -> dict[frozenset[str], Channel]:
    """Each community to at most one channel and each channel to at most one community, largest overlap first."""
    channels_by_member: dict[str, list[Channel]] = {}
    for channel in active:
        for id in channel.members:
            channels_by_member.setdefault(id, []).append(channel)
    overlaps = []
    for group in groups:
        shared = Counter(c.slug for id in group for c in channels_by_member.get(id, ()))
        overlaps += [(-count, slug, min(group), group) for slug, count in shared.items()]
    channel_by_slug = {channel.slug: channel for channel in active}
    continued: dict[frozenset[str], Channel] = {}
    for _, slug, _, group in sorted(overlaps, key=lambda overlap: overlap[:3]):
        if slug in channel_by_slug and group not in continued:
            continued[group] = channel_by_slug.pop(slug)
    return continued


def _born(members: frozenset[str], title: str, origin: Origin, slug: Callable[[str], str], taken: set[str]) -> Channel:
    stem = slug(title)
    new, number = stem, 2
    while new in taken:
        new, number = f"{stem}-{number}", number + 1
    taken.add(new)
    return Channel(new, title, origin, members=members)


def _rest(
    groups: Sequence[frozenset[str]],
    themed: Iterable[Channel],
    before: Iterable[Channel],
    rules: Themes,
    slug: Callable[[str], str],
    taken: set[str],
) -> Channel | None:
    in_a_theme = frozenset[str]().union(*(channel.members for channel in themed))
    left = frozenset[str]().union(*groups) - in_a_theme
    known = next((channel for channel in before if channel.origin is Origin.REST), None)
    if known:
        return replace(known, members=left)
    return _born(left, rules.rest_title, Origin.REST, slug, taken) if left else None


def _merged(gone: Sequence[Channel], before: Iterable[Channel], now: Mapping[str, Channel]) -> dict[str, Channel]:
    """The channels that ended, in this run or earlier, each with an heir that is still there."""
    slug_by_member = {id: channel.slug for channel in now.values() for id in sorted(channel.members)}
    heirs = {}
    for channel in gone:
        went_to = Counter(slug_by_member[id] for id in channel.members if id in slug_by_member)
        heirs[channel.slug] = min(went_to, key=lambda slug: (-went_to[slug], slug), default=None)
    merged = {c.slug: replace(c, state=ChannelState.MERGED, heir=heirs[c.slug], members=frozenset()) for c in gone}
    for channel in before:
        if channel.state is ChannelState.MERGED:
            heir = heirs.get(channel.heir, channel.heir) if channel.heir else None
            merged[channel.slug] = replace(channel, heir=heir)
    return merged
