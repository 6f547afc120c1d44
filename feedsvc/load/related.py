"""The related links of a page: found, read, and taken from it.

Pure. The ways to find them, and the first that gives any is taken: the selector of the source; the words of the
source over them; a heading that is known to open them in some language; a part whose markup says related; an aside
of links; JSON-LD; the one list of links after the article. The links say which way that was.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from lxml.html import HtmlElement

from feedsvc.load.density import (
    is_furniture,
    is_title,
    leads_to_article,
    linked_asides,
    linked_list,
    may_be_article,
)
from feedsvc.load.linkeddata import LinkedData
from feedsvc.load.links import links_in
from feedsvc.load.page import BLOCKS, LISTS, RANK_BY_HEADING, drop, letters, line, lines_within
from feedsvc.load.pagedata import SEE_ALSO, Stated, absolute
from feedsvc.load.rules import PageRules, selected
from feedsvc.load.text import opens_related
from feedsvc.load.words import RELATED_BEGINNINGS, RELATED_HEADINGS, first_word, first_words, folded
from feedsvc.model import Marks, RawLink

PROSE_CHARS = 200  # a paragraph this long among related links is the article going on
LABEL_CHARS = 40  # of the words over a block, as they are told

_LINE_TAGS = frozenset({*RANK_BY_HEADING, "p", "div", "blockquote", "aside", "strong", "b", "em"})
_COLON = re.compile("[:：]")
_INNER_BLOCKS = tuple(BLOCKS - {"time"})
_PLAIN_RANK = 2  # what a related block ends at where a mere paragraph opened it
_RELATED = (
    "//*[self::aside or self::section][not(.//h1)][contains(concat(' ', @rel, ' '), ' related ')"
    " or contains(concat(' ', @class, ' '), ' related ') or contains(concat(' ', @class), ' related-')]"
)


class Related(NamedTuple):
    """The links in their order, and by which way they were found; "" where there are none."""

    links: tuple[RawLink, ...] = ()
    way: str = ""


def take_named(page: HtmlElement, base: str, rules: PageRules) -> Related:
    """Links in the part that the source's selector names, or under the words that it says open them."""
    blocks = selected(page, rules.related)
    if links := _links_of(blocks, base, rules.marks):
        drop(blocks)
        return Related(links, f"the selector {rules.related}")
    return _under_headings(page, _Headings(base, rules.marks, known=False))


def take_unnamed(page: HtmlElement, base: str, linked: LinkedData, stated: Stated, marks: Marks, about: str) -> Related:
    """Links that only the ways of other pages tell to be related; navigation and footer must have left the page.

    `about` is what tells what the page is about, such as its title.
    """
    if (known := _under_headings(page, _Headings(base, marks, known=True))).links:
        return known
    blocks = page.xpath(_RELATED)
    links = tuple(link for link in _links_of(blocks, base, marks) if may_be_article(link.url or "", base))
    drop(blocks)
    if links:
        return Related(links, "a part that the markup calls related")
    if links := _taken(linked_asides(page, base, about), base, marks):
        return Related(links, "an aside of links")
    if links := _once(_stated_links(linked, stated, base)):
        return Related(links, "JSON-LD or og:see_also")
    if links := _taken(linked_list(page, base, about), base, marks):
        return Related(links, "the one list of links after the article")
    return Related()


def _taken(blocks: list[HtmlElement], base: str, marks: Marks) -> tuple[RawLink, ...]:
    """The links of blocks that nothing names, those to sections and the like left out; the blocks leave the page."""
    links = _links_of(blocks, base, marks)
    drop(blocks)
    return tuple(link for link in links if leads_to_article(link.url or "", base) and is_title(link.title))


def _links_of(blocks: Iterable[HtmlElement], base: str, marks: Marks) -> tuple[RawLink, ...]:
    return _once(link for block in blocks for link in links_in([block], None, base, marks))


def _once(links: Iterable[RawLink]) -> tuple[RawLink, ...]:
    return tuple({(link.title, link.url): link for link in links}.values())


def _stated_links(linked: LinkedData, stated: Stated, base: str) -> Iterator[RawLink]:
    for link in (*linked.links(), *(RawLink("", text) for text in stated.get(SEE_ALSO, ()))):
        url = absolute(base, link.url or "")
        if url != base:
            yield RawLink(link.title, url, link.published)


# Headings


