"""Blocks of related links that nothing names: an aside of links, and a list of links after the article.

Pure, and sooner finds nothing than the wrong thing: links within one site, to what looks like articles, whose titles
share words with the page's own, in no menu, footer, tag list or comments, under no heading that says otherwise; and
of several such lists none is taken.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from statistics import fmean

from lxml.html import HtmlElement

from feedsvc.load.pages.aims import aim_of, leads_to_article
from feedsvc.load.pages.links import heads_another_box
from feedsvc.load.pages.maintext import article_part, prose
from feedsvc.load.pages.page import LISTS, RANK_BY_HEADING, letters, line, lines_within
from feedsvc.load.words import folded, names_another_box

LEAST_LINKS, MOST_LINKS = 3, 30  # more are an archive or a map of the site
LEAST_SHARE = 0.6  # of the letters are links'
LEAST_APT = 0.8  # of its links lead to articles
LEAST_ABOUT = 0.5  # of the titles have a word in common with what the page is about
LEAST_TITLE = 12  # letters of a title that is no name of a section
LEAST_TITLE_DENSE = 6  # the same in scripts without spaces
MOST_SHARED = 0.5  # of the words of a title, where they are in all titles
WORD_CHARS = 5  # of a word that tells what a title is about, and of it as compared: words are inflected at their end
PROSE_CHARS = 80  # a paragraph of the article, not its standfirst or a caption

_NEVER = (
    r"comments?|disqus|respond|nav\w*|menu|footer|breadcrumbs?|tags?|tagcloud|social|shar(?:e|ing)|cookies?|consent"
    r"|login"
)
_SELDOM = (
    r"header|sponsor\w*|promo\w*|advert\w*|ads?|outbrain|taboola|newsletter|subscri\w+|most|popular|trending|latest"
    r"|recent|widget\w*|sidebar|pagination|pager|authors?|bio|categor\w+"
)
_FURNITURE = re.compile(rf"(?:^|[\s_-])(?:{_NEVER})(?:$|[\s_-])", re.IGNORECASE)
_DOUBTFUL = re.compile(rf"(?:^|[\s_-])(?:{_NEVER}|{_SELDOM})(?:$|[\s_-])", re.IGNORECASE)
WHOLE_PAGE = ("html", "body", "main", "article")
_BUTTON = re.compile(
    r"(?:see|view|show|read|browse|watch) (?:all|more)\b|(?:load|show) more|(?:share|print|e-?mail|tweet|comment on) "
    r"(?:this|the|on|via|by|version|article)\b",
    re.IGNORECASE,
)
_DENSE = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_]{5,}")


def is_furniture(element: HtmlElement) -> bool:
    """Whether the page names what an element is in as something that is never about the article."""
    return any(_FURNITURE.search(names) for names in _names_around(element))


def _names_around(element: HtmlElement) -> Iterator[str]:
    for one in (element, *element.iterancestors()):
        if one.tag not in WHOLE_PAGE:
            yield f"{one.get('class', '')} {one.get('id', '')}"


def _is_doubtful(element: HtmlElement) -> bool:
    return any(_DOUBTFUL.search(names) for names in _names_around(element))


def linked_asides(page: HtmlElement, base: str, about: str) -> list[HtmlElement]:
    """The asides under no heading that are nothing but links to articles about the same as the page."""
    return [
        aside
        for aside in page.xpath("//aside[not(.//aside)]")
        if not any(_is_over_links(one) for one in aside.iter(*RANK_BY_HEADING))
        and not _is_doubtful(aside)
        and not names_another_box(_above(aside))
        and not any(map(heads_another_box, lines_within(aside)))
        and _is_linked(aside, base, about)
    ]


def linked_list(page: HtmlElement, base: str, about: str) -> list[HtmlElement]:
    """The one list of links to such articles that comes after the text; nothing where there are several."""
    paragraphs = [one for one in prose(article_part(page)) if letters(one) >= PROSE_CHARS]
    if not paragraphs:
        return []
    lists = paragraphs[-1].xpath("following::*[self::ul or self::ol]")
    found = [one for one in lists if _stands_alone(one) and _is_linked(one, base, about)]
    return found if len(found) == 1 else []


def _is_over_links(heading: HtmlElement) -> bool:
    """Whether a heading is over links, rather than the title of one."""
    return heading.find(".//a") is None and next(heading.iterancestors("a"), None) is None


def _stands_alone(element: HtmlElement) -> bool:
    """Whether a list is part of no other, and under no name of something else."""
    nested = any(outer.tag in (*LISTS, "nav", "aside") for outer in element.iterancestors())
    return not nested and not _is_doubtful(element) and not names_another_box(_above(element))


def _above(element: HtmlElement) -> str:
    """The line just above a list, where it or what it begins stands under one."""
    for one in (element, *element.iterancestors()):
        if one.tag in WHOLE_PAGE:
            break
        if (before := one.getprevious()) is not None:
            return line(before) if letters(before) <= PROSE_CHARS else ""
    return ""


def _is_linked(element: HtmlElement, base: str, about: str) -> bool:
    """Whether a block is links to articles about the same, each with a title, and little else."""
    anchors = [anchor for anchor in element.iter("a") if aim_of(anchor)]
    title_by_href = {anchor.get("href") or "": title for anchor in anchors if (title := line(anchor))}
    if not LEAST_LINKS <= len(title_by_href) <= MOST_LINKS:
        return False
    if sum(map(letters, anchors)) < LEAST_SHARE * letters(element):
        return False
    apt = [title for href, title in title_by_href.items() if leads_to_article(href, base) and is_title(title)]
    same = sum(share_words(about, title) for title in apt)
    is_apt = len(apt) >= LEAST_APT * len(title_by_href) and same >= LEAST_ABOUT * len(apt)
    return is_apt and not _is_one_for_each(apt)


def is_title(text: str) -> bool:
    """Whether a text is long enough for a title, and none of a section or a button."""
    return len(text) >= (LEAST_TITLE_DENSE if _DENSE.search(text) else LEAST_TITLE) and not _BUTTON.match(text)


def is_short_title(text: str) -> bool:
    """Whether a text might be a title where all else says so: no one word, and no button."""
    return len(text.split()) > 1 and is_title(text.ljust(LEAST_TITLE))


def _is_one_for_each(titles: list[str]) -> bool:
    """Whether titles differ in hardly more than one word, as those of a guide to each district."""
    words = [set(folded(title).split()) for title in titles]
    return bool(words) and len(set.intersection(*words)) >= MOST_SHARED * fmean(map(len, words))


def share_words(one: str, other: str, chars: int = WORD_CHARS) -> bool:
    """Whether two texts have a word in common, by its first `chars`, that tells what they are about."""
    return not _telling(one, chars).isdisjoint(_telling(other, chars))


def _telling(text: str, chars: int) -> set[str]:
    """The beginnings of a text's longer words, and in scripts without spaces every two characters."""
    plain = folded(text)
    pairs = {first + second for first, second in pairwise(plain) if _DENSE.match(first) and _DENSE.match(second)}
    return pairs | {word[:chars] for word in _WORD.findall(plain) if not _DENSE.match(word)}
