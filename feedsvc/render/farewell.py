"""The last entry of a channel that has ended: what it was, and where to go instead. Pure."""

import uuid
from datetime import datetime
from html import escape

from feedsvc.model import Article
from feedsvc.settings import Site


def farewell(feed_id: str, title: str, ended: datetime, site: Site) -> Article:
    """An article that stands above the last ones of a channel. Its id is made of the feed's, and so of no other."""
    home = f"{site.base_url}/"
    told = f"“{title}” has ended: nothing new had come to it for a long time, and nothing more will."
    where = f"Everything from {site.title} goes on"
    return Article(
        id=f"urn:uuid:{uuid.uuid5(uuid.UUID(feed_id.removeprefix('urn:uuid:')), 'farewell')}",
        source="",
        title=f"{title}: this channel has ended",
        published=ended,
        updated=ended,
        url=home,
        summary=f"{told} {where} at {home}",
        body_html=f'<p>{escape(told)} {escape(where)} at <a href="{escape(home)}">{escape(home)}</a>.</p>',
        language="en",
    )
