"""Which feeds have to be made again.

Pure. A feed is described by what goes into it (title, picture, the digests of its entries and more); where the
description is the one its last generation was made from, nothing is rendered and nothing is written.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

from feedsvc.model import Channel, ChannelState, Origin
from feedsvc.publish.guard import Shown, shown
from feedsvc.publish.window import Line, Past, Window, window
from feedsvc.settings import Settings

VERSION = version("feedsvc")
ALL = ""  # the key of the feed of everything,
OPML = "opml"  # the key of the outline of all channels
MAP = "map"  # the format of maps
SITEMAP = "sitemap"  # the key of the sitemaps
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PlannedFeed:
    """A feed as it shall be. `image` and `language` are the channel's own, None where it has none.

    `shown` are its entries, newest first; `newest` is when the newest was published. `archives` is how many it will
    have, those in `closed` included. `ended` is set for a channel that has ended, which its feed tells for a while.
    `rest` is set for what nobody chose, so that nobody is to blame when nothing is in it any more.
    """

    key: str
    title: str
    description: str
    image: str | None
    language: str | None
    shown: tuple[Shown, ...]
    newest: datetime | None
    digest: str
    closed: tuple[tuple[str, ...], ...] = ()
    archives: int = 0
    ended: datetime | None = None
    rest: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(one.id for one in self.shown)


def channel_key(slug: str) -> str:
    return f"channels/{slug}"


def plan(
    channels: Iterable[Channel],
    lines: Mapping[str, Line],
    settings: Settings,
    pasts: Mapping[str, Past] = NOTHING,
    ended: Mapping[str, datetime] = NOTHING,
) -> list[PlannedFeed]:
    """Every feed that shall stand after this run, that of everything first, then by slug.

    `pasts` (by key) is what the feeds have shown before; `ended` (by slug) says since when a channel is no more,
    for those that still tell it.
    """
    site = settings.site
    about = f"Everything from {site.title}, newest first."
    everything = Channel(ALL, site.title, Origin.REST, about, members=frozenset(lines))
    told = [channel for channel in channels if channel.state.stands or channel.slug in ended]
    recalled = {id for id, line in lines.items() if line.recalled}

    def planned(key: str, channel: Channel) -> PlannedFeed:
        past = pasts.get(key, Past())
        archived = frozenset().union(*past.archives)
        once = recalled & (past.gone | archived)
        known = [lines[id] for id in (channel.members - archived) | once if id in lines]
        return _planned(key, channel, window(known, past, settings.feeds), past, settings, ended.get(channel.slug))

    by_slug = sorted(told, key=lambda channel: channel.slug)
    return [planned(ALL, everything), *(planned(channel_key(channel.slug), channel) for channel in by_slug)]


def served(channels: Iterable[Channel]) -> list[Channel]:
    """The channels that have a feed, by slug."""
    return sorted((channel for channel in channels if channel.state.stands), key=lambda channel: channel.slug)


def plan_outline(channels: Iterable[Channel], settings: Settings) -> str:
    """The digest of what goes into the outline of all channels."""
    shown = [(c.slug, c.title, c.description, c.state is ChannelState.DORMANT, c.origin) for c in served(channels)]
    return _digest((VERSION, settings.site, shown))


def plan_sitemaps(*told: object) -> str:
    """The digest of what goes into the sitemaps."""
    return _digest((VERSION, told))


def _digest(described: object) -> str:
    return hashlib.sha256(repr(described).encode("utf-8", "backslashreplace")).hexdigest()


def _planned(
    key: str, channel: Channel, window: Window, past: Past, settings: Settings, ended: datetime | None
) -> PlannedFeed:
    archives = len(past.archives) + len(window.closed)
    told = (channel.title, channel.description, channel.image, channel.language, archives, ended)
    entries = tuple(shown(line) for line in window.shown)
    fingerprint = (VERSION, settings.site, key, told, entries)
    return PlannedFeed(
        key=key,
        title=channel.title,
        description=channel.description,
        image=channel.image,
        language=channel.language,
        shown=entries,
        newest=entries[0].published if entries else None,
        digest=_digest(fingerprint),
        closed=window.closed,
        archives=archives,
        ended=ended,
        rest=channel.origin is Origin.REST,
    )


def due(planned: Iterable[PlannedFeed], stands: Mapping[str, str]) -> list[PlannedFeed]:
    """Those that differ from what `stands` (key → digest), even if nothing is left in them."""
    return [feed for feed in planned if feed.digest != stands.get(feed.key)]
