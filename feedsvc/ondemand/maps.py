"""Maps: of a channel, its newest articles over time and what ties them; and of all channels, and how they touch.

No article that was withdrawn is on one, or counted.
"""

from collections import defaultdict
from collections.abc import Iterable
from math import log

from sqlalchemy import Connection

from feedsvc.ondemand.recipe import Recipe, digest_of
from feedsvc.publish.plan import ALL, MAP, VERSION, channel_key
from feedsvc.render import MAP_FILE, MAP_MEDIA_TYPE
from feedsvc.render.assemble import article_page, feed_home
from feedsvc.render.maps.channel import MOST_DOTS, Dot, Tie, channel_map
from feedsvc.render.maps.channels import MOST_CIRCLES, Circle, Touch, channels_map, largest_first
from feedsvc.settings import Site
from feedsvc.store import reading
from feedsvc.store.graph import arranged, ties_within
from feedsvc.store.selecting import Charted, charted, newest_members
from feedsvc.themes.parts import in_order

MANY = 1000  # articles, from which on the map of all channels is not drawn anew for every one
GROWN = 1.05  # but when there are so many times as many
NEWEST = 500  # articles of a channel, by whose ties it is seen which others it touches


def of_a_channel(connection: Connection, slug: str, site: Site) -> Recipe | None:
    """None if there is no such channel, or if it was merged."""
    channel = reading.channel(connection, slug)
    if channel is None or channel.heir:
        return None
    key, title, language = channel_key(slug), channel.title, channel.language or site.language
    seen = _seen(connection, slug)

    def body(connection: Connection) -> bytes:
        shown, ties = _seen(connection, slug)
        dots = [Dot(a.id, a.title, a.published, article_page(a.id, site), a.stub, a.story) for a in shown]
        return channel_map(dots, ties, title, language).encode()

    return Recipe(
        paths={MAP: f"/{key}/{MAP_FILE}"},
        format=MAP,
        media_type=MAP_MEDIA_TYPE,
        digest=digest_of(VERSION, site, title, language, seen),
        keys=(key,),
        home=key,
        ids=tuple(one.id for one in seen[0]),
        body=body,
    )


def of_all(connection: Connection, site: Site) -> Recipe:
    """The channels that have articles, and how they touch.

    Of many articles it says the number roughly, so that it is true for a while: a picture that is another one every
    few minutes is no help to find one's way by.
    """
    channels = [line for line in reading.channel_lines(connection) if line.size]
    total = sum(channel.size for channel in channels)
    many = total >= MANY
    circles = largest_first(
        Circle(c.slug, c.title, c.size, feed_home(channel_key(c.slug), site), _first_digit(c.size) if many else None)
        for c in channels
    )
    told = [(c.id, c.title, c.href, c.size if c.least is None else c.least) for c in circles]
    drawn = [circle.id for circle in circles[:MOST_CIRCLES]]
    stage = (arranged(connection), int(log(total, GROWN))) if many else _touches(connection, drawn)

    def body(connection: Connection) -> bytes:
        return channels_map(circles, _touches(connection, drawn), site.title, site.language).encode()

    return Recipe(
        paths={MAP: f"/{MAP_FILE}"},
        format=MAP,
        media_type=MAP_MEDIA_TYPE,
        digest=digest_of(VERSION, site, told, stage),
        keys=(ALL,),
        home=ALL,
        ids=(),
        body=body,
    )


def _seen(connection: Connection, slug: str) -> tuple[list[Charted], list[Tie]]:
    """What is on the map of a channel."""
    shown = charted(connection, slug, MOST_DOTS)
    ties = ties_within(connection, {one.id for one in shown})
    return shown, [Tie(tie.a, tie.b, tie.weight, tie.votes > 0) for tie in ties]


def _touches(connection: Connection, slugs: Iterable[str]) -> list[Touch]:
    """What ties the newest articles of different channels. One that is in several counts in the first by slug."""
    homes: dict[str, str] = {}
    for slug in sorted(slugs, reverse=True):
        homes |= dict.fromkeys(newest_members(connection, slug, NEWEST), slug)
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for tie in ties_within(connection, homes.keys()):
        if homes[tie.a] != homes[tie.b]:
            weights[in_order(homes[tie.a], homes[tie.b])] += tie.weight
    return [Touch(a, b, round(weight, 3)) for (a, b), weight in sorted(weights.items())]


def _first_digit(number: int) -> int | None:
    """The number rounded down to its first digit, 873 → 800; None where that is all of it."""
    digits = str(number)
    return int(digits[0] + "0" * (len(digits) - 1)) if len(digits) > 1 else None
