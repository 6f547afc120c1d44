"""Which feeds have to be made again.

Pure. A feed is described by what goes into it (title, picture, the digests of its entries and more); where the
description is the one its last generation was made from, nothing is rendered and nothing is written.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from feedsvc.model import Channel, Origin
from feedsvc.settings import Settings, Site

VERSION = version("feedsvc")
ALL = ""  # the key of the feed of everything
OPML = "opml"  # the key of the outline of all channels
MAP = "map"  # the key of the map of all channels


@dataclass(frozen=True, slots=True)
class Line:
    """What planning needs of an article: enough to sort it, and to see that it has changed."""

    id: str
    published: datetime
    updated: datetime | None
    digest: str


@dataclass(frozen=True, slots=True)
class PlannedFeed:
    """A feed as it shall be. `image` and `language` are the channel's own, None where it has none.

    `ids` are its entries, newest first; `newest` is when the newest was published.
    """

    key: str
    title: str
    description: str
    image: str | None
    language: str | None
    ids: tuple[str, ...]
    newest: datetime | None
    digest: str


def channel_key(slug: str) -> str:
    return f"channels/{slug}"


def plan(channels: Iterable[Channel], lines: Mapping[str, Line], settings: Settings) -> list[PlannedFeed]:
    """Every feed that shall stand after this run, by key."""
    site = settings.site
    about = f"Everything from {site.title}, newest first."
    everything = Channel(ALL, site.title, Origin.REST, about, members=frozenset(lines))
    return [
        _planned(ALL, everything, lines, settings),
        *(_planned(channel_key(channel.slug), channel, lines, settings) for channel in served(channels)),
    ]


def served(channels: Iterable[Channel]) -> list[Channel]:
    """The channels that have a feed, by slug."""
    return sorted((channel for channel in channels if channel.state.stands), key=lambda channel: channel.slug)


def plan_outline(channels: Iterable[Channel], settings: Settings) -> str:
    """The digest of what goes into the outline of all channels."""
    shown = [(channel.slug, channel.title, channel.description) for channel in served(channels)]
    return _digest((VERSION, settings.site, shown))


def plan_map(channels: Iterable[Channel], arranged: int, site: Site) -> str:
    """The digest of the map of all channels, which is drawn anew when they are `arranged` or called otherwise."""
    return _digest((VERSION, site, arranged, sorted((channel.slug, channel.title) for channel in channels)))


def _digest(described: object) -> str:
    return hashlib.sha256(repr(described).encode("utf-8", "backslashreplace")).hexdigest()


def _planned(key: str, channel: Channel, lines: Mapping[str, Line], settings: Settings) -> PlannedFeed:
    known = (lines[id] for id in channel.members if id in lines)
    newest_first = sorted(known, key=lambda line: (line.published, line.id), reverse=True)
    shown = newest_first[: settings.feeds.max_entries]
    told = (channel.title, channel.description, channel.image, channel.language)
    fingerprint = (VERSION, settings.site, settings.feeds, key, told, shown)
    return PlannedFeed(
        key=key,
        title=channel.title,
        description=channel.description,
        image=channel.image,
        language=channel.language,
        ids=tuple(line.id for line in shown),
        newest=shown[0].published if shown else None,
        digest=_digest(fingerprint),
    )


def due(planned: Iterable[PlannedFeed], stands: Mapping[str, str]) -> list[PlannedFeed]:
    """Those that differ from what `stands` (key → digest). An emptied feed keeps its last entries."""
    return [feed for feed in planned if feed.digest != stands.get(feed.key) and (feed.ids or feed.key not in stands)]
