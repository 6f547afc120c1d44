"""Communities of this run → channels that were there before, and new ones.

Pure. The community that shares the most members with a channel continues it, largest overlap first. A channel
that no community continues stands with what is left to it, unless most of it has gone elsewhere: then it was
merged, and its heir is the channel that most went to. What was in a channel never falls back to the rest.
A slug is given once and never again.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from feedsvc.curation import EVERYTHING
from feedsvc.model import Channel, ChannelState, Origin
from feedsvc.settings import Themes
from feedsvc.themes.lineage import is_over

Refusal = tuple[frozenset[str], str]  # a community, and the slug of a channel that it must not continue
Naming = Callable[[Sequence[frozenset[str]]], Sequence[str]]


def continue_channels(
    communities: Iterable[frozenset[str]],
    before: Collection[Channel],
    rules: Themes,
    published: Mapping[str, datetime],
    titles: Naming,
    slug: Callable[[str], str],
    made: Sequence[Channel] = (),
    describe: Callable[[frozenset[str], str], str] = lambda members, title: "",
    refused: Collection[Refusal] = (),
) -> list[Channel]:
    """All channels after this run, by slug: those already `made`, continued, born and merged ones, and the rest.

    `communities` hold every article that is there, but for those of `made`; `published` gives their times.
    `titles` names new communities, given them all at once, and `describe` says what one with such a title is about;
    both are asked once, when a channel is born. `slug` turns a title into a slug. `refused` is as `arrange` gives it.
    """
    groups = sorted(communities, key=lambda group: (-len(group), min(group)))
    standing = sorted((c for c in before if c.state.stands and c.origin is not Origin.REST), key=lambda c: c.slug)
    continued = match(groups, standing, refused)
    new = [g for number, g in enumerate(groups) if number not in continued and _makes_a_channel(g, rules, published)]
    taken = _taken((*before, *made))
    newest = max(published.values(), default=None)
    born = []
    for group, title in zip(new, titles(new), strict=True):
        one = _born(group, title, Origin.DISCOVERED, slug, taken)
        born.append(replace(one, description=describe(group, title), born=newest))
    slug_by_id = {id: c.slug for c in (*made, *born) for id in sorted(c.members)}
    slug_by_id |= {id: channel.slug for number, channel in continued.items() for id in groups[number]}
    there = {id for group in groups for id in group} | slug_by_id.keys()
    heirs = _heirs(standing, {channel.slug for channel in continued.values()}, slug_by_id, there)
    for channel in standing:
        for id in channel.members & there:
            slug_by_id.setdefault(id, heirs.get(channel.slug, channel.slug))
    channels = {c.slug: c for c in (*made, *born)}
    for channel in standing:
        ended = channel.slug in heirs
        channels.setdefault(channel.slug, _ended(channel, heirs[channel.slug]) if ended else channel)
    channels |= {c.slug: _after(c, heirs) for c in before if not c.state.stands and c.slug not in channels}
    channels |= {c.slug: replace(c, title=rules.rest_title) for c in before if c.origin is Origin.REST}
    members = _members(slug_by_id)
    for one in channels.values():
        if one.state.stands and one not in made:
            channels[one.slug] = replace(one, members=members.get(one.slug, frozenset()))
    return housed(channels.values(), there, rules, slug)


def housed(
    channels: Iterable[Channel], ids: Collection[str], rules: Themes, slug: Callable[[str], str]
) -> list[Channel]:
    """The channels by slug, with those of these articles that are in no other in the rest."""
    found = {channel.slug: channel for channel in channels}
    known = next((channel for channel in found.values() if channel.origin is Origin.REST), None)
    elsewhere = frozenset[str]().union(
        *(c.members for c in found.values() if c.state is not ChannelState.MERGED and c is not known)
    )
    left = frozenset(ids) - elsewhere
    if known:
        found[known.slug] = replace(known, members=left)
    elif left:
        rest = _born(left, rules.rest_title, Origin.REST, slug, _taken(found.values()))
        found[rest.slug] = rest
    return [found[key] for key in sorted(found)]


def match(
    groups: Sequence[frozenset[str]], standing: Iterable[Channel], refused: Collection[Refusal] = ()
) -> dict[int, Channel]:
    """The number of a group → the channel that it continues: each at most one of the other, largest overlap first.

    None continues a channel that it is `refused`.

    Of equal overlaps, an active channel comes before a dormant one, an older before a younger; of two parts of the
    same channel, the one with its earliest id, whatever has joined them.
    """
    channel_by_slug = {channel.slug: channel for channel in standing}
    channels_by_id: dict[str, list[str]] = {}
    for slug, channel in channel_by_slug.items():
        for id in channel.members:
            channels_by_id.setdefault(id, []).append(slug)
    overlaps = []
    for number, group in enumerate(groups):
        shared: dict[str, list[str]] = {}
        for id in group:
            for slug in channels_by_id.get(id, ()):
                shared.setdefault(slug, []).append(id)
        overlaps += [
            (-len(ids), _age(channel_by_slug[slug]), min(ids), number)
            for slug, ids in shared.items()
            if (group, slug) not in refused
        ]
    continued: dict[int, Channel] = {}
    for _, (*_, slug), _, number in sorted(overlaps):
        if slug in channel_by_slug and number not in continued:
            continued[number] = channel_by_slug.pop(slug)
    return continued


def _age(channel: Channel) -> tuple[bool, float, str]:
    born = channel.born.timestamp() if channel.born else 0.0
    return channel.state is not ChannelState.ACTIVE, born, channel.slug


def _makes_a_channel(group: frozenset[str], rules: Themes, published: Mapping[str, datetime]) -> bool:
    """Whether a community is large enough, has lasted, and would not make a channel that ends as it begins."""
    times = [published[id] for id in group]
    if len(group) < rules.min_articles or max(times) - min(times) < timedelta(hours=rules.min_span_hours):
        return False
    return not is_over(max(times), max(published.values()), rules)


def _heirs(
    standing: Iterable[Channel], continued: Collection[str], slug_by_id: Mapping[str, str], there: Collection[str]
) -> dict[str, str]:
    """slug of each channel that has ended → the slug of the one that most of it went to."""
    heirs = {}
    for channel in standing:
        if channel.slug in continued:
            continue
        left = [id for id in channel.members if id in there]
        went_to = Counter(slug_by_id[id] for id in left if id in slug_by_id)
        if 2 * went_to.total() > len(left):
            heirs[channel.slug] = min(went_to, key=lambda slug: (-went_to[slug], slug))
    return heirs


def _taken(channels: Iterable[Channel]) -> set[str]:
    """The slugs that no new channel may have."""
    return {EVERYTHING, *(channel.slug for channel in channels)}


def _born(members: frozenset[str], title: str, origin: Origin, slug: Callable[[str], str], taken: set[str]) -> Channel:
    stem = slug(title)
    new, number = stem, 2
    while new in taken:
        new, number = f"{stem}-{number}", number + 1
    taken.add(new)
    return Channel(new, title, origin, members=members)


def _ended(channel: Channel, heir: str) -> Channel:
    return replace(channel, state=ChannelState.MERGED, heir=heir, members=frozenset(), rival="", rival_runs=0)


def _after(channel: Channel, heirs: Mapping[str, str]) -> Channel:
    """A channel that ended earlier: its heir may have ended now."""
    return replace(channel, heir=heirs.get(channel.heir, channel.heir)) if channel.heir else channel


def _members(slug_by_id: Mapping[str, str]) -> dict[str, frozenset[str]]:
    ids: dict[str, set[str]] = {}
    for id, slug in slug_by_id.items():
        ids.setdefault(slug, set()).add(id)
    return {slug: frozenset(members) for slug, members in ids.items()}
