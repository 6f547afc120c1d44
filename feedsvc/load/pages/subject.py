"""Which of several things that a page describes is what it is about.

Pure. Cards of other articles are described just as the page's own article is, and often before it.
"""

from collections.abc import Iterable
from html import unescape
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from feedsvc.load.pages.page import line
from feedsvc.load.words import folded

LEAST_CUT = 20  # characters of a headline that is told from others though its end was cut off
MOST_HEADINGS = 50

_TITLES = "//meta[@property='og:title' or @name='og:title']/@content"
_ADDRESSES = (
    "//link[contains(concat(' ', normalize-space(@rel), ' '), ' canonical ')]/@href"
    " | //meta[@property='og:url' or @name='og:url']/@content"
)


class Subject(NamedTuple):
    """What a page calls itself: addresses and titles, as `fits` compares them."""

    base: str
    addresses: frozenset[str]
    titles: tuple[str, ...]

    def has_address(self, texts: Iterable[str]) -> bool:
        return any(_address(self.base, text) in self.addresses for text in texts if text.strip())

    def is_elsewhere(self, texts: Iterable[str]) -> bool:
        """Whether an address is told, but it is another's."""
        told = [text for text in texts if text.strip()]
        return bool(told and self.addresses) and not self.has_address(told)

    def has_title(self, texts: Iterable[str]) -> bool:
        return any(_alike(title, folded(unescape(text))) for text in texts for title in self.titles)


def subject_of(page: HtmlElement, fetched_from: str | None) -> Subject:
    """What a page is about, by its address, its canonical address, its h1 elements and og:title."""
    base = fetched_from or ""
    addresses = {_address(base, text) for text in (base, *page.xpath(_ADDRESSES)) if text.strip()}
    headings = [line(one) for one in page.xpath("//h1")[:MOST_HEADINGS]]
    titles = filter(None, (folded(text) for text in (*headings, *page.xpath(_TITLES))))
    return Subject(base, frozenset(filter(None, addresses)), tuple(titles))


def _address(base: str, text: str) -> str:
    """An address as far as it tells pages apart; "" for the home page and for what is none."""
    try:
        parts = urlsplit(urljoin(base, text.strip()))
    except ValueError:
        return ""
    path = parts.path.rstrip("/")
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.lower().removeprefix('www.')}{path}{query}" if path or query else ""


def _alike(one: str, other: str) -> bool:
    """Whether two titles are one, of which either may be cut off or have the site's name after it."""
    shorter, longer = sorted((one, other), key=len)
    return shorter == longer or (len(shorter) >= LEAST_CUT and longer.startswith(shorter))
