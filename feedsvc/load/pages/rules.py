"""How a source's pages are to be read, where they do not make it plain themselves.

Pure. A selector is CSS, or XPath where it begins with "/", "(" or ".//". What it selects comes before everything
that a page states; where it selects nothing, the page is read as without it.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from cssselect import HTMLTranslator, SelectorError
from lxml import etree
from lxml.html import HtmlElement

from feedsvc.model import Marks

_XPATH_BEGINS = ("/", "(", ".//")


@dataclass(frozen=True, slots=True)
class PageRules:
    """What an operator says of a source's pages; everything may be left out.

    Selectors: `title`, `published` and `updated` give the first text found, or a `datetime` or `content` attribute;
    `author` one name each; `image` a picture; `body` the parts that the article's text is in, in their order;
    `related` the parts that its links are in. `marks` open and close the related links.
    """

    marks: Marks = field(default_factory=Marks)
    title: str = ""
    body: str = ""
    published: str = ""
    updated: str = ""
    author: str = ""
    image: str = ""
    related: str = ""


def check_selector(selector: str) -> str:
    """Return a selector that can be used, and raise ValueError, with the reason for people, for any other."""
    _compiled(selector)
    return selector


def selected(page: HtmlElement, selector: str) -> list[HtmlElement]:
    """The outermost elements that a selector finds, in the order of the page; none for an empty selector."""
    if not selector:
        return []
    try:
        found = _compiled(selector)(page)
    except etree.XPathEvalError:  # a function that there is not, found out only when it is called
        return []
    elements = [one for one in found if isinstance(one, HtmlElement)] if isinstance(found, list) else []
    chosen = set(elements)
    return [one for one in elements if not any(outer in chosen for outer in one.iterancestors())]


@lru_cache(maxsize=256)
def _compiled(selector: str) -> etree.XPath:
    try:
        path = selector if selector.startswith(_XPATH_BEGINS) else HTMLTranslator().css_to_xpath(selector)
        return etree.XPath(path)
    except (SelectorError, etree.XPathSyntaxError, ValueError) as error:
        raise ValueError(f"{selector!r} is neither a CSS selector nor an XPath: {error}") from error
