"""What a channel is, where it comes from, and what has become of it."""

from collections.abc import Iterator

from sqlalchemy import Connection

from feedsvc.curation import Curation
from feedsvc.explain.rules import said_of_channel
from feedsvc.explain.words import MOST, counted, in_run, listed, when
from feedsvc.model import Channel, ChannelState, Turn
from feedsvc.store import reading
from feedsvc.store.histories import Chapter, Extent, birth, extent, history, leads_to


def channel_lines(connection: Connection, channel: Channel, curation: Curation) -> Iterator[str]:
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
        yield f"  {_extent(extent(connection, channel.slug))}"
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
    if channel.state is not ChannelState.MERGED:
        newest = reading.channel_articles(connection, channel.slug, MOST)
        if newest:
            yield from listed("newest articles", (f"{when(one.published)}  {one.title}" for one in newest))


def _extent(found: Extent) -> str:
    if not found.size:
        return "0 articles"
    return f"{counted(found.size, 'article')}, from {when(found.first)} to {when(found.last)}"


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
