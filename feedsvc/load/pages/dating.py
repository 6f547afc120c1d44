"""When a page was published and changed, and by which evidence.

Pure. What is stated (JSON-LD, meta elements, microdata) comes before what is shown, and that before the date in the
page's URL. A text that names no whole day, such as a clock, is no evidence; where there is nothing else, the reason
tells what was found instead. Dates stay texts: `normalise.dates` reads them, and what else may be the date is handed
on for those that it cannot read.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from itertools import islice
from typing import NamedTuple
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from feedsvc.load.pages.datelines import Shown, shown_dates, texts_of
from feedsvc.load.pages.datetext import names_day
from feedsvc.load.pages.microdata import is_of_another, main_item
from feedsvc.load.pages.page import drop
from feedsvc.load.pages.pagedata import PUBLISHED, UPDATED, Found, Stated, origin
from feedsvc.load.pages.rules import PageRules, selected
from feedsvc.model import Evidence, RawDate

__all__ = ["Dating", "date_page", "names_day"]

MOST_POOR = 3  # texts that name no day, of which a reason tells
MOST_SHOWN = 100  # texts that may be the date shown
MOST_MORE = 10  # dates that are handed on beside the best

LOOKED_FOR = "JSON-LD, meta elements, microdata, <time>, a line with a date below the title, and the URL"

_URL_DATE = re.compile(
    r"/((?:19|20)\d\d)([/-]?)(\d\d?|[a-z]{3})\2(\d\d?)(?=[/_.-]|$)",
    re.IGNORECASE,
)
_ENGLISH = {month: number for number, month in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_DAY = re.compile(r"\s*(\d{4}-\d\d-\d\d)\s*")
# Readable for sure and the date of something, so that nothing else need be looked for.
_PLAIN = re.compile(
    r"\s*(?:19[89]|2\d\d)\d-(?:0[1-9]|1[0-2])-(?:[01]\d|2[0-8])(?:T[0-2]\d:[0-5]\d(?::[0-5]\d)?(?:Z|[+-]\d\d:\d\d)?)?\s*"
)

_MARKED = "//time[@pubdate] | //*[@itemprop='datePublished'][not(self::meta)]"
_CHANGE_MARKED = "//*[@itemprop='dateModified'][not(self::meta)]"


class Dating(NamedTuple):
    """`reason` says why there is no `published`, for people. `updated` is never made of what a page merely shows.

    `more_dates` and `more_updates` are what else may be those dates, the best first.
    """

    published: Found | None
    evidence: Evidence
    updated: Found | None
    reason: str = ""
    more_dates: tuple[RawDate, ...] = ()
    more_updates: tuple[RawDate, ...] = ()


def date_page(page: HtmlElement, stated: Stated, rules: PageRules, title: str, url: str | None) -> Dating:
    """Find both dates; what was shown for them leaves the page."""
    language = rules.marks.date_language
    poor: list[Found] = []
    records, updates = _stated_dates(page, stated, rules, url, poor)
    dates = [RawDate(one.text, Evidence.RECORD, one.origin) for one in records]
    if not (records and _PLAIN.fullmatch(records[0].text)):
        shown = _taken(shown_dates(page, title, language), [] if records else poor, language, drop_it=not records)
        shown += filter(None, [_in_url(url) if url else None])
        dates += (RawDate(one.text, Evidence.PAGE, one.origin) for one in shown)
    updated = next(iter(updates), None)
    more_updates = tuple(RawDate(one.text, origin=one.origin) for one in updates[1 : MOST_MORE + 1])
    if not dates:
        return Dating(None, Evidence.PAGE, updated, _reason(poor, updated), (), more_updates)
    best, *more = dict.fromkeys(dates)
    published = _with_poor(Found(best.text, best.origin), poor)
    return Dating(published, best.evidence, updated, "", tuple(more[:MOST_MORE]), more_updates)


def _stated_dates(
    page: HtmlElement, stated: Stated, rules: PageRules, url: str | None, poor: list[Found]
) -> tuple[list[Found], list[Found]]:
    """(published, updated) by selectors, statements and what is marked on the page, the best first."""
    main, language = main_item(page, url), rules.marks.date_language
    marked = [one for one in page.xpath(_MARKED) if not is_of_another(one, main)]
    change_marked = [one for one in page.xpath(_CHANGE_MARKED) if not is_of_another(one, main)]
    ruled, change_ruled = selected(page, rules.published), selected(page, rules.updated)
    ruled_texts = texts_of(ruled, f"the selector {rules.published}")
    change_texts = texts_of(change_ruled, f"the selector {rules.updated}")
    told = [*ruled_texts, *_finest(list(_told(stated, PUBLISHED))), *texts_of(marked)]
    records = list(_days(told, poor, language))
    updates = list(_days([*change_texts, *_told(stated, UPDATED), *texts_of(change_marked)], [], language))
    drop([*ruled[:1], *change_ruled[:1], *marked])
    return records, updates


def _taken(shown: Iterable[Shown], poor: list[Found], language: str, drop_it: bool) -> list[Found]:
    """The dates among what is shown; the first leaves the page where it is to be taken."""
    candidates = list(islice(shown, MOST_SHOWN))
    dates = list(_days((one.found for one in candidates), poor, language))
    first = next((one.element for one in candidates if one.found in dates[:1]), None)
    if first is not None and drop_it:
        drop([first])
    return dates[:MOST_MORE]


def _finest(dates: list[Found]) -> list[Found]:
    """The same dates, and before the first, where it is a mere day, those that tell the time of that day too."""
    day = _DAY.fullmatch(dates[0].text) if dates else None
    timed = [one for one in dates if day and re.match(rf"\s*{day[1]}[T ]\d", one.text)]
    return timed + [one for one in dates if one not in timed]


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


def _days(candidates: Iterable[Found], poor: list[Found], language: str) -> Iterator[Found]:
    """Those that name a day; those before the first of them that name none are poor."""
    found = False
    for one in candidates:
        if names_day(one.text, language):
            found = True
            yield one
        # A time element may be a line too.
        elif not found and len(poor) < MOST_POOR and one.text not in (other.text for other in poor):
            poor.append(one)


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
