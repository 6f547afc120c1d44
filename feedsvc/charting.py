"""Maps of channels, joined with the store: what is drawn with a run's generations.

Nothing is written here. No article that was withdrawn is on a map.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from feedsvc.model import Channel, Snapshot
from feedsvc.publish.plan import MAP, PlannedFeed, channel_key, plan_map, served, step
from feedsvc.publish.snapshot import snapshot
from feedsvc.render import MAP_MEDIA_TYPE
from feedsvc.render.assemble import article_page, feed_home
from feedsvc.render.maps.channel import Dot, Tie, channel_map
from feedsvc.render.maps.channels import Circle, Touch, channels_map
from feedsvc.settings import Site
from feedsvc.store import graph as graph_store
from feedsvc.store.feeds import PublicArticle
from feedsvc.store.generations import NewGeneration
from feedsvc.store.store import Store
from feedsvc.themes import parts
from feedsvc.theming import Themed

DRAWN = 120  # articles that a map shows


@dataclass(frozen=True)
class Maps:
    """Draws the channels as they are after this run."""

    store: Store
    public: Sequence[PublicArticle]
    themed: Themed
    site: Site

    def is_stale(self, key: str) -> bool:
        """Whether a channel's map is to be drawn anew: it is not for every article among hundreds.

        It is when the channel has grown by a twentieth or lost an article, is called otherwise, or tells of something
        else that operators have changed.
        """
        before, after = (next((c for c in of if channel_key(c.slug) == key), None) for of in self._before_and_after)
        if before is None or after is None or before.members - after.members or _told(before) != _told(after):
            return True
        recalled = any(article.recalled for article in self.public if article.id in after.members)
        return recalled or step(len(before.members)) != step(len(after.members))

    @property
    def _before_and_after(self) -> tuple[list[Channel], list[Channel]]:
        return self.themed.before, self.themed.after

    def of_channel(self, feed: PlannedFeed) -> Snapshot:
        """A channel's newest articles over time, and what ties them."""
        members = next(c.members for c in self.themed.after if channel_key(c.slug) == feed.key)
        shown = (article for article in self.public if article.id in members and not article.withdrawn)
        newest = list(shown)[-DRAWN:]
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
        withdrawn = {article.id for article in self.public if article.withdrawn}
        sizes = {channel.slug: len(channel.members - withdrawn) for channel in channels}
        digest = plan_map(channels, sizes, self.themed.arranged, self.site)
        if digest == stands:
            return
        homes = {channel.slug: feed_home(channel_key(channel.slug), self.site) for channel in channels}
        circles = [Circle(c.slug, c.title, sizes[c.slug], homes[c.slug]) for c in channels]
        body = channels_map(circles, self._touches(channels), self.site.title, self.site.language)
        yield NewGeneration(MAP, MAP, digest, None, len(circles), (_drawn(body),))

    def _touches(self, channels: Iterable[Channel]) -> list[Touch]:
        homes = {id: channel.slug for channel in channels for id in channel.members}
        weights: dict[tuple[str, str], float] = defaultdict(float)
        with self.store.reading() as connection:
            ties = graph_store.ties(connection) | self._woven
        for _, tie in sorted(ties.items()):
            a, b = homes.get(tie.a), homes.get(tie.b)
            if a and b and a != b:
                weights[min(a, b), max(a, b)] += tie.weight
        return [Touch(a, b, round(weight, 3)) for (a, b), weight in sorted(weights.items())]

    def _ties_within(self, ids: set[str]) -> list[parts.Tie]:
        """The ties among these articles, as they are after this run."""
        with self.store.reading() as connection:
            stored = graph_store.ties_within(connection, ids)
        new = {e: t for id in ids for e, t in self._woven_by_id.get(id, {}).items() if ids.issuperset(e)}
        return [tie for _, tie in sorted((stored | new).items())]

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


def _told(channel: Channel) -> tuple[str, str | None]:
    return channel.title, channel.language


def _drawn(svg: str) -> Snapshot:
    return snapshot("map", MAP_MEDIA_TYPE, svg.encode())
