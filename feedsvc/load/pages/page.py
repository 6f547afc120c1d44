"""HTML as text → a tree that is safe to walk, and what is asked of its elements all the time.

Pure. What no article needs and no library bears (a picture inlined in a tag, attributes by the hundred, control
characters) leaves the tree as it is made. The parser nests at most 256 deep, which bounds every walk.
"""

import re
from collections.abc import Iterable

from lxml import etree, html
from lxml.html import HtmlElement

from feedsvc.errors import UnreadableDocument
from feedsvc.load.decode import joined

LINE_CHARS = 200  # no mark, date or copyright line is longer
MOST_LINES = 20_000  # four times those of the longest page known
MOST_ATTRIBUTES = 64  # lxml and trafilatura take time with the square of their number

RANK_BY_HEADING = {f"h{rank}": rank for rank in range(1, 7)}
LISTS = "ul", "ol", "dl", "table"
BLOCKS = frozenset({*RANK_BY_HEADING, *LISTS, *"p div li br tr dt dd section article time blockquote".split()})

PARSER = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)

_HUGE_TAG = re.compile(r"<[a-zA-Z][^<>]{16384,}>?")  # a picture or a program's state inlined
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what lxml reads yet refuses to set
_LINES = (
    "descendant::*[not(self::head or self::body or ancestor::head)]"
    "[normalize-space() and string-length(normalize-space()) <= $longest]"
)


def open_page(text: str) -> HtmlElement:
    """Parse a page, however broken. Raises UnreadableDocument for what holds no element at all."""
    try:
        # As bytes: lxml refuses text that names its own encoding.
        page: HtmlElement = html.document_fromstring(_HUGE_TAG.sub("", text).encode(), parser=PARSER)
    except (etree.LxmlError, ValueError) as error:
        raise UnreadableDocument(f"not a page: {error}") from error
    for second in list(page.itersiblings()):  # what libxml2 makes of an end tag that came too early
        page.append(second)
    for element in page.iter():
        if len(element.attrib) > MOST_ATTRIBUTES:
            element.attrib.clear()
        if _UNWRITABLE.search(element.text or ""):
            element.text = _UNWRITABLE.sub("", element.text)
        if _UNWRITABLE.search(element.tail or ""):
            element.tail = _UNWRITABLE.sub("", element.tail)
    return page


def drop(elements: Iterable[HtmlElement]) -> None:
    """Take elements from the page, but leave the text after them."""
    for element in list(elements):
        if element.getparent() is not None:
            element.drop_tree()


def letters(element: HtmlElement) -> int:
    """How many characters there are to see in an element, spaces aside."""
    return len("".join(element.text_content().split()))


def line(element: HtmlElement) -> str:
    """The text of an element on one line."""
    return " ".join(element.text_content().split())


def lines_within(element: HtmlElement, longest: int = LINE_CHARS) -> list[HtmlElement]:
    """The elements inside another that hold some text, but no more than a line of it; not without bound."""
    # In XPath, because a deep and wide page makes the sum of all texts within texts large.
    return list(element.xpath(_LINES, longest=longest))[:MOST_LINES]


def inner_markup(element: HtmlElement) -> str:
    """What is inside an element, as markup; empty where there is nothing to see."""
    if not letters(element) and element.find(".//img") is None:
        return ""
    element.attrib.clear()
    markup = html.tostring(element, encoding="unicode", with_tail=False)
    return joined(markup[markup.index(">") + 1 : markup.rindex("<")].strip())
