"""Channel + articles → Feed: titles, addresses and times as readers get them.

Pure. Nothing here depends on a format or on the clock: a feed is as new as its newest change.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from feedsvc.model import Article, Entry, Feed, Tombstone
from feedsvc.settings import Site

# Never change it: every feed id that was ever served was made with it (RFC 9562 §5.5, UUID version 5).
FEED_NAMESPACE = uuid.UUID("0b9c2a54-7f0e-5d3b-8f61-2d8c9f7be0a4")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def assemble(
    key: str,
    id: str,
    title: str,
    description: str,
    articles: Sequence[Article],
    files: Mapping[str, str],
    site: Site,
    *,
    image: str | None = None,
    language: str | None = None,
    tombstones: Sequence[Tombstone] = (),
    archives: int = 0,
) -> Feed:
    """Make the feed with `key` ("" for everything, else "channels/SLUG") of its articles, newest first.

    `files` maps each format to its file name ("rss" → "rss.xml"). Articles without a time are left out.
    A channel without a `language` of its own has the site's. `archives` is the number of the newest archive.
    """
    home = feed_home(key, site)
    entries = tuple(_entry(article, article.published, site) for article in articles if article.published)
    return Feed(
        id=id,
        title=title if not key else f"{title} – {site.title}",
        description=description or f"{title}, from {site.title}.",
        home_url=home,
        self_urls={format: home + name for format, name in files.items()},
        author=site.title,
        updated=max((entry.updated for entry in entries), default=EPOCH),
        language=language or site.language,
        image=image or site.image or None,
        rights=site.copyright,
        entries=entries,
        tombstones=tuple(tombstones),
        prev_urls=archive_urls(home, archives, files),
    )


def archive_urls(home: str, number: int, files: Mapping[str, str]) -> dict[str, str]:
    """Where an archive of a feed is, by format; none for number 0."""
    return {format: f"{home}archive/{number}/{name}" for format, name in files.items()} if number else {}


def feed_id(source: str, key: str) -> str:
    """The id that a feed is given once: from the name of the first source and the key, as articles get theirs."""
    return f"urn:uuid:{uuid.uuid5(FEED_NAMESPACE, source + chr(10) + key)}"


def feed_home(key: str, site: Site) -> str:
    """The page that a feed belongs to; its files lie just below."""
    return f"{site.base_url}/{key}/" if key else f"{site.base_url}/"


def article_page(id: str, site: Site) -> str:
    """An article's own page on this service."""
    return f"{site.base_url}/articles/{quote(id, safe=':')}"


def _entry(article: Article, published: datetime, site: Site) -> Entry:
    return Entry(
        id=article.id,
        url=article.url or article_page(article.id, site),
        title=article.title,
        published=published,
        updated=max(published, article.updated or published),
        summary=article.summary or article.subtitle,
        content_html=article.body_html,
        authors=article.authors,
        categories=article.tags,
        language=article.language,
        image=article.image,
    )