@dataclass(frozen=True, slots=True)
class _Headings:
    """Which words open related links: those of the source, or those `known` to do so on many a page.

    The latter only outside menus and comments, and only for links to other articles of the same site.
    """

    base: str
    marks: Marks
    known: bool

    def opens(self, text: str) -> bool:
        return folded(text) in RELATED_HEADINGS if self.known else opens_related(text, self.marks)

    def begins(self, text: str) -> bool:
        """Whether a text may begin with such words; quick, as it is asked of every line."""
        return first_word(text) in (RELATED_BEGINNINGS if self.known else first_words(self.marks.related))

    def fits(self, element: HtmlElement) -> bool:
        return not (self.known and is_furniture(element))

    def keeps(self, link: RawLink) -> bool:
        return not self.known or (may_be_article(link.url or "", self.base) and is_title(link.title))


def _under_headings(page: HtmlElement, words: _Headings) -> Related:
    """Read and take every block under a heading that opens one, and every line that is such a word and its links."""
    found: list[RawLink] = []
    way = ""
    lines = [(one, text) for one in lines_within(page) if words.begins(text := line(one))]
    for opening, text in _openings(lines, words):
        links = _block(opening, words)
        way = way or (f"the heading {text!r}" if links else "")
        found += links
    for one, text in lines:
        if _is_one_liner(one, text, words) and (links := tuple(_labelled(one, words))):
            way = way or f"the words in {text[:LABEL_CHARS]!r}"
            found += links
            drop([one])
    return Related(_once(found), way)


def _openings(lines: list[tuple[HtmlElement, str]], words: _Headings) -> list[tuple[HtmlElement, str]]:
    """The outermost elements that hold nothing but the words that open related links."""
    found: list[tuple[HtmlElement, str]] = []
    for one, text in lines:
        within_last = bool(found) and found[-1][0] in one.iterancestors()
        if not within_last and words.opens(text) and _heads(one) and words.fits(one):
            found.append((one, text))
    return found


def _heads(element: HtmlElement) -> bool:
    """Whether an element can be a heading: no menu entry, and no word within a sentence."""
    if element.tag in ("li", "a"):
        return False
    before = element.getprevious()
    text = element.getparent().text if before is None else before.tail
    starts_line = (before is None or before.tag in BLOCKS) and not (text or "").strip()
    return starts_line or element.tag in BLOCKS


def _block(opening: HtmlElement, words: _Headings) -> tuple[RawLink, ...]:
    """The links after an opening; both leave the page, unless what follows holds anything else."""
    container = opening.getparent()
    if container is None:  # it went with the block before it
        return ()
    following = list(_following(opening))
    links = tuple(filter(words.keeps, links_in(following, opening, words.base, words.marks)))
    is_bare = not (any(map(letters, following)) or (opening.tail or "").strip())
    if links or (is_bare and not words.known):
        for element in [opening, *following]:
            container.remove(element)  # unlike drop_tree, this takes along the text after it
    return links


def _following(opening: HtmlElement) -> Iterator[HtmlElement]:
    """The siblings after an opening, up to a heading of its rank, the footer, or the article going on."""
    rank = RANK_BY_HEADING.get(opening.tag, _PLAIN_RANK)
    prose_chars = PROSE_CHARS
    for sibling in opening.itersiblings():
        linked = sum(map(letters, sibling.iter("a")))
        is_heading = not linked and RANK_BY_HEADING.get(sibling.tag, 9) <= rank
        is_prose = sibling.tag == "p" and letters(sibling) > max(prose_chars, 2 * linked)
        if sibling.tag == "footer" or is_heading or is_prose:
            return
        if sibling.tag in LISTS:
            prose_chars = 0  # the links were in the list, and what follows it is none of them
        yield sibling


# Lines that are a word and its links, as "Read also: …" between two paragraphs


def _is_one_liner(element: HtmlElement, text: str, words: _Headings) -> bool:
    if element.tag not in _LINE_TAGS or element.getparent() is None or element.find(".//a") is None:
        return False
    outside = " ".join(map(str, element.xpath("descendant::text()[not(ancestor::a)]")))
    is_label = words.opens(outside) if outside.strip() else words.opens(_labelled_title(text)[0])
    is_line = all(inner is element for inner in element.iter(*_INNER_BLOCKS))
    return is_label and is_line and words.fits(element)


def _labelled(element: HtmlElement, words: _Headings) -> Iterator[RawLink]:
    """The links of such a line, without the word where it is part of a link."""
    for link in filter(words.keeps, links_in([element], None, words.base, words.marks)):
        label, title = _labelled_title(link.title)
        yield replace(link, title=title) if title and words.opens(label) else link


def _labelled_title(text: str) -> tuple[str, str]:
    """What stands before and after the first colon of a text."""
    label, *title = _COLON.split(text, maxsplit=1)
    return label, "".join(title).strip()
