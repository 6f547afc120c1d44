"""When a page was published and changed, and by which evidence.

Pure. What is stated (JSON-LD, meta elements, microdata) comes before what is shown, and that before the date in the
page's URL. A text that names no whole day, such as a clock, is no evidence; where there is nothing else, the reason
tells what was found instead. Dates stay texts: `normalise.dates` reads them.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from typing import NamedTuple
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from feedsvc.load.microdata import is_of_another, main_item
from feedsvc.load.page import drop, letters, line, lines_within
from feedsvc.load.pagedata import PUBLISHED, UPDATED, Found, Stated, origin
from feedsvc.load.rules import PageRules, selected
from feedsvc.load.text import DATE_STRANGE_WORDS, strangeness
from feedsvc.load.words import MONTH, folded, worded
from feedsvc.model import Evidence

PROSE_CHARS = 200  # a paragraph this long is the article, and what comes after it no longer beside the title
MOST_BESIDE = 30  # lines below the title that may tell of its date
MOST_LABELS = 2  # words before the date there: "Published on", and not a sentence that a date ends
MOST_NAMES = 10  # such words where the markup calls the line a byline or the like
MOST_NAMING = 40  # characters of a class, an id or the like
MOST_POOR = 3  # texts that name no day, of which a reason tells

LOOKED_FOR = "JSON-LD, meta elements, microdata, <time>, a line with a date below the title, and the URL"

_YEAR = re.compile(r"(?<!\d)(?:1[89]|2[0-5])\d\d(?!\d)|(?<!\d)\d{8}(?:\d{2}|\d{5,6})?(?!\d)")
_SHORT_YEAR = re.compile(
    rf"\d[-./]\d{{1,2}}[-./]\d\d(?!\d)|\d[\s.-]+(?:{MONTH})[\s.,-]+'?\d\d(?![\d:])|(?:{MONTH})\s+\d+,?\s+'?\d\d(?![\d:])"
)
_URL_DATE = re.compile(
    r"/((?:19|20)\d\d)([/-]?)(\d\d?|[a-z]{3})\2(\d\d?)(?=[/_.-]|$)",
    re.IGNORECASE,
)
_ENGLISH = {month: number for number, month in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_BYLINE = re.compile(r"date|time|byline|meta|publi|posted|author|info")
_PARTS = re.compile(r"\s*[|•·/–—]\s+|\s+-\s+|\n")
_CHANGED = re.compile(
    r"\b(?:updated?|modified|edited|changed|corrected|aktualisiert|geandert|mis(?:e)? a jour|maj|modifie|actualizado"
    r"|aggiornat[oa]|atualizado|обновлено|оновлено|изменено|bijgewerkt|uppdaterad|oppdatert|opdateret|paivitetty"
    r"|zaktualizowano|aktualizace|aktualizovano|frissitve|actualizat|guncelle\w*|ενημερωθηκε)\b|更新"
)

_NAMING = ("itemprop", "id", "class")
_MARKED = "//time[@pubdate] | //*[@itemprop='datePublished'][not(self::meta)]"
_CHANGE_MARKED = "//*[@itemprop='dateModified'][not(self::meta)]"
_TIMES = "//article//time | //main//time"


class Dating(NamedTuple):
    """`reason` says why there is no `published`, for people. `updated` is never made of what a page merely shows."""

    published: Found | None
    evidence: Evidence
    updated: Found | None
    reason: str = ""


def date_page(page: HtmlElement, stated: Stated, rules: PageRules, title: str, url: str | None) -> Dating:
    """Find both dates; what was shown for them leaves the page."""
    main = main_item(page)
    marked = [one for one in page.xpath(_MARKED) if not is_of_another(one, main)]
    change_marked = [one for one in page.xpath(_CHANGE_MARKED) if not is_of_another(one, main)]
    ruled, change_ruled = selected(page, rules.published), selected(page, rules.updated)
    told = _told(stated, PUBLISHED)
    poor: list[Found] = []
    ruled_texts = _texts(ruled, f"the selector {rules.published}")
    change_texts = _texts(change_ruled, f"the selector {rules.updated}")
    language = rules.marks.date_language
    published = _first_day([*ruled_texts, *told, *_texts(marked)], poor, language)
    updated = _first_day([*change_texts, *_told(stated, UPDATED), *_texts(change_marked)], [], language)
    drop([*ruled[:1], *change_ruled[:1], *marked])
    if published:
        return Dating(_with_poor(published, poor), Evidence.RECORD, updated)
    published = _shown(page, title, poor, language) or (_in_url(url) if url else None)
    if published:
        return Dating(_with_poor(published, poor), Evidence.PAGE, updated)
    return Dating(None, Evidence.PAGE, updated, _reason(poor, updated))


def names_day(text: str, language: str = "") -> bool:
    """Whether a text seems to name a whole day: a clock, an age or a day without its year does not."""
    text = worded(text, language)
    return _YEAR.search(text) is not None or _SHORT_YEAR.search(folded(text)) is not None


def _reason(poor: list[Found], updated: Found | None) -> str:
    reason = f"it does not say on which day it was published; looked for: {LOOKED_FOR}{_says_only(poor)}"
    if updated:
        reason += f"; it does say when it was changed: {updated.text[:60]!r} ({updated.origin})"
    return reason


def _with_poor(published: Found, poor: list[Found]) -> Found:
    """A date, with what was found instead where a better one could have been."""
    return published._replace(origin=published.origin + _says_only(poor))


def _says_only(poor: list[Found]) -> str:
    return "".join(f"; {one.origin} says only {one.text[:60]!r}" for one in poor)


def _told(stated: Stated, names: Iterable[str]) -> Iterator[Found]:
    return (Found(text, origin(name)) for name in names for text in stated.get(name, ())[:1])


def _texts(elements: Iterable[HtmlElement], where: str = "") -> Iterator[Found]:
    texts = ((_text_of(element), where or f"a {_tag(element)} element") for element in elements)
    return (Found(text, origin) for text, origin in texts if text)


def _tag(element: HtmlElement) -> str:
    """The tag of an element, with what tells it from its like."""
    values = ((name, " ".join((element.get(name) or "").split())[:MOST_NAMING]) for name in _NAMING)
    names = "".join(f' {name}="{value}"' for name, value in values if value)
    return f"<{element.tag}{' pubdate' * (element.get('pubdate') is not None)}{names}>"


def _text_of(element: HtmlElement) -> str:
    return element.get("datetime") or element.get("content") or line(element)


def _first_day(candidates: Iterable[Found], poor: list[Found], language: str) -> Found | None:
    """The first that names a day; those before it that name none are poor."""
    for one in candidates:
        if names_day(one.text, language):
            return one
        # A time element may be a line too.
        if len(poor) < MOST_POOR and one.text not in (other.text for other in poor):
            poor.append(one)
    return None


def _shown(page: HtmlElement, title: str, poor: list[Found], language: str) -> Found | None:
    """What is shown: the first time element of the article, else of the page, else a date below the title."""
    for element in page.xpath(_TIMES) or page.xpath("//time[not(ancestor::aside)]"):
        if not _tells_of_change(element) and (found := _first_day(_texts([element]), poor, language)):
            drop([element])
            return found
    lines = list(_lines_after(page, _headline(page, title)))
    return _dated_line(lines, poor, language) or next(_beside_title(lines, language), None)


def _tells_of_change(element: HtmlElement) -> bool:
    """Whether a time, by its own words or those just before it, is when the page was changed."""
    before = element.getprevious()
    text = element.getparent().text if before is None else before.tail
    return _CHANGED.search(folded(f"{(text or '')[-40:]} {line(element)[:80]}")) is not None


def _dated_line(lines: Iterable[HtmlElement], poor: list[Found], language: str) -> Found | None:
    """A line that is nothing but a date."""
    for element in lines:
        text = line(element)
        if strangeness(text, language) > DATE_STRANGE_WORDS or _CHANGED.search(folded(text)):
            continue
        if found := _first_day([Found(_purest(text, language), f"a dated line in {_tag(element)}")], poor, language):
            drop([element])
            return found
    return None


def _headline(page: HtmlElement, title: str) -> HtmlElement | None:
    headings = page.xpath("//article//h1 | //main//h1") + list(page.iter("h1"))
    return next((one for one in headings if line(one) == title), headings[0] if headings else None)


def _lines_after(page: HtmlElement, headline: HtmlElement | None) -> Iterator[HtmlElement]:
    """Lines of text, those above the headline left out: a date there is today's."""
    if headline is None:
        yield from lines_within(page)
        return
    after = set(headline.xpath("following::*"))
    yield from (element for element in lines_within(page) if element in after)


