"""What an HTML page states about itself: JSON-LD, meta elements, its address.

Pure. Statements are texts under their own names, those of JSON-LD prefixed "ld."; nothing shown on the
page is read here.
"""

import json
from collections import deque
from collections.abc import Iterator, Mapping
from itertools import chain
from urllib.parse import urljoin

from lxml.html import HtmlElement

from feedsvc.load.decode import joined

ARTICLE_TYPES = frozenset({"BlogPosting", "LiveBlogPosting", "Report"})  # beside all that end in Article

# Statements in the order of their worth.
PUBLISHED = (
    *("ld.datePublished", "article:published_time", "datepublished", "publishdate", "pubdate", "date"),
    *("dc.date", "dc.date.issued", "dcterms.issued", "dcterms.created", "parsely-pub-date", "sailthru.date"),
)
UPDATED = ("ld.dateModified", "article:modified_time", "og:updated_time", "datemodified", "dcterms.modified")
LANGUAGE = ("ld.inLanguage", "content-language", "og:locale")
RIGHTS = ("ld.copyrightNotice", "dcterms.rights", "dc.rights", "copyright")

Stated = Mapping[str, list[str]]


def stated_by(page: HtmlElement) -> Stated:
    """Every statement of a page in its order, JSON-LD first; none is blank."""
    stated: dict[str, list[str]] = {}
    for name, value in chain(_linked_data(page), _metas(page)):
        if value.strip():
            stated.setdefault(name, []).append(joined(value.strip()))
    return stated


def first(stated: Stated, *names: str) -> str | None:
    """The first statement under the first of these names that has any."""
    return next((stated[name][0] for name in names if name in stated), None)


def _metas(page: HtmlElement) -> Iterator[tuple[str, str]]:
    for meta in page.iter("meta"):
        names = (meta.get(key) for key in ("property", "name", "itemprop", "http-equiv"))
        yield next(filter(None, names), "").lower(), meta.get("content") or ""


def _linked_data(page: HtmlElement) -> Iterator[tuple[str, str]]:
    """The texts of the first schema.org article on the page, under their keys."""
    nodes: deque[object] = deque()
    for script in page.iter("script"):
        if (script.get("type") or "").startswith("application/ld+json"):
            try:
                nodes.append(json.loads(script.text or "", strict=False))
            except (ValueError, RecursionError):
                continue
    while nodes:
        node = nodes.popleft()
        if isinstance(node, list):
            nodes.extendleft(reversed(node))
        elif isinstance(node, dict) and _is_article(node):
            return (yield from _texts_by_key(node))
        elif isinstance(node, dict):
            nodes.extendleft((node.get("mainEntity"), node.get("@graph")))


def _is_article(node: Mapping[str, object]) -> bool:
    kinds = node.get("@type")
    names = [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]
    return any(name.endswith("Article") or name in ARTICLE_TYPES for name in names)


def _texts_by_key(node: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        for item in value if isinstance(value, list) else [value]:
            if (text := _text_of(key, item)) is not None:
                yield f"ld.{key}", text
    yield from _details_of(node.get("image"))


def _text_of(key: str, item: object) -> str | None:
    if isinstance(item, dict):
        inner = ("url", "contentUrl", "@id") if key in ("image", "mainEntityOfPage") else ("name", "@value")
        item = next(filter(None, map(item.get, inner)), None)
    return item if isinstance(item, str) else None


def _details_of(images: object) -> Iterator[tuple[str, str]]:
    """What is said of the first image that has an address."""
    listed = images if isinstance(images, list) else [images]
    image = next((item for item in listed if (_text_of("image", item) or "").strip()), None)
    for key in ("encodingFormat", "contentSize"):
        value = image.get(key) if isinstance(image, dict) else None
        if isinstance(value, str | int) and not isinstance(value, bool):
            yield f"ld.image.{key}", str(value)


def picture(stated: Stated) -> tuple[str | None, str | None, str | None]:
    """(address, media type, bytes) of the picture that stands for the page."""
    url = first(stated, "og:image", "ld.image", "twitter:image")
    media_type = length = None
    # Each type belongs to the image before it, so with fewer types than images it is unsure whose they are.
    if len(stated.get("og:image:type", ())) == len(stated.get("og:image", ())):
        media_type = first(stated, "og:image:type")
    if url == first(stated, "ld.image"):
        media_type = media_type or first(stated, "ld.image.encodingFormat")
        length = first(stated, "ld.image.contentSize")
    return url, media_type, length


def authors(stated: Stated) -> tuple[str, ...]:
    """Names of authors; addresses of their profiles are left out."""
    names = stated.get("ld.author") or stated.get("author") or stated.get("article:author") or []
    return tuple(dict.fromkeys(name for name in names if "://" not in name))


def tags(stated: Stated) -> tuple[str, ...]:
    """Keywords, from wherever the page states them best."""
    names = ("ld.keywords", "article:tag", "news_keywords", "keywords")
    texts = next((stated[name] for name in names if name in stated), [])
    words = (word.strip() for text in texts for word in text.split(","))
    return tuple(dict.fromkeys(filter(None, words)))


def addresses(page: HtmlElement, stated: Stated, fetched_from: str | None) -> tuple[str | None, str]:
    """The page's own URL, and the base of its links."""
    links = (link.get("href") for link in page.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    own = next(filter(None, links), None) or first(stated, "og:url", "ld.url", "ld.mainEntityOfPage")
    base = next((element.get("href") or "" for element in page.iter("base")), "")
    own = absolute(absolute(fetched_from or "", base), own) if own else fetched_from
    return own, absolute(fetched_from or own or "", base)


def absolute(base: str, href: str) -> str:
    """Resolve a reference (RFC 3986 §5); without a base, or beyond repair, it stays as it is."""
    try:
        return urljoin(base, href.strip())
    except ValueError:  # "http://[" and its like
        return href.strip()
