"""A block of related links → RawLinks, with their URLs, titles and times.

Pure. Links to one address are one link; its time is the one in the item that holds it and no other, or just beside.
"""

import re
from collections.abc import Iterator
from itertools import chain, takewhile

from lxml import etree
from lxml.html import HtmlElement

from feedsvc.load.pages.aims import aim_of, is_beside
from feedsvc.load.pages.page import BLOCKS, LISTS, RANK_BY_HEADING, line, lines_within
from feedsvc.load.pages.pagedata import absolute
from feedsvc.load.text import ends_page, looks_like_date, related_links, unstarred
from feedsvc.load.words import begins_another_box, names_another_box
from feedsvc.model import Marks, RawLink

HEADING_CHARS = 40  # of the name of a box
TITLE_WORDS = 3  # fewer are rather a section's name, where several links lead to one article

_MAY_HEAD = frozenset({*RANK_BY_HEADING, *"p div header strong b dt".split()})
_OF_ITEMS = (*LISTS, "tbody")
_SPACE = re.compile(r"\s+")
_LEAST_HEADING = 4  # what ranks below is a section's name over the title as often as the title


def links_in(block: list[HtmlElement], opening: HtmlElement | None, base: str, marks: Marks) -> Iterator[RawLink]:
    """The links of a block up to an end mark; without any, its lines are read as on a text page."""
    lines = [one for part in block for one in [part, *lines_within(part)]]
    ends = {one for one in lines if ends_page(line(one), marks) or (opening is not None and heads_another_box(one))}
    elements = (element for part in block for element in part.iter())
    members = takewhile(lambda element: element not in ends, elements)
    anchors: dict[tuple[str, str], list[HtmlElement]] = {}
    for anchor in members:
        if anchor.tag == "a" and (aim := aim_of(anchor)):
            anchors.setdefault(aim, []).append(anchor)
    texts = (text.strip() for part in block for text in part.itertext())
    stamps_lead = looks_like_date(next(filter(None, texts), ""), marks.date_language)
    for (href, _), group in anchors.items():
        anchor, title = _titled(group)
        stamp, shown = _stamp(anchor, block[0].getparent(), stamps_lead, base, marks.date_language)
        title = unstarred(title.removesuffix(shown).rstrip() or title)
        if href:
            yield RawLink(title, absolute(base, href), stamp)
        elif stamp:
            yield RawLink(title, published=stamp)
    plain = () if anchors else related_links(_lines(block, opening), marks)
    if any(link.published for link in plain):
        yield from plain


def heads_another_box(element: HtmlElement) -> bool:
    """Whether an element is a heading, though it may not be marked up as one, of what is not related."""
    if element.tag not in _MAY_HEAD or element.find(".//a") is not None or len(text := line(element)) > HEADING_CHARS:
        return False
    is_named = names_another_box(text) if element.tag in RANK_BY_HEADING else begins_another_box(text)
    return is_named and next(element.iterancestors("a"), None) is None


def begins_with_another_box(element: HtmlElement) -> bool:
    """Whether such a heading comes first in an element, before all links."""
    first = next((one for one in element.iter() if one.tag == "a" or heads_another_box(one)), None)
    return first is not None and first.tag != "a"


def _titled(anchors: list[HtmlElement]) -> tuple[HtmlElement, str]:
    """Of the links to one address, the one with a heading, or words, or else a picture that has a description."""
    words = [(anchor, line(anchor)) for anchor in anchors]
    longest = max(len(text.split()) for _, text in words)
    headings = ((anchor, _heading_of(anchor, but_kicker=longest >= TITLE_WORDS)) for anchor in anchors)
    whole = (pair for pair in words if len(anchors) == 1 or len(pair[1].split()) >= TITLE_WORDS)
    pictures = ((anchor, image.get("alt") or "") for anchor in anchors for image in anchor.iter("img"))
    return next((pair for pair in chain(headings, whole, words, pictures) if pair[1].strip()), (anchors[0], ""))


def _heading_of(anchor: HtmlElement, but_kicker: bool) -> str:
    """The heading within a link, or the link as all that a heading holds: a card has a kicker and a teaser too."""
    parent = anchor.getparent()
    is_heading = parent is not None and parent.tag in RANK_BY_HEADING
    for heading in [parent] if parent is not None and is_heading else anchor.iter(*RANK_BY_HEADING):
        text = line(anchor if is_heading else heading)
        is_kicker = RANK_BY_HEADING[heading.tag] > _LEAST_HEADING and len(text.split()) < TITLE_WORDS
        if text and not (but_kicker and is_kicker):
            return text
    return ""


def _lines(block: list[HtmlElement], opening: HtmlElement | None) -> list[str]:
    """The text of a block as lines, one for each paragraph or item."""
    text = (opening.tail or "") if opening is not None else ""
    pieces = [_SPACE.sub(" ", text)]
    for part in block:
        for event, element in etree.iterwalk(part, events=("start", "end")):
            pieces.append("\n" if element.tag in BLOCKS else "")
            pieces.append(_SPACE.sub(" ", (element.text if event == "start" else element.tail) or ""))
    return [one.strip() for one in "".join(pieces).split("\n") if one.strip()]


def _stamp(
    anchor: HtmlElement, top: HtmlElement | None, stamps_lead: bool, base: str, language: str
) -> tuple[str | None, str]:
    """The time beside a link, and how it is shown: in the item that holds it and no other, else just beside it."""
    item = anchor
    while (parent := item.getparent()) is not None and parent is not top and _holds_only(parent, anchor, base):
        item = parent
    beside = item.getprevious() if stamps_lead else item.getnext()
    places = [item] if beside is None or next(beside.iter("a"), None) is not None else [item, beside]
    for place in places:
        for time in place.iter("time"):
            return time.get("datetime") or time.get("content") or line(time) or None, line(time)
    tail = beside.tail if stamps_lead and beside is not None else item.tail
    texts = chain(*(place.itertext() for place in places), [tail or ""])
    shown = next((text.strip() for text in texts if looks_like_date(text.strip(), language)), None)
    return shown and shown.strip("()[]•·|\xa0 "), shown or ""


def _holds_only(parent: HtmlElement, anchor: HtmlElement, base: str) -> bool:
    """Whether all links in here lead where this one does; those without words and address lead nowhere.

    In one item, its author, its theme and its comments are no other link.
    """
    own = aim_of(anchor)
    others = [aim for other in parent.iter("a") if (aim := aim_of(other)) not in (None, own)]
    return not others or (parent.tag not in _OF_ITEMS and all(aim and is_beside(aim[0], base) for aim in others))
