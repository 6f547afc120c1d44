"""Section page → the addresses of the articles it leads to.

Pure. An article's address lies on the same site, below no query, and its last part reads like a title or has a
number: what leads to sections, tags, authors and pages of a list does not.
"""

import re
from urllib.parse import urljoin, urlsplit

from feedsvc.errors import UnreadableDocument
from feedsvc.load.decode import to_text
from feedsvc.load.page import open_page
from feedsvc.model import Document

MAX_LINKS = 5000
_NO_ARTICLE = re.compile(
    r"/(?:tags?|topics?|author|authors|category|categories|page|search|login|account|about|contact|privacy|terms"
    r"|feed|rss|newsletter|subscribe)(?:/|$)",
    re.IGNORECASE,
)
_TITLE_LIKE = re.compile(r"(?:[^\W_]+[-_]){2,}[^\W_]+|\d{4,}")
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|zip|css|js|xml|json)$", re.IGNORECASE)


def article_links(document: Document, only: str = "") -> list[str]:
    """Absolute addresses in the order of the page, each once; with `only`, all on this site that match it."""
    base = document.url or ""
    try:
        tree = open_page(to_text(document.body, document.media_type))
    except UnreadableDocument:
        return []
    site, found = _site(base), {}
    for link in list(tree.iter("a"))[:MAX_LINKS]:
        try:
            url = urljoin(base, (link.get("href") or "").strip()).partition("#")[0]
            fits = _site(url) == site and (re.search(only, url) if only else _is_article(url))
        except ValueError:
            continue
        if fits and url != base:
            found[url] = True
    return list(found)


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _is_article(url: str) -> bool:
    parts = urlsplit(url)
    last = parts.path.rstrip("/").rpartition("/")[2]
    return (
        parts.scheme in ("http", "https")
        and not parts.query
        and not _NO_ARTICLE.search(parts.path)
        and not _FILE.search(last)
        and bool(_TITLE_LIKE.search(last))
    )
