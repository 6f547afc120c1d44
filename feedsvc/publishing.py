"""The render stage, joined with the store: what is due → generations with their bytes.

Nothing is written here: a run lets all of it stand at once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from feedsvc.model import Channel, Snapshot
from feedsvc.publish.plan import ALL, MAP, OPML, PlannedFeed, channel_key, plan_map, plan_outline, served
from feedsvc.publish.snapshot import snapshot
from feedsvc.render import FORMATS, MAP_MEDIA_TYPE, OPML_MEDIA_TYPE
from feedsvc.render.assemble import article_page, assemble, feed_home, feed_id
from feedsvc.render.maps.channel import Dot, Tie, channel_map
from feedsvc.render.maps.channels import Circle, Touch, channels_map
from feedsvc.render.opml import Outline, render_opml
from feedsvc.settings import Settings, Site
from feedsvc.store import feeds as feed_store
from feedsvc.store import graph as graph_store
from feedsvc.store.feeds import NewGeneration, PublicArticle, Standing
from feedsvc.store.store import Store
from feedsvc.themes import parts
from feedsvc.theming import Themed

Progress = Callable[[str, int, int], None]
DRAWN = 120  # articles that a map shows


def feeds(
    needed: Sequence[PlannedFeed],
    stands: Mapping[str, Standing],
    settings: Settings,
    store: Store,
    maps: "Maps",
    progress: Progress,
) -> Iterator[NewGeneration]:
    """Each feed in every format, and with a channel's the map of it."""
    files = {name: format.file_name for name, format in FORMATS.items()}
    for done, feed in enumerate(needed):
        progress("rendering", done, len(needed))
        with store.reading() as connection:
            found = feed_store.whole_articles(connection, feed.ids)
        id = stands[feed.key].id if feed.key in stands else feed_id(settings.sources[0].name, feed.key)
        entries = [found[one] for one in feed.ids]
        look = {"image": feed.image, "language": feed.language}
        assembled = assemble(feed.key, id, feed.title, feed.description, entries, files, settings.site, **look)
        snapshots = [snapshot(name, format.media_type, format.render(assembled)) for name, format in FORMATS.items()]
        if feed.key != ALL:
            snapshots.append(maps.of_channel(feed))
        yield NewGeneration(feed.key, id, feed.digest, feed.newest, len(entries), tuple(snapshots))


def outline(channels: Sequence[Channel], stands: str | None, settings: Settings) -> Iterator[NewGeneration]:
    """The outline of all channels, unless it stands as it is."""
    digest = plan_outline(channels, settings)
    if digest == stands:
        return
    rss = FORMATS["rss"].file_name
    homes = [(c, feed_home(channel_key(c.slug), settings.site)) for c in served(channels)]
    body = render_opml(settings.site.title, [Outline(c.title, c.description, home, home + rss) for c, home in homes])
    yield NewGeneration(OPML, OPML, digest, None, len(homes), (snapshot(OPML, OPML_MEDIA_TYPE, body),))


@dataclass(frozen=True)
class Maps:
    """Draws the channels as they are after this run."""

    store: Store
    public: Sequence[PublicArticle]
    themed: Themed
    site: Site

    def of_channel(self, feed: PlannedFeed) -> Snapshot:
        """A channel's newest articles over time, and what ties them."""
        members = next(c.members for c in self.themed.after if channel_key(c.slug) == feed.key)
        newest = [article for article in self.public if article.id in members][-DRAWN:]
        stories = self.themed.weaving.stories
        dots = [
            Dot(a.id, a.title, a.published, article_page(a.id, self.site), a.stub, stories.get(a.id, ""))
            for a in newest
        ]
        ids = {article.id for article in newest}
        ties = [Tie(tie.a, tie.b, tie.weight, tie.votes > 0) for tie in self._ties_within(ids)]
        return _drawn(channel_map(dots, ties, feed.title, feed.language or self.site.language))

    def of_all(self, stands: str | None) -> Iterator[NewGeneration]:
        """The channels and how they touch, unless it stands much as it is: it is not drawn for every article."""
        channels = [channel for channel in served(self.themed.after) if channel.members]
        digest = plan_map(channels, self.themed.arranged, self.site)
        if digest == stands:
            return
        homes = {channel.slug: feed_home(channel_key(channel.slug), self.site) for channel in channels}
        circles = [Circle(c.slug, c.title, len(c.members), homes[c.slug]) for c in channels]
        body = channels_map(circles, self._touches(channels), self.site.title, self.site.language)
        yield NewGeneration(MAP, MAP, digest, None, len(circles), (_drawn(body),))

    def _touches(self, channels: Iterable[Channel]) -> list[Touch]:
        homes = {id: channel.slug for channel in channels for id in channel.members}
        weights: dict[tuple[str, str], float] = defaultdict(float)
        for tie in self._ties():
            a, b = homes.get(tie.a), homes.get(tie.b)
            if a and b and a != b:
                weights[min(a, b), max(a, b)] += tie.weight
        return [Touch(a, b, round(weight, 3)) for (a, b), weight in sorted(weights.items())]

    def _ties(self, ids: set[str] | None = None) -> list[parts.Tie]:
        """The ties of these articles, or all, as they are after this run."""
        with self.store.reading() as connection:
            stored = graph_store.ties(connection, ids)
        new = self._woven if ids is None else {e: t for id in ids for e, t in self._woven_by_id.get(id, {}).items()}
        return [tie for _, tie in sorted((stored | new).items())]

    def _ties_within(self, ids: set[str]) -> list[parts.Tie]:
        return [tie for tie in self._ties(ids) if ids.issuperset(tie.edge)]

    @cached_property
    def _woven(self) -> dict[parts.Edge, parts.Tie]:
        return {tie.edge: tie for tie in self.themed.weaving.ties}

    @cached_property
    def _woven_by_id(self) -> dict[str, dict[parts.Edge, parts.Tie]]:
        found: dict[str, dict[parts.Edge, parts.Tie]] = defaultdict(dict)
        for edge, tie in self._woven.items():
            for id in edge:
                found[id][edge] = tie
        return found


def _drawn(svg: str) -> Snapshot:
    return snapshot("map", MAP_MEDIA_TYPE, svg.encode())
