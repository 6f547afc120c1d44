"""Sources on the network → the inbox, from which the next run takes them in.

Nothing here needs the lease: waiting for the network stops nobody. What a source answers is looked at before it is
believed: a page in place of a feed, half a feed, an empty one or a login page is a failure of the source, and what was
good before stays. A failing source is asked again after a while, with more patience each time.
"""

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from urllib.parse import urlsplit

import structlog

from feedsvc.errors import FeedsvcError, UnreadableDocument
from feedsvc.load import parse
from feedsvc.load.pages.section import article_links
from feedsvc.load.rounds import KnownPage, pages_due
from feedsvc.load.sitemap import Place, parse_sitemap
from feedsvc.load.web.client import Web
from feedsvc.load.web.health import after_failure, after_success, may_try
from feedsvc.load.web.values import Errand, Failed, Gone, Got, Limits, Reach, Result, Same
from feedsvc.model import Document, RawArticle
from feedsvc.reader import rules_of
from feedsvc.settings import Settings, SourceSettings
from feedsvc.store import inbox
from feedsvc.store import sources as source_store
from feedsvc.store.inbox import Item
from feedsvc.store.sources import State
from feedsvc.store.store import Store

log = structlog.get_logger()

SITEMAPS_READ = 20  # of an index, at a time
MAX_WAITING = 50_000  # pages of a source that are known and yet to be read
AHEAD_OF_DATES = "9999"  # in the place of the last change of what the settings themselves list
# Pages that sites list beside their articles. By the whole name only: "/jobs-lost-at-the-port" is an article.
_NO_ARTICLE = re.compile(
    r"/+(?:[a-z]{2}/)?(?:about|about-us|contact|contact-us|terms|terms-of-(?:use|service)|terms-and-conditions|privacy"
    r"|privacy-policy|cookies|cookie-policy|imprint|impressum|jobs|careers|newsletters?|subscribe|sign-?in|sign-?up"
    r"|log-?in|register)/?|.*/(?:tags?|authors?)(?:/[^/]*)?(?:/page/\d+)?/?",
    re.IGNORECASE,
)
FEED_ENDS = (b"</rss>", b"</feed>", b"</rdf:rdf>", b":feed>")
ON_THE_NETWORK = ("feed", "pages")


class Untrustworthy(FeedsvcError):
    """An answer that is not what the source is for. The message is for people."""


@dataclass(frozen=True, slots=True)
class Haul:
    """What came of asking one source."""

    state: State
    items: tuple[Item, ...] = ()
    pages: tuple[KnownPage, ...] = ()


@contextmanager
def web_of(settings: Settings) -> Iterator[Web]:
    """The way out, as the settings have it."""
    agent = f"feedsvc/{version('feedsvc')} (+{settings.site.base_url})"
    fetch = settings.fetch
    settings.fetch_cache.mkdir(parents=True, exist_ok=True)
    with Web(agent, settings.fetch_cache, pause_s=fetch.pause_s, parallel=fetch.parallel) as web:
        yield web


def collect(settings: Settings, store: Store, web: Web) -> int:
    """Ask every source on the network that is due, and put what is new into the inbox. Returns how many documents."""
    found = 0
    for source in settings.sources:
        if source.kind not in ON_THE_NETWORK:
            continue
        with store.reading() as connection:
            state = source_store.states(connection).get(source.name, State())
            known = source_store.known_pages(connection, source.name) if source.kind == "pages" else {}
        if not _is_due(source, state, settings, _now()):
            continue
        haul = _asked(source, state, known, web, settings)
        with store.writing() as connection:
            inbox.put(connection, haul.items)
            source_store.write_pages(connection, source.name, haul.pages)
            source_store.write_state(connection, source.name, haul.state)
        found += len(haul.items)
        if haul.state.trouble:
            log.warning("source failed", source=source.name, reason=haul.state.trouble)
    return found


def _is_due(source: SourceSettings, state: State, settings: Settings, now: datetime) -> bool:
    if state.gone or not may_try(state.health, now):
        return False
    # A little less than the interval: a tick must not miss by a moment.
    every = timedelta(seconds=0.9 * (source.every_s or settings.schedule.refresh_every_s))
    return state.checked_at is None or now - state.checked_at >= every


def _asked(source: SourceSettings, state: State, known: Mapping[str, KnownPage], web: Web, settings: Settings) -> Haul:
    try:
        if source.kind == "feed":
            return _feed(source, state, web, settings)
        return _pages(source, state, known, web, settings)
    except (Untrustworthy, UnreadableDocument) as error:
        return Haul(_failed(state, str(error)))


