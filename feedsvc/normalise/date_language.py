"""Dates in the language of their source, as far as its calendar is ours.

Pure. CLDR's names of months are those of the Gregorian calendar; what may count its years by another one is refused.
"""

import re

from feedsvc.datewords.cldr import known_language, words_of
from feedsvc.datewords.english import in_english
from feedsvc.normalise.date_grammar import Written, written
from feedsvc.normalise.date_layouts import Ambiguous

_WHOLE_YEAR = re.compile(r"(?<![\d+])(?<!\s-)(?<!:\d\d-)\d{4}|\d{8}")  # and no offset
_VIKRAM = range(2050, 2200)  # of the Bikram Sambat, 57 years ahead


def written_in(text: str, tag: str) -> Written:
    """Read all that a text in the language `tag` says of a date. Raises ValueError with a plain reason."""
    english = in_english(text, tag)
    said = _in_its_order(english.text, tag)
    if not is_of_our_calendar(said.local.year, tag):
        raise ValueError(f"the year {said.local.year} looks like one of another calendar")
    if english.own_digits and not _WHOLE_YEAR.search(english.text):
        raise ValueError("a year of two digits may be one of another calendar")
    return said._replace(notes=(*english.notes, *said.notes))


def _in_its_order(text: str, tag: str) -> Written:
    """Numbers that could be two days are the one that they are in the language's own order, and that is noted."""
    said = written(text, words_of(tag).orders)
    try:
        if written(text).local == said.local:
            return said
    except Ambiguous:
        pass
    return said._replace(notes=(*said.notes, f"day, month and year were read in the order of {tag}"))


def is_of_our_calendar(year: int, tag: str) -> bool:
    """Whether articles may be of a year: not around 1400, Hijri or Bengali, nor 2400, Buddhist, nor 2080 in Nepali."""
    if known_language(tag).partition("_")[0] == "ne" and year in _VIKRAM:
        return False
    return not 1300 <= year < 1500 and year < 2400
