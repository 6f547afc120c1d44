"""Microdata on a page (HTML §5) → what it says of the article, as texts under their names.

Pure. The article is, of all items of an article's type, the one with the page's address, else the one that holds an h1
or has the page's title, else the one that states most. What belongs to an item within it, such as a related article,
is not its own.
"""

from collections.abc import Iterator

from lxml.html import HtmlElement

from feedsvc.load.pages.linkeddata import is_article
from feedsvc.load.pages.page import line
from feedsvc.load.pages.subject import Subject, subject_of

MOST_ARTICLES = 40  # of a page, the rest are cards

_URL_ATTRIBUTES = {
    **dict.fromkeys(("audio", "embed", "iframe", "img", "source", "track", "video"), "src"),
    **dict.fromkeys(("a", "area", "link"), "href"),
}
_TEXT_ATTRIBUTES = {"meta": "content", "data": "value", "meter": "value", "time": "datetime"}
_INNER = {"image": ("url", "contentUrl")}  # what stands for an item within; of all others its name does
_ADDRESSES = frozenset({"url", "image", "thumbnailUrl", "mainEntityOfPage"})  # of anything else the text counts
_TEXTS = frozenset({"articleBody", "text"})  # no statements


def main_item(page: HtmlElement, fetched_from: str | None = None) -> HtmlElement | None:
    """The item that is the article, the first of equals."""
    articles = [item for item in page.xpath("//*[@itemscope]") if _is_article(item)]
    if len(articles) < 2:
        return next(iter(articles), None)
    subject = subject_of(page, fetched_from)
    return max(articles[:MOST_ARTICLES], key=lambda item: _likeliness(item, subject))


def _likeliness(item: HtmlElement, subject: Subject) -> tuple[bool, bool, bool, bool, int]:
    stated = list(microdata(item))
    addresses = [text for name, text in stated if name in ("md.url", "md.mainEntityOfPage")] + [
        item.get("itemid") or ""
    ]
    titles = (text for name, text in stated if name in ("md.headline", "md.name"))
    return (
        subject.has_address(addresses),
        item.find(".//h1") is not None,
        subject.has_title(titles),
        not subject.is_elsewhere(addresses) and item.find(".//*[@itemprop='articleBody']") is not None,
        len(stated),
    )


def is_of_another(element: HtmlElement, main: HtmlElement | None) -> bool:
    """Whether an element belongs to an item that is an article, but not the one that the page is about."""
    item = next((outer for outer in element.iterancestors() if outer.get("itemscope") is not None), None)
    return item is not None and item is not main and _is_article(item)


def microdata(main: HtmlElement | None) -> Iterator[tuple[str, str]]:
    """The properties of an item under their names: ("md.headline", …)."""
    for element in [] if main is None else _own(main):
        for name in (element.get("itemprop") or "").split():
            if name not in _TEXTS:
                yield f"md.{name}", _value(element, name)


def _is_article(item: HtmlElement) -> bool:
    return is_article({"@type": (item.get("itemtype") or "").split()})


def _own(item: HtmlElement) -> Iterator[HtmlElement]:
    """The elements with a property of this item; those of an item within it are not."""
    waiting = list(reversed(item))
    while waiting:
        element = waiting.pop()
        if element.get("itemprop") is not None:
            yield element
        if element.get("itemscope") is None:
            waiting.extend(reversed(element))


def _value(element: HtmlElement, name: str) -> str:
    """The value of a property (HTML §5.2.4); of an item its name, or its address where that is what counts."""
    if element.get("itemscope") is not None and element.get("content") is None:
        wanted = _INNER.get(name, ("name",))
        inner = ((one, (one.get("itemprop") or "").split()) for one in _own(element))
        values = (_value(one, names[0]) for one, names in inner if names and names[0] in wanted)
        return next(filter(None, values), "")
    attribute = _TEXT_ATTRIBUTES.get(str(element.tag))
    if name in _ADDRESSES:
        attribute = attribute or _URL_ATTRIBUTES.get(str(element.tag))
    stated = element.get("content") or (element.get(attribute) if attribute else None)
    return stated if stated is not None else line(element)
