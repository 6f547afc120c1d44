"""The publish stage: what readers get next, all of it in one transaction, but for what the guard holds back.

What operators have withdrawn or corrected waits for nothing: not for a feed that is held back, nor for a mistake in
their file of channels.
"""

import hashlib
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Connection

from feedsvc.curation import FILE_NAME, Curation, load_curation
from feedsvc.errors import BadSettings
from feedsvc.making import Due, Progress, feeds, outline, sitemaps
from feedsvc.model import ChannelState
from feedsvc.normalise.urls import url_key
from feedsvc.publish.guard import Effect, compare, objections, shown
from feedsvc.publish.plan import OPML, SITEMAP, PlannedFeed, due, plan
from feedsvc.publish.window import Line, Past
from feedsvc.reader import READER_VERSION
from feedsvc.report import Change, Report
from feedsvc.settings import Settings
from feedsvc.store import amendments, reading
from feedsvc.store import articles as article_store
from feedsvc.store import feeds as feed_store
from feedsvc.store import generations as generation_store
from feedsvc.store.feeds import PublicArticle
from feedsvc.store.generations import Hold, NewGeneration, Standing
from feedsvc.store.store import Lease, Store
from feedsvc.theming import Themed, theme
from feedsvc.weaving import Weaving

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Before:
    """What there is before the run publishes. `touched` maps articles to the revision in which what they list was."""

    public: list[PublicArticle]
    stands: Mapping[str, Standing]
    pasts: Mapping[str, Past]
    holds: Mapping[str, Hold]
    ended: Mapping[str, datetime]
    gone: Collection[str]
    touched: Mapping[str, int]


def next_due(connection: Connection, settings: Settings, now: datetime) -> datetime | None:
    """When the clock alone changes what readers get: an embargo, a notice or a farewell is over."""
    notice, farewell = timedelta(days=settings.feeds.notice_days), timedelta(days=settings.feeds.farewell_days)
    over = (
        *(at + notice for at in amendments.withdrawals(connection)),
        *(at + farewell for at in generation_store.endings(connection).values()),
    )
    times = (feed_store.next_due(connection, now), *over)
    return min((at for at in times if at and at > now), default=None)


def publish(settings: Settings, store: Store, lease: Lease | None, report: Report, progress: Progress) -> None:
    """Theme, render and publish what the store has, unless the feeds follow it already.

    Raises BadSettings where articles cannot be brought into channels. By then, the channels that stand are published
    as they are, without what is new but with what has been withdrawn or corrected.
    """
    try:
        curation = load_curation(settings.origin.parent / FILE_NAME, url_key)
        _publish(settings, store, lease, report, progress, curation)
    except BadSettings:
        _publish(settings, store, lease, report, progress, None)
        raise


def _publish(
    settings: Settings,
    store: Store,
    lease: Lease | None,
    report: Report,
    progress: Progress,
    curation: Curation | None,
) -> None:
    """Publish the channels that `curation` leads to; where there is none to be had, those that stand."""
    now = _now()
    with store.reading() as connection:
        report.next_due = next_due(connection, settings, now)
        told = _told(connection, settings, curation, now)
        stood, former = _apart(generation_store.followed(connection))
        released = any(hold.released for hold in generation_store.read_holds(connection).values())
        # To count them takes a while; where anything else is different, they need not be counted before.
        if former == told and not released and stood == feed_store.count_public(connection, now, _notice(settings)):
            return
        before = _before(connection, settings, now, with_new=curation is not None)
        if curation is None and not before.stands:  # an empty feed would be the first that readers get
            return
        follows = f"{len(before.public)} {told}"
    if curation is None:
        themed = _as_it_stands(store)
    else:
        progress("finding themes", 0, 0)
        themed = theme(store, before.public, settings, curation, now, progress)
    report.reports += themed.remarks
    ended = _ended(themed, before, now)
    lines = _lines(before)
    planned = plan(themed.after, lines, settings, before.pasts, ended)
    digests = {key: standing.digest for key, standing in before.stands.items()}
    weighed = _weighed(due(planned, digests), before, store)
    report.changes = [_change(one, before.holds, lines, settings) for one in weighed if not _ran_out(one)]
    held = _held(report.changes, before.holds, now)
    report.held = len(held)
    going = list(_going(weighed, held, lines, before.touched))
    unseen = frozenset(article.id for article in before.public if not article.served)
    made = [
        *feeds(going, before.stands, settings, store, unseen, progress),
        *outline(themed.after, digests.get(OPML), settings),
        *sitemaps(themed.after, before.public, digests.get(SITEMAP), settings.site, store),
    ]
    _until_the_next_second(before.stands, made)
    with store.writing(lease) as connection:
        at = _now().replace(microsecond=0)
        generation_store.publish(connection, themed.before, themed.after, made, unseen, follows, at, report.run, ended)
        generation_store.write_holds(connection, held)
        amendments.settle(connection, before.touched)
        themed.write(connection, report.run)
    report.published = len(made)


def _now() -> datetime:
    return datetime.now(UTC)


def _as_it_stands(store: Store) -> Themed:
    """The channels there are, with nothing new in them."""
    with store.reading() as connection:
        channels = feed_store.all_channels(connection)
    return Themed(
        before=channels, after=channels, events=[], remarks=[], weaving=Weaving(), verdicts=[], judged=[], marks={}
    )


