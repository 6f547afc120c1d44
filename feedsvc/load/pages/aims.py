"""Where links lead: nowhere, elsewhere, to a list of others, or to an article.

Pure. Told from addresses alone, which look alike on most sites.
"""

import re
from urllib.parse import parse_qsl, urlsplit

from lxml.html import HtmlElement

from feedsvc.load.pages.page import line
from feedsvc.load.pages.pagedata import absolute

_LINKS_ELSEWHERE = re.compile(r"(?!#|javascript:|mailto:|tel:|data:)\S", re.IGNORECASE)
_LISTING = re.compile(
    r"/(?:tags?|topics?|themes?|categor(?:y|ies)|sections?|authors?|people|profiles?|users?|account|feed|rss|quicktabs"
    r"|search|login|signin|signup|register|subscribe|newsletters?|page|about|contact|privacy|terms|shop|jobs)"
    r"(?:\.\w+)?(?:/|$)",
    re.IGNORECASE,
)
_NO_READING = re.compile(r"/(?:share|print|e-?mail|videos?)(?:\.\w+)?(?:/|$)", re.IGNORECASE)
_HOUSE_PAGE = re.compile(  # these words begin titles too, if with others after them
    r"/(?:about-(?:us|our|this-site|the-(?:site|company|team))|contact-us|(?:terms|conditions)-(?:of|and)"
    r"|privacy-(?:policy|notice|statement|cent)|cookie-(?:policy|notice|settings)|jobs-(?:at|with)-(?:our|us)"
    r"|newsletters?-(?:sign|subscri)|(?:sign|log)-(?:in|up)|authors?-(?!of-|who-|and-|says-|dies-)[a-z]+-[a-z]+(?:-\d+)?/?$)"
    r"(?:\b|$)[^/]*/?$",
    re.IGNORECASE,
)
_SLUG = re.compile(r"[^\W\d_]+(?:[-_][^\W_]+){2,}|\d{4,}", re.IGNORECASE)
_NO_BARE_WORD = re.compile(r"[^\W_][-_.][^\W_][^/]*$|\d[^/]*$|/\d{4}/")
_COMMENTS = re.compile(r"comment|respond|disqus", re.IGNORECASE)
_ID_KEYS = "id", "nid", "aid", "newsid", "news_id", "artid", "articleid", "article_id", "storyid", "story_id", "postid"
_ID = re.compile(r"\d{3,}")


def aim_of(anchor: HtmlElement) -> tuple[str, str] | None:
    """Where a link leads: (address, ""), or ("", its words) for a placeholder that leads nowhere yet."""
    href = (anchor.get("href") or "").strip()
    if href:
        return (href, "") if _LINKS_ELSEWHERE.match(href) else None
    words = line(anchor)
    return ("", words) if words else None


def may_be_article(href: str, base: str) -> bool:
    """Whether an address is on the same site, and neither this page nor one that only lists others."""
    try:
        here, there = urlsplit(base), urlsplit(absolute(base, href))
    except ValueError:
        return False
    if not is_same_site(there.hostname, here.hostname):
        return False
    is_here = there.path.rstrip("/") == here.path.rstrip("/") and here.query in ("", there.query)
    return bool(there.path.strip("/")) and not (is_here or is_beside(href, base) or _NO_READING.search(there.path))


def is_beside(href: str, base: str) -> bool:
    """Whether an address is one of those that stand beside a link to an article: its author, theme, or comments."""
    try:
        there = urlsplit(absolute(base, href))
    except ValueError:
        return False
    return _COMMENTS.match(there.fragment) is not None or is_listing(there.path)


def is_listing(path: str) -> bool:
    """Whether a path is that of a list of articles, or of a page about the site itself."""
    return _LISTING.search(path) is not None or _HOUSE_PAGE.match(path) is not None


def is_same_site(one: str | None, other: str | None) -> bool:
    """Whether two hosts are the same, `www.` aside."""
    return (one or "").removeprefix("www.") == (other or "").removeprefix("www.")


def leads_to_article(href: str, base: str) -> bool:
    """Whether an address even looks like an article's: with a number or a slug of several words at its end."""
    if not may_be_article(href, base):
        return False
    there = urlsplit(absolute(base, href))
    return _SLUG.search(f"{there.path.rstrip('/').rpartition('/')[2]} {there.query}") is not None


def leads_below_section(href: str, base: str) -> bool:
    """Whether an address may be an article's, and does not end in one bare word as those of sections do."""
    if not may_be_article(href, base):
        return False
    there = urlsplit(absolute(base, href))
    return _NO_BARE_WORD.search(f"{there.path.rstrip('/')}?{there.query}") is not None


def names_article(path: str, query: str) -> bool:
    """Whether a query is nothing but the number of an article: `id=12345`, or `p=123` below the site itself."""
    pairs = parse_qsl(query)
    if len(pairs) != 1 or _ID.fullmatch(pairs[0][1]) is None:
        return False
    return pairs[0][0].lower() in _ID_KEYS or (pairs[0][0] == "p" and path in ("", "/"))
