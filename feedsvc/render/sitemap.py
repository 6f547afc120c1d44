"""Pages → sitemaps (https://www.sitemaps.org/protocol.html) and a news sitemap as Google reads it.

Pure. Which pages there are, and which of them are news, is decided elsewhere; here they are kept within what the
protocol allows of one document.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml.etree import Element, SubElement, _Element, tostring

from feedsvc.render.edge import language_tag, timestamp, web_url, writable

MAX_URLS = 50_000  # of a sitemap, and of an index
MAX_NEWS = 1000
MAX_BYTES = 50 * 1024 * 1024  # 50 MiB uncompressed
MAX_LOC_CHARS = 2047
_FRAME_BYTES = 1000  # more than the declaration and the root take

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
# https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_NAMES: dict[str, str] = {None: _SITEMAP}  # type: ignore[dict-item]  # the stubs know of no default namespace


@dataclass(frozen=True, slots=True)
class Page:
    """A page, or for an index a sitemap, at `loc`, absolute; `lastmod` is when it last changed, in UTC."""

    loc: str
    lastmod: datetime | None = None


@dataclass(frozen=True, slots=True)
class News:
    """An article for the news sitemap: its address, its title, and when it was published, in UTC."""

    loc: str
    title: str
    published: datetime


def render_sitemaps(pages: Iterable[Page]) -> list[bytes]:
    """As many sitemaps as it takes to list all pages in the order given, and one for none.

    A page whose address cannot be written, or is longer than a sitemap may have it, is left out.
    """
    return list(_documents(_entry("url", page) for page in pages if _fits(page.loc)))


def render_sitemap_index(sitemaps: Sequence[Page]) -> bytes:
    """An index of the first 50,000 sitemaps."""
    root = Element(f"{{{_SITEMAP}}}sitemapindex", nsmap=_NAMES)
    root.extend(_entry("sitemap", sitemap) for sitemap in [one for one in sitemaps if _fits(one.loc)][:MAX_URLS])
    return _written(root)


def render_news_sitemap(publication: str, language: str, news: Sequence[News]) -> bytes:
    """A news sitemap of the first 1,000 articles; Google wants those of the last two days, the newest first."""
    root = Element(f"{{{_SITEMAP}}}urlset", nsmap=_NAMES | {"news": _NEWS})
    for article in [one for one in news if _fits(one.loc)][:MAX_NEWS]:
        url = _entry("url", Page(article.loc))
        told = SubElement(url, f"{{{_NEWS}}}news")
        paper = SubElement(told, f"{{{_NEWS}}}publication")
        SubElement(paper, f"{{{_NEWS}}}name").text = writable(publication).strip()
        SubElement(paper, f"{{{_NEWS}}}language").text = news_language(language)
        SubElement(told, f"{{{_NEWS}}}publication_date").text = timestamp(article.published)
        SubElement(told, f"{{{_NEWS}}}title").text = writable(article.title).strip() or web_url(article.loc)
        root.append(url)
    return _written(root)


def news_language(language: str) -> str:
    """A language as news sitemaps name it: two or three letters, but for Chinese zh-cn (simplified) and zh-tw."""
    primary, *subtags = (language_tag(language) or "en").lower().split("-")
    if primary == "zh":
        return "zh-tw" if {"hant", "tw", "hk", "mo"}.intersection(subtags) else "zh-cn"
    return primary


def _documents(entries: Iterable[_Element]) -> Iterator[bytes]:
    root, count, size = _urlset(), 0, 0
    for entry in entries:
        bytes_of_entry = len(tostring(entry))
        if count == MAX_URLS or size + bytes_of_entry > MAX_BYTES - _FRAME_BYTES:
            yield _written(root)
            root, count, size = _urlset(), 0, 0
        root.append(entry)
        count, size = count + 1, size + bytes_of_entry
    yield _written(root)


def _urlset() -> _Element:
    return Element(f"{{{_SITEMAP}}}urlset", nsmap=_NAMES)


def _entry(tag: str, page: Page) -> _Element:
    element = Element(f"{{{_SITEMAP}}}{tag}", nsmap=_NAMES)
    SubElement(element, f"{{{_SITEMAP}}}loc").text = web_url(page.loc)
    if page.lastmod:
        SubElement(element, f"{{{_SITEMAP}}}lastmod").text = timestamp(page.lastmod)
    return element


def _fits(loc: str) -> bool:
    return 0 < len(web_url(loc)) <= MAX_LOC_CHARS


def _written(root: _Element) -> bytes:
    return tostring(root, encoding="UTF-8", xml_declaration=True)
