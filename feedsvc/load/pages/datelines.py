"""Dates that a page shows, those where an article's own date stands first.

Pure. It stands below the headline or right above it, before the text begins; further down only what is marked as it,
or a line that is nothing but a date. What tells of a change, an event, a comment or another article is passed over.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice, takewhile
from typing import NamedTuple

from lxml.html import HtmlElement

from feedsvc.load.pages.datetext import MOST_NAMES, date_texts, names_day, tells_of_another, tells_of_change
from feedsvc.load.pages.linkeddata import is_article
from feedsvc.load.pages.page import RANK_BY_HEADING, letters, line, lines_within
from feedsvc.load.pages.pagedata import Found
from feedsvc.load.text import DATE_STRANGE_WORDS, strangeness
from feedsvc.load.words import folded, worded

PROSE_CHARS = 200  # a paragraph this long is the article, and what comes after it no longer beside the title
LEAD_CHARS = 400  # so are as many in several, a summary among them
SENTENCE_WORDS = 6  # beside a date, in a sentence that merely holds it
TITLE_WORDS = 4  # of a link that is another article's title
MOST_ABOVE = 5  # lines above the title that may tell of its date
MOST_BESIDE = 30  # lines below the title that may tell of its date
MOST_LABELS = 2  # words before the date there: "Published on", and not a sentence that a date ends
MOST_LINKS = 5  # of a line that are looked at
MOST_NAMING = 40  # characters of a class, an id or the like
MOST_BEFORE = 60  # characters of a label

_BYLINE = re.compile(r"date|time|byline|meta|publi|posted|author|info")
_PARTS = re.compile(r"\s*[|•·/–—]\s+|\s+-\s+|\n")
_NAMING = ("itemprop", "id", "class")
_MARKED = re.compile(r"publi|pubdate|datecreated|posted|(?:entry|post|article)[-_]?date")
_MARKED_OTHERWISE = re.compile(r"updat|modif|edited|start-?date|end-?date|\bevent|expire|birth|death")
_NEVER = re.compile(r"dateModified|startDate|endDate")
_BOX = re.compile(
    r"(?:^|\s)(?!has|no|with|show)(?:[a-z]+[-_]+)?(?:comment|related|read-?(?:next|more|also)|sidebar|ticker|most-?read"
    r"|popular|teaser|promo|recommend|latest|trending|newsletter|events?(?![a-z]))|(?:^|\s)widget"
)
_TIMES = "time", "abbr"
_INLINE = frozenset("a abbr b dd em font i label small span strong td time".split())
_BEFORE = re.compile(r"[\d|·•]")


class Shown(NamedTuple):
    """A date as it is shown, and the element that shows it and nothing else, if there is one."""

    found: Found
    element: HtmlElement | None = None


def shown_dates(page: HtmlElement, title: str, language: str) -> Iterator[Shown]:
    """What may be the date of publication, the likeliest first; texts that name no day are among it."""
    headline = _headline(page, title)
    within = set() if headline is None else {headline, *headline.iterancestors()}
    single = set(lines_within(page))
    boxed = _boxed(page, within, single)
    after = list(page.iter() if headline is None else headline.xpath("following::*"))
    until = list(_until_text(after))
    below = [one for one in until if one not in boxed]
    yield from _dated(below, single, language)
    yield from _beside_title([one for one in below if one in single], language)
    above = [] if headline is None else _above(headline, within)
    yield from _dated([one for one in above if one in single and one not in boxed][:MOST_ABOVE], single, language)
    yield from _times(one for one in page.iter(*_TIMES) if one not in boxed and _is_marked(one))
    yield from _dated_lines((one for one in after[len(until) :] if one in single and one not in boxed), language)


def texts_of(elements: Iterable[HtmlElement], where: str = "") -> Iterator[Found]:
    """What elements say of a time by an attribute or else by their text, with where that stands."""
    texts = ((text_of(element), where or f"a {_tag(element)} element") for element in elements)
    return (Found(text, origin) for text, origin in texts if text)


def text_of(element: HtmlElement) -> str:
    title = element.get("title") if element.tag == "abbr" else None
    return element.get("datetime") or element.get("content") or title or line(element)


def _tag(element: HtmlElement) -> str:
    """The tag of an element, with what tells it from its like."""
    values = ((name, " ".join((element.get(name) or "").split())[:MOST_NAMING]) for name in _NAMING)
    names = "".join(f' {name}="{value}"' for name, value in values if value)
    return f"<{element.tag}{' pubdate' * (element.get('pubdate') is not None)}{names}>"


def _headline(page: HtmlElement, title: str) -> HtmlElement | None:
    """The heading that is the title, or else the first h1."""
    headings = [*page.xpath("//article//h1 | //main//h1"), *page.iter("h1")]
    wanted = folded(title)
    named = (one for one in (*headings, *page.iter(*RANK_BY_HEADING)) if wanted and folded(line(one)) == wanted)
    return next(named, headings[0] if headings else None)


def _until_text(elements: Iterable[HtmlElement]) -> Iterator[HtmlElement]:
    """The elements before the article's text begins."""
    seen = 0
    for element in elements:
        size = letters(element) if element.tag == "p" else _own_letters(element)
        seen += size
        if size > PROSE_CHARS or seen > LEAD_CHARS:
            return
        yield element