def _beside_title(lines: list[HtmlElement], language: str) -> Iterator[Found]:
    """Dates in what stands between the title and the first paragraph of the article."""
    for element in lines[:MOST_BESIDE]:
        before = element.getprevious()
        if before is not None and before.tag == "p" and letters(before) > PROSE_CHARS:
            return
        for part in _PARTS.split(line(element)):
            if not _CHANGED.search(folded(part)) and (date_text := _date_in(part, _is_byline(element), language)):
                yield Found(date_text, f"the line below the title, in {_tag(element)}")


def _date_in(part: str, byline: bool, language: str) -> str | None:
    """The date that ends a part of a line such as "By Ada Reed, 3 March 2024, 14:30"; none that ends a sentence."""
    text = _purest(part, language)
    labels = len(part.split()) - len(text.split())
    is_sentence = worded(text, language).endswith(".")
    is_date = names_day(text, language) and strangeness(text, language) <= 1 and not is_sentence
    return text if is_date and labels <= (MOST_NAMES if byline else MOST_LABELS) else None


def _purest(text: str, language: str) -> str:
    """The text from the word on that leaves out most of what is no date, and nothing that is."""
    words = text.split()
    texts = [" ".join(words[at:]) for at in range(min(len(words), MOST_NAMES + 1))]
    days = (one for one in texts if names_day(one, language))
    return min(days, key=lambda one: strangeness(one, language), default=text)


def _is_byline(element: HtmlElement) -> bool:
    """Whether the markup says of a line, or of what it is in, that it tells of author or time."""
    parent = element.getparent()
    names = f"{element.get('class')} {element.get('id')} {parent.get('class') if parent is not None else ''}"
    return _BYLINE.search(names.lower()) is not None


def _in_url(url: str) -> Found | None:
    """The day in a path such as /2026/03/01/ or /20260301-; never one of which a part is missing."""
    with suppress(ValueError):
        for match in _URL_DATE.finditer(urlsplit(url).path):
            year, separator, month, day = match.groups()
            if not separator and len(month + day) != 4:
                continue
            with suppress(ValueError):
                number = _ENGLISH.get(month.lower()) or int(month)
                return Found(date(int(year), number, int(day)).isoformat(), "the URL")
    return None
