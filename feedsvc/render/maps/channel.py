"""A channel's articles and links → a map over time.

Pure. Decides what is in the map, where it lies and what is said of it; `drawing` makes the picture.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from math import isqrt

from feedsvc.render.edge import writable
from feedsvc.render.maps.drawing import LANE, RIGHT, Line, Mark, Plan, draw, draw_nothing
from feedsvc.render.maps.layout import FULL, Pair, cells, scaled, seriation
from feedsvc.render.maps.svg import counted, left_out, one_line
from feedsvc.render.maps.timescale import MONTHS, Timescale, timescale

MOST_DOTS = 120
MOST_TIES = 400

_APART = 16  # the least between two dots of a lane


@dataclass(frozen=True, slots=True)
class Dot:
    """An article. `published` is aware and in UTC; `story` is the id of its story, which others may share, or ""."""

    id: str
    title: str
    published: datetime
    href: str
    stub: bool
    story: str


@dataclass(frozen=True, slots=True)
class Tie:
    """Two articles that belong together: one lists the other, or else their texts are alike. `weight` is 0 to 1.2."""

    a: str
    b: str
    weight: float
    listed: bool


def channel_map(dots: Iterable[Dot], ties: Iterable[Tie], title: str, language: str | None = None) -> str:
    """An SVG picture of the newest MOST_DOTS articles, from left to right, and the strongest MOST_TIES ties.

    `title` names the picture; `language` is the BCP 47 tag of the articles' titles. A tie to an article that is not
    among the dots does not count.
    """
    known = _newest_first(dots)
    if not known:
        return draw_nothing(title)
    shown = known[:MOST_DOTS]
    all_lines = _strongest_first(ties, known)
    lines = [line for line in all_lines if max(line.ends) < MOST_DOTS][:MOST_TIES]
    scale, stories = timescale([dot.published for dot in shown]), _stories(shown)
    lanes = 3 + 3 * isqrt(len(shown))
    missing = left_out({"older article": len(known) - len(shown), "further link": len(all_lines) - len(lines)})
    plan = Plan(
        title=title,
        description=f"{_description(shown, lines, len(stories))} {missing}".rstrip(),
        language=language,
        marks=_marks(shown, lines, _cells(shown, lines, stories, scale, lanes)),
        lines=lines,
        stories=stories,
        scale=scale,
        height=lanes * LANE,
        missing=missing,
    )
    return draw(plan)


def _newest_first(dots: Iterable[Dot]) -> list[Dot]:
    """Each article once."""

    def key(dot: Dot) -> tuple[object, ...]:
        return dot.published, dot.id, dot.title, dot.href, dot.stub, dot.story

    return sorted({dot.id: dot for dot in sorted(dots, key=key)}.values(), key=key, reverse=True)


def _strongest_first(ties: Iterable[Tie], dots: Sequence[Dot]) -> list[Line]:
    """Each pair of these dots once, the earlier article second."""
    places = {dot.id: place for place, dot in enumerate(dots)}
    weights: dict[Pair, float] = defaultdict(float)
    listed: dict[Pair, bool] = defaultdict(bool)
    for tie in ties:
        if tie.a != tie.b and tie.a in places and tie.b in places:
            a, b = sorted((places[tie.a], places[tie.b]))
            weights[a, b] = max(weights[a, b], round(tie.weight, 6))
            listed[a, b] |= tie.listed
    lines = [Line(ends, weight, listed[ends]) for ends, weight in weights.items()]
    return sorted(lines, key=lambda line: (-line.weight, line.ends))


def _stories(dots: Sequence[Dot]) -> list[list[int]]:
    """The dots of each story that has several."""
    stories: dict[str, list[int]] = defaultdict(list)
    for place, dot in enumerate(dots):
        stories[dot.story].append(place)
    return [places for story, places in stories.items() if story and len(places) > 1]


def _cells(
    dots: Sequence[Dot], lines: Iterable[Line], stories: Iterable[Sequence[int]], scale: Timescale, lanes: int
) -> list[tuple[int, int]]:
    """Where each dot lies: x by its time, and a lane near those it is tied to; a story's dots are side by side."""
    weights = scaled({line.ends: line.weight for line in lines})
    for story in stories:
        weights |= dict.fromkeys(pairwise(story), FULL)
    xs = [round(scale.share(dot.published) * RIGHT) for dot in dots]
    return cells(xs, seriation(len(dots), weights), lanes, _APART, RIGHT)


def _marks(dots: Sequence[Dot], lines: Iterable[Line], cells: Iterable[tuple[int, int]]) -> list[Mark]:
    others = Counter(end for line in lines for end in line.ends)
    return [
        Mark(x, lane * LANE + LANE // 2, _heading(dot), _details(dot, others[place]), dot.href, dot.stub)
        for place, (dot, (x, lane)) in enumerate(zip(dots, cells, strict=True))
    ]


# What is said


def _heading(dot: Dot) -> str:
    return one_line(dot.title) or writable(dot.href)


def _details(dot: Dot, others: int) -> str:
    """What the picture shows of an article, in words."""
    said = [f"{' '.join(_date(dot.published))}, {dot.published.astimezone(UTC):%H:%M} UTC"]
    if others:
        said.append(f"tied to {counted(others, 'other')}")
    if dot.stub:
        said.append("only the title is known so far")
    return "; ".join(said)


def _description(dots: Sequence[Dot], lines: Sequence[Line], stories: int) -> str:
    """What there is to see, for those who do not see it."""
    listed = sum(line.listed for line in lines)
    alike, stubs = len(lines) - listed, sum(dot.stub for dot in dots)
    said = [f"{counted(len(dots), 'article')} {_period(dots[-1].published, dots[0].published)}, newest first"]
    if listed:
        said.append(f"{counted(listed, 'link')} from one to another")
    if alike:
        said.append(f"{counted(alike, 'pair')} with texts that are alike")
    if stories:
        said.append(f"{counted(stories, 'story', 'stories')} told by several articles")
    if stubs:
        said.append(f"{counted(stubs, 'article')} of which only the title is known")
    return "; ".join(said) + "."


def _period(first: datetime, last: datetime) -> str:
    """ "on 21 June 2025", "between 21 and 22 June 2025"."""
    start, end = (_date(at) for at in (first, last))
    if start == end:
        return f"on {' '.join(end)}"
    same = 0 if start[2] != end[2] else 1 if start[1] != end[1] else 2
    return f"between {' '.join(start[: 3 - same])} and {' '.join(end)}"


def _date(at: datetime) -> list[str]:
    at = at.astimezone(UTC)
    return [str(at.day), MONTHS[at.month - 1], str(at.year)]
