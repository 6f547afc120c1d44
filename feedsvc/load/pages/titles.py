"""The title of a page: as the source's selector says, as stated, or else as shown; without the name of the site.

Pure. Says where it was found.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from itertools import chain
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from feedsvc.load.pages.page import drop, line
from feedsvc.load.pages.pagedata import SITE, TITLE, Found, Stated, found
from feedsvc.load.pages.rules import PageRules
from feedsvc.load.text import unstarred
from feedsvc.load.words import folded

LEAST_WORDS = 3  # of a heading that is the headline for sure, and not the name of a section
MOST_SITE_WORDS = 4  # of what may be a site's name because it follows the headline
MOST_SEPARATORS = 20

_CUT = re.compile(r"\s*(?:…|\.\.\.)$")
_SEPARATOR = re.compile(r"\s*[|·•»:–—]\s|\s-\s|\s::\s")
_BAR = re.compile(r"\s*[|·•»]")
_KICKER = re.compile(r"(?:^|[\s_-])(?:kicker|overline|eyebrow|roofline|category|badge|flag)(?:$|[\s_-])", re.IGNORECASE)
_QUOTES = str.maketrans("‘’‚‛`´“”„‟«»", "''''''" + '""""""')
_WORDS = re.compile(r"[^\W_]+")


def title_of(page: HtmlElement, stated: Stated, rules: PageRules, ruled: list[HtmlElement], url: str) -> Found:
    """The title, its text "" where the page has none; `ruled` is what the source's selector found."""
    site = _site_names(stated, url)
    selected = ((line(one), f"the selector {rules.title}") for one in ruled)
    headlines = map(_headline, chain(page.xpath("//article//h1 | //main//h1"), page.iter("h1")))
    headings = list(dict.fromkeys(one for one in headlines if one and _squeezed(one) not in site))
    told = found(stated, *TITLE)
    if told and _squeezed(told.text) in site:
        told = None
    shown = ((text, "the heading") for text in headings)
    elements = ((_without_site(line(one), site), "the title element") for one in page.iter("title"))
    last = [(line(one), "the heading") for one in page.iter("h1")]
    candidates = chain(selected, [_as_shown(told, headings, site)] if told else [], shown, elements, last)
    text, origin = next((one for one in candidates if one[0]), ("", ""))
    return Found(unstarred(text), origin)


def _headline(heading: HtmlElement) -> str:
    """The text of a heading without the kicker within it, if there is any other."""
    kickers = [one for one in heading.iterdescendants() if _KICKER.search(one.get("class") or "")]
    if not kickers:
        return line(heading)
    bare = deepcopy(heading)
    drop([one for one in bare.iterdescendants() if _KICKER.search(one.get("class") or "")])
    return line(bare) or line(heading)


def _as_shown(told: Found, headings: list[str], site: frozenset[str]) -> Found:
    """A stated title as the page shows it, where the stated one was cut short or has the site's name added."""
    start, bare = _CUT.sub("", told.text), _without_site(told.text, site)
    for heading in headings:
        is_cut = start != told.text and _key(heading).startswith(_key(start))
        is_bare = bare != told.text and _key(bare) == _key(heading)
        if is_cut or is_bare or _adds_site(told.text, heading):
            return Found(heading, f"the heading, for {told.origin}")
    return told._replace(text=bare)


def _adds_site(told: str, heading: str) -> bool:
    """Whether a stated title is the heading and what, from how it is written, is the name of a site."""
    rest = told[len(heading) :]
    separator = _SEPARATOR.match(rest)
    if not separator or len(heading.split()) < LEAST_WORDS or _key(told[: len(heading)]) != _key(heading):
        return False
    words = rest[separator.end() :].split()
    is_name = len(words) <= MOST_SITE_WORDS and all(word[0].isupper() or len(word) < LEAST_WORDS for word in words)
    return _BAR.match(rest) is not None or (is_name and ":" not in separator[0])


def _without_site(title: str, site: frozenset[str]) -> str:
    """A title up to the last separator or from the first, where the site's name is all that is beyond it."""
    separators = list(_SEPARATOR.finditer(title))[-MOST_SEPARATORS:]
    if separators and _squeezed(title[separators[-1].end() :]) in site:
        return title[: separators[-1].start()]
    if separators and _squeezed(title[: separators[0].start()]) in site:
        return title[separators[0].end() :]
    return title


def _site_names(stated: Stated, url: str) -> frozenset[str]:
    """What the site calls itself, and its host with and without what is around its name; each squeezed."""
    return frozenset(filter(None, map(_squeezed, chain(*(stated.get(key, ()) for key in SITE), _hosts(url)))))


def _hosts(url: str) -> Iterator[str]:
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return
    yield host
    *labels, _ = host.split(".")
    yield from (label for label in labels if len(label) > 3)


def _squeezed(text: str) -> str:
    """A name as sites write theirs in their addresses: without spaces, signs and article."""
    return "".join(_WORDS.findall(_key(text))).removeprefix("the")


def _key(text: str) -> str:
    """A text without what differs from one writing of a title to another: its case, its quotes."""
    return folded(text.translate(_QUOTES))
