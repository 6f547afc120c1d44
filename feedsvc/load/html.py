"""HTML page → RawArticle.

Pure. What the page states about itself (JSON-LD, meta elements) comes before what it shows. Related
links are found by their heading and leave the page, as do navigation and footer, before the main text
is looked for; markup is passed on as found and sanitised later.
"""

import re
from collections.abc import Iterable, Iterator
from configparser import ConfigParser
from contextlib import suppress
from itertools import chain, takewhile

import trafilatura
from lxml import etree, html
from lxml.html import HtmlElement
from trafilatura.settings import DEFAULT_CONFIG

from feedsvc.errors import UnreadableDocument
from feedsvc.load.decode import joined, to_text
from feedsvc.load.pagedata import (
    LANGUAGE,
    PUBLISHED,
    RIGHTS,
    UPDATED,
    Stated,
    absolute,
    addresses,
    authors,
    first,
    picture,
    stated_by,
    tags,
)
from feedsvc.load.text import ends_page, looks_like_date, opens_related, related_links, unstarred
from feedsvc.model import BodyFormat, Document, Evidence, Marks, RawArticle, RawLink, Unread

LINE_CHARS = 200  # no mark, date or copyright line is longer
PROSE_CHARS = 200  # a paragraph this long among related links is the article going on
LEAST_SHARE = 0.5  # of the letters in <article>; where trafilatura keeps fewer it has lost some

_RANK_BY_HEADING = {f"h{rank}": rank for rank in range(1, 7)}
_PLAIN_RANK = 2  # what a related block ends at where a mere paragraph opened it
_LISTS = "ul", "ol", "dl", "table"
_BLOCKS = frozenset({*_RANK_BY_HEADING, *_LISTS, *"p div li br tr dt dd section article time blockquote".split()})
_HUGE_TAG = re.compile(r"<[a-zA-Z][^<>]{16384,}>?")  # a picture or a program's state inlined
MOST_ATTRIBUTES = 64  # lxml and trafilatura take time with the square of their number
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what lxml reads yet refuses to set
_SPACE = re.compile(r"\s+")
_LINKS_ELSEWHERE = re.compile(r"(?!#|javascript:|mailto:|tel:|data:)\S", re.IGNORECASE)

_PARSER = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
_NOT_TEXT = "//script | //style | //template | //noscript | //svg"
_FURNITURE = (
    "//nav | //footer[not(ancestor::blockquote)] | //dialog"
    " | //header[not(.//h1 or ancestor::article or ancestor::main)]"
    " | //*[@role='navigation' or @role='contentinfo' or @role='banner' or @role='search']"
)
_LINES = (
    "descendant::*[not(self::head or self::body or ancestor::head)]"
    "[normalize-space() and string-length(normalize-space()) <= $longest]"
)
_RELATED = (
    "//*[self::aside or self::section][not(.//h1)][contains(concat(' ', @rel, ' '), ' related ')"
    " or contains(concat(' ', @class, ' '), ' related ') or contains(concat(' ', @class), ' related-')]"
)
_PUBLISHED = "//time[@pubdate] | //*[@itemprop='datePublished'][not(self::meta)]"
_UPDATED = "//*[@itemprop='dateModified'][not(self::meta)]"
_TIMES = "//article//time | //main//time"


