"""Feed → bytes in each format that is served."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from feedsvc.model import Feed
from feedsvc.render.jsonfeed import render_json
from feedsvc.render.xml import render_atom, render_rss


class Format(NamedTuple):
    """A feed format: the file name it is served under, its media type, and what writes it."""

    file_name: str
    media_type: str
    render: Callable[[Feed], bytes]


FORMATS: Mapping[str, Format] = {
    "rss": Format("rss.xml", "application/rss+xml; charset=utf-8", render_rss),
    "atom": Format("atom.xml", "application/atom+xml; charset=utf-8", render_atom),
    "json": Format("feed.json", "application/feed+json; charset=utf-8", render_json),
}
OPML_MEDIA_TYPE = "text/x-opml; charset=utf-8"
SITEMAP_MEDIA_TYPE = "application/xml; charset=utf-8"
MAP_FILE, MAP_MEDIA_TYPE = "map.svg", "image/svg+xml"
