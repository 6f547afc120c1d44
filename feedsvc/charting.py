"""The map of all channels, joined with the store. That of a channel is made on demand.

Nothing is written here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from feedsvc.model import Channel
from feedsvc.publish.plan import MAP, channel_key, plan_map, served
from feedsvc.publish.snapshot import snapshot
from feedsvc.render import MAP_MEDIA_TYPE
from feedsvc.render.assemble import feed_home
from feedsvc.render.maps.channels import Circle, Touch, channels_map
from feedsvc.settings import Site
from feedsvc.store import graph as graph_store
from feedsvc.store.feeds import PublicArticle
from feedsvc.store.generations import NewGeneration
from feedsvc.store.store import Store
from feedsvc.themes.parts import in_order
from feedsvc.theming import Themed


def map_of_all(
    themed: Themed, public: Sequence[PublicArticle], stands: str | None, site: Site, store: Store
) -> Iterator[NewGeneration]:
    """The channels after this run and how they touch, unless it stands much as it is: not every article changes it.

    No article that was withdrawn counts.
    """
    channels = [channel for channel in served(themed.after) if channel.members]
    withdrawn = {article.id for article in public if article.withdrawn}
    sizes = {channel.slug: len(channel.members - withdrawn) for channel in channels}
    digest = plan_map(channels, sizes, themed.arranged, site)
    if digest == stands:
        return
    homes = {channel.slug: feed_home(channel_key(channel.slug), site) for channel in channels}
    circles = [Circle(c.slug, c.title, sizes[c.slug], homes[c.slug]) for c in channels]
    body = channels_map(circles, _touches(channels, themed, store), site.title, site.language)
    drawn = snapshot(MAP, MAP_MEDIA_TYPE, body.encode())
    yield NewGeneration(MAP, MAP, digest, None, len(circles), (drawn,))


def _touches(channels: Iterable[Channel], themed: Themed, store: Store) -> list[Touch]:
    homes = {id: channel.slug for channel in channels for id in channel.members}
    with store.reading() as connection:
        ties = graph_store.ties(connection) | {tie.edge: tie for tie in themed.weaving.ties}
    between = [
        (tie.edge, in_order(homes[tie.a], homes[tie.b]), tie.weight)
        for tie in ties.values()
        if tie.a in homes and tie.b in homes and homes[tie.a] != homes[tie.b]
    ]
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for _, pair, weight in sorted(between):
        weights[pair] += weight
    return [Touch(a, b, round(weight, 3)) for (a, b), weight in sorted(weights.items())]