def _settings() -> ConfigParser:
    """Trafilatura's own, but short articles keep their markup rather than being flattened to words."""
    settings = ConfigParser()
    settings.read_dict(DEFAULT_CONFIG)
    settings["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "1"
    return settings


_SETTINGS = _settings()


def parse_html(document: Document, marks: Marks) -> Iterator[RawArticle | Unread]:
    """Read one page. Raises UnreadableDocument for a page with neither a title nor a text."""
    page = _page(to_text(document.body, document.media_type))
    stated = stated_by(page)
    url, base = addresses(page, stated, document.url)
    _drop(page.xpath(_NOT_TEXT))
    related = _take_related(page, base, marks)
    _drop(page.xpath(_FURNITURE))
    title = _title(page, stated)
    published, evidence = _published(page, stated)
    updated = first(stated, *UPDATED) or _date_of(page.xpath(_UPDATED))
    _drop_repeated_lines(page, title, marks)
    body = _main_text(page)
    image_url, image_type, image_length = picture(stated)
    if not title and not body:
        raise UnreadableDocument("the page has neither a title nor a text")
    yield RawArticle(
        title=title,
        published=published,
        date_evidence=evidence,
        updated=updated,
        url=url,
        authors=authors(stated),
        subtitle=first(stated, "ld.alternativeHeadline"),
        summary=first(stated, "ld.description", "description", "og:description"),
        body=body,
        body_format=BodyFormat.HTML,
        tags=tags(stated),
        language=page.get("lang") or first(stated, *LANGUAGE),
        image=absolute(base, image_url) if image_url else None,
        image_type=image_type,
        image_length=image_length,
        rights=first(stated, *RIGHTS),
        related=related,
    )


def _page(text: str) -> HtmlElement:
    try:
        # As bytes: lxml refuses text that names its own encoding.
        page: HtmlElement = html.document_fromstring(_HUGE_TAG.sub("", text).encode(), parser=_PARSER)
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


def _drop(elements: Iterable[HtmlElement]) -> None:
    for element in list(elements):
        if element.getparent() is not None:
            element.drop_tree()


def _letters(element: HtmlElement) -> int:
    return len("".join(element.text_content().split()))


def _line(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _lines_within(element: HtmlElement, longest: int = LINE_CHARS) -> list[HtmlElement]:
    """The elements inside another that hold some text, but no more than a line of it."""
    # In XPath, because a deep and wide page makes the sum of all texts within texts large.
    return list(element.xpath(_LINES, longest=longest))


# What the page shows


def _title(page: HtmlElement, stated: Stated) -> str:
    shown = chain(page.xpath("//article//h1 | //main//h1"), page.iter("h1"), page.iter("title"))
    return unstarred(first(stated, "ld.headline", "og:title") or next(filter(None, map(_line, shown)), ""))


def _published(page: HtmlElement, stated: Stated) -> tuple[str | None, Evidence]:
    """When the page was published, as stated or else as shown; what was shown for it leaves the page."""
    marked = page.xpath(_PUBLISHED)
    text = first(stated, *PUBLISHED) or _date_of(marked)
    _drop(marked)
    if text:
        return text, Evidence.RECORD
    shown = (page.xpath(_TIMES) or list(page.iter("time")) or list(_date_lines(page)))[:1]
    text = _date_of(shown)
    _drop(shown)
    return text, Evidence.PAGE


def _date_of(elements: Iterable[HtmlElement]) -> str | None:
    texts = (e.get("datetime") or e.get("content") or _line(e) for e in elements)
    return next(filter(None, texts), None)


def _date_lines(page: HtmlElement) -> Iterator[HtmlElement]:
    """Elements that show a date and nothing else, those above the headline left out."""
    headline = next(page.iter("h1"), None)
    later = set(page.iter() if headline is None else headline.xpath("following::*"))
    return (line for line in _lines_within(page) if line in later and looks_like_date(_line(line)))


def _drop_repeated_lines(page: HtmlElement, title: str, marks: Marks) -> None:
    """Take end marks and the repeated title from the page, but not a text that is nothing but its title."""
    wanted = " ".join(title.split())
    titles: list[HtmlElement] = []
    for element in _lines_within(page, max(LINE_CHARS, len(wanted))):
        text = _line(element)
        if element.tag not in _BLOCKS:  # a word within a sentence
            continue
        if ends_page(text, marks) and next(element.iterancestors("figure"), None) is None:
            _drop([element])
        elif unstarred(text) == wanted:
            titles.append(element)
    headings = [element for element in titles if element.tag in _RANK_BY_HEADING]
    only_headline = list(page.iter("h1"))
    _drop(headings + (only_headline if len(only_headline) == 1 else []))
    if _letters(page) > len(wanted):
        _drop(element for element in titles if element.find(".//img") is None)


def _main_text(page: HtmlElement) -> str:
    """The article's markup: by trafilatura, or the part of the page meant for it where that lost much of it."""
    part = _article_part(page)
    found = _extracted(page)
    least = LEAST_SHARE * _letters(part) if part.tag in ("article", "main") else 1
    if found is not None and _letters(found) >= least:
        return _inner(found)
    _drop(list(part.iter("aside")))
    return _inner(part)


def _article_part(page: HtmlElement) -> HtmlElement:
    parts = page.xpath("//article[not(ancestor::article)]") or page.xpath("//main") or page.xpath("//body")
    return max(parts, key=_letters, default=html.Element("body"))


def _extracted(page: HtmlElement) -> HtmlElement | None:
    # Its heuristics meet any markup the web holds; what trips them must not cost the article.
    with suppress(Exception):
        text = trafilatura.extract(
            page,
            output_format="html",
            include_links=True,
            include_images=True,
            include_formatting=True,
            include_comments=False,
            favor_recall=True,  # navigation has left already; without it lists directly in <body> are lost
            config=_SETTINGS,
        )
        body: HtmlElement = html.document_fromstring((text or "").encode(), parser=_PARSER).find("body")
        for pre in body.xpath("//pre/pre"):  # what it makes of <pre><code>
            pre.tail = pre.getparent().text = None
            pre.drop_tag()
        return body
    return None


def _inner(element: HtmlElement) -> str:
    if not _letters(element) and element.find(".//img") is None:
        return ""
    element.attrib.clear()
    markup = html.tostring(element, encoding="unicode", with_tail=False)
    return joined(markup[markup.index(">") + 1 : markup.rindex("<")].strip())


# Related links


def _take_related(page: HtmlElement, base: str, marks: Marks) -> tuple[RawLink, ...]:
    """Read the related links and take them from the page."""
    found: dict[tuple[str, str | None], RawLink] = {}
    openings = list(_openings(page, marks))
    for opening in openings:
        links = _block(opening, base, marks)
        found |= {(link.title, link.url): link for link in links}
    for block in [] if openings else page.xpath(_RELATED):
        found |= {(link.title, link.url): link for link in _links([block], None, base, marks)}
        _drop([block])
    return tuple(found.values())


def _openings(page: HtmlElement, marks: Marks) -> Iterator[HtmlElement]:
    """The outermost elements that hold nothing but the words that open related links."""
    last: HtmlElement | None = None
    for line in _lines_within(page):
        within_last = last is not None and last in line.iterancestors()
        if not within_last and opens_related(_line(line), marks) and _heads(line):
            yield line
            last = line


def _heads(element: HtmlElement) -> bool:
    """Whether an element can be a heading: no menu entry, and no word within a sentence."""
    if element.tag in ("li", "a"):
        return False
    before = element.getprevious()
    text = element.getparent().text if before is None else before.tail
    starts_line = (before is None or before.tag in _BLOCKS) and not (text or "").strip()
    return starts_line or element.tag in _BLOCKS


def _block(opening: HtmlElement, base: str, marks: Marks) -> tuple[RawLink, ...]:
    """The links after an opening; both leave the page, unless what follows holds anything else."""
    container = opening.getparent()
    if container is None:  # it went with the block before it
        return ()
    following = list(_following(opening))
    links = tuple(_links(following, opening, base, marks))
    if links or not (any(map(_letters, following)) or (opening.tail or "").strip()):
        for element in [opening, *following]:
            container.remove(element)  # unlike drop_tree, this takes along the text after it
    return links


def _following(opening: HtmlElement) -> Iterator[HtmlElement]:
    """The siblings after an opening, up to a heading of its rank, the footer, or the article going on."""
    rank = _RANK_BY_HEADING.get(opening.tag, _PLAIN_RANK)
    prose_chars = PROSE_CHARS
    for sibling in opening.itersiblings():
        linked = sum(map(_letters, sibling.iter("a")))
        is_heading = not linked and _RANK_BY_HEADING.get(sibling.tag, 9) <= rank
        is_prose = sibling.tag == "p" and _letters(sibling) > max(prose_chars, 2 * linked)
        if sibling.tag == "footer" or is_heading or is_prose:
            return
        if sibling.tag in _LISTS:
            prose_chars = 0  # the links were in the list, and what follows it is none of them
        yield sibling


def _links(block: list[HtmlElement], opening: HtmlElement | None, base: str, marks: Marks) -> Iterator[RawLink]:
    """The links of a block up to an end mark; without any, its lines are read as on a text page."""
    ends = {line for part in block for line in [part, *_lines_within(part)] if ends_page(_line(line), marks)}
    elements = (element for part in block for element in part.iter())
    members = takewhile(lambda element: element not in ends, elements)
    anchors: dict[tuple[str, str], list[HtmlElement]] = {}
    for anchor in members:
        if anchor.tag == "a" and (aim := _aim(anchor)):
            anchors.setdefault(aim, []).append(anchor)
    texts = (text.strip() for part in block for text in part.itertext())
    stamps_lead = looks_like_date(next(filter(None, texts), ""))
    for (href, _), group in anchors.items():
        anchor, title = _titled(group)
        stamp = _stamp(anchor, opening, stamps_lead)
        if href:
            yield RawLink(unstarred(title), absolute(base, href), stamp)
        elif stamp:
            yield RawLink(unstarred(title), published=stamp)
    plain = () if anchors else related_links(_lines(block, opening), marks)
    if any(link.published for link in plain):
        yield from plain


def _aim(anchor: HtmlElement) -> tuple[str, str] | None:
    """Where a link leads: (address, ""), or ("", its words) for a placeholder that leads nowhere yet."""
    href = (anchor.get("href") or "").strip()
    if href:
        return (href, "") if _LINKS_ELSEWHERE.match(href) else None
    words = _line(anchor)
    return ("", words) if words else None


def _titled(anchors: list[HtmlElement]) -> tuple[HtmlElement, str]:
    """Of the links to one address, the first with words, or else with a picture that has a description."""
    words = ((anchor, _line(anchor)) for anchor in anchors)
    pictures = ((anchor, image.get("alt") or "") for anchor in anchors for image in anchor.iter("img"))
    return next((pair for pair in chain(words, pictures) if pair[1].strip()), (anchors[0], ""))


def _lines(block: list[HtmlElement], opening: HtmlElement | None) -> list[str]:
    """The text of a block as lines, one for each paragraph or item."""
    text = (opening.tail or "") if opening is not None else ""
    pieces = [_SPACE.sub(" ", text)]
    for part in block:
        for event, element in etree.iterwalk(part, events=("start", "end")):
            pieces.append("\n" if element.tag in _BLOCKS else "")
            pieces.append(_SPACE.sub(" ", (element.text if event == "start" else element.tail) or ""))
    return [line.strip() for line in "".join(pieces).split("\n") if line.strip()]


def _stamp(anchor: HtmlElement, opening: HtmlElement | None, stamps_lead: bool) -> str | None:
    """The time beside a link: in the item that holds it and no other, else just before or after that item."""
    top = None if opening is None else opening.getparent()
    item = anchor
    while (parent := item.getparent()) is not None and parent is not top and _holds_only(parent, anchor):
        item = parent
    beside = item.getprevious() if stamps_lead else item.getnext()
    places = [item] if beside is None or next(beside.iter("a"), None) is not None else [item, beside]
    for place in places:
        for time in place.iter("time"):
            return _date_of([time])
    tail = beside.tail if stamps_lead and beside is not None else item.tail
    texts = chain(*(place.itertext() for place in places), [tail or ""])
    return next((text.strip() for text in texts if looks_like_date(text.strip())), None)


def _holds_only(parent: HtmlElement, anchor: HtmlElement) -> bool:
    """Whether all links in here lead where this one does; those without words and address lead nowhere."""
    return all(_aim(other) in (None, _aim(anchor)) for other in parent.iter("a"))
