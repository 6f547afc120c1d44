"""What a channel is, where it comes from, and what has become of it."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import Connection

from feedsvc.curation import Curation
from feedsvc.explain.rules import said_of_channel
from feedsvc.explain.words import MOST, came, counted, in_run, listed, takes, when
from feedsvc.model import Channel, ChannelState, Origin, Turn
from feedsvc.settings import Themes
from feedsvc.store import reading
from feedsvc.store.departures import Departure, departures
from feedsvc.store.histories import Chapter, Extent, birth, extent, history, leads_to


def channel_lines(connection: Connection, channel: Channel, rules: Themes, curation: Curation) -> Iterator[str]:
    yield f"{channel.title} ({channel.slug}): {channel.origin.value}, {channel.state.value}"
    if channel.description:
        yield f"  {channel.description}"
    came = birth(connection, channel.slug)
    if channel.born:
        yield f"  born when the newest article was of {when(channel.born)}" + (f", in {in_run(*came)}" if came else "")
    if channel.state is ChannelState.MERGED:
        way = leads_to(connection, channel.slug)
        yield f"  it was merged into {channel.heir}, where its addresses redirect to"
        if len(way) > 1:
            yield f"  they lead on: {' → '.join([channel.slug, *way])}"
    else:
        reach = extent(connection, channel.slug)
        yield f"  {_extent(reach)}"
        if channel.origin is Origin.REST:
            yield from _left_over(reach, rules)
    if channel.rival:
        yield f"  may be renamed: “{channel.rival}” has been better in {counted(channel.rival_runs, 'run')}"
    said = list(said_of_channel(channel.slug, curation))
    if said:
        yield from listed("channels.toml", said)
    chapters, more = history(connection, channel.slug, MOST)
    if chapters:
        lines = (
            f"{when(one.event.at)}  {_turn(one, channel.slug)}, in {in_run(one.run, one.run_at)}" for one in chapters
        )
        yield from listed("history, latest first, each with the time of the newest article there was", lines, more)
    yield from _departures(connection, channel.slug)
    if channel.state is not ChannelState.MERGED:
        newest = reading.channel_articles(connection, channel.slug, MOST)
        if newest:
            yield from listed("newest articles", (f"{when(one.published)}  {one.title}" for one in newest))


def _extent(found: Extent) -> str:
    if not found.size:
        return "0 articles"
    return f"{counted(found.size, 'article')}, from {when(found.first)} to {when(found.last)}"


def _left_over(found: Extent, rules: Themes) -> Iterator[str]:
    """What it takes to be in a channel of their own, and that these cannot have it where all came too close."""
    yield "  holds what is in no other channel"
    yield f"  a community of articles is not a channel until it has {takes(rules)}"
    span = found.last - found.first if found.first and found.last else timedelta(0)
    if found.size > 1 and span < timedelta(hours=rules.min_span_hours):
        yield f"  all that is here {came(span)}, too close for any channel"


def _departures(connection: Connection, slug: str) -> Iterator[str]:
    left, found = departures(connection, slug)
    if left:
        lines = (_departure(one) for one in found[:MOST])
        heading = f"no longer in it, of all that its feed has shown: {counted(left, 'article')}"
        yield from listed(heading, lines, len(found) - MOST if found[MOST:] else 0)


def _departure(one: Departure) -> str:
    if not one.slug:
        return f"{one.size} in no channel"
    return f"{one.size} now in {one.slug}: {one.title}" + (f", since {in_run(one.run, one.run_at)}" if one.run else "")


def _turn(chapter: Chapter, slug: str) -> str:
    """What happened, as told of the channel `slug`."""
    event = chapter.event
    among = f"with {counted(event.articles, 'article')}"
    if event.slug != slug:
        return f"{event.slug} was {'split from' if event.turn is Turn.SPLIT else 'merged into'} it {among}"
    match event.turn:
        case Turn.BORN:
            return f"born {among}"
        case Turn.SPLIT:
            return f"split from {event.other} {among}"
        case Turn.MERGED:
            return f"merged into {event.other} {among}"
        case Turn.RENAMED:
            return f"renamed from “{event.other}”"
        case Turn.SLEPT:
            return "fell asleep, as nothing new had come for longer than themes last"
        case Turn.WOKE:
            return "woke, as something new came"
        case Turn.RETIRED:
            return f"retired {among}"
