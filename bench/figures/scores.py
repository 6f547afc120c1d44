"""How good channels and names are, as numbers. Pure: values in, values out."""

import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from feedsvc.model import Origin

Key = tuple[str, str]  # ("url", URL) of an article, or title and time where pages have no URL
Truth = dict[Key, str]  # its theme

FEWEST = 5  # articles of a theme that is scored
YOUNG = 5  # labelled young articles, from which on a channel's theme is told


@dataclass(frozen=True, slots=True)
class Found:
    """A channel that stands. Of its members `id`, `url`, `title` and `published` are known."""

    slug: str
    origin: Origin
    members: list[Mapping[str, Any]]

    @property
    def urls(self) -> frozenset[str]:
        return frozenset(str(one["url"]) for one in self.members)


def mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0


def f1(found: Collection[str], true: Collection[str]) -> float:
    """The harmonic mean of precision and recall; both collections are sets."""
    return 2 * len(set(found) & set(true)) / ((len(found) + len(true)) or 1)


# Clusters


def labels(truth: Truth, channels: Sequence[Found]) -> tuple[list[str], list[str]]:
    """The true theme and the channel of every article that is scored.

    An article in several channels counts in the first, one in none is a cluster of its own.
    """
    size = Counter(truth.values())
    slugs: dict[Key, str] = {}
    for channel in channels:
        for one in channel.members:
            slugs.setdefault(("url", str(one["url"])), channel.slug)
            slugs.setdefault((str(one["title"]), one["published"].strftime("%Y-%m-%dT%H:%M:%SZ")), channel.slug)
    scored = [key for key, theme in truth.items() if size[theme] >= FEWEST]
    return [truth[key] for key in scored], [slugs.get(key, f"none {key}") for key in scored]


def agreement(true: Sequence[str], found: Sequence[str]) -> tuple[float, float, float]:
    """AMI, ARI and B-cubed F1 of two labellings."""
    return adjusted_mutual_info_score(true, found), adjusted_rand_score(true, found), b_cubed(true, found)


def b_cubed(true: Sequence[str], found: Sequence[str]) -> float:
    """The B-cubed F1 (Bagga and Baldwin 1998): for each article, how pure and how whole its cluster is."""
    pairs = list(zip(true, found, strict=True))
    both, sizes_true, sizes_found = Counter(pairs), Counter(true), Counter(found)
    precision = mean(both[pair] / sizes_found[pair[1]] for pair in pairs)
    recall = mean(both[pair] / sizes_true[pair[0]] for pair in pairs)
    return 2 * precision * recall / (precision + recall)


# Steadiness


def churn(before: Collection[tuple[str, str]], after: Collection[tuple[str, str]]) -> float:
    """Of the pairs of article and channel that there were, the share that is no more."""
    return len(set(before) - set(after)) / (len(before) or 1)


def dominant(themes: Iterable[str]) -> str | None:
    """The theme of at least half of the young articles of a channel, or None of too few or too mixed ones."""
    sizes = Counter(themes)
    most = max(sizes, key=lambda theme: (sizes[theme], theme), default=None)
    return most if most and sizes.total() >= YOUNG and 2 * sizes[most] >= sizes.total() else None


def drifts(dominants: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, str]]:
    """slug → (first, last) dominant theme, of the channels of which these are not the same."""
    return {slug: (told[0], told[-1]) for slug, told in dominants.items() if told and told[0] != told[-1]}


# Names


def likeness(name: str, heading: str) -> float:
    """The F1 of their stemmed words."""
    return f1(stems(name), stems(heading))


def stems(text: str) -> frozenset[str]:
    """The words of a text without their endings (Porter 1980), by SQLite's full-text search."""
    index = _index()
    index.execute("DELETE FROM texts")
    index.execute("INSERT INTO texts VALUES (?)", (re.sub(r"['’]s\b", "", text),))
    return frozenset(stem for (stem,) in index.execute("SELECT term FROM stems"))


@cache
def _index() -> sqlite3.Connection:
    index = sqlite3.connect(":memory:")
    index.execute("CREATE VIRTUAL TABLE texts USING fts5(text, tokenize='porter')")
    index.execute("CREATE VIRTUAL TABLE stems USING fts5vocab(texts, 'row')")
    return index
