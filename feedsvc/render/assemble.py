"""Channel + articles → Feed: titles, addresses and times as readers get them.

Pure. Nothing here depends on a format or on the clock: a feed is as new as its newest change.
"""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote, urlsplit

from feedsvc.model import Article, Credit, Entry, Feed, Image, RelatedLink, Tombstone
from feedsvc.render.edge import language_tag, web_url
from feedsvc.render.rhythm import every_min
from feedsvc.render.wording import wording
from feedsvc.settings import Site

# Never change it: every feed id that was ever served was made with it (RFC 9562 §5.5, UUID version 5).
FEED_NAMESPACE = uuid.UUID("0b9c2a54-7f0e-5d3b-8f61-2d8c9f7be0a4")
# Of a feed with no entries, which has no time of its own. Validators take much earlier ones for mistakes.
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


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
    A channel without a `language` that readers know has the site's. `archives` is the number of the newest archive.
    """
    home = feed_home(key, site)
    named = title if not key else f"{title} – {site.title}"
    language = language_tag(language) or site.language
    gone = {tombstone.id for tombstone in tombstones} | {article.id for article in articles if article.withdrawn}
    entries = tuple(
        _withdrawn(article, article.published, article.withdrawn, site, language)
        if article.withdrawn
        else _entry(article, article.published, site, language, gone)
        for article in articles
        if article.published
    )
    changes = [entry.updated for entry in entries] + [tombstone.at for tombstone in tombstones]
    return Feed(
        id=id,
        title=named,
        # RSS asks for one. Of a channel in another language, names alone are no words of this one.
        description=description or (f"{title}, from {site.title}." if _is_english(language) else named),
        home_url=home,
        self_urls={format: home + name for format, name in files.items()},
        author=site.title,
        updated=max(changes, default=EPOCH),
        language=language,
        image=web_url(image) or web_url(site.image) or None,
        rights=site.copyright,
        entries=entries,
        tombstones=tuple(tombstones),
        every_min=every_min([entry.published for entry in entries]),
        prev_urls=archive_urls(home, archives, files),
    )


def assemble_archive(
    key: str,
    id: str,
    title: str,
    description: str,
    articles: Sequence[Article],
    files: Mapping[str, str],
    site: Site,
    *,
    number: int,
    image: str | None = None,
    language: str | None = None,
    tombstones: Sequence[Tombstone] = (),
) -> Feed:
    """Make archive `number` of the feed, 1 the oldest, of the articles in it (RFC 5005 §4).

    It is a document of the same feed, and so has its id. It keeps no rhythm: it changes when one of its entries does.
    """
    feed = assemble(
        key, id, title, description, articles, files, site, image=image, language=language, tombstones=tombstones
    )
    return replace(
        feed,
        self_urls=archive_urls(feed.home_url, number, files),
        prev_urls=archive_urls(feed.home_url, number - 1, files),
        current_urls=feed.self_urls,
        every_min=None,
    )


def _is_english(language: str) -> bool:
    return language.lower().partition("-")[0] == "en"


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


def _entry(article: Article, published: datetime, site: Site, language: str, gone: Collection[str]) -> Entry:
    summary, content = article.summary or article.subtitle, article.body_html
    if article.note:
        summary, content = _corrected(article, summary, language)
    return Entry(
        id=article.id,
        url=web_url(article.url) or article_page(article.id, site),
        title=article.title,
        published=published,
        updated=max(published, article.updated or published),
        summary=summary,
        content_html=content,
        authors=article.authors,
        categories=article.tags,
        language=article.language,
        image=_image(article.image),
        rights=article.rights,
        credit=article.credit and Credit(article.credit.title, web_url(article.credit.url) or None),
        related=tuple(_related(article, site, gone)),
        also=tuple(_also(article)),
    )


def _withdrawn(article: Article, published: datetime, withdrawn: datetime, site: Site, language: str) -> Entry:
    """The notice that the article is no more, and nothing of the article: its own URL might tell its title."""
    words = wording(language)
    return Entry(
        id=article.id,
        url=article_page(article.id, site),
        title=words.title,
        published=published,
        updated=max(published, withdrawn),
        summary=words.notice,
        content_html=f"<p>{words.notice}</p>",
        expired=withdrawn,
    )


def _corrected(article: Article, summary: str, language: str) -> tuple[str, str]:
    """Summary and content with the operator's note at the end of the content, or of the summary if there is none."""
    note = f"{wording(language_tag(article.language) or language).correction} {article.note}"
    if article.body_html:
        return summary, f"{article.body_html}\n<p><em>{escape(note, quote=False)}</em></p>"
    return f"{summary} {note}".strip(), ""


def _image(image: Image | None) -> Image | None:
    url = web_url(image.url) if image else ""
    return replace(image, url=url) if image and url else None


def _also(article: Article) -> Iterator[RelatedLink]:
    """The same text's other places, each called by its site as well."""
    for link in article.also:
        if url := web_url(link.url):
            yield replace(link, url=url, title=f"{urlsplit(url).hostname}: {link.title}")


def _related(article: Article, site: Site, gone: Collection[str]) -> Iterator[RelatedLink]:
    """Its links, each to a page of its own and none twice, nor to itself or to what was withdrawn."""
    seen = {web_url(article.url) or article_page(article.id, site)}
    for link in article.related:
        url = web_url(link.url) or (article_page(link.article_id, site) if link.article_id else "")
        if url and url not in seen and link.article_id not in gone and link.article_id != article.id:
            seen.add(url)
            yield replace(link, url=url)