def _feed(source: SourceSettings, state: State, web: Web, settings: Settings) -> Haul:
    result = web.fetch(_errand(source, state.url or source.url, settings, state.digest))
    if isinstance(result, Failed | Gone):
        return Haul(_gone_or_failed(state, result))
    if isinstance(result, Got):
        document = _document(source, result)
        _trust_feed(document, source)
        item = Item(
            source.name, source.url, "read", document.media_type, document.url, document.body, document.fetched_at
        )
        return Haul(_good(state, result, result.digest), (item,))
    return Haul(_good(state, result, state.digest))


def _trust_feed(document: Document, source: SourceSettings) -> None:
    """Raises Untrustworthy for what is no whole feed with articles in it."""
    tail = document.body[-200:].lower()
    if document.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and not any(
        end in tail.replace(b" ", b"") for end in FEED_ENDS
    ):
        begins = document.body[:1000].lower()
        if b"<html" in begins or b"<!doctype html" in begins:
            raise Untrustworthy("it answered with a page, and not with a feed")
        raise Untrustworthy("the feed is cut off before its end")
    try:
        read = any(isinstance(one, RawArticle) for one in parse(document, rules_of(source)))
    except UnreadableDocument as error:
        raise Untrustworthy(f"it is no feed that can be read: {error.reason}") from error
    if not read:
        raise Untrustworthy("the feed is empty")


def _pages(source: SourceSettings, state: State, known: Mapping[str, KnownPage], web: Web, settings: Settings) -> Haul:
    listed = _listed(source, state, web, settings)
    if isinstance(listed, Failed | Gone):
        return Haul(_gone_or_failed(state, listed))
    now = _now()
    fresh = {place.url: KnownPage(place.url, now) for place in listed if place.url not in known}
    every = timedelta(seconds=source.every_s or settings.schedule.refresh_every_s)
    pages = [*fresh.values(), *known.values()]
    due = _newest_first(pages_due(pages, now, every, len(pages)), listed)[: source.max_pages]
    page_by_address = {page.address: page for page in due}
    errands = [_errand(source, page.address, settings, page.digest) for page in due]
    results = [(page_by_address[errand.url], result) for errand, result in web.fetch_all(errands)]
    strangers = _common_targets(result for _, result in results)
    checked, items, failures = [], [], []
    for page, result in results:
        page, item = _looked_at(source, page, result, strangers, now)
        checked.append(page)
        items += [item] if item else []
        failures += [result.reason] if isinstance(result, Failed) else []
    if results and len(failures) == len(results):
        return Haul(_failed(state, f"none of its pages could be read: {failures[0]}"), (), tuple(checked))
    waiting = sum(page.checked_at is None and not page.gone for page in known.values())
    new = [page for page in fresh.values() if page.address not in page_by_address][: max(MAX_WAITING - waiting, 0)]
    health = after_success(state.health, now)
    return Haul(replace(state, health=health, checked_at=now), tuple(items), (*checked, *new))


def _newest_first(due: list[KnownPage], listed: Sequence[Place]) -> list[KnownPage]:
    """Pages yet to be read by their last change, then by when they were found; then the others, as they were."""
    rank = {place.url: number for number, place in enumerate(listed)}
    changed = {place.url: place.changed for place in listed}
    unread = sorted((page for page in due if page.checked_at is None), key=lambda page: rank.get(page.url, len(rank)))
    unread.sort(key=lambda page: (changed.get(page.url, ""), page.found_at), reverse=True)
    return [*unread, *(page for page in due if page.checked_at is not None)]


def _listed(source: SourceSettings, state: State, web: Web, settings: Settings) -> list[Place] | Failed | Gone:
    """What the source's own list has now, and before it what the settings list."""
    wanted = [*source.urls, *([source.url] if source.url and source.find == "pages" else [])]
    places = [Place(url, AHEAD_OF_DATES) for url in wanted]
    if source.find == "pages":
        return places
    result = web.fetch(_errand(source, state.url or source.url, settings))
    document = _answered(source, result)
    if document is None:
        assert isinstance(result, Failed | Gone)
        return result
    if source.find == "section":
        found = [Place(url) for url in article_links(document, source.only)]
    else:
        found = _places(source, document, web, settings)
    if not source.only:
        found = [place for place in found if not _leads_to_no_article(place.url)]
    if not found:
        raise Untrustworthy(f"no article was found in {source.url}")
    return [*places, *found[:MAX_WAITING]]


def _leads_to_no_article(url: str) -> bool:
    try:
        return _NO_ARTICLE.fullmatch(urlsplit(url).path) is not None
    except ValueError:
        return False


