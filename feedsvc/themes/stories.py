"""Articles → the story each tells: one event, under however many headlines.

Pure. An article joins a story by what it has in common with the story's first article, never by way of another
one, so that a week of a war does not become one story link by link. Two events shown as one are worse than one
event shown twice: what is unclear stays apart. Nothing but titles, times and the cosine of the texts is looked at.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from feedsvc.themes.casing import BREAKS, WORD, Key, is_unspaced, keys
from feedsvc.themes.series import differ, is_number, marks, may_be_a_name
from feedsvc.themes.vocabulary import DULL

DAY = timedelta(days=1)
SPAN = timedelta(days=2)  # from a story's first article to its last; what comes later is news of its own
DAILY = timedelta(hours=18)  # from which on the same headline, numbers aside, is the next of a series, no correction
MAX_TITLE = 300  # characters

# The least likeness at the same moment, and what each day between two articles adds to it. Where both texts are
# known it is their cosine or, if that is lower, its mean with the titles'; else it is that of the titles.
LEAST = 0.45
LEAST_OF_TITLES = 0.3
LEAST_UNSPACED = 0.6  # of titles in a script that does not set words apart, where topic words cannot be told as such
A_DAY_ADDS = 0.15
SHARED = 4  # telling words that titles must share where they are all there is
TELLING = 0.5  # what such a word weighs at least: no more than six in ten texts have it
FRAME = 2 / 3  # of the words, those that two titles of one frame share

TOKEN = re.compile(r"\w\w+")
DIGITS = re.compile(r"\d+")


class Told(NamedTuple):
    """What is looked at of an article. A stub has a title alone; `published` is in UTC."""

    id: str
    title: str
    published: datetime
    stub: bool


class _Title(NamedTuple):
    """`words` pairs the key of each word with its form, `marks` is what it names."""

    words: Sequence[tuple[Key, str]]
    marks: Mapping[str, frozenset[str]]


def story_of(article: Told, earlier: Sequence[tuple[Told, float, str]], rarity: Callable[[str], float]) -> str | None:
    """The story an article joins, named by the id of its first article, or None for one of its own.

    `earlier` holds earlier articles in any order, each with the cosine of the two full texts' tf-idf, 0 to 1, and the
    story it is in; those that are not the first of their story are passed over. `rarity` is the inverse document
    frequency of a lower-cased word of two characters and more, smoothed as scikit-learn does: 1 for a word of every
    text, most for one of no text, and 0 for a function word where those are not counted.
    """
    found = []
    for first, cosine, story in earlier:
        if first.id == story and are_near(article, first, cosine):
            apart = abs(article.published - first.published)
            a, b = map(_read, _without_rubric(article.title, first.title))
            beyond = _beyond(a, b, apart, None if article.stub or first.stub else cosine, rarity)
            if beyond is not None:
                found.append((-beyond, apart, story))
    return min(found)[2] if found else None


def are_near(a: Told, b: Told, cosine: float) -> bool:
    """Whether two articles are not too far apart, in time or in their texts, for their titles to be read at all.

    Most are: whoever has many pairs need not offer the others.
    """
    known = not (a.stub or b.stub)
    if known and cosine < LEAST:
        return False
    apart = abs(a.published - b.published)
    return apart <= SPAN and (not known or cosine >= LEAST + A_DAY_ADDS * (apart / DAY))


def _beyond(
    a: _Title, b: _Title, apart: timedelta, cosine: float | None, rarity: Callable[[str], float]
) -> float | None:
    """How alike two articles are beyond what it takes to be one story, None for less."""
    if differ(a.marks, b.marks) or _are_a_series(a.words, b.words, apart, cosine is None):
        return None
    left, right = _weights(a.words, rarity), _weights(b.words, rarity)
    titles = _cosine(left, right)
    if cosine is not None:
        beyond = min(cosine, (titles + cosine) / 2) - LEAST
    elif _share_enough(left, right):
        beyond = titles - (LEAST_UNSPACED if any(is_unspaced(key) for key, _ in a.words) else LEAST_OF_TITLES)
    else:
        return None
    beyond -= A_DAY_ADDS * (apart / DAY)
    return beyond if beyond >= 0 else None


def _share_enough(a: Mapping[Key, float], b: Mapping[Key, float]) -> bool:
    shared = (a.keys() & b.keys()) - DULL
    return sum(min(a[key], b[key]) >= TELLING for key in shared) >= SHARED


def _without_rubric(a: str, b: str) -> tuple[str, str]:
    """Two titles without what stands before the colon in both, as "In pictures:", which says nothing of an event.

    Titles that differ in nothing but numbers are left as they are.
    """
    a, b = a[:MAX_TITLE], b[:MAX_TITLE]
    head, _, tail = a.partition(": ")
    other_head, _, other_tail = b.partition(": ")
    if not tail or not other_tail or head.casefold() != other_head.casefold():
        return a, b
    return (a, b) if DIGITS.sub("", tail) == DIGITS.sub("", other_tail) else (tail, other_tail)


@lru_cache(maxsize=10_000)  # one is compared with many
def _read(title: str) -> _Title:
    words = [(key, form) for form in WORD.findall(title) if form not in BREAKS for key in keys(form)]
    named: dict[str, set[str]] = {}
    for kind, mark in marks(title, [key for key, _ in words]):
        named.setdefault(kind, set()).add(mark)
    return _Title(words, {kind: frozenset(named[kind]) for kind in named})


def _weights(words: Sequence[tuple[Key, str]], rarity: Callable[[str], float]) -> dict[Key, float]:
    """How telling each word is, 0 for one of every text. Where words are not set apart, two characters are a word."""
    terms = [(a + b, a + b) for (a, _), (b, _) in pairwise(words) if is_unspaced(a) and is_unspaced(b)]
    terms += [(key, form.lower()) for key, form in words if not is_unspaced(key)]
    found: dict[Key, float] = {}
    for key, form in terms:
        weight = max((rarity(token) - 1 for token in TOKEN.findall(form)), default=0.0)
        if weight > 0:
            found[key] = min(weight, found.get(key, weight))
    return found


def _cosine(a: Mapping[Key, float], b: Mapping[Key, float]) -> float:
    shared = math.fsum(min(a[key], b[key]) ** 2 for key in a.keys() & b.keys())
    return shared / (math.hypot(*a.values()) * math.hypot(*b.values())) if shared else 0.0


def _are_a_series(
    a: Sequence[tuple[Key, str]], b: Sequence[tuple[Key, str]], apart: timedelta, titles_alone: bool
) -> bool:
    """Whether one frame was filled in anew: "Rovers beat Ashford", "Rovers beat Milltown".

    Other numbers alone are a correction, unless a day has passed. Another word without a capital may be a synonym,
    which the texts have to say; one with a capital may be a name, and a headline may write all its words so. A script
    without capitals says nothing of the kind, so that any other word may be a name there.
    """
    filled = _fillings(a, b)
    if filled is None:
        return False
    words = [form for key, form in filled if not is_number(key)]
    if words and (titles_alone or any(map(may_be_a_name, words))):
        return True
    return apart >= DAILY and not (words and len(words) == len(filled))


def _fillings(a: Sequence[tuple[Key, str]], b: Sequence[tuple[Key, str]]) -> list[tuple[Key, str]] | None:
    """The words that stand in each other's place in two titles of one frame, None where there is no such frame."""
    left, right = [key for key, _ in a], [key for key, _ in b]
    if left == right:
        return []
    changes = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    same = sum(end - start for what, start, end, _, _ in changes if what == "equal")
    filled = [
        word
        for what, start, end, other_start, other_end in changes
        if what == "replace"
        for word in (*a[start:end], *b[other_start:other_end])
    ]
    return filled if filled and same >= FRAME * max(len(a), len(b)) else None
