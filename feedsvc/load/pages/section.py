"""Section page → the addresses of the articles it leads to.

Pure. An article's address lies on the same site, and its last part reads like a title or has a number, or its query
is one: what leads to sections, tags, authors, pages of a list and those about the site does not.
"""

import re
from urllib.parse import urljoin, urlsplit

from feedsvc.errors import UnreadableDocument
from feedsvc.load.decode import to_text
from feedsvc.load.pages.aims import is_listing, is_same_site, names_article
from feedsvc.load.pages.page import open_page
from feedsvc.load.pages.pagedata import absolute
from feedsvc.model import Document

MAX_LINKS = 5000
_TITLE_LIKE = re.compile(r"(?:[^\W_]+[-_]){2,}[^\W_]+|\d{4,}")
_NAMED_FILE = re.compile(r"(?!index)[^\W_]+[-_][^\W_]+\.(?:html?|php|aspx?)", re.IGNORECASE)
_DATED = re.compile(r"/\d{4}/\d{1,2}/(?:\d{1,2}/)?[^\W\d_]{3}[^/]*/?$")
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|zip|css|js|xml|json)$", re.IGNORECASE)


def article_links(document: Document, only: str = "") -> list[str]:
    """Absolute addresses in the order of the page, each once; with `only`, all on this site that match it."""
    own = document.url or ""
    try:
        tree = open_page(to_text(document.body, document.media_type))
    except UnreadableDocument:
        return []
    base = absolute(own, next((one.get("href") or "" for one in tree.iter("base")), ""))
    site, found = urlsplit(own).hostname, {}
    for link in list(tree.iter("a"))[:MAX_LINKS]:
        try:
            url = urljoin(base, (link.get("href") or "").strip()).partition("#")[0]
            fits = is_same_site(urlsplit(url).hostname, site) and (re.search(only, url) if only else _is_article(url))
        except ValueError:
            continue
        if fits and url != own:
            found[url] = True
    return list(found)


def _is_article(url: str) -> bool:
    parts = urlsplit(url)
    last = parts.path.rstrip("/").rpartition("/")[2]
    if parts.scheme not in ("http", "https") or is_listing(parts.path) or _FILE.search(last):
        return False
    if parts.query:
        return names_article(parts.path, parts.query)
    return bool(_TITLE_LIKE.search(last) or _NAMED_FILE.fullmatch(last) or _DATED.search(parts.path))