def _own_letters(element: HtmlElement) -> int:
    """The longest piece of text right within an element, where it is that of paragraphs."""
    sizes = (len(text.strip()) for text in (element.text, *(child.tail for child in element)) if text)
    longest = max(sizes, default=0)
    return longest if longest > PROSE_CHARS else 0


def _above(headline: HtmlElement, within: set[HtmlElement]) -> list[HtmlElement]:
    """The elements above the headline within its article, the nearest first: anything else there is today's."""
    outer = next(headline.iterancestors("article", "main"), headline)
    before = [one for one in takewhile(lambda one: one is not headline, outer.iter()) if one not in within]
    return before[::-1]


def _dated(elements: Iterable[HtmlElement], single: set[HtmlElement], language: str) -> Iterator[Shown]:
    """Times and lines that are nothing but a date, in their order; a line that holds a time is told by it."""
    for element in elements:
        if element.tag in _TIMES:
            yield from _times([element])
        elif element in single:
            yield from _dated_lines([element], language)


def _times(elements: Iterable[HtmlElement]) -> Iterator[Shown]:
    for element in elements:
        if not _tells_of_another(element):
            texts = list(texts_of([element]))
            texts += [one._replace(text=line(element)) for one in texts if line(element) not in ("", one.text)]
            yield from (Shown(one, element) for one in texts)


def _tells_of_another(element: HtmlElement) -> bool:
    """Whether a time, by its markup, its words or those before it, is not that of publication."""
    names = " ".join(element.get(name) or "" for name in _NAMING)
    if element.tag == "abbr" and not (_MARKED.search(names.lower()) and element.get("title")):
        return True
    if _NEVER.search(names) or (_MARKED_OTHERWISE.search(names.lower()) and not _MARKED.search(names.lower())):
        return True
    said = f"{_before(element)} {line(element)[:80]}"
    return tells_of_change(said) or tells_of_another(said) or _is_in_sentence(element)


def _before(element: HtmlElement) -> str:
    """The words before an element on its line, but for those that belong to another date."""
    texts: list[str] = []
    for outer in (element, *element.iterancestors()):
        for sibling in outer.itersiblings(preceding=True):
            texts += [sibling.tail or "", "" if sibling.tag == "br" else line(sibling)[-MOST_BEFORE:]]
            if sum(map(len, texts)) > MOST_BEFORE:
                break
        parent = outer.getparent()
        texts.append((parent.text or "") if parent is not None else "")
        if outer.tag not in _INLINE or parent is None or parent.tag not in _INLINE:
            break
    return _BEFORE.split(" ".join(" ".join(reversed(texts)).split())[-MOST_BEFORE:])[-1]


