"""Links by which well-known feed readers take up a feed at once. Pure.

Readers that people run for themselves, such as Miniflux and FreshRSS, have no address that a page could know.
"""

from typing import NamedTuple
from urllib.parse import quote

# The forms of the readers' own bookmarklets and subscribe buttons; each takes the feed's address percent-encoded.
SERVICES = {
    "Feedly": "https://feedly.com/i/subscription/feed%2F",
    "Inoreader": "https://www.inoreader.com/?add_feed=",
    "NewsBlur": "https://www.newsblur.com/?url=",
    "Feedbin": "https://feedbin.com/?subscribe=",
    "The Old Reader": "https://theoldreader.com/feeds/subscribe?url=",
}
# What programs register themselves for, as NetNewsWire does; the address follows as it is.
PROGRAMS = "feed:"


class ReaderLink(NamedTuple):
    """Where a link leads that subscribes to a feed, and in what."""

    reader: str
    href: str


def reader_links(url: str) -> list[ReaderLink]:
    """Links for the feed at an absolute `url`."""
    services = [ReaderLink(name, start + quote(url, safe="")) for name, start in SERVICES.items()]
    return [*services, ReaderLink("NetNewsWire or another program", PROGRAMS + url)]
