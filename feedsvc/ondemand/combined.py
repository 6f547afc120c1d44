"""Any combination of channels, or of the articles with some words, as one feed.

Made once for what its articles are at a publication: each says by its digest when it has changed, and so is seen
what no feed of a channel shows, since a combination may reach further back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Connection

from feedsvc.model import Channel, ChannelState, Feed, Tombstone
from feedsvc.ondemand.query import Combination
from feedsvc.ondemand.recipe import Recipe, digest_of
from feedsvc.ondemand.refused import Ended, UnknownChannel
from feedsvc.ondemand.seeking import Seeker
from feedsvc.publish.plan import ALL, VERSION, channel_key
from feedsvc.render import FORMATS
from feedsvc.render.assemble import assemble, feed_home, feed_id
from feedsvc.settings import Settings
from feedsvc.store import reading, selecting
from feedsvc.store.feeds import whole_articles

READ_FOR_WORDS = 5000  # articles, the newest: 0.1 s where all are long and none has the words, 1 s beyond ASCII
TITLES = 4  # of channels in a title; more are counted
PATH = "/feeds"


@dataclass(frozen=True, slots=True)
class Meant:
    """A combination as it is meant now: with heirs for what was merged and without what has ended, and its channels."""

    combination: Combination
    channels: tuple[Channel, ...]

    def path(self, format: str) -> str:
        return f"{PATH}?{self.combination.query(format)}"

    @property
    def title(self) -> str:
        """What people call it: Sport + Economy: “flood” without “match”."""
        titles = [channel.title for channel in self.channels]
        more = len(titles) - TITLES
        named = " + ".join([*titles[:TITLES], *([f"{more} more"] if more > 0 else [])])
        words = [f"“{' '.join(self.combination.words)}”"] if self.combination.words else []
        without = [f"without “{' '.join(self.combination.without)}”"] if self.combination.without else []
        return (": " if named and words else " ").join(filter(None, (named, " ".join([*words, *without]))))

    @property
    def language(self) -> str | None:
        """The language of all its channels, if they have one in common."""
        found = {channel.language for channel in self.channels}
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class State:
    """By what it is seen that a combination has changed, good until a notice is over, if one is shown."""

    digest: str
    until: datetime | None


def meant(connection: Connection, asked: Combination) -> Meant:
    """Raises UnknownChannel, and Ended when nothing is left."""
    found = [_heir(connection, slug) for slug in asked.slugs]
    standing = {channel.slug: channel for channel in found if channel.state is not ChannelState.RETIRED}
    if found and not standing:
        raise Ended(sorted({channel.title for channel in found}))
    channels = tuple(standing[slug] for slug in sorted(standing))
    return Meant(replace(asked, slugs=tuple(channel.slug for channel in channels)), channels)


def _heir(connection: Connection, slug: str) -> Channel:
    """The channel that stands for `slug` by now."""
    here, met = slug, {slug}
    while (channel := reading.channel(connection, here)) and channel.heir and channel.heir not in met:
        here = channel.heir
        met.add(here)
    if channel is None:
        raise UnknownChannel(slug)
    return channel


def state(connection: Connection, one: Meant, settings: Settings, now: datetime) -> State:
    """How all that goes into a combination is now.

    That of everything is as new as the publication: to look at each article would take longer than to make it.
    """
    since, slugs = now - _notice(settings), one.combination.slugs
    told = [(channel.slug, channel.title, channel.language) for channel in one.channels]
    members = selecting.member_states(connection, slugs, since) if slugs else reading.publication(connection)
    withdrawn = [m.withdrawn for m in members if m.withdrawn] if isinstance(members, list) else []
    digest = digest_of(VERSION, settings.site, settings.feeds, one.combination, told, members)
    return State(digest, min(withdrawn, default=None) and min(withdrawn) + _notice(settings))


def recipe(one: Meant, format: str, settings: Settings, state: State, now: datetime) -> Recipe:
    keys = tuple(channel_key(slug) for slug in one.combination.slugs) or (ALL,)

    paths = {name: one.path(name) for name in FORMATS}

    def body(connection: Connection) -> bytes:
        return FORMATS[format].render(_feed(connection, one, settings, now - _notice(settings)))

    return Recipe(paths, format, FORMATS[format].media_type, state.digest, keys, ALL, (), body)


def _notice(settings: Settings) -> timedelta:
    return timedelta(days=settings.feeds.notice_days)


def _feed(connection: Connection, one: Meant, settings: Settings, since: datetime) -> Feed:
    ids, gone = _entries(connection, one.combination, settings.feeds.max_entries, since)
    found = whole_articles(connection, ids)
    site = settings.site
    feed = assemble(
        "feeds",
        feed_id(settings.sources[0].name, f"{PATH}?{one.combination.query()}"),
        one.title,
        "",
        [found[id] for id in ids],
        {},
        site,
        language=one.language,
        tombstones=gone,
    )
    urls = {name: site.base_url + one.path(name) for name in FORMATS}
    return replace(feed, home_url=feed_home(ALL, site), self_urls=urls)


def _entries(
    connection: Connection, combination: Combination, usual: int, since: datetime
) -> tuple[list[str], list[Tombstone]]:
    """The ids of the entries, newest first, and what is no more.

    Whether a withdrawn article had the words is told by nothing: where words are sought, it is only said to be gone.
    """
    limit = combination.limit or usual
    if not combination.seeks:
        return [one.id for one in selecting.candidates(connection, combination.slugs, since, limit)], []
    candidates = selecting.candidates(connection, combination.slugs, since, READ_FOR_WORDS)
    left = [one.id for one in candidates if not one.withdrawn]
    gone = [Tombstone(one.id, one.withdrawn) for one in candidates if one.withdrawn]
    return list(islice(_with_words(connection, combination, left), limit)), gone[:limit]


def _with_words(connection: Connection, combination: Combination, ids: Sequence[str]) -> Iterable[str]:
    seeker = Seeker(combination.words, combination.without)
    for text in selecting.texts(connection, ids):
        if seeker.finds(text.title, text.subtitle, text.summary, text.body_html):
            yield text.id
