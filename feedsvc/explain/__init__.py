"""Why an article is dated and placed as it is, and what became of a channel, in sentences for a terminal.

Asks the store and the operator's file, and changes nothing. What readers may not see yet is told here too: this is
for operators. Every list is bounded and says how much more there is.
"""

from datetime import datetime

from sqlalchemy import Connection

from feedsvc.curation import FILE_NAME, load_curation
from feedsvc.explain.article import article_lines
from feedsvc.explain.channel import channel_lines
from feedsvc.normalise.urls import url_key
from feedsvc.settings import Settings
from feedsvc.store import reading


def explain(connection: Connection, settings: Settings, subject: str, now: datetime) -> list[str] | None:
    """Lines on the article with this id or URL, or the channel with this slug; None when there is none.

    Raises BadSettings when the operator's file cannot be used.
    """
    curation = load_curation(settings.origin.parent / FILE_NAME, url_key)
    row = reading.article_row(connection, subject, url_key(subject) if "://" in subject else None)
    if row:
        return list(article_lines(connection, row, settings, curation, now))
    channel = reading.channel(connection, subject)
    return list(channel_lines(connection, channel, settings.themes, curation)) if channel else None
