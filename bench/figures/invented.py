"""News that nobody wrote: any number of articles in their order, the same in every run.

Words follow one another by chance, common ones more often than rare ones, and those of an article's theme among them.
Only the commonest are English.
"""

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import accumulate, count

FIRST, EVERY = datetime(2016, 1, 1, tzinfo=UTC), timedelta(minutes=4)  # a million of them end before 2024
RARER, THEMES, OF_A_THEME = 4000, 150, 40  # words, themes, and words that only one theme has
NEWEST = 40  # articles of its theme that one chooses from which to list
TITLE, SENTENCE, PARAGRAPH = 9, 17, 51  # words
COMMON = "the of to and a in that it is was for on he with as be at by this had not are but from or have an they which"
COMMON += " one you were all her she there would their we him been has when who will no more if out so up said what its"
SYLLABLES = "an ar be co da el fo gu ha in ka lo mi nor os pe qui ras ste ti ul ven wa xo yl zem".split()


@dataclass(frozen=True, slots=True)
class Listed:
    """An article as others list it."""

    title: str
    published: datetime


@dataclass(frozen=True, slots=True)
class Invented:
    """`number` counts from 0, and each article is later than the one before it. The text is its `paragraphs`."""

    number: int
    title: str
    published: datetime
    paragraphs: tuple[str, ...]
    related: tuple[Listed, ...]

    @property
    def url(self) -> str:
        return f"https://gazette.example/{self.published:%Y/%m/%d}/{self.title.lower().replace(' ', '-')}-{self.number}"


def articles(words: int, listed: int) -> Iterator[Invented]:
    """Articles of so many words without end, each listing so many of the newest of its theme."""
    chance = random.Random(1)
    lexicons, weights = _lexicons(chance)
    newest = [deque[Listed](maxlen=NEWEST) for _ in range(THEMES)]
    for number in count():
        theme = chance.randrange(THEMES)
        told = chance.choices(lexicons[theme], cum_weights=weights, k=TITLE + words)
        title = " ".join(told[:TITLE]).capitalize()
        paragraphs = tuple(_paragraph(some) for some in _runs(told[TITLE:], PARAGRAPH))
        others = newest[theme]
        related = tuple(chance.sample(others, min(listed, len(others))))
        article = Invented(number, title, FIRST + number * EVERY, paragraphs, related)
        others.append(Listed(title, article.published))
        yield article


def text_page(article: Invented) -> bytes:
    """The article in the layout that scraped pages have."""
    shown = article.published.strftime("%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)")
    stamped = ((one.title, format_datetime(one.published, usegmt=True)) for one in article.related)
    related = "\n".join(f"{stamp}\n\n{title}\n\n{stamp}" for title, stamp in stamped)
    first, *rest = article.paragraphs
    body = "\n\n".join(rest)
    head = f"{article.title}\n\n{shown}\n{article.title}\n\nSubtitle.\n\n\n{first}\n\n\n\n"
    return f"{head}{body}\n\nMORE ON THEME\n\n{related}\n\nFollow us\n".encode()


def record(article: Invented) -> dict[str, object]:
    """The article as a line of an export."""
    return {
        "id": f"a{article.number}",
        "url": article.url,
        "title": article.title,
        "published": _stamp(article.published),
        "body_text": "\n\n".join(article.paragraphs),
        "related": [{"title": one.title, "published": _stamp(one.published)} for one in article.related],
    }


def _stamp(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"


def _paragraph(words: list[str]) -> str:
    return " ".join(f"{' '.join(some).capitalize()}." for some in _runs(words, SENTENCE))


def _runs(words: list[str], length: int) -> Iterator[list[str]]:
    return (words[start : start + length] for start in range(0, len(words), length))


def _lexicons(chance: random.Random) -> tuple[list[list[str]], list[float]]:
    """The words of each theme with those that all have, and how often each is said, added up (Zipf's law)."""
    common, wanted = COMMON.split(), RARER + THEMES * OF_A_THEME
    made = dict.fromkeys("".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(2 * wanted))
    rarer, own = list(made)[:RARER], list(made)[RARER:wanted]
    lexicons = [[*common, *theme, *rarer] for theme in _runs(own, OF_A_THEME)]
    return lexicons, list(accumulate(1 / rank for rank in range(1, len(lexicons[0]) + 1)))
