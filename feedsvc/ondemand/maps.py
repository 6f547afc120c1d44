"""The map of a channel: its newest articles over time, and what ties them.

No article that was withdrawn is on it.
"""

from sqlalchemy import Connection

from feedsvc.ondemand.recipe import Recipe, digest_of
from feedsvc.publish.plan import MAP, VERSION, channel_key
from feedsvc.render import MAP_FILE, MAP_MEDIA_TYPE
from feedsvc.render.assemble import article_page
from feedsvc.render.maps.channel import MOST_DOTS, Dot, Tie, channel_map
from feedsvc.settings import Site
from feedsvc.store import reading
from feedsvc.store.graph import ties_within
from feedsvc.store.selecting import Charted, charted


def recipe(connection: Connection, slug: str, site: Site) -> Recipe | None:
    """The map of a channel; None if there is no such channel, or if it was merged."""
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


def _seen(connection: Connection, slug: str) -> tuple[list[Charted], list[Tie]]:
    """What is on the map."""
    shown = charted(connection, slug, MOST_DOTS)
    ties = sorted(ties_within(connection, [one.id for one in shown]).items())
    return shown, [Tie(a, b, tie.weight, tie.votes > 0) for (a, b), tie in ties]