def _told(connection: Connection, settings: Settings, curation: Curation | None, now: datetime) -> str:
    """What the feeds hang on but for the number of articles that may be seen: articles, settings and curation."""
    feeds = settings.feeds
    gone = sorted(reading.gone(connection, now, timedelta(days=feeds.farewell_days)))
    revision = article_store.revision(connection)
    parts = (revision, gone, READER_VERSION, settings.site, feeds, settings.themes, curation)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _apart(follows: str | None) -> tuple[int, str]:
    """How many articles the feeds tell of, and what else they hang on."""
    number, _, told = (follows or "").partition(" ")
    return (int(number), told) if number.isdecimal() and told else (-1, "")


def _notice(settings: Settings) -> timedelta:
    return timedelta(days=settings.feeds.notice_days)


def _before(connection: Connection, settings: Settings, now: datetime, with_new: bool) -> _Before:
    """What there is; unless it is `with_new` articles, only those that readers have seen."""
    public = feed_store.public_articles(connection, now, _notice(settings))
    public = [article for article in public if with_new or article.served]
    stands = generation_store.standing(connection)
    unseen = [article.id for article in public if not article.served]
    return _Before(
        public=public,
        stands=stands,
        pasts=generation_store.pasts(connection),
        holds=generation_store.read_holds(connection),
        ended=generation_store.endings(connection),
        gone=reading.gone(connection, now, timedelta(days=settings.feeds.farewell_days)),
        touched=amendments.touched(connection, unseen) if stands else {},
    )


def _ended(themed: Themed, before: _Before, now: datetime) -> dict[str, datetime]:
    """slug → since when a channel is no more, for those that still tell it."""
    retired = {channel.slug for channel in themed.after if channel.state is ChannelState.RETIRED}
    at = now.replace(microsecond=0)
    return {slug: before.ended.get(slug, at) for slug in retired - set(before.gone)}


def _lines(before: _Before) -> dict[str, Line]:
    return {
        a.id: Line(
            id=a.id,
            published=a.published,
            updated=a.updated,
            digest=a.digest,
            touched=before.touched.get(a.id, a.touched),
            trace=a.url_key or f"{a.published:%Y-%m-%d %H:%M} {a.title}",
            recalled=a.recalled,
            withdrawn=a.withdrawn,
        )
        for a in before.public
    }


def _weighed(needed: Sequence[PlannedFeed], before: _Before, store: Store) -> list[Due]:
    """What making each feed would do to its readers."""
    with store.reading() as connection:
        formers = generation_store.formers(connection, [feed.key for feed in needed])
    found = []
    for feed in needed:
        past = before.pasts.get(feed.key, Past())
        kept = formers.get(feed.key, [])
        archived = {id for ids in (*past.archives, *feed.closed) for id in ids}
        last = kept[0].shown if kept else ()
        found.append(Due(feed, past, kept, compare(last, feed.shown, archived, past.gone)))
    return found


def _change(one: Due, holds: Mapping[str, Hold], public: Collection[str], settings: Settings) -> Change:
    key, before, after = one.feed.key, len(one.formers[0].shown) if one.formers else 0, len(one.feed.shown)
    told = objections(one.effect, before, after, settings.feeds.hold_share, public)
    released = key in holds and holds[key].released
    return Change(key, before, after, one.effect, tuple(told), bool(told) and not released)


def _held(changes: Sequence[Change], holds: Mapping[str, Hold], now: datetime) -> dict[str, Hold]:
    """key → what may not go out, and since when that is so."""
    held = {}
    for change in changes:
        if change.held:
            since = holds[change.key].since if change.key in holds else now
            held[change.key] = Hold(since, change.objections)
            log.warning("held back", feed=change.key, reasons=list(change.objections))
    return held


def _ran_out(one: Due) -> bool:
    """Whether nothing is left over any more, which is no fault of anybody's: that feed keeps its last entries."""
    return one.feed.rest and not one.feed.ids and bool(one.formers)


def _going(
    weighed: Sequence[Due], held: Collection[str], lines: Mapping[str, Line], touched: Collection[str]
) -> Iterator[Due]:
    """The feeds that go out: new ones, and in place of those that do not, what stands with its amendments."""
    for one in weighed:
        going = _amended(one, lines, touched) if one.feed.key in held or _ran_out(one) else one
        if going:
            yield going


def _amended(one: Due, lines: Mapping[str, Line], touched: Collection[str]) -> Due | None:
    """The feed that stands, with what operators have amended since, if they have; `touched` is what lists that."""
    stands = one.formers[0].shown
    kept = [(was, lines[was.id]) for was in stands if was.id in lines]
    now = tuple(shown(line) if line.recalled or line.id in touched else was for was, line in kept)
    if now == stands:
        return None
    feed = replace(
        one.feed,
        shown=now,
        newest=now[0].published if now else None,
        digest=f"held {one.feed.digest}",
        closed=(),
        archives=len(one.past.archives),
    )
    return Due(feed, one.past, one.formers, Effect())


def _until_the_next_second(stands: Mapping[str, Standing], made: Sequence[NewGeneration]) -> None:
    """Wait, a second at most, so that no feed changes twice within what Last-Modified can tell apart."""
    latest = max((stands[feed.key].published_at for feed in made if feed.key in stands), default=None)
    left_s = (latest - _now()).total_seconds() + 1 if latest else 0.0
    if 0 < left_s <= 1:  # more would mean that the clock was set back
        time.sleep(left_s)
