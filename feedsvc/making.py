"""The render stage, joined with the store: what is due → generations with their bytes.

Nothing is written here: a run lets all of it stand at once.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile

from feedsvc.model import Article, Channel, ChannelState, Feed, Origin, Snapshot
from feedsvc.publish.delta import delta
from feedsvc.publish.guard import Effect
from feedsvc.publish.plan import OPML, SITEMAP, PlannedFeed, channel_key, plan_outline, plan_sitemaps, served
from feedsvc.publish.snapshot import snapshot
from feedsvc.publish.window import Past
from feedsvc.render import FORMATS, OPML_MEDIA_TYPE, SITEMAP_MEDIA_TYPE
from feedsvc.render.assemble import article_page, assemble, feed_home, feed_id
from feedsvc.render.farewell import farewell
from feedsvc.render.opml import Outline, render_opml
from feedsvc.render.sitemap import MAX_NEWS, News, Page, render_news_sitemap, render_sitemap_index, render_sitemaps
from feedsvc.settings import Settings, Site
from feedsvc.store import feeds as feed_store
from feedsvc.store.feeds import PublicArticle
from feedsvc.store.generations import Delta, Former, NewGeneration, Standing
from feedsvc.store.store import Store

Progress = Callable[[str, int, int], None]
CHOSEN, FOUND, QUIET, REST = GROUPS = ("Editors’ channels", "Themes in the news", "Quiet channels", "Everything else")
NEWS_FOR = timedelta(days=2)  # what Google News takes from a sitemap, here counted from the newest article
MAX_PAGES = 49_000  # articles in a sitemap, which may have 50,000 addresses in all
FILES = {name: format.file_name for name, format in FORMATS.items()}


@dataclass(frozen=True, slots=True)
class Due:
    """A feed that is to be made, with what it has shown before and what becomes of that."""

    feed: PlannedFeed
    past: Past
    formers: Sequence[Former]
    effect: Effect

    @property
    def gone(self) -> frozenset[str]:
        """What went from the feed without going into an archive, now or before, and is not in it again."""
        return self.past.gone.union(self.effect.lost).difference(self.feed.ids)


def feeds(
    due: Sequence[Due],
    stands: Mapping[str, Standing],
    settings: Settings,
    store: Store,
    unseen: Collection[str],
    progress: Progress,
) -> Iterator[NewGeneration]:
    """Each feed in every format, with what has changed in it.

    `unseen` are the articles that readers are about to see for the first time.
    """
    for done, one in enumerate(due):
        progress("rendering", done, len(due))
        feed = one.feed
        id = stands[feed.key].id if feed.key in stands else feed_id(settings.sources[0].name, feed.key)
        assembled = _assembled(feed, id, settings, store, unseen)
        snapshots = [snapshot(name, format.media_type, format.render(assembled)) for name, format in FORMATS.items()]
        yield NewGeneration(
            key=feed.key,
            id=id,
            digest=feed.digest,
            newest=feed.newest,
            entries=len(assembled.entries),
            snapshots=tuple(snapshots),
            shown=feed.shown,
            closed=feed.closed,
            gone=one.gone,
            deltas=tuple(_deltas(one, snapshots)),
        )


def _assembled(feed: PlannedFeed, id: str, settings: Settings, store: Store, unseen: Collection[str]) -> Feed:
    with store.reading() as connection:
        found = feed_store.whole_articles(connection, feed.ids, unseen)
    articles = [found[one] for one in feed.ids]
    if feed.ended:
        articles.insert(0, farewell(id, feed.title, feed.ended, settings.site))
    return assemble(
        feed.key,
        id,
        feed.title,
        feed.description,
        articles,
        FILES,
        settings.site,
        image=feed.image,
        language=feed.language or _language(articles),
        archives=feed.archives,
    )


def _language(articles: Collection[Article]) -> str | None:
    """The language that all of them are said to be in, if that is one."""
    told = {article.language for article in articles}
    return told.pop() if len(told) == 1 else None


def _deltas(due: Due, snapshots: Sequence[Snapshot]) -> Iterator[Delta]:
    """For each kept generation and format, the feed with what has changed since then, unless that is everything."""
    known = {(one.format, one.etag.strip('"')) for one in snapshots}  # a feed may come back to what it was
    for former in due.formers:
        was = {one.id: one for one in former.shown}
        changed = {one.id for one in due.feed.shown if was.get(one.id) != one}
        if len(changed) == len(due.feed.shown):
            continue
        for one in snapshots:
            tag = former.tags.get(one.format, "")
            if tag and (one.format, tag) not in known:
                known.add((one.format, tag))
                yield Delta(one.format, tag, delta(one.body, one.format, changed))


def outline(channels: Sequence[Channel], stands: str | None, settings: Settings) -> Iterator[NewGeneration]:
    """The outline of all channels, unless it stands as it is."""
    digest = plan_outline(channels, settings)
    if digest == stands:
        return
    rss = FORMATS["rss"].file_name
    homes = [(c, feed_home(channel_key(c.slug), settings.site)) for c in served(channels)]
    groups = {ChannelState.DORMANT: QUIET}
    outlines = [Outline(c.title, c.description, home, home + rss, groups.get(c.state, _group(c))) for c, home in homes]
    body = render_opml(settings.site.title, sorted(outlines, key=lambda one: GROUPS.index(one.group)))
    yield NewGeneration(OPML, OPML, digest, None, len(homes), (snapshot(OPML, OPML_MEDIA_TYPE, body),))


def _group(channel: Channel) -> str:
    return {Origin.CURATED: CHOSEN, Origin.REST: REST}.get(channel.origin, FOUND)


def sitemaps(
    channels: Sequence[Channel], public: Sequence[PublicArticle], stands: str | None, site: Site, store: Store
) -> Iterator[NewGeneration]:
    """What search engines are told: the pages of this service, and the news; unless all of it stands as it is."""
    shown = [article for article in public if not article.withdrawn]
    newest = shown[-1].published if shown else None
    lately = takewhile(lambda a: newest is not None and a.published > newest - NEWS_FOR, reversed(shown))
    news = [article for article in lately if not article.stub][:MAX_NEWS]
    own = [article for article in reversed(shown) if article.url_key is None][:MAX_PAGES]
    with store.reading() as connection:
        urls = feed_store.urls(connection, [article.id for article in news])
    at = {article.id: article.published for article in shown}
    last = {c.slug: max((at[id] for id in c.members if id in at), default=None) for c in served(channels)}
    pages = [Page(f"{site.base_url}/", newest)]
    pages += [Page(feed_home(channel_key(slug), site), changed) for slug, changed in last.items()]
    pages += [Page(article_page(a.id, site), max(a.published, a.updated or a.published)) for a in own]
    told = [News(urls.get(a.id) or article_page(a.id, site), a.title, a.published) for a in news]
    digest = plan_sitemaps(pages, told, site)
    if digest == stands:
        return
    maps = (Page(f"{site.base_url}/sitemap-pages.xml"), Page(f"{site.base_url}/sitemap-news.xml"))
    bodies = {
        "sitemap": render_sitemap_index(maps),
        "pages": render_sitemaps(pages)[0],
        "news": render_news_sitemap(site.title, site.language, told),
    }
    snapshots = tuple(snapshot(name, SITEMAP_MEDIA_TYPE, body) for name, body in bodies.items())
    yield NewGeneration(SITEMAP, SITEMAP, digest, newest, len(pages), snapshots)
