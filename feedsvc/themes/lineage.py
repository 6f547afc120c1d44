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
    if last and newest - last <= timedelta(days=rules.window_days):
        return replace(channel, state=ChannelState.ACTIVE)
    ended = last is not None and is_over(last, newest, rules)
    return replace(channel, state=ChannelState.RETIRED if ended else ChannelState.DORMANT)


def is_over(last: datetime, newest: datetime, rules: Themes) -> bool:
    """Whether a channel ends whose newest article is of `last`."""
    days = rules.window_days + rules.retire_after_days
    return rules.retire_after_days > 0 and newest - last > timedelta(days=days)


def turns(
    before: Iterable[Channel], after: Iterable[Channel], at: datetime, splits: Collection[str] = ()
) -> list[Event]:
    """What has happened to the channels between two runs, by slug; `at` is the time of the newest article.

    `splits` are the slugs that the operator's file splits off; what else it makes is born, wherever it comes from.
    """
    known = {channel.slug: channel for channel in before}
    now = {channel.slug: channel for channel in after}
    home = {id: c.slug for c in known.values() if c.state.stands and c.origin is Origin.DISCOVERED for id in c.members}
    born = (_beginning(now, slug, home, at, splits) for slug in now.keys() - known.keys())
    went_on = (event for slug in now.keys() & known.keys() for event in _turns(known[slug], now, slug, at))
    return sorted([*born, *went_on], key=lambda event: event.slug)


def leads_to(slug: str, channels: Mapping[str, Channel]) -> str:
    """Where the addresses of a channel lead: to itself while it stands."""
    heir = channels[slug].heir if slug in channels else None
    return leads_to(heir, channels) if heir else slug


def _turns(was: Channel, now: Mapping[str, Channel], slug: str, at: datetime) -> Iterator[Event]:
    channel = now[slug]
    if was.title != channel.title:
        yield Event(slug, Turn.RENAMED, at, was.title)
    # That its heir was merged in turn is told of the heir.
    elsewhere = was.heir and channel.heir and channel.heir != leads_to(was.heir, now)
    if was.state is channel.state and not elsewhere:
        return
    match channel.state:
        case ChannelState.MERGED:
            heir = channel.heir or ""
            there = now[heir].members if heir in now else frozenset[str]()
            yield Event(slug, Turn.MERGED, at, heir, len(was.members & there))
        case ChannelState.RETIRED:
            yield Event(slug, Turn.RETIRED, at, "", len(was.members))
        case ChannelState.DORMANT:
            yield Event(slug, Turn.SLEPT, at)
        case ChannelState.ACTIVE:
            yield Event(slug, Turn.WOKE, at)


def _beginning(
    now: Mapping[str, Channel], slug: str, home: Mapping[str, str], at: datetime, splits: Collection[str]
) -> Event:
    """A birth, or a split where most of it was in channels: from the one that most of those were in.

    What came from others does not count as split off with it, and what is new does. No channel was split from one that
    has become part of it.
    """
    channel = now[slug]
    came_from = Counter(home[id] for id in channel.members if id in home)
    may_part = channel.origin is Origin.DISCOVERED or slug in splits
    if may_part and 2 * came_from.total() > len(channel.members):
        parent = min(came_from, key=lambda one: (-came_from[one], one))
        if leads_to(parent, now) != slug:
            from_others = came_from.total() - came_from[parent]
            return Event(slug, Turn.SPLIT, at, parent, len(channel.members) - from_others)
    return Event(slug, Turn.BORN, at, "", len(channel.members))
