"""The related links of a page: found, read, and taken from it.

Pure. The ways to find them, and the first that gives any is taken: the selector of the source; the words of the
source over them; a heading that is known to open them in some language; a part whose markup says related; a heading
that recommends what is about the same; an aside of links; JSON-LD; the one list of links after the article. The links
say which way that was.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import NamedTuple

from lxml.html import HtmlElement

from feedsvc.load.pages.aims import leads_below_section, leads_to_article, may_be_article
from feedsvc.load.pages.density import (
    WHOLE_PAGE,
    is_furniture,
    is_short_title,
    is_title,
    linked_asides,
    linked_list,
    share_words,
)
from feedsvc.load.pages.linkeddata import LinkedData
from feedsvc.load.pages.links import begins_with_another_box, links_in
from feedsvc.load.pages.page import BLOCKS, LISTS, RANK_BY_HEADING, drop, letters, line, lines_within
from feedsvc.load.pages.pagedata import SEE_ALSO, SUMMARY, Stated, absolute, tags
from feedsvc.load.pages.rules import PageRules, selected
from feedsvc.load.text import opens_related
from feedsvc.load.words import NONE, RECOMMENDED, RELATED, Headings, first_word, first_words, folded
from feedsvc.model import Marks, RawLink

PROSE_CHARS = 200  # a paragraph this long among related links is the article going on
LABEL_CHARS = 40  # of the words over a block, as they are told, and of what stands beside them
LINE_OF_LINKS_CHARS = 500
ENGLISH_CHARS = 8  # of a word as compared; fewer make one of "international" and "interview"
MOST_TAIL_WORDS = 2  # after more, words that might open links begin a sentence

_LINE_TAGS = frozenset({*RANK_BY_HEADING, "p", "div", "blockquote", "aside", "strong", "b", "em"})
_COLON = re.compile("[:：|]")
_BETWEEN = re.compile("[,;.|·•/–—-]?|&|a|and|e|en|et|i|ja|og|och|oraz|und|y|і|и|й|та", re.IGNORECASE)
_INNER_BLOCKS = tuple(BLOCKS - {"time", "br"})
_SURE_HEADINGS = frozenset({*RANK_BY_HEADING, "strong", "b", "p"})
_BUTTON = "read more"
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
    return _under_headings(page, _Words(base, rules.marks, NONE))


def take_unnamed(page: HtmlElement, base: str, linked: LinkedData, stated: Stated, marks: Marks, about: str) -> Related:
    """Links that only the ways of other pages tell to be related; navigation and footer must have left the page.

    `about` is what tells what the page is about, such as its title.
    """
    if (known := _under_headings(page, _Words(base, marks, RELATED))).links:
        return known
    blocks = page.xpath(_RELATED)
    links = _links_of((block for block in blocks if not begins_with_another_box(block)), base, marks)
    links = tuple(link for link in links if may_be_article(link.url or "", base))
    drop(blocks)
    if links:
        return Related(links, "a part that the markup calls related")
    described = (text for key in SUMMARY for text in stated.get(key, ()))
    all_about = " ".join([about, *tags(stated)[0], *described])
    if (recommended := _under_headings(page, _Words(base, marks, RECOMMENDED, all_about))).links:
        return recommended
    if links := _taken(linked_asides(page, base, about), base, marks):
        return Related(links, "an aside of links")
    if links := _once(_stated_links(page, linked, stated, base)):
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


def _stated_links(page: HtmlElement, linked: LinkedData, stated: Stated, base: str) -> Iterator[RawLink]:
    """What the page lists for machines; of bare addresses those that it shows under a title."""
    shown = {
        absolute(base, anchor.get("href") or ""): text for anchor in page.iter("a") if is_title(text := line(anchor))
    }
    for link in (*linked.links(), *(RawLink("", text) for text in stated.get(SEE_ALSO, ()))):
        url = absolute(base, link.url or "")
        if url != base and (title := link.title or shown.get(url, "")):
            yield RawLink(title, url, link.published)


# Headings


@dataclass(frozen=True, slots=True)
class _Words:
    """Which words open related links: those of the source, or those `known` to do so on many a page.

    The latter only outside menus and comments, and only for links to other articles of the same site; and those that
    are known for more than this only as headings, over links of which one is `about` the same as the page.
    """

    base: str
    marks: Marks
    known: Headings
    about: str = ""

    def opens(self, text: str) -> bool:
        return folded(text) in self.known.phrases if self.known.phrases else opens_related(text, self.marks)

    def begins(self, text: str) -> bool:
        """Whether a text may begin with such words; quick, as it is asked of every line."""
        return first_word(text) in (self.known.beginnings or first_words(self.marks.related))

    def fits(self, element: HtmlElement) -> bool:
        return not (self.known.phrases and is_furniture(element))

    def may_head(self, element: HtmlElement) -> bool:
        """Whether an element can be a heading: no menu entry, no word within a sentence, and no button."""
        is_plain = element.find(".//a") is None and next(element.iterancestors("a", "button"), None) is None
        is_sure = is_plain and (element.tag in _SURE_HEADINGS or folded(line(element)) != _BUTTON)
        return _heads(element) and (self.known is not RECOMMENDED or is_sure)

    def keeps(self, link: RawLink) -> bool:
        href = link.url or ""
        is_sure = bool(link.published) or leads_to_article(href, self.base)
        return not self.known.phrases or (
            leads_below_section(href, self.base) and (is_title(link.title) or (is_sure and is_short_title(link.title)))
        )

    def kept(self, block: Iterable[RawLink]) -> tuple[RawLink, ...]:
        """The links of a block that may be articles, all or none of them."""
        links = tuple(filter(self.keeps, block))
        is_apt = any(share_words(self.about, f"{link.title} {_slug(link)}", ENGLISH_CHARS) for link in links)
        return links if is_apt or self.known is not RECOMMENDED else ()


def _slug(link: RawLink) -> str:
    return (link.url or "").rstrip("/").rpartition("/")[2]


def _under_headings(page: HtmlElement, words: _Words) -> Related:
    """Read and take every block under a heading that opens one, and every line that is such a word and its links."""
    found: list[RawLink] = []
    way = ""
    lines = [(one, text) for one in lines_within(page, LINE_OF_LINKS_CHARS) if words.begins(text := line(one))]
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


def _openings(lines: list[tuple[HtmlElement, str]], words: _Words) -> list[tuple[HtmlElement, str]]:
    """The outermost elements that hold nothing but the words that open related links."""
    found: list[tuple[HtmlElement, str]] = []
    for one, text in lines:
        within_last = bool(found) and found[-1][0] in one.iterancestors()
        if not within_last and words.opens(text) and words.may_head(one) and words.fits(one):
            found.append((one, text))
    return found


def _heads(element: HtmlElement) -> bool:
    """Whether an element begins a line, and is no menu entry."""
    if element.tag in ("li", "a"):
        return False
    before = element.getprevious()
    text = element.getparent().text if before is None else before.tail
    starts_line = (before is None or before.tag in (*BLOCKS, "hr")) and not (text or "").strip()
    return starts_line or element.tag in BLOCKS


def _block(opening: HtmlElement, words: _Words) -> tuple[RawLink, ...]:
    """The links after an opening; both leave the page, unless what follows holds anything else."""
    container = opening.getparent()
    if container is None:  # it went with the block before it
        return ()
    if words.known.phrases and len((opening.tail or "").split()) > MOST_TAIL_WORDS:
        return ()
    following = list(_following(opening))
    links = words.kept(links_in(following, opening, words.base, words.marks))
    if not links and words.known.phrases and _is_header(container, opening):
        return _block(container, words)
    is_bare = not (any(map(letters, following)) or (opening.tail or "").strip())
    if links or (is_bare and not words.known.phrases):
        for element in [opening, *following]:
            container.remove(element)  # unlike drop_tree, this takes along the text after it
    return links


def _is_header(container: HtmlElement, opening: HtmlElement) -> bool:
    """Whether an element holds an opening and next to nothing after it, such as a link back to the top."""
    if container.tag in WHOLE_PAGE or opening.getprevious() is not None or (container.text or "").strip():
        return False
    return letters(container) <= letters(opening) + LABEL_CHARS


def _following(opening: HtmlElement) -> Iterator[HtmlElement]:
    """The siblings after an opening, up to a heading of its rank, another box, the footer, or the article going on."""
    rank = RANK_BY_HEADING.get(opening.tag, _PLAIN_RANK)
    prose_chars = PROSE_CHARS
    for sibling in opening.itersiblings():
        linked = sum(map(letters, sibling.iter("a")))
        is_heading = not linked and RANK_BY_HEADING.get(sibling.tag, 9) <= rank
        is_prose = sibling.tag == "p" and letters(sibling) > max(prose_chars, 2 * linked)
        is_prose = is_prose or len((sibling.tail or "").strip()) > PROSE_CHARS
        is_end = sibling.tag == "footer" or (sibling.tag == "hr" and opening.tag not in BLOCKS)
        if is_end or is_heading or is_prose or begins_with_another_box(sibling):
            return
        if sibling.tag in LISTS:
            prose_chars = 0  # the links were in the list, and what follows it is none of them
        yield sibling


# Lines that are a word and its links, as "Read also: …" between two paragraphs


def _is_one_liner(element: HtmlElement, text: str, words: _Words) -> bool:
    if element.tag not in _LINE_TAGS or element.getparent() is None or element.find(".//a") is None:
        return False
    label, title = _labelled_title(text)
    outside = _label(element)
    is_label = words.opens(outside) if outside else bool(title) and words.opens(label)
    is_line = all(inner is element for inner in element.iter(*_INNER_BLOCKS))
    return is_label and is_line and words.fits(element)


def _label(element: HtmlElement) -> str:
    """What stands before the links of a line, or all of its text without them if that does not only part them."""
    parts = element.xpath("descendant::a | descendant::text()[not(ancestor::a)]")
    texts = [part.strip() for part in parts if isinstance(part, str)]
    before = [part.strip() for part in takewhile(lambda part: isinstance(part, str), parts)]
    if all(map(_BETWEEN.fullmatch, texts[len(before) :])):
        texts = before
    return " ".join(texts).strip(" |•")


def _labelled(element: HtmlElement, words: _Words) -> Iterator[RawLink]:
    """The links of such a line, without the word where it is part of a link."""
    for link in links_in([element], None, words.base, words.marks):
        label, title = _labelled_title(link.title)
        named = replace(link, title=title) if title and words.opens(label) else link
        if words.keeps(named):
            yield named


def _labelled_title(text: str) -> tuple[str, str]:
    """What stands before and after the first colon or bar of a text."""
    label, *title = _COLON.split(text, maxsplit=1)
    return label, "".join(title).strip()
