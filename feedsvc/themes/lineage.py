"""What has become of the channels: who sleeps, who has ended for good, and what is told of it.

Pure. Both count from the articles' own dates: a channel sleeps when nothing in it is as young as themes last,
and ends when it has slept for as long as the settings say.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from feedsvc.model import Channel, ChannelState, Event, Origin, Turn
from feedsvc.settings import Themes


def settled(published: Mapping[str, datetime], rules: Themes) -> frozenset[str]:
    """The articles that are older than themes last, counted back from the newest."""
    newest = max(published.values(), default=None)
    if newest is None:
        return frozenset()
    horizon = newest - timedelta(days=rules.window_days)
    return frozenset(id for id, at in published.items() if at < horizon)


def aged(channels: Iterable[Channel], published: Mapping[str, datetime], rules: Themes) -> list[Channel]:
    """The channels, each as active, dormant or retired as its newest member makes it; curated ones never age.

    A retired one keeps its articles, so that they make no other. A channel that was merged into it has nowhere to
    lead to, and retires with it.
    """
    listed = list(channels)
    newest = max(published.values(), default=None)
    if newest is None:
        return listed
    found = [_aged(c, published, newest, rules) if c.origin is Origin.DISCOVERED else c for c in listed]
    retired = {c.slug for c in found if c.state is ChannelState.RETIRED}
    return [
        replace(c, state=ChannelState.RETIRED, heir=None, members=frozenset()) if c.heir in retired else c
        for c in found
    ]


def _aged(channel: Channel, published: Mapping[str, datetime], newest: datetime, rules: Themes) -> Channel:
    if not channel.state.stands:
        return channel
    last = max((published[id] for id in channel.members if id in published), default=None)
    since = newest - last if last else timedelta.max
    if since <= timedelta(days=rules.window_days):
        return replace(channel, state=ChannelState.ACTIVE)
    if last and rules.retire_after_days and since > timedelta(days=rules.window_days + rules.retire_after_days):
        return replace(channel, state=ChannelState.RETIRED)
    return replace(channel, state=ChannelState.DORMANT)


def turns(before: Iterable[Channel], after: Collection[Channel], at: datetime) -> list[Event]:
    """What has happened to the channels between two runs, by slug; `at` is the time of the newest article."""
    known = {channel.slug: channel for channel in before}
    members = {channel.slug: channel.members for channel in after}
    home = {id: c.slug for c in known.values() if c.state.stands and c.origin is Origin.DISCOVERED for id in c.members}
    return [
        event
        for channel in sorted(after, key=lambda channel: channel.slug)
        for event in _turns(known.get(channel.slug), channel, home, members, at)
    ]


def _turns(
    was: Channel | None,
    now: Channel,
    home: Mapping[str, str],
    members: Mapping[str, frozenset[str]],
    at: datetime,
) -> Iterator[Event]:
    if was is None:
        yield _beginning(now, home, at)
        return
    if was.title != now.title:
        yield Event(now.slug, Turn.RENAMED, at, was.title)
    if was.state is now.state:
        return
    match now.state:
        case ChannelState.MERGED:
            heir = now.heir or ""
            yield Event(now.slug, Turn.MERGED, at, heir, len(was.members & members.get(heir, frozenset())))
        case ChannelState.RETIRED:
            yield Event(now.slug, Turn.RETIRED, at, "", len(was.members))
        case ChannelState.DORMANT:
            yield Event(now.slug, Turn.SLEPT, at)
        case ChannelState.ACTIVE:
            yield Event(now.slug, Turn.WOKE, at)


def _beginning(channel: Channel, home: Mapping[str, str], at: datetime) -> Event:
    """A birth, or a split where most of it was in channels: from the one that most of those were in."""
    came_from = Counter(home[id] for id in channel.members if id in home)
    if channel.origin is not Origin.REST and 2 * came_from.total() > len(channel.members):
        parent = min(came_from, key=lambda slug: (-came_from[slug], slug))
        return Event(channel.slug, Turn.SPLIT, at, parent, len(channel.members))
    return Event(channel.slug, Turn.BORN, at, "", len(channel.members))
