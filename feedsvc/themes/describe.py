"""What a channel is about, in two plain sentences.

Pure. To be made once, when a channel is born, and kept until its title changes: a text that followed every
new article would change every feed. For the same reason it counts nothing.
"""

import re
from collections.abc import Collection, Sequence, Set
from datetime import datetime

from feedsvc.themes.casing import Key
from feedsvc.themes.naming import Names
from feedsvc.themes.phrases import takes_article
from feedsvc.themes.telling import Part
from feedsvc.themes.vocabulary import alike

THINGS = 3  # that are named
NAMED = 0.1  # of the articles, those that use a name for it to be told
USED = 0.25  # the same for other nouns
WITH_ARTICLE = frozenset("US UK EU Netherlands Philippines".split()) | {"United Arab Emirates", "United Nations"}
SINCE = re.compile(r"Articles since [1-9]\d? [A-Z][a-z]+ \d{4}\.$")
MONTHS = "January February March April May June July August September October November December".split()


def describe(names: Names, members: Collection[str], title: str = "") -> str:
    """What the articles with the ids `members` are about, and since when: the day of the oldest, in UTC.

    What the `title` says already is not said again where there is something else to say. Members that
    `names` does not know are passed over; the text is empty when it knows none of them.
    """
    known = sorted(id for id in members if id in names.vertices)
    if not known:
        return ""
    since = f"Articles since {_day(min(names.vertices[id].published for id in known))}."
    return _joined(_about(names, known, title), since)


def describe_anew(names: Names, members: Collection[str], former: str, title: str = "") -> str:
    """What the articles are about today, and since when as the `former` description has it.

    One that does not say since when was not made here, and stays.
    """
    since = SINCE.search(former)
    if not since:
        return former
    return _joined(_about(names, sorted(id for id in members if id in names.vertices), title), since[0])


def _about(names: Names, known: Sequence[str], title: str) -> str:
    parts = names.telling.parts(known)
    said = names.telling.said(title)
    things = [_with_article(names, part, known) for part in _things(parts, said) or _things(parts)]
    return f"About {_listed(things)}." if things else ""


def _joined(about: str, since: str) -> str:
    return f"{about} {since}" if about else since


def _things(parts: Sequence[Part], said: Set[Key] = frozenset()) -> list[Part]:
    """The names and nouns that tell most, none of which shares a word with another, or with what is said already."""
    things: list[Part] = []
    for part in parts:
        told = part.coverage >= (NAMED if part.is_name else USED) and (part.is_name or part.is_noun)
        if told and said.isdisjoint(alike(part.phrase)):
            things.append(part)
            said |= alike(part.phrase)
    return things[:THINGS]


def _with_article(names: Names, part: Part, members: Sequence[str]) -> str:
    """As the articles mostly put it: the North Pier, the council, Una Brackwell."""
    texts = (names.telling.texts[id] for id in members)
    the = part.shown in WITH_ARTICLE or (not part.is_place and takes_article(texts, part.phrase))
    return f"the {part.shown}" if the else part.shown


def _listed(things: Sequence[str]) -> str:
    *others, last = things
    return f"{', '.join(others)} and {last}" if others else last


def _day(time: datetime) -> str:
    return f"{time.day} {MONTHS[time.month - 1]} {time.year}"
