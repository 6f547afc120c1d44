"""Which feeds have to be made again.

Pure. A feed is described by what goes into it (title, members, the digests of its entries); where the
description is the one its last generation was made from, nothing is rendered and nothing is written.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from feedsvc.model import Channel, ChannelState
from feedsvc.settings import Settings

ALL = ""  # the key of the feed of everything
OPML = "opml"  # the key of the outline of all channels


@dataclass(frozen=True, slots=True)
class Line:
    """What planning needs of an article: enough to sort it, and to see that it has changed."""

    id: str
    published: datetime
    updated: datetime | None
    digest: str


@dataclass(frozen=True, slots=True)
class PlannedFeed:
    """A feed as it shall be. `ids` are its entries, newest first; `newest` is when the newest was published."""

    key: str
    title: str
    description: str
    ids: tuple[str, ...]
    newest: datetime | None
    digest: str


def channel_key(slug: str) -> str:
    return f"channels/{slug}"


def plan(channels: Iterable[Channel], lines: Mapping[str, Line], settings: Settings) -> list[PlannedFeed]:
    """Every feed that shall stand after this run, by key."""
    site = settings.site
    everything = _planned(
        ALL, site.title, f"Everything from {site.title}, newest first.", list(lines.values()), settings
    )
    return [everything] + [
        _planned(channel_key(c.slug), c.title, c.description, [lines[id] for id in c.members if id in lines], settings)
        for c in _active(channels)
    ]


def plan_outline(channels: Iterable[Channel], settings: Settings) -> str:
    """The digest of what goes into the outline of all channels."""
    shown = [(channel.slug, channel.title, channel.description) for channel in _active(channels)]
    return _digest((version("feedsvc"), settings.site, shown))


def _active(channels: Iterable[Channel]) -> list[Channel]:
    active = (channel for channel in channels if channel.state is ChannelState.ACTIVE)
    return sorted(active, key=lambda channel: channel.slug)


def _digest(described: object) -> str:
    return hashlib.sha256(repr(described).encode("utf-8", "backslashreplace")).hexdigest()


def _planned(key: str, title: str, description: str, lines: Sequence[Line], settings: Settings) -> PlannedFeed:
    newest_first = sorted(lines, key=lambda line: (line.published, line.id), reverse=True)
    shown = newest_first[: settings.feeds.max_entries]
    fingerprint = (version("feedsvc"), settings.site, settings.feeds, key, title, description, shown)
    return PlannedFeed(
        key=key,
        title=title,
        description=description,
        ids=tuple(line.id for line in shown),
        newest=shown[0].published if shown else None,
        digest=_digest(fingerprint),
    )


def due(planned: Iterable[PlannedFeed], stands: Mapping[str, str]) -> list[PlannedFeed]:
    """Those that differ from what `stands` (key → digest). An emptied feed keeps its last entries."""
    return [feed for feed in planned if feed.digest != stands.get(feed.key) and (feed.ids or feed.key not in stands)]
