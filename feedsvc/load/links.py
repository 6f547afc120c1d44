"""A block of related links → RawLinks, with their URLs, titles and times.

Pure. Links to one address are one link; its time is the one in the item that holds it and no other, or just beside.
"""

import re
from collections.abc import Iterator
from itertools import chain, takewhile

from lxml import etree
from lxml.html import HtmlElement

from feedsvc.load.page import BLOCKS, RANK_BY_HEADING, line, lines_within
from feedsvc.load.pagedata import absolute
from feedsvc.load.text import ends_page, looks_like_date, related_links, unstarred
from feedsvc.model import Marks, RawLink

TITLE_WORDS = 3  # fewer are rather a section's name, where several links lead to one article

_SPACE = re.compile(r"\s+")
_LINKS_ELSEWHERE = re.compile(r"(?!#|javascript:|mailto:|tel:|data:)\S", re.IGNORECASE)


def links_in(block: list[HtmlElement], opening: HtmlElement | None, base: str, marks: Marks) -> Iterator[RawLink]:
    """The links of a block up to an end mark; without any, its lines are read as on a text page."""
    ends = {one for part in block for one in [part, *lines_within(part)] if ends_page(line(one), marks)}
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
        stamp, shown = _stamp(anchor, block[0].getparent(), stamps_lead, marks.date_language)
        title = unstarred(title.removesuffix(shown).rstrip() or title)
        if href:
            yield RawLink(title, absolute(base, href), stamp)
        elif stamp:
            yield RawLink(title, published=stamp)
    plain = () if anchors else related_links(_lines(block, opening), marks)
    if any(link.published for link in plain):
        yield from plain


def aim_of(anchor: HtmlElement) -> tuple[str, str] | None:
    """Where a link leads: (address, ""), or ("", its words) for a placeholder that leads nowhere yet."""
    href = (anchor.get("href") or "").strip()
    if href:
        return (href, "") if _LINKS_ELSEWHERE.match(href) else None
    words = line(anchor)
    return ("", words) if words else None


def _titled(anchors: list[HtmlElement]) -> tuple[HtmlElement, str]:
    """Of the links to one address, the one with a heading, or words, or else a picture that has a description."""
    headings = ((anchor, _heading_of(anchor)) for anchor in anchors)
    words = [(anchor, line(anchor)) for anchor in anchors]
    whole = (pair for pair in words if len(anchors) == 1 or len(pair[1].split()) >= TITLE_WORDS)
    pictures = ((anchor, image.get("alt") or "") for anchor in anchors for image in anchor.iter("img"))
    return next((pair for pair in chain(headings, whole, words, pictures) if pair[1].strip()), (anchors[0], ""))


def _heading_of(anchor: HtmlElement) -> str:
    """The heading within a link, or the link as all that a heading holds: a card has a kicker and a teaser too."""
    parent = anchor.getparent()
    if parent is not None and parent.tag in RANK_BY_HEADING:
        return line(anchor)
    return next(filter(None, map(line, anchor.iter(*RANK_BY_HEADING))), "")


def _lines(block: list[HtmlElement], opening: HtmlElement | None) -> list[str]:
    """The text of a block as lines, one for each paragraph or item."""
    text = (opening.tail or "") if opening is not None else ""
    pieces = [_SPACE.sub(" ", text)]
    for part in block:
        for event, element in etree.iterwalk(part, events=("start", "end")):
            pieces.append("\n" if element.tag in BLOCKS else "")
            pieces.append(_SPACE.sub(" ", (element.text if event == "start" else element.tail) or ""))
    return [one.strip() for one in "".join(pieces).split("\n") if one.strip()]


def _stamp(anchor: HtmlElement, top: HtmlElement | None, stamps_lead: bool, language: str) -> tuple[str | None, str]:
    """The time beside a link, and how it is shown: in the item that holds it and no other, else just beside it."""
    item = anchor
    while (parent := item.getparent()) is not None and parent is not top and _holds_only(parent, anchor):
        item = parent
    beside = item.getprevious() if stamps_lead else item.getnext()
    places = [item] if beside is None or next(beside.iter("a"), None) is not None else [item, beside]
    for place in places:
        for time in place.iter("time"):
            return time.get("datetime") or time.get("content") or line(time) or None, line(time)
    tail = beside.tail if stamps_lead and beside is not None else item.tail
    texts = chain(*(place.itertext() for place in places), [tail or ""])
    shown = next((text.strip() for text in texts if looks_like_date(text.strip(), language)), None)
    return shown, shown or ""


def _holds_only(parent: HtmlElement, anchor: HtmlElement) -> bool:
    """Whether all links in here lead where this one does; those without words and address lead nowhere."""
    return all(aim_of(other) in (None, aim_of(anchor)) for other in parent.iter("a"))
