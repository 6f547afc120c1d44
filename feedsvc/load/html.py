"""HTML page → RawArticle.

Pure. What the page states about itself (JSON-LD, meta elements) comes before what it shows. Related
links are found by their heading and leave the page, as do navigation and footer, before the main text
is looked for; markup is passed on as found and sanitised later.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from configparser import ConfigParser
from itertools import chain, takewhile
from urllib.parse import urljoin

import trafilatura
from lxml import etree, html
from lxml.html import HtmlElement
from trafilatura.settings import DEFAULT_CONFIG

from feedsvc.errors import UnreadableDocument
from feedsvc.load.decode import joined, to_text
from feedsvc.load.text import ends_page, looks_like_date, opens_related, related_links, unstarred
from feedsvc.model import BodyFormat, Document, Evidence, Marks, RawArticle, RawLink, Unread

type_suffix = "Article"
ARTICLE_TYPES = frozenset({"BlogPosting", "LiveBlogPosting", "SocialMediaPosting", "Report"})
LINE_CHARS = 200  # no mark, date or copyright line is longer
PROSE_CHARS = 200  # a paragraph this long among related links is the article going on
LEAST_SHARE = 0.5  # of the letters in <article>; where trafilatura keeps fewer it has lost some

# Statements in the order of their worth; those of JSON-LD are prefixed "ld.".
PUBLISHED = (
    *("ld.datePublished", "article:published_time", "datepublished", "publishdate", "pubdate", "date"),
    *("dc.date", "dc.date.issued", "dcterms.issued", "dcterms.created", "parsely-pub-date", "sailthru.date"),
)
UPDATED = ("ld.dateModified", "article:modified_time", "og:updated_time", "datemodified", "dcterms.modified")
LANGUAGE = ("ld.inLanguage", "content-language", "og:locale")

Stated = Mapping[str, list[str]]

_RANK_BY_HEADING = {f"h{rank}": rank for rank in range(1, 7)}
_PLAIN_RANK = 2  # what a related block ends at where a mere paragraph opened it
_LISTS = ("ul", "ol", "dl", "table")
_BLOCKS = frozenset({*_RANK_BY_HEADING, *_LISTS, *"p div li br tr dt dd section article time blockquote".split()})
_LINKS_ELSEWHERE = re.compile(r"(?!#|javascript:|mailto:|tel:|data:)\S", re.IGNORECASE)

_PARSER = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
_NOT_TEXT = etree.XPath("//script | //style | //template | //noscript | //svg")
_FURNITURE = etree.XPath(
    "//nav | //footer[not(ancestor::blockquote)] | //dialog | //header[not(ancestor::article or ancestor::main)]"
    " | //*[@role='navigation' or @role='contentinfo' or @role='banner' or @role='search']"
)
_RELATED = etree.XPath(
    "//*[self::aside or self::section][not(.//h1)][contains(concat(' ', @rel, ' '), ' related ')"
    " or contains(concat(' ', @class, ' '), ' related ') or contains(concat(' ', @class), ' related-')]"
)
_PUBLISHED = etree.XPath("//time[@pubdate] | //*[@itemprop='datePublished'][not(self::meta)]")
_UPDATED = etree.XPath("//*[@itemprop='dateModified'][not(self::meta)]")
_TIMES = etree.XPath("//article//time | //main//time")
