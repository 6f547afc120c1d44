"""The channels and what ties them → a picture of circles that lie near those they touch.

Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from math import ceil, pi, sqrt

from lxml.etree import _Element

from feedsvc.render.edge import writable
from feedsvc.render.maps.layout import FULL, Pair, places, scaled
from feedsvc.render.maps.svg import (
    Box,
    add,
    counted,
    left_out,
    lines_of,
    link,
    one_line,
    picture,
    speak,
    unheard,
    width_of,
    write,
)

MOST_CIRCLES = 40
MOST_TOUCHES = 60

_NAME = "channels-map"
_WIDTH = 480  # upright for many channels, so that a phone shows it in a size that can be read
_FONT, _LINE = 13, 16
_ROOM, _MOST_LINES = 120, 3  # for a title
_GAP = 6
_LARGEST, _LEAST = 46, 4  # radius
_INK = 60_000  # the area of all circles together is at most this
_NAMED = 3  # so many neighbours are named


@dataclass(frozen=True, slots=True)
class Circle:
    """A channel with as many articles as `size` says, and its page. `least` is told in place of it, where given."""

    id: str
    title: str
    size: int
    href: str
    least: int | None = None


@dataclass(frozen=True, slots=True)
class Touch:
    """Two channels with ties between their articles; `weight` is that of all these ties together."""

    a: str
    b: str
    weight: float


@dataclass(frozen=True, slots=True)
class _Disc:
    """A channel as it is drawn, without its place."""

    title: str
    lines: Sequence[str]
    radius: float
    number: str
    articles: str
    href: str

    @property
    def box(self) -> Box:
        """The room that it takes with its title, around the middle of the circle."""
        radius = ceil(self.radius)
        half = max(radius, *(ceil(width_of(line, _FONT) / 2) for line in self.lines)) + _GAP
        return Box(-half, -radius - _GAP, half, radius + len(self.lines) * _LINE + 2 * _GAP)


def channels_map(circles: Iterable[Circle], touches: Iterable[Touch], title: str, language: str | None = None) -> str:
    """An SVG picture of the largest MOST_CIRCLES channels and the strongest MOST_TOUCHES between them.

    `title` names the picture; `language` is the BCP 47 tag of the channels' titles. A touch with a channel that is
    not among the circles does not count.
    """
    known = largest_first(circles)
    shown = known[:MOST_CIRCLES]
    discs = _discs(shown)
    every_weight = _strongest_first(touches, known)
    weights = {pair: weight for pair, weight in every_weight.items() if max(pair) < MOST_CIRCLES}
    weights = dict(islice(weights.items(), MOST_TOUCHES))
    spots = places([disc.box for disc in discs], weights, _WIDTH)
    counts = {"smaller channel": len(known) - len(shown), "further pair": len(every_weight) - len(weights)}
    missing = left_out(counts)
    bottom = max((y + disc.box.bottom for disc, (_, y) in zip(discs, spots, strict=True)), default=60)
    height = bottom + (_LINE + _GAP if missing else 0)
    root = picture(_WIDTH, height, _NAME, title, f"{_description(len(discs), len(weights))} {missing}".strip())
    _draw_touches(root, weights, spots)
    _draw_discs(root, discs, spots, _neighbours(weights), language)
    note = missing or ("" if discs else "No channels at the moment")
    if note:
        add(unheard(root), "text", note, x=_WIDTH / 2, y=height - 8, text_anchor="middle", font_size=_FONT)
    return write(root)


def largest_first(circles: Iterable[Circle]) -> list[Circle]:
    """Each channel once, in the order in which they are drawn."""

    def key(circle: Circle) -> tuple[object, ...]:
        return -circle.size, circle.title, circle.id, circle.href

    return sorted({circle.id: circle for circle in sorted(circles, key=key)}.values(), key=key)


def _discs(circles: Sequence[Circle]) -> list[_Disc]:
    """Circles whose area is the number of articles, by a scale that gives all of them room."""
    sizes = [max(circle.size, 0) for circle in circles]
    scale = min(_LARGEST / sqrt(max(sizes, default=0) or 1), sqrt(_INK / pi / (sum(sizes) or 1)))
    discs = []
    for circle, size in zip(circles, sizes, strict=True):
        title = one_line(circle.title) or writable(circle.href)
        radius = round(max(_LEAST, scale * sqrt(size)), 1)
        number, articles = str(size), counted(size, "article")
        if circle.least is not None:
            number, articles = f"{circle.least}+", f"at least {counted(circle.least, 'article')}"
        discs.append(_Disc(title, lines_of(title, _FONT, _ROOM, _MOST_LINES), radius, number, articles, circle.href))
    return discs


def _strongest_first(touches: Iterable[Touch], circles: Sequence[Circle]) -> dict[Pair, int]:
    """The weights of all pairs of these circles, in order, FULL being the largest."""
    numbers = {circle.id: number for number, circle in enumerate(circles)}
    weights: dict[Pair, float] = defaultdict(float)
    for touch in touches:
        if touch.a != touch.b and touch.a in numbers and touch.b in numbers:
            a, b = sorted((numbers[touch.a], numbers[touch.b]))
            weights[a, b] = max(weights[a, b], touch.weight)
    return dict(sorted(scaled(weights).items(), key=lambda item: (-item[1], item[0])))


def _neighbours(weights: dict[Pair, int]) -> dict[int, list[int]]:
    """Whom each circle touches, the strongest first."""
    found: dict[int, list[int]] = defaultdict(list)
    for a, b in weights:
        found[a].append(b)
        found[b].append(a)
    return found


def _description(discs: int, touches: int) -> str:
    if not discs:
        return "There are no channels at the moment."
    said = f"{counted(discs, 'channel')}, largest first, each a circle whose area is its number of articles"
    return f"{said}; {counted(touches, 'pair')} with ties between their articles." if touches else f"{said}."


def _draw_touches(root: _Element, weights: dict[Pair, int], spots: Sequence[tuple[int, int]]) -> None:
    group = unheard(root, class_="touches", fill="none", stroke="currentColor", stroke_opacity=0.3)
    for (a, b), weight in weights.items():
        (x1, y1), (x2, y2) = spots[a], spots[b]
        add(group, "path", d=f"M{x1} {y1}L{x2} {y2}", stroke_width=1 + 7 * weight / FULL)


def _draw_discs(
    root: _Element,
    discs: Sequence[_Disc],
    spots: Sequence[tuple[int, int]],
    neighbours: dict[int, list[int]],
    language: str | None,
) -> None:
    group = add(root, "g", class_="discs", role="list", text_anchor="middle", font_size=_FONT)
    speak(group, language)
    # What is smaller than one without room for its number shows none either.
    numbered = len(list(takewhile(lambda disc: width_of(disc.number, _FONT) < 1.6 * disc.radius, discs)))
    for number, (disc, (x, y)) in enumerate(zip(discs, spots, strict=True)):
        touched = [discs[other].title for other in neighbours[number]] if number in neighbours else []
        anchor = link(group, disc.href, _name(disc, touched))
        _draw_disc(anchor, disc, x, y, number < numbered)


def _name(disc: _Disc, touched: Sequence[str]) -> str:
    """What the link of a circle is called: the title, and on a second line what the picture shows of it."""
    said = disc.articles
    if touched:
        more = len(touched) - _NAMED
        named = ", ".join(f"“{title}”" for title in touched[:_NAMED])
        said += f"; touches {named}" + (f" and {counted(more, 'other')}" if more > 0 else "")
    return f"{disc.title}\n{said}"


def _draw_disc(anchor: _Element, disc: _Disc, x: int, y: int, numbered: bool) -> None:
    circle = add(anchor, "circle", cx=x, cy=y, r=disc.radius, class_="disc", stroke="currentColor", stroke_width=1.5)
    circle.set("fill", "white")
    words = unheard(anchor, class_="titles", stroke="white", stroke_width=3, paint_order="stroke")
    if numbered:
        add(words, "text", disc.number, x=x, y=y + 4.5, class_="size", stroke="none")
    for number, line in enumerate(disc.lines, 1):
        add(words, "text", line, x=x, y=y + ceil(disc.radius) + number * _LINE)
