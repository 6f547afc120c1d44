"""HTML page → RawArticle.

Pure. What the page states about itself (JSON-LD, meta elements) comes before what it shows. Related
links are found by their heading and leave the page, as do navigation and footer, before the main text
is looked for; markup is passed on as found and sanitised later.
"""

import json
import re
from collections.abc import Iterator
from configparser import ConfigParser
from dataclasses import dataclass, field
from itertools import takewhile
from urllib.parse import urljoin

import trafilatura
from lxml import etree, html
from lxml.html import HtmlElement
from trafilatura.settings import DEFAULT_CONFIG

from feedsvc.errors import UnreadableDocument
from feedsvc.load.decode import joined, to_text
from feedsvc.load.text import ends_page, looks_like_date, opens_related, related_links, unstarred
from feedsvc.model import BodyFormat, Document, Evidence, Marks, RawArticle, RawLink, Unread

ARTICLE_TYPES = ("BlogPosting", "LiveBlogPosting", "SocialMediaPosting", "Report")  # and all that end in Article
MARK_CHARS = 200  # a mark, a date or a copyright line is no longer
PROSE_CHARS = 200  # a paragraph this long under a list of related links is the article going on
LEAST_SHARE = 0.5  # of the words in <article>; trafilatura keeping fewer has lost some

PUBLISHED_NAMES = (
    *("article:published_time", "datepublished", "publishdate", "publish-date", "pubdate", "date"),
    *("dc.date", "dc.date.issued", "dcterms.issued", "dcterms.created", "parsely-pub-date", "sailthru.date"),
)
UPDATED_NAMES = ("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "last-modified")

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LISTS = ("ul", "ol", "dl", "table")
_BLOCKS = {*_HEADINGS, *_LISTS, "p", "div", "li", "br", "tr", "dt", "dd", "section", "article", "time", "blockquote"}

_NOT_TEXT = etree.XPath("//script | //style | //template | //noscript | //svg")
_FURNITURE = etree.XPath(
    "//nav | //footer[not(ancestor::blockquote)] | //dialog | //header[not(ancestor::article or ancestor::main)]"
    " | //*[@role='navigation' or @role='contentinfo' or @role='banner' or @role='search']"
)
_RELATED = etree.XPath(
    "//*[self::aside or self::section][not(.//h1)][contains(concat(' ', @rel, ' '), ' related ')"
    " or contains(concat(' ', @class, ' '), ' related ') or contains(concat(' ', @class), ' related-')]"
)
_STATED_DATE = "//time[@pubdate or @itemprop='{0}'] | //*[@itemprop='{0}'][not(self::meta)]"
_PUBLISHED = etree.XPath(_STATED_DATE.format("datePublished"))
_UPDATED = etree.XPath("//*[@itemprop='dateModified'][not(self::meta)]")


def _settings() -> ConfigParser:
    """Trafilatura's own, but short articles stay marked up rather than being flattened to their words."""
    settings = ConfigParser()
    settings.read_dict(DEFAULT_CONFIG)
    settings["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "1"
    return settings


_SETTINGS = _settings()


def parse_html(document: Document, marks: Marks) -> Iterator[RawArticle | Unread]:
    """Read one page. Raises UnreadableDocument for a page with neither a title nor a text."""
    page = _parsed(to_text(document.body, document.media_type))
    stated = _stated(page)
    url = _url(page, stated, document)
    _drop(_NOT_TEXT(page))
    related = _take_related(page, marks, url or document.url)
    _drop(_FURNITURE(page))
    title = _title(page, stated)
    published, evidence = _published(page, stated)
    _drop_lines(page, title, marks)
    body = _main_text(page)
    if not title and not body:
        raise UnreadableDocument("the page has neither a title nor a text")
    yield RawArticle(
        title=title,
        published=published,
        date_evidence=evidence,
        updated=stated.first("dateModified", *UPDATED_NAMES) or _date_in(_UPDATED(page)),
        url=url,
        authors=stated.authors(),
        subtitle=stated.first("alternativeHeadline"),
        summary=stated.first("description", "og:description", "twitter:description"),
        body=body,
        body_format=BodyFormat.HTML,
        tags=stated.tags(),
        language=stated.first("inLanguage") or page.get("lang") or stated.first("content-language", "og:locale"),
        image=stated.first("image", "og:image", "twitter:image"),
        related=related,
    )
