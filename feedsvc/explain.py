"""Why an article is dated and placed as it is, and what became of a channel, in sentences."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from feedsvc.model import ChannelState, Evidence
from feedsvc.store import reading

MAX_LISTERS = 10
SAID_BY = {
    Evidence.RECORD: "stated by the article's own data",
    Evidence.LISTED: "listed by another page",
    Evidence.PAGE: "shown on the page, which may be when it was rendered",
}


def explain(connection: Connection, subject: str) -> list[str] | None:
    """Sentences about the article with this id or URL or the channel with this slug; None when there is none."""
    row = reading.article_row(connection, subject)
    if row:
        return list(_article(connection, row))
    channel = reading.channel(connection, subject)
    if channel is None:
        return None
    lines = [f"{channel.title} ({channel.slug}): {channel.origin.value}, {channel.state.value}"]
    if channel.state is ChannelState.MERGED:
        lines.append(f"it was merged into {channel.heir}, where its addresses redirect to")
    else:
        members = reading.channel_members(connection, channel.slug)
        lines.append(f"{len(members)} articles, the newest:")
        lines += [f"  {_time(m['published'])}  {m['title']}" for m in members[:MAX_LISTERS]]
    return lines


def _article(connection: Connection, row: Mapping[str, Any]) -> Iterator[str]:
    yield f"{row['title']}"
    yield f"id {row['id']}, source {row['source']}, {'a stub' if row['stub'] else 'whole'}"
    if row["url"]:
        yield f"url {row['url']}"
    if row["merged_into"]:
        yield f"it turned out to be {row['merged_into']}"
    frozen = "frozen since it was first served" if row["served"] else "not served yet"
    yield f"published {_time(row['published'])}, {frozen}"
    for one in reading.article_witnesses(connection, row["id"]):
        zone = f"read in {one['zone']}" + (", assumed" if one["zone_assumed"] else "")
        note = f" ({one['note']})" if one["note"] else ""
        yield f"  {one['role']}: {one['text']!r} is {_time(one['at'])}, {zone}, {SAID_BY[Evidence(one['kind'])]}{note}"
    for channel in reading.article_channels(connection, row["id"]):
        yield f"in channel {channel.slug}: {channel.title}"
    listers = reading.article_listers(connection, row["id"], MAX_LISTERS)
    for lister in listers:
        yield f"listed by {lister['title']} ({lister['id']}) as of {lister['date_text'] or 'no time'}"


def _time(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else "at no known time"
