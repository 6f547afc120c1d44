"""The archives of a feed (RFC 5005 §4): which articles each holds was settled when it was closed.

They are shown as they are now: corrected, or, where one was withdrawn, as a notice for a while and then only as an
id that is no more. Nothing else in an archive ever changes, and the clock is asked for those notices alone.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from feedsvc.model import Channel, ChannelState, Feed, Origin, Tombstone
from feedsvc.ondemand.recipe import Recipe, digest_of
from feedsvc.ondemand.refused import Ended
from feedsvc.publish.plan import ALL, VERSION, channel_key
from feedsvc.render import FORMATS
from feedsvc.render.assemble import EPOCH, archive_urls, assemble_archive
from feedsvc.settings import Settings, Site
from feedsvc.store import reading, selecting
from feedsvc.store.feeds import whole_articles
from feedsvc.store.selecting import Archive, Filed

FILES = {name: format.file_name for name, format in FORMATS.items()}


@dataclass(frozen=True, slots=True)
class Contents:
    """The entries of an archive by what is left of them, newest first."""

    entries: tuple[Filed, ...]
    tombstones: tuple[Tombstone, ...]


def recipe(
    connection: Connection, slug: str, number: int, format: str, settings: Settings, now: datetime
) -> Recipe | None:
    """Archive `number` of a channel's feed, or for slug "" of the feed of everything; None if there is none.

    A channel that was merged keeps its own: readers may be on their way through them. Raises Ended once the farewell
    of a channel is over.
    """
    channel = reading.channel(connection, slug) if slug else _everything(settings.site)
    key = channel_key(slug) if slug else ALL
    closed = selecting.archive(connection, key, number)
    if channel is None or closed is None:
        return None
    if channel.state is ChannelState.RETIRED and _is_over(connection, slug, settings, now):
        raise Ended([channel.title])
    contents = _contents(selecting.filed(connection, closed.ids), now - timedelta(days=settings.feeds.notice_days))
    told = (channel.title, channel.description, channel.image, channel.language)
    place = (key, closed.feed_id, number)

    def body(connection: Connection) -> bytes:
        return FORMATS[format].render(_feed(connection, key, channel, number, closed, contents, settings.site))

    return Recipe(
        paths=archive_urls(f"/{key}/" if key else "/", number, FILES),
        format=format,
        media_type=FORMATS[format].media_type,
        digest=digest_of(VERSION, settings.site, told, place, _seen(contents)),
        keys=(key,),
        home=key,
        ids=tuple(one.id for one in contents.entries),
        body=body,
    )


def _everything(site: Site) -> Channel:
    return Channel(ALL, site.title, Origin.REST, f"Everything from {site.title}, newest first.")


def _is_over(connection: Connection, slug: str, settings: Settings, now: datetime) -> bool:
    return slug in reading.gone(connection, now, timedelta(days=settings.feeds.farewell_days))


def _contents(filed: list[Filed], since: datetime) -> Contents:
    entries = tuple(one for one in filed if not one.merged and (one.withdrawn is None or one.withdrawn > since))
    left = {one.id for one in entries}
    return Contents(entries, tuple(Tombstone(one.id, _gone_at(one)) for one in filed if one.id not in left))


def _gone_at(one: Filed) -> datetime:
    return one.withdrawn or one.updated or one.published or EPOCH


def _seen(contents: Contents) -> object:
    """What decides how the entries look. Of a withdrawn one nothing else does."""
    seen = [(one.id, one.withdrawn) if one.withdrawn else replace(one, touched=0) for one in contents.entries]
    return seen, contents.tombstones


def _feed(
    connection: Connection, key: str, channel: Channel, number: int, closed: Archive, contents: Contents, site: Site
) -> Feed:
    found = whole_articles(connection, [one.id for one in contents.entries])
    return assemble_archive(
        key,
        closed.feed_id,
        channel.title,
        channel.description,
        # Without what it lists: what that is called, and whether it may be seen, changes long after.
        [replace(found[one.id], related=()) for one in contents.entries],
        FILES,
        site,
        number=number,
        image=channel.image,
        language=channel.language,
        tombstones=contents.tombstones,
    )
