"""What an HTML page states about itself: JSON-LD, microdata, meta elements, its address.

Pure. Statements are texts under their own names, those of JSON-LD prefixed "ld." and of microdata "md."; nothing
shown on the page is read here, but what microdata points at.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import NamedTuple
from urllib.parse import urljoin

from lxml.html import HtmlElement

from feedsvc.load.decode import joined
from feedsvc.load.pages.linkeddata import LinkedData
from feedsvc.load.pages.microdata import is_of_another, main_item, microdata

# Statements in the order of their worth.
TITLE = ("ld.headline", "og:title", "md.headline")
PUBLISHED = (
    *("ld.datePublished", "article:published_time", "md.datePublished", "datepublished", "publishdate", "pubdate"),
    *("date", "dc.date", "dc.date.issued", "dcterms.issued", "dcterms.created", "dcterms.date", "parsely-pub-date"),
    *("sailthru.date", "citation_publication_date"),
    *(
        "ldpage.datePublished",
        "article:published",
        "og:article:published_time",
        "publication_date",
        "cxenseparse:recs:publishtime",
    ),
)
UPDATED = (
    *("ld.dateModified", "article:modified_time", "og:updated_time", "md.dateModified", "datemodified"),
    *("dcterms.modified", "article:modified", "ldpage.dateModified"),
)
AUTHORS = ("ld.author", "md.author", "author", "article:author", "dc.creator", "parsely-author", "sailthru.author")
KEYWORDS = ("ld.keywords", "article:tag", "news_keywords", "md.keywords", "keywords")
SECTION = ("ld.articleSection", "article:section", "md.articleSection")
SUBTITLE = ("ld.alternativeHeadline", "md.alternativeHeadline")
SUMMARY = ("ld.description", "description", "og:description", "md.description", "twitter:description")
LANGUAGE = ("ld.inLanguage", "content-language", "md.inLanguage", "og:locale", "dc.language")
RIGHTS = ("ld.copyrightNotice", "dcterms.rights", "dc.rights", "copyright")
IMAGE = ("og:image", "ld.image", "twitter:image", "md.image", "og:image:url", "twitter:image:src", "ldpage.image")
ADDRESS = ("og:url", "ld.url", "ld.mainEntityOfPage", "md.url", "md.mainEntityOfPage")
SITE = ("og:site_name", "ld.publisher", "application-name")
SEE_ALSO = "og:see_also"

_LANGUAGES = {"ld": "JSON-LD", "md": "microdata", "ldpage": "JSON-LD of the page,"}

Stated = Mapping[str, list[str]]


class Found(NamedTuple):
    """A text, and in a few words where on the page it was found."""

    text: str
    origin: str


def stated_by(page: HtmlElement, linked: LinkedData) -> Stated:
    """Every statement of a page in its order, JSON-LD first; none is blank."""
    stated: dict[str, list[str]] = {}
    main = main_item(page, linked.fetched_from)
    for name, value in chain(linked.texts(), microdata(main), _metas(page, main)):
        if value.strip():
            stated.setdefault(name, []).append(joined(value.strip()))
    return stated


def first(stated: Stated, *names: str) -> str | None:
    """The first statement under the first of these names that has any."""
    return next((stated[name][0] for name in names if name in stated), None)


def found(stated: Stated, *names: str) -> Found | None:
    """What `first` returns, with its origin."""
    return next((Found(stated[name][0], origin(name)) for name in names if name in stated), None)


def origin(name: str) -> str:
    """Where a statement of this name stands: "JSON-LD headline", "meta og:title"."""
    language, _, key = name.partition(".")
    return f"{_LANGUAGES[language]} {key}" if language in _LANGUAGES else f"meta {name}"


def _metas(page: HtmlElement, main: HtmlElement | None) -> Iterator[tuple[str, str]]:
    for meta in page.iter("meta"):
        names = (meta.get(key) for key in ("property", "name", "itemprop", "http-equiv"))
        if meta.get("itemprop") is None or not is_of_another(meta, main):
            yield next(filter(None, names), "").lower(), meta.get("content") or ""


def picture(stated: Stated) -> tuple[Found | None, str | None, str | None]:
    """(address, media type, bytes) of the picture that stands for the page."""
    image = found(stated, *IMAGE)
    media_type = length = None
    # Each type belongs to the image before it, so with fewer types than images it is unsure whose they are.
    if len(stated.get("og:image:type", ())) == len(stated.get("og:image", ())):
        media_type = first(stated, "og:image:type")
    if image and image.text == first(stated, "ld.image"):
        media_type = media_type or first(stated, "ld.image.encodingFormat")
        length = first(stated, "ld.image.contentSize")
    return image, media_type, length


def tags(stated: Stated) -> tuple[tuple[str, ...], str]:
    """Keywords, from wherever the page states them best, and after them the section that it is in."""
    keywords = next((name for name in KEYWORDS if name in stated), None)
    section = next((name for name in SECTION if name in stated), None)
    words = [word.strip() for text in stated.get(keywords or "", ()) for word in text.split(",")]
    known = {word.casefold() for word in words}
    words += [text for text in stated.get(section or "", ()) if text.casefold() not in known]
    return tuple(dict.fromkeys(filter(None, words))), ", ".join(origin(name) for name in (keywords, section) if name)


def absolute(base: str, href: str) -> str:
    """Resolve a reference (RFC 3986 §5); without a base, or beyond repair, it stays as it is."""
    try:
        return urljoin(base, href.strip())
    except ValueError:  # "http://[" and its like
        return href.strip()
