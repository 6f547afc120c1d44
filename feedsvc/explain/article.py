"""Why an article is dated as it is, and in the channels that it is in."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from feedsvc.curation import Curation
from feedsvc.explain.rules import why_curated, why_merged
from feedsvc.explain.words import MOST, came, counted, in_run, percent, some, takes, titled, when
from feedsvc.model import Channel, ChannelState, Evidence, Origin
from feedsvc.settings import Settings, Themes
from feedsvc.store import reading
from feedsvc.store.copies import copies_of
from feedsvc.store.reasons import Reason, Tied, hanging_together, others_of_story, reasons

SAID_BY = {
    Evidence.RECORD: "stated by the article's own data",
    Evidence.LISTED: "listed by another page",
    Evidence.PAGE: "shown on the page, which may be when it was rendered",
}

FROM_URL = "part of the page's URL, for want of anything better"
URL_ORIGIN = "the URL"  # how the origin of a date in a page's URL begins


def said_by(evidence: Evidence, origin: str) -> str:
    """How a time is known, for people; `origin` is where it stands."""
    is_in_url = evidence is Evidence.PAGE and origin.startswith(URL_ORIGIN)
    return FROM_URL if is_in_url else SAID_BY[evidence]


def article_lines(
    connection: Connection, row: Mapping[str, Any], settings: Settings, curation: Curation, now: datetime
) -> Iterator[str]:
    """All that is known of why; `row` is the article as it is stored."""
    yield from _itself(connection, row)
    if row["withdrawn"]:
        yield from _withdrawal(row, timedelta(days=settings.feeds.notice_days), now)
    yield from _dates(connection, row)
    yield from _copies(connection, row)
    yield from _listers(connection, row["id"])
    yield from _story(connection, row["id"])
    in_use = [*reading.STANDING, ChannelState.RETIRED.value]
    channels = reading.article_channels(connection, row["id"], in_use)
    why = reasons(connection, [row["id"]], [channel.slug for channel in channels], MOST) if channels else {}
    for channel in channels:
        ended = ", which has ended" if channel.state is ChannelState.RETIRED else ""
        kept = "its place is kept in" if row["withdrawn"] else "in"
        yield f"{kept} channel {channel.slug}: {channel.title}{ended}"
        reason = why[row["id"], channel.slug]
        if not row["withdrawn"]:
            yield from (f"  {line}" for line in _why_here(connection, row, channel, reason, settings.themes, curation))
            yield from _ties(reason)
    if not channels:
        yield f"in no channel: {_why_nowhere(row, now)}"


def _why_here(
    connection: Connection,
    row: Mapping[str, Any],
    channel: Channel,
    reason: Reason,
    rules: Themes,
    curation: Curation,
) -> Iterator[str]:
    """Since when it is in a channel, and why as far as its ties alone do not tell."""
    joined = reading.merged_in(connection, channel.slug, reason.run) if reason.run else []
    if reason.run:
        merges = f", in which {some(joined)} became part of the channel" if joined else ""
        yield f"since {in_run(reason.run, reason.run_at)}{merges}"
    parts = reading.came_with(connection, row["id"], channel.slug)
    yield from why_merged(parts, curation)
    if channel.origin is Origin.CURATED:
        told = curation.made.get(channel.slug)
        yield from why_curated(row, told, reason.fits, reason.to_fitting, bool(parts or joined))
    if channel.origin is Origin.REST and not parts:
        yield _why_left_over(connection, row["id"], channel, reason, rules)


def _itself(connection: Connection, row: Mapping[str, Any]) -> Iterator[str]:
    yield row["title"]
    yield f"id {row['id']}, source {row['source']}, {'a stub' if row['stub'] else 'whole'}"
    if row["url"]:
        yield f"url {row['url']}"
    if row["merged_into"]:
        other = reading.article_row(connection, row["merged_into"])
        called = f", {'which is withdrawn' if other['withdrawn'] else other['title']}" if other else ""
        yield f"it turned out to be {row['merged_into']}{called}"


def _withdrawal(row: Mapping[str, Any], notice: timedelta, now: datetime) -> Iterator[str]:
    """When and why it was taken back, and what readers find in its place."""
    why = f", for this reason: {row['reason']}" if row["reason"] else ", and no reason is kept"
    yield f"withdrawn {when(row['withdrawn'])}{why}"
    until, kept = row["withdrawn"] + notice, f"(feeds.notice_days = {notice / timedelta(days=1):g})"
    if not row["served"]:
        yield "readers have never had it and are told nothing"
    elif now < until:
        yield f"readers find a notice in its place until {when(until)} {kept}, and nothing of the article"
    else:
        yield f"readers found a notice in its place until {when(until)} {kept}, and find nothing of it now"


def _copies(connection: Connection, row: Mapping[str, Any]) -> Iterator[str]:
    """Which other sources have it, and how that is known."""
    found = copies_of(connection, [row["id"]]).get(row["id"], [])
    for known in found[:MOST]:
        copy = known.copy
        how = "at the same URL" if copy.likeness is None else f"with {percent(copy.likeness)} of the same text"
        where = f" {copy.url}" if copy.url and copy.url != row["url"] else ""
        called = f" as {copy.title!r}" if copy.title and copy.title != row["title"] else ""
        yield f"also from source {copy.source}{where}, {how}{called}, known since {when(known.since)}"
    if found[MOST:]:
        yield f"also from {len(found) - MOST} more"


def _dates(connection: Connection, row: Mapping[str, Any]) -> Iterator[str]:
    """When it was published, changed and fetched, each by itself, and where it says so."""
    witnesses = reading.article_witnesses(connection, row["id"])
    frozen = "frozen since it was first served" if row["served"] else "not served yet"
    yield f"published {when(row['published'])}, {frozen}"
    yield from (_witness(one) for one in witnesses if one["role"] == "published")
    for one in reading.article_asides(connection, row["id"], row["url"], MOST):
        yield f"  nothing is read from {one['place']} now: {one['reason']}"
    if not row["stub"]:
        yield f"updated {when(row['updated'])}" if row["updated"] else "not updated since it was published"
    yield from (_witness(one) for one in witnesses if one["role"] == "updated")
    if fetched := reading.article_fetched(connection, row["id"], row["source"]):
        at, own = fetched
        yield f"fetched {when(at)}, when {'its page was last asked for' if own else 'its source last answered'}"


def _witness(one: Mapping[str, Any]) -> str:
    zone = f"read in {one['zone']}" + (", assumed" if one["zone_assumed"] else "")
    note = f" ({one['note']})" if one["note"] else ""
    origin = f"  [{one['origin']}]" if one["origin"] else ""
    told_by = said_by(Evidence(one["kind"]), one["origin"] or "")
    return f"  {one['role']}: {one['text']!r} is {when(one['at'])}, {zone}, {told_by}{note}{origin}"


def _listers(connection: Connection, id: str) -> Iterator[str]:
    """Which articles list it, and which ones did or would if they were not withdrawn."""
    listers, more = reading.article_listers(connection, id, MOST)
    yield from (f"listed by {_lister(one)}" for one in listers)
    if more:
        yield f"listed by {more} more"
    former, more = reading.article_listers(connection, id, MOST, now=False)
    for one in former:
        yield f"once listed by {_lister(one)}" + ("" if one["withdrawn"] else ", whose own list does not name it now")
    if more:
        yield f"once listed by {more} more"


def _lister(one: Mapping[str, Any]) -> str:
    called = f"one that is withdrawn ({one['id']})" if one["withdrawn"] else titled(one["title"], one["id"])
    return f"{called} as of {one['date_text'] or 'no time'}"


def _story(connection: Connection, id: str) -> Iterator[str]:
    others, more = others_of_story(connection, id, MOST)
    if others:
        yield "tells the same story as"
        yield from (f"    {when(one.published)}  {titled(one.title, one.id)}" for one in others)
    if more:
        yield f"    and {more} more"


def _ties(reason: Reason) -> Iterator[str]:
    """What ties it to the others in the channel, the strongest first, and where the rest leads."""
    here = reason.here
    if len(here):
        yield (
            f"  tied to {counted(len(here), 'article')} there: listed by {here.list_it}, listing {here.are_listed},"
            f" with a text near those of {here.are_near}"
        )
        yield "    weight  texts alike"
        yield from map(_tie, here.strongest)
        if here.more:
            yield f"    and {here.more} more"
    if reason.all_ties:
        other = reason.elsewhere
        rest = f"; most of the rest, {percent(other.share)}, to {other.slug}: {other.title}" if other else ""
        yield f"  of the weight of all its {counted(reason.all_ties, 'tie')}, {percent(reason.share)} leads here{rest}"


def _tie(tied: Tied) -> str:
    """How another article is tied to this one, and which one that is."""
    lists = {None: "", True: "lists it", False: "listed it once"}[tied.lists_it]
    is_listed = {None: "", True: "is listed", False: "was listed"}[tied.is_listed]
    how = ", ".join(filter(None, (lists, is_listed, "near" if tied.near else "")))
    return f"    {tied.weight:6.2f}  {tied.likeness:11.2f}  {how:25}  {titled(tied.title, tied.id)}"


def _why_left_over(connection: Connection, id: str, rest: Channel, reason: Reason, rules: Themes) -> str:
    """Why it is in no other channel, as far as the limits in the settings say."""
    if not reason.all_ties:
        return "left over, as nothing ties it to any other article: no list names it, and no text is like its own"
    times = hanging_together(connection, id, rest.slug)
    if len(times) < rules.min_articles:
        return (
            f"left over, as too few are like it: with all it hangs together with, it makes {len(times)}"
            f" of the {rules.min_articles} articles that a channel takes (themes.min_articles)"
        )
    span = max(times) - min(times)
    if span < timedelta(hours=rules.min_span_hours):
        return (
            f"left over, as those like it, {len(times)} with it, {came(span)};"
            f" they are not a channel until there are {takes(rules)}"
        )
    return (
        "left over, as its ties hold it to no channel, nor closely enough to others that are left over;"
        f" they are not a channel until there are {takes(rules)}"
    )


def _why_nowhere(row: Mapping[str, Any], now: datetime) -> str:
    if row["withdrawn"]:
        return "it is withdrawn"
    if row["merged_into"]:
        return "the article that it turned out to be is in its place"
    if row["published"] is None:
        return "nobody has said when it was published"
    if row["published"] > now:
        return f"readers may not see it before {when(row['published'])}"
    if not row["served"]:
        return "no run has shown it to readers yet"
    return "the last run placed it in none"