def _is_in_sentence(element: HtmlElement) -> bool:
    """Whether a time is part of a sentence, as that of an event is."""
    block = next((outer for outer in element.iterancestors() if outer.tag not in _INLINE), None)
    if block is None or block.tag not in ("p", "li", "blockquote") or _is_byline(element):
        return False
    said = line(block)
    return said.endswith(".") and len(said.split()) - len(line(element).split()) > SENTENCE_WORDS


def _boxed(page: HtmlElement, within: set[HtmlElement], single: set[HtmlElement]) -> set[HtmlElement]:
    """The elements in boxes beside the article: comments, other articles, events."""
    boxed: set[HtmlElement] = set()
    for element in page.iter():
        if element not in within and (element.getparent() in boxed or _is_box(element, element in single)):
            boxed.add(element)
    return boxed


def _is_box(element: HtmlElement, is_line: bool) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
    kinds = (element.get("itemtype") or "").split() if element.get("itemscope") is not None else []
    if element.tag == "aside" or (names.strip() and _BOX.search(names)) or (kinds and not is_article({"@type": kinds})):
        return True
    links = islice(element.iter("a"), MOST_LINKS) if is_line and element.tag == "li" else ()
    return any(len(line(link).split()) >= TITLE_WORDS for link in links)


def _is_marked(element: HtmlElement) -> bool:
    """Whether the markup of a time, or of what it is in, calls it the date of the article."""
    names = " ".join(element.get(name) or "" for name in _NAMING).lower()
    return element.get("pubdate") is not None or _MARKED.search(names) is not None or _is_byline(element)


def _dated_lines(lines: Iterable[HtmlElement], language: str) -> Iterator[Shown]:
    for element in lines:
        text = line(element)
        if _is_date(element, text, language) and not _is_of_time(element):
            for one in date_texts(text, language):
                yield Shown(Found(one, f"a dated line in {_tag(element)}"), element)


def _is_date(element: HtmlElement, text: str, language: str) -> bool:
    """Whether a line is hardly more than a date, and one of publication."""
    is_own = not tells_of_change(text) and (_is_byline(element) or not tells_of_another(text))
    return strangeness(text, language) <= DATE_STRANGE_WORDS and is_own


def _is_of_time(element: HtmlElement) -> bool:
    """Whether a line is a time, in one or around one, which is judged as such."""
    return next(element.iter(*_TIMES), None) is not None or next(element.iterancestors(*_TIMES), None) is not None


def _beside_title(lines: list[HtmlElement], language: str) -> Iterator[Shown]:
    """Dates in what stands between the title and the first paragraph of the article."""
    for element in lines[:MOST_BESIDE]:
        whole, is_byline = line(element), _is_byline(element)
        if _is_date(element, whole, language) or any(map(_tells_of_another, element.iter(*_TIMES))):
            continue
        for part in _PARTS.split(whole):
            is_own = not tells_of_change(part) and (is_byline or not tells_of_another(part))
            for text in _dates_in(part, is_byline, language) if is_own else ():
                yield Shown(Found(text, f"the line below the title, in {_tag(element)}"))


def _dates_in(part: str, byline: bool, language: str) -> list[str]:
    """The date that ends a part of a line such as "By Ada Reed, 3 March 2024, 14:30"; none that ends a sentence."""
    texts = date_texts(part, language)
    text = texts[-1]
    labels = len(part.split()) - len(text.split())
    is_sentence = worded(text, language).endswith(".")
    is_date = names_day(text, language) and strangeness(text, language) <= 1 and not is_sentence
    return texts if is_date and labels <= (MOST_NAMES if byline else MOST_LABELS) else []


def _is_byline(element: HtmlElement) -> bool:
    """Whether the markup says of a line, or of what it is in, that it tells of author or time."""
    parent = element.getparent()
    names = f"{element.get('class')} {element.get('id')} {parent.get('class') if parent is not None else ''}"
    return _BYLINE.search(names.lower()) is not None