def _places(source: SourceSettings, document: Document, web: Web, settings: Settings) -> list[Place]:
    """The pages in a sitemap, or in those of an index, the latest changed first."""
    sitemap = parse_sitemap(document)
    places = list(sitemap.pages)
    every_s = source.every_s or settings.schedule.refresh_every_s
    children = _in_turn(sitemap.sitemaps, int(_now().timestamp() // every_s))
    for _, result in web.fetch_all([_errand(source, place.url, settings) for place in children]):
        if child := _answered(source, result):
            places += _pages_in(child)
    fitting = [place for place in places if not source.only or re.search(source.only, place.url)]
    return sorted(fitting, key=lambda place: place.changed, reverse=True)


def _pages_in(child: Document) -> tuple[Place, ...]:
    """None in a sitemap that cannot be read: the others of its index can."""
    try:
        return parse_sitemap(child).pages
    except UnreadableDocument as error:
        log.warning("sitemap not read", url=child.url, reason=error.reason)
        return ()


def _in_turn(sitemaps: Iterable[Place], turn: int) -> list[Place]:
    """As many as are read at a time: always the latest changed, or both ends of the list, and the others by turns."""
    latest = sorted(sitemaps, key=lambda place: place.changed, reverse=True)
    if len(latest) <= SITEMAPS_READ:
        return latest
    half = SITEMAPS_READ // 2
    others = latest[half - 1 : -1]
    start = turn * half % len(others)
    return [*latest[: half - 1], latest[-1], *(others * 2)[start : start + half]]


def _looked_at(
    source: SourceSettings, page: KnownPage, result: Result, strangers: set[str], now: datetime
) -> tuple[KnownPage, Item | None]:
    match result:
        case Got() if result.final_url in strangers:
            return replace(page, checked_at=now, failures=page.failures + 1), None
        case Got():
            page = replace(page, moved_to=result.moved_permanently_to or page.moved_to)
            document = _document(source, result)
            item = Item(
                source.name, page.url, "read", document.media_type, document.url, result.body, result.fetched_at
            )
            return replace(page, checked_at=now, digest=result.digest, failures=0), item
        case Gone():
            return replace(page, checked_at=now, gone=True), None
        case Failed():
            return replace(page, checked_at=now, failures=page.failures + 1), None
    return replace(page, checked_at=now, failures=0), None


def _common_targets(results: Iterable[Result]) -> set[str]:
    """Where several different pages lead to: a login or a consent page, and no article."""
    seen: set[str] = set()
    twice: set[str] = set()
    for result in results:
        if isinstance(result, Got) and result.final_url != result.url and not result.moved_permanently_to:
            (twice if result.final_url in seen else seen).add(result.final_url)
    return twice


def _errand(source: SourceSettings, url: str, settings: Settings, known_digest: str = "") -> Errand:
    limits = Limits(body_bytes=settings.fetch.max_mb * 1024 * 1024, total_s=settings.fetch.total_s)
    reach = Reach.of(source.url or url, source.allow_private)
    return Errand(url, reach, limits, known_digest)


def _answered(source: SourceSettings, result: Result) -> Document | None:
    """What was fetched, or an empty document for what is as it was; None where nothing was."""
    match result:
        case Got():
            return _document(source, result)
        case Same():
            return Document(source.name, result.url, "", b"", _now(), result.final_url)
    return None


def _document(source: SourceSettings, got: Got) -> Document:
    named = MEDIA_TYPE_BY_KIND[source.kind]
    media_type = got.media_type if got.media_type not in ("", "text/plain", "application/octet-stream") else named
    charset = f"; charset={got.charset}" if got.charset else ""
    return Document(source.name, got.url, media_type + charset, got.body, got.fetched_at, got.final_url)


MEDIA_TYPE_BY_KIND = {"feed": "application/xml", "pages": "text/html"}


def _good(state: State, result: Got | Same, digest: str) -> State:
    now = _now()
    moved = result.moved_permanently_to or state.url
    return replace(state, health=after_success(state.health, now), checked_at=now, url=moved, digest=digest)


def _gone_or_failed(state: State, result: Result) -> State:
    if isinstance(result, Gone):
        return replace(state, gone=True, checked_at=_now())
    assert isinstance(result, Failed)
    return _failed(state, result.reason, result.retry_after_s)


def _failed(state: State, reason: str, retry_after_s: int | None = None) -> State:
    now = _now()
    health = after_failure(state.health, now, reason, random.random(), retry_after_s)
    return replace(state, health=health, checked_at=now)


def _now() -> datetime:
    return datetime.now(UTC)


def trouble(states: Mapping[str, State], sources: Sequence[SourceSettings]) -> list[str]:
    """A sentence for each source on the network that fails now."""
    failing = ((source.name, states[source.name].trouble) for source in sources if source.name in states)
    return [f"source {name!r}: {reason}" for name, reason in failing if reason]
